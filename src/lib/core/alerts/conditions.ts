/**
 * Everything that an operator is to be told of, as the engine and its session know it at one moment (operator.md section
 * 6). Looks; changes nothing. How long a condition must hold, and what was told already, is for `Alerts`.
 */
import type { Engine } from '../engine.ts';
import type { JudgedModel } from '../honesty/judged.ts';
import type { MarketState } from '../market-state.ts';
import { differenceText } from '../money/fee-watch.ts';
import { type EpochMs, formatSize } from '../units.ts';
import type { Condition } from './condition.ts';
import { haltCondition } from './halt-conditions.ts';
import { ofModel } from './honesty-conditions.ts';
import { ofLimits } from './limit-conditions.ts';

/** What is known outside the engine. */
export interface Surroundings {
  /** Of the exchange's clock against ours, ms; undefined while it was not measured. */
  readonly clockOffsetMs?: number;
  /** Token buckets: what is left of each, 0…1. */
  readonly tokens: readonly { readonly bucket: string; readonly left: number }[];
  /** Why the tape cannot be written; absent while it can. */
  readonly tapeFailure?: string;
  /** Records that the tape has lost in all, when some of them only lately. */
  readonly tapeLost?: number;
  /** When the arming of production ends; absent elsewhere. */
  readonly armedUntil?: EpochMs;
  /** How far models are believed. */
  readonly judged?: readonly JudgedModel[];
  /** More than this calibration error is told; in (0, 1). */
  readonly calibrationErrorMax?: number;
}

const UNKNOWN_MS = 30_000;
const CANCEL_MS = 10_000;
const STALE_MS = 15_000;
const QUOTE_AGE_MS = 60_000;
const CLOCK_MS = 1_000;
const TOKENS_LEFT = 0.2;
/** A burst empties a bucket for a moment, and it fills again by itself. */
const TOKENS_MS = 5_000;
/** An arming is hours long at most: this is when its end can still be put off in time. */
const ARMING_MS = 600_000;

/** `now` in exchange time. */
export function conditionsOf(engine: Engine, around: Surroundings, now: EpochMs): readonly Condition[] {
  const position = positionOf(engine);
  // A session that ends in good order tells so itself, and nobody would be left to say that the halt is over.
  const halts = engine.halts.all().filter(({ name }) => name !== 'STOPPING');
  const conditions = halts.map((halt) => haltCondition(halt, position));
  conditions.push(...ofOrders(engine, position, now), ...ofLimits(engine, now), ...ofSurroundings(around, now));
  for (const state of engine.markets()) conditions.push(...ofMarket(engine, state), ...ofAdverse(engine, state, now));
  conditions.push(...ofFees(engine));
  const { judged = [], calibrationErrorMax } = around;
  for (const model of judged) conditions.push(...ofModel(model, calibrationErrorMax));
  return conditions;
}

/** What is held and what may rest, in a few words; no balance. */
function positionOf(engine: Engine): string {
  let resting = 0;
  for (const _ of engine.orders.live()) resting += 1;
  let held = 0;
  for (const { market } of engine.markets()) if (engine.ledger.holding(market.ticker).position !== 0) held += 1;
  return `${resting} orders may rest, positions in ${held} markets`;
}

function ofOrders(engine: Engine, position: string, now: EpochMs): Condition[] {
  const counts = { unknown: 0, cancel: 0, external: 0 };
  for (const { state, origin, sentAt, pending } of engine.orders.live()) {
    if (state === 'unknown' && now - sentAt > UNKNOWN_MS) counts.unknown += 1;
    if (pending?.kind === 'cancel' && now - pending.sentAt > CANCEL_MS) counts.cancel += 1;
    if (origin === 'external') counts.external += 1;
  }
  const told = (key: keyof typeof counts, text: string): Condition[] =>
    counts[key] === 0
      ? []
      : [{ key, priority: 'critical', text: `${counts[key]} ${text}; ${position}`, stage: String(counts[key]) }];
  return [
    ...told('unknown', 'orders whose fate has not been known for 30 s count at full size'),
    ...told('cancel', 'cancels have found no proof in 10 s: kmm kill'),
    ...told('external', 'orders on the account are not ours; they are counted and left alone'),
  ];
}

function ofMarket(engine: Engine, state: MarketState): Condition[] {
  const { ticker } = state.market;
  const conditions: Condition[] = [];
  const { position } = engine.ledger.holding(ticker);
  if (position !== 0 && isOutOfSight(engine, state)) {
    const text = `${ticker}: no trustworthy book for 15 s while ${formatSize(position)} contracts are held`;
    conditions.push({ key: `feed ${ticker}`, priority: 'high', text, afterMs: STALE_MS });
  }
  const { status } = state.market;
  if (position !== 0 && (status === 'disputed' || status === 'amended')) {
    const text = `${ticker}: its result is ${status}, so what ${formatSize(position)} contracts pay is open: kmm markets show ${ticker}`;
    conditions.push({ key: `settlement ${ticker}`, priority: 'high', text, stage: status });
  }
  const gate = state.decision?.gate;
  if (gate !== undefined && gate.name !== 'closed' && gate.posture !== 'reduce' && isQuoted(engine, ticker)) {
    const text = `${ticker}: quotes have stood for a minute without being decided upon (${gate.name}: ${gate.reason})`;
    conditions.push({ key: `quote_age ${ticker}`, priority: 'medium', text, afterMs: QUOTE_AGE_MS });
  }
  return conditions;
}

function ofAdverse({ markouts }: Engine, state: MarketState, now: EpochMs): Condition[] {
  const found = markouts.adverse(state, now);
  if (found === undefined) return [];
  const { ticker } = state.market;
  const [mean, error, surcharge] = [found.meanDollars, found.errorDollars, found.surchargeDollars].map(centsText);
  const text = `${ticker}: 10 s after each of the last ${found.fills} fills the mid was ${mean} ± ${error} ¢ against us on the average; quotes are ${surcharge} ¢ wider on each side: kmm why ${ticker}`;
  return [{ key: `adverse ${ticker}`, priority: 'medium', text }];
}

function centsText(dollars: number): string {
  return (dollars * 100).toFixed(2);
}

/** One key per market; each difference is another story under it. */
function ofFees({ fees }: Engine): Condition[] {
  const byTicker = Map.groupBy(fees.differences, ({ ticker }) => ticker);
  return [...byTicker].map(([ticker, found]) => {
    const latest = found.slice(-DIFFERENCES_SHOWN).map(differenceText).join('; ');
    const more = found.length > DIFFERENCES_SHOWN ? `; ${found.length} within a day` : '';
    const text = `${ticker}: fee charged ≠ predicted, ${latest}${more}; quotes count the dearer: kmm why ${ticker}`;
    return { key: `fees ${ticker}`, priority: 'high', text, stage: found.at(-1)?.tradeId ?? ticker };
  });
}

/** As many as can be met between two looks before the market stops. */
const DIFFERENCES_SHOWN = 3;

function isOutOfSight(engine: Engine, { market, messageAgeMs = 0 }: MarketState): boolean {
  const isLate = messageAgeMs > engine.config.parameters.quoting.messageAgeMsMax;
  return !engine.isConnected || engine.isSilent || isLate || engine.books.get(market.ticker)?.book.isValid !== true;
}

function isQuoted(engine: Engine, ticker: string): boolean {
  for (const { origin } of engine.orders.liveIn(ticker)) if (origin === 'quoter') return true;
  return false;
}

function ofSurroundings(
  { clockOffsetMs = 0, tokens, tapeFailure, tapeLost, armedUntil }: Surroundings,
  now: EpochMs,
): Condition[] {
  const conditions: Condition[] = [];
  if (Math.abs(clockOffsetMs) > CLOCK_MS) {
    const text = `this machine's clock is ${(Math.abs(clockOffsetMs) / 1_000).toFixed(1)} s off the exchange's`;
    conditions.push({ key: 'clock', priority: 'medium', text });
  }
  for (const { bucket, left } of tokens) {
    if (left >= TOKENS_LEFT) continue;
    const text = `${Math.floor(left * 100)} % of the ${bucket} tokens are left; cancels have theirs in reserve`;
    conditions.push({ key: `tokens ${bucket}`, priority: 'medium', text, afterMs: TOKENS_MS });
  }
  if (tapeFailure !== undefined) {
    conditions.push({ key: 'tape', priority: 'high', text: `the tape cannot be written: ${tapeFailure}` });
  }
  if (tapeLost !== undefined) {
    const text = `the tape loses records, ${tapeLost} so far, and says where: kmm record verify`;
    conditions.push({ key: 'tape_lost', priority: 'high', text });
  }
  if (armedUntil !== undefined && armedUntil - now <= ARMING_MS) {
    const text = 'the arming of production ends within ten minutes, then everything is cancelled: kmm auth arm prod';
    conditions.push({ key: 'arming', priority: 'high', text, stage: String(armedUntil) });
  }
  return conditions;
}

/** What `kmm replay` says to people: what agrees, the first difference with both sides, what led to it, what has changed. */
import {
  contractsText,
  dateTimeText,
  type Glyphs,
  positionText,
  priceText,
  timeText,
  type Zone,
} from '../../format.ts';
import type { Difference, Ending, ReplayResult, TurnMoment } from '../../lib/app/recording/replay-result.ts';
import type { MarketAt, OrderAt } from '../../lib/app/recording/replay-state.ts';
import type { Since } from '../../lib/app/recording/start-replay.ts';
import type { TapeDamage } from '../../lib/app/recording/tape-damage.ts';
import type { DecisionRecord } from '../../lib/app/why/decision-record.ts';
import type { Intent } from '../../lib/core/intents.ts';
import { clearsOf } from '../../lib/core/risk/halts.ts';
import { type EpochMs, formatPrice, formatSize } from '../../lib/core/units.ts';
import { whyLines } from '../market/why-text.ts';

export interface ReplayStyle {
  readonly signs: Glyphs;
  readonly zone: Zone;
}

export function replayLines(result: ReplayResult, since: Since, style: ReplayStyle): string[] {
  const { frames, turns, intents, lost, intentsHash } = result;
  return [
    `${frames} frames, ${turns} turns, ${intents} intents, ${lost} records lost`,
    `intents ${intentsHash}`,
    ...verdictLines(result, style),
    ...result.damage.flatMap((damage) => damageLines(damage, style)),
    ...(result.firstDifference === null ? [] : differenceLines(result.firstDifference, result, style)),
    ...witnessLines(result),
    ...changedLines(result, style),
    ...sinceLines(result, since),
  ];
}

function verdictLines(result: ReplayResult, style: ReplayStyle): string[] {
  const { verdict, damage, lostFrom, firstDifference, hashDifference, isChecked, broke } = result;
  const more = [...endingLines(result, style), ...(broke === null ? [] : [`the engine broke, then as now: ${broke}`])];
  switch (verdict) {
    case 'same':
      return ['matches: every intent of the session was derived again', ...(isChecked ? [] : [UNCHECKED]), ...more];
    case 'cut':
      return ['matches as far as it goes: every intent on the tape was derived again', ...more];
    case 'nothing_to_compare':
      return ['an imported recording: there are no intents to compare with'];
    case 'unproved': {
      const from = lostFrom === null ? 'the start' : momentText(lostFrom, style);
      return [`UNPROVED from ${from} on: records are lost there; what comes before was derived again`, ...more];
    }
    case 'tape_changed':
      return [
        damage.length > 0
          ? 'DIFFERS: the tape is not what the session wrote'
          : 'DIFFERS: tape and journal do not say the same of the session',
        ...more,
      ];
    case 'differs': {
      if (firstDifference !== null) return ['DIFFERS: this code asks for something else', ...more];
      if (hashDifference === null) return ["DIFFERS: the session's own hash is another one", ...more];
      const { fromTurn, untilTurn } = hashDifference;
      const end = untilTurn === null ? 'the end' : `turn ${untilTurn}`;
      return [`DIFFERS: the rolling hash of intents is another one between turn ${fromTurn} and ${end}`, ...more];
    }
    default:
      return verdict satisfies never;
  }
}

const UNCHECKED =
  'the tape has no digests of itself: it is of an older kmm, and a change that alters no intent would not show';

function endingLines({ ending, last }: ReplayResult, style: ReplayStyle): string[] {
  const text = ENDINGS[ending];
  if (text === undefined) return [];
  return [`${last === null ? 'no turn is on it' : `last turn: ${momentText(last, style)}`}; ${text}`];
}

const ENDINGS: Readonly<Partial<Record<Ending, string>>> = {
  running: 'the session still runs, and the rest of its tape is being written',
  died: 'its process died there, and left no end',
  open: 'the tape was never closed: its session still runs, or died',
  cut: 'the tape has no end after it, and nothing says that the session died: it was cut off there',
  until: 'it was to be replayed no further',
};

function damageLines({ fromTurn, untilTurn, from, until, clues }: TapeDamage, style: ReplayStyle): string[] {
  const [start, end] = [
    fromTurn === 0 ? 'before the first turn' : `turn ${fromTurn}`,
    untilTurn === null ? 'the end' : `turn ${untilTurn}`,
  ];
  const span = fromTurn === untilTurn ? start : `between ${start} and ${end}`;
  return [
    `tape changed ${span} (${preciseText(from, style.zone)} to ${preciseText(until, style.zone)})`,
    ...clues.map((clue) => `  ${clue}`),
  ];
}

function differenceLines(difference: Difference, { session }: ReplayResult, style: ReplayStyle): string[] {
  const { turn, at, ticker, recorded, replayed, recordedIntent, replayedIntent, fields, before } = difference;
  const { decision, decisionThen } = difference;
  const number = session?.number ?? 0;
  const answer = (title: string, record: DecisionRecord | null) =>
    record === null || ticker === null
      ? []
      : [title, ...decisionLines(ticker, { turn, at }, record, number, style).map((text) => `  ${text}`)];
  return [
    `first difference at ${momentText({ turn, at }, style)}${ticker === null ? '' : ` in ${ticker}`}`,
    `  recorded ${intentText(recordedIntent, style) ?? recorded ?? 'nothing'}`,
    `  replayed ${intentText(replayedIntent, style) ?? replayed ?? 'nothing'}`,
    ...fields.map(
      ({ field, recorded: was, replayed: is }) =>
        `  ${field}: ${fieldText(field, was, style)} recorded, ${fieldText(field, is, style)} replayed`,
    ),
    ...(before === null ? [] : ['before it', ...marketLines(before, style).map((text) => `  ${text}`)]),
    ...answer('decided now', decision),
    ...answer('decided then, by the journal', decisionThen),
  ];
}

function fieldText(field: string, value: string | number | null, { zone }: ReplayStyle): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return value;
  if (field === 'price') return formatPrice(value as Parameters<typeof formatPrice>[0]);
  if (field === 'size' || field === 'filled' || field === 'reduceBy')
    return formatSize(value as Parameters<typeof formatSize>[0]);
  return field === 'expiresAt' ? timeText(value as EpochMs, zone) : String(value);
}

/** "create bid 5 @ 45 in KX…, lease until 10:05:00 (intent 12)". */
export function intentText(intent: Intent | null, { signs, zone }: ReplayStyle): string | undefined {
  if (intent === null) return undefined;
  const { kind, side, size, price, ticker, counter } = intent;
  const what = kind === 'create' && intent.takes !== undefined ? intent.takes.replaceAll('_', ' ') : kind;
  const lease =
    'expiresAt' in intent && intent.expiresAt !== undefined ? `, lease until ${timeText(intent.expiresAt, zone)}` : '';
  return `${what} ${side} ${contractsText(size, signs)} @ ${priceText(price, signs)} in ${ticker}${lease} (intent ${counter})`;
}

/** What a market looked like: book, ours in it, what halts. */
export function marketLines(market: MarketAt, { signs, zone }: ReplayStyle): string[] {
  const { ticker, status, isSelected, closeAt, book, others, position, orders, halts, isConnected, isSilent, fair } =
    market;
  const side = (size: MarketAt['position'] | undefined, price: OrderAt['price'] | undefined) =>
    price === undefined ? 'none' : `${contractsText(size, signs)} @ ${priceText(price, signs)}`;
  const top =
    book === undefined
      ? 'no book yet'
      : `book ${side(book.bidSize, book.bid)} / ${side(book.askSize, book.ask)}${book.isValid ? '' : ', not to be believed'}, sequence ${book.seq}`;
  const rest =
    others === undefined
      ? ''
      : `; of the others ${side(others.bidSize, others.bid)} / ${side(others.askSize, others.ask)}`;
  const link = isConnected ? (isSilent ? ', link silent' : '') : ', no link';
  return [
    `${ticker}  ${status}${isSelected ? '' : ', not quoted'}, closes ${timeText(closeAt, zone)}; holding ${positionText(position)}${fair === undefined ? '' : `; last fair ${(fair * 100).toFixed(2)}`}${link}`,
    `${top}${rest}`,
    ...orders.map((order) => orderText(order, { signs, zone })),
    ...halts.map(({ name, scope, reason }) => `halt ${name} on ${scope === '*' ? 'everything' : scope}: ${reason}`),
  ];
}

function orderText({ side, remaining, price, state, expiresAt, clientOrderId }: OrderAt, { signs, zone }: ReplayStyle) {
  const lease = expiresAt === undefined ? '' : ` until ${timeText(expiresAt, zone)}`;
  return `our ${side} ${contractsText(remaining, signs)} @ ${priceText(price, signs)}, ${state}${lease} (${clientOrderId})`;
}

/** One market's decision in the words of `kmm why`. */
export function decisionLines(
  ticker: string,
  { turn, at }: TurnMoment,
  record: DecisionRecord,
  session: number,
  style: ReplayStyle,
): string[] {
  const halts = record.halts.map((halt) => ({ ...halt, clears: clearsOf(halt) }));
  const answer = {
    kind: 'decided',
    ticker,
    session,
    turn,
    decidedAt: at,
    record,
    halts,
    intents: [],
    fills: [],
  } as const;
  return whyLines({ at, isRunning: false, answers: [answer] }, style);
}

function witnessLines({ journal }: ReplayResult): string[] {
  if (journal === null) return [];
  const { intents, firstDifference: first } = journal;
  if (first === null) return [`the journal has the same ${intents} intents`];
  return [
    `the journal differs from the tape at turn ${first.turn}`,
    `  tape    ${first.tape ?? 'nothing'}`,
    `  journal ${first.journal ?? 'nothing'}`,
  ];
}

function changedLines({ parametersChanged, verdict }: ReplayResult, style: ReplayStyle): string[] {
  if (verdict === 'same') return [];
  return parametersChanged.flatMap(({ turn, at, by, changes }) => [
    `parameters changed after ${momentText({ turn, at }, style)} by ${by}`,
    ...changes.map(({ path, from, to }) => `  ${path}: ${JSON.stringify(from)}, then ${JSON.stringify(to)}`),
  ]);
}

function sinceLines({ session }: ReplayResult, { code, node, config }: Since): string[] {
  if (session === null) return [];
  const { code: codeThen, node: nodeThen } = session;
  return [
    ...(codeThen === code ? [] : [`code    ${codeThen} then, ${code} now`]),
    ...(nodeThen === null || nodeThen === node ? [] : [`node    ${nodeThen} then, ${node} now`]),
    ...(config ?? []).map(
      ({ key, recorded, now }) => `config  ${key}: ${JSON.stringify(recorded)} then, ${JSON.stringify(now)} now`,
    ),
  ];
}

/** "turn 812, 2026-11-20 10:04:05 ET +120 ms": several turns come in a second. */
export function momentText({ turn, at }: TurnMoment, { zone }: ReplayStyle): string {
  return `turn ${turn}, ${dateTimeText(at, zone)} +${at % 1_000} ms`;
}

function preciseText(at: EpochMs, zone: Zone): string {
  return `${timeText(at, zone)}.${String(at % 1_000).padStart(3, '0')}`;
}

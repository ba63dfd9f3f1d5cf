/**
 * Profit and loss of an account over a period, in all and by group, exact in integers: whatever was traded, held and paid,
 * the parts of a row are its net and the rows are the total.
 *
 * By market, event, series, strategy and shard a row is the whole period. By hour and day it is what that stretch of time has
 * brought, positions being valued at both its ends (market-walk.ts).
 */
import type { EpochMs, Microdollars } from '../units.ts';
import {
  type ExitMark,
  executedAt,
  type Period,
  type PnlCash,
  type PnlFacts,
  type PnlFill,
  type PnlMarket,
  type PnlSettlement,
  strategyOfFill,
} from './facts.ts';
import { type MarketFacts, type Stretch, valuationsOf, walk } from './market-walk.ts';
import { cutsOf } from './periods.ts';
import { type FillMids, type Split, SplitSum, splitOf } from './split.ts';
import { type Pnl, type PnlPart, PnlSum } from './sums.ts';

export const GROUPINGS = ['market', 'event', 'series', 'strategy', 'shard', 'hour', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface PnlRow extends Pnl {
  /** Ticker, strategy, `shard 2`, or the beginning of the hour or day in epoch ms; `account`: money that belongs to no market. */
  readonly key: string;
}

export interface EventResult {
  readonly eventTicker: string;
  readonly net: Microdollars;
  /** Nothing of it is open at the end of the period. */
  readonly isOver: boolean;
}

export interface AccountPnl {
  readonly period: Period;
  /** By key; hours and days in their order, those of nothing left out. */
  readonly rows: readonly PnlRow[];
  readonly total: Pnl;
  /** Traded or held in the period. */
  readonly events: readonly EventResult[];
}

/** What belongs to no market. */
const ACCOUNT_KEY = 'account';

export function pnlOf(facts: PnlFacts, period: Period, by: Grouping): AccountPnl {
  const cuts = by === 'hour' || by === 'day' ? cutsOf(period, by) : [period.from, period.to];
  const mids = midsOf(facts, period);
  const markets = new Map(facts.markets.map((market) => [market.ticker, market]));
  const total = new PnlSum();
  const rows = new Map<string, PnlSum>();
  const events = new Map<string, { net: number; isOver: boolean }>();
  const last = cuts.length - 2;

  for (const [ticker, market] of byMarket(facts)) {
    const { fills } = market;
    const first = fills[0];
    if (first === undefined || executedAt(first) >= period.to || isPast(market, period)) continue;
    const valuations = valuationsOf(market, cuts);
    const paidAt = market.settlements[0]?.settledAt ?? Infinity;
    const whole = walk(fills, paidAt, cuts, valuations);
    if (whole.length === 0) continue;
    const eventTicker = eventOf(ticker, markets.get(ticker));
    const event = events.get(eventTicker) ?? { net: 0, isOver: true };
    events.set(eventTicker, event);
    const splits = new Map(whole.map((stretch) => [stretch, splitOfAll(stretch, mids)]));
    for (const stretch of whole) {
      enter(total, stretch, splits.get(stretch), stretch.index === last);
      const { gross = 0, charged = 0, rebates = 0 } = stretch.part;
      event.net += gross - charged + rebates;
    }
    event.isOver &&= isOver(market, valuations.at(-1)?.isPaid === true, period);
    for (const [key, stretches] of groupsOf(by, fills, whole, (some) => walk(some, paidAt, cuts, valuations))) {
      for (const stretch of stretches) {
        const from = cuts[stretch.index] as EpochMs;
        const name =
          key ?? (by === 'shard' ? shardKey(facts.shards?.get(ticker)) : keyOf(by, ticker, markets.get(ticker), from));
        enter(sumIn(rows, name), stretch, splits.get(stretch) ?? splitOfAll(stretch, mids), true);
      }
    }
  }

  for (const entry of facts.cash) {
    const part = cashPart(entry);
    if (part === undefined || entry.at < period.from || entry.at >= period.to) continue;
    total.add(part);
    const stretch = cuts.findLastIndex((cut) => cut <= entry.at);
    sumIn(rows, cashKey(by, entry, cuts[stretch])).add(part);
  }

  return {
    period,
    rows: [...rows]
      .map(([key, sum]) => ({ key, ...sum.sum }))
      .filter(hasNews)
      .sort(inOrder),
    total: total.sum,
    events: [...events].map(([eventTicker, { net, isOver }]) => ({ eventTicker, net: net as Microdollars, isOver })),
  };
}

/** One strategy's fills are a book of their own; else the market's stretches are taken as they are. */
function groupsOf(
  by: Grouping,
  fills: readonly PnlFill[],
  whole: readonly Stretch[],
  walkSome: (fills: readonly PnlFill[]) => readonly Stretch[],
): readonly (readonly [key: string | undefined, readonly Stretch[]])[] {
  if (by !== 'strategy') return [[undefined, whole]];
  const some = Map.groupBy(fills, strategyOfFill);
  return [...some].map(([strategy, own]) => [strategy, some.size === 1 ? whole : walkSome(own)]);
}

function cashKey(by: Grouping, { shard }: PnlCash, from: EpochMs | undefined): string {
  if (by === 'shard') return shardKey(shard);
  return by === 'hour' || by === 'day' ? String(from) : ACCOUNT_KEY;
}

/** A fill from before there were shards says none. */
function shardKey(shard: number | undefined): string {
  return `shard ${shard ?? 0}`;
}

function keyOf(by: Exclude<Grouping, 'shard'>, ticker: string, market: PnlMarket | undefined, from: EpochMs): string {
  if (by === 'market') return ticker;
  if (by === 'event') return eventOf(ticker, market);
  if (by === 'series') return market?.seriesTicker ?? UNKNOWN_SERIES;
  return String(from);
}

/** Of a market that was never defined to us, nothing is guessed from its ticker. */
const UNKNOWN_SERIES = 'not known';

function eventOf(ticker: string, market: PnlMarket | undefined): string {
  return market?.eventTicker ?? ticker;
}

function enter(sum: PnlSum, { part }: Stretch, split: Split | undefined, isLast: boolean): void {
  // What is open is open at one moment: the last.
  sum.add(isLast ? part : { ...part, unrealized: 0 });
  if (split !== undefined) sum.split.add(split);
}

function splitOfAll({ fills, end }: Stretch, mids: ReadonlyMap<string, FillMids>): Split {
  const sum = new SplitSum();
  for (const fill of fills) sum.add(splitOf(fill, mids.get(fill.tradeId) ?? NO_MIDS, end));
  return sum.sum;
}

const NO_MIDS: FillMids = new Map();

function isOver({ fills }: MarketFacts, isPaid: boolean, { to }: Period): boolean {
  if (isPaid) return true;
  let position = 0;
  for (const fill of fills) {
    if (executedAt(fill) < to) position += fill.side === 'bid' ? fill.size : -fill.size;
  }
  return position === 0;
}

/** Deposits, withdrawals and transfers are no profit. */
function cashPart({ kind, amount }: PnlCash): PnlPart | undefined {
  if (kind === 'incentive') return { incentives: amount };
  return kind === 'adjustment' ? { adjustments: amount } : undefined;
}

function sumIn(rows: Map<string, PnlSum>, key: string): PnlSum {
  const sum = rows.get(key) ?? new PnlSum();
  rows.set(key, sum);
  return sum;
}

/** Of the fills of the period: nobody splits the others. */
function midsOf({ marks, fills }: PnlFacts, { from, to }: Period): ReadonlyMap<string, FillMids> {
  const mids = new Map<string, Map<number, number>>();
  for (const fill of fills) {
    const at = executedAt(fill);
    if (at >= from && at < to) mids.set(fill.tradeId, new Map());
  }
  for (const { tradeId, horizonMs, midDoubled } of marks) mids.get(tradeId)?.set(horizonMs, midDoubled);
  return mids;
}

/** Paid for good, and nothing of it told in the period or after it. */
function isPast({ fills, settlements }: MarketFacts, { from }: Period): boolean {
  const [fill, settlement] = [fills.at(-1), settlements.at(-1)];
  return settlement !== undefined && settlement.settledAt < from && (fill === undefined || executedAt(fill) < from);
}

/** Every fill once, all in the order of time, whatever the order in which they came. */
function byMarket(facts: PnlFacts): ReadonlyMap<string, MarketFacts> {
  const seen = new Set<string>();
  const once = facts.fills.filter(({ tradeId }) => !seen.has(tradeId) && seen.add(tradeId));
  const settlements = Map.groupBy(facts.settlements, ({ ticker }) => ticker);
  const exits = Map.groupBy(facts.exits, ({ ticker }) => ticker);
  const markets = new Map<string, MarketFacts>();
  for (const [ticker, fills] of Map.groupBy(once, (fill) => fill.ticker)) {
    markets.set(ticker, {
      fills: fills.sort(byTime),
      settlements: (settlements.get(ticker) ?? NO_SETTLEMENTS).toSorted((a, b) => a.settledAt - b.settledAt),
      exits: (exits.get(ticker) ?? NO_EXITS).toSorted((a, b) => a.at - b.at),
    });
  }
  return markets;
}

function byTime(a: PnlFill, b: PnlFill): number {
  return executedAt(a) - executedAt(b) || (a.tradeId < b.tradeId ? -1 : 1);
}

const NO_SETTLEMENTS: readonly PnlSettlement[] = [];
const NO_EXITS: readonly ExitMark[] = [];

/** Of an hour in which what is held has only been held there is nothing to say. */
function hasNews({ fills, gross, net, roundTrip, held }: Pnl): boolean {
  return fills > 0 || [gross, net, roundTrip, held].some((amount) => amount !== 0);
}

function inOrder(a: PnlRow, b: PnlRow): number {
  return a.key < b.key ? -1 : 1;
}

/** The exchange as a whole: its rules, clock, books of account and what it has to tell. One per simulated world. */
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { NO_MONEY } from '../../core/units.ts';
import { hash32 } from '../random.ts';
import { Schedule } from '../schedule.ts';
import { FactLog } from './fact-log.ts';
import type { Account, Listing } from './records.ts';
import { TradeLog } from './trade-log.ts';

/** Where the exchange's behaviour is not settled (reliability.md 9), or depends on the member. */
export interface ExchangeRules {
  /** A post-only order that would cross: refused (demo, June 2026) or accepted and then cancelled (changelog). */
  readonly postOnlyCross: 'refuse' | 'cancel';
  /** Balances move in steps of this: 100 µ$ for direct members, 10,000 through a broker. */
  readonly balanceStep: Microdollars;
}

const DEFAULT_RULES: ExchangeRules = { postOnlyCross: 'refuse', balanceStep: 100 as Microdollars };

export interface ShardStatus {
  isTrading: boolean;
  isActive: boolean;
}

/** Shards of the exchange (kalshi/api.md 4): everything else, combos, crypto and commodities, sports. */
export const SHARDS: readonly number[] = [0, 1, 2, 3];

export interface ExchangeState {
  readonly rules: ExchangeRules;
  readonly schedule: Schedule;
  readonly facts: FactLog;
  readonly trades: TradeLog;
  readonly accounts: Map<string, Account>;
  readonly listings: Map<string, Listing>;
  readonly shards: Map<number, ShardStatus>;
  /** Tickers of finalized markets, oldest first. */
  readonly finalized: string[];
  /** Marks the ids of this world, so that those of another seed differ. */
  readonly idMark: string;
  orderCount: number;
  tradeCount: number;
  groupCount: number;
  feesCollected: Microdollars;
}

export interface ExchangeOptions {
  readonly startAt: EpochMs;
  readonly seed: number | string;
  readonly rules?: Partial<ExchangeRules>;
}

export function openExchange({ startAt, seed, rules = {} }: ExchangeOptions): ExchangeState {
  return {
    rules: { ...DEFAULT_RULES, ...rules },
    schedule: new Schedule(startAt),
    facts: new FactLog(),
    trades: new TradeLog(),
    accounts: new Map(),
    listings: new Map(),
    shards: new Map(SHARDS.map((shard) => [shard, { isTrading: true, isActive: true }])),
    finalized: [],
    idMark: hash32(`ids of ${seed}`).toString(16).padStart(8, '0'),
    orderCount: 0,
    tradeCount: 0,
    groupCount: 0,
    feesCollected: NO_MONEY,
  };
}

/** An id in the shape of the exchange's own (a UUID): the world's mark, what it names, and a counter. */
export function idOf(exchange: ExchangeState, kind: 'order' | 'trade' | 'group', counter: number): string {
  return `${exchange.idMark}-0000-4000-800${KIND_DIGIT[kind]}-${counter.toString(16).padStart(12, '0')}`;
}

const KIND_DIGIT = { order: 0, trade: 1, group: 2 } as const;

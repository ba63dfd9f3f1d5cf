/** The exchange as a whole: its rules, clock, books of account and what it has to tell. One per simulated world. */
import type { FeeTerms } from '../../core/market.ts';
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { NO_MONEY } from '../../core/units.ts';
import { hash32 } from '../random.ts';
import { Schedule } from '../schedule.ts';
import type { VenueFeeChange, VenueIncentive } from '../venue-terms.ts';
import { BoundedLog } from './bounded-log.ts';
import { FEE_CHANGES_KEPT, INCENTIVES_KEPT, TRADES_KEPT } from './bounds.ts';
import { FactLog, type TradeFact } from './fact-log.ts';
import type { Account, Listing } from './records.ts';

/** Where the exchange's behaviour is not settled (reliability.md 9), or depends on the member. */
export interface ExchangeRules {
  /** A post-only order that would cross: refused (demo, June 2026) or accepted and then cancelled (changelog). */
  readonly postOnlyCross: 'refuse' | 'cancel';
  /** Balances move in steps of this: 100 µ$ for direct members, 10,000 through a broker. */
  readonly balanceStep: Microdollars;
  /** Trading pauses every Thursday 03:00–05:00 ET (kalshi/api.md 6.5). A recorded world never does. */
  readonly hasWeeklyPause: boolean;
  /** What is older is answered by the historical endpoints only (kalshi/api.md 6.4). */
  readonly liveWindowMs: number;
}

const DAY_MS = 86_400_000;

const DEFAULT_RULES: ExchangeRules = {
  postOnlyCross: 'refuse',
  balanceStep: 100 as Microdollars,
  hasWeeklyPause: true,
  liveWindowMs: 90 * DAY_MS,
};

export interface ShardStatus {
  /** False: a pause that was asked for. */
  isTrading: boolean;
  /** False: not even cancels are taken. */
  isActive: boolean;
  /** In the weekly pause: no trading either. */
  isInMaintenance: boolean;
  /** When the pause is to end by itself. */
  resumesAt: EpochMs | undefined;
}

/** Shards of the exchange (kalshi/api.md 4): everything else, combos, crypto and commodities, sports. */
export const SHARDS: readonly number[] = [0, 1, 2, 3];

const RUNNING: ShardStatus = { isTrading: true, isActive: true, isInMaintenance: false, resumesAt: undefined };

export interface ExchangeState {
  readonly rules: ExchangeRules;
  readonly schedule: Schedule;
  readonly facts: FactLog;
  readonly trades: BoundedLog<TradeFact>;
  readonly accounts: Map<string, Account>;
  readonly listings: Map<string, Listing>;
  readonly shards: Map<number, ShardStatus>;
  /** Tickers of finalized markets, oldest first. */
  readonly finalized: string[];
  readonly feeChanges: BoundedLog<VenueFeeChange>;
  /** Terms in force that differ from those a market was listed with, by series and by event. */
  readonly seriesFees: Map<string, FeeTerms>;
  readonly eventFees: Map<string, FeeTerms>;
  readonly incentives: BoundedLog<VenueIncentive>;
  /** Marks the ids of this world, so that those of another seed differ. */
  readonly idMark: string;
  orderCount: number;
  tradeCount: number;
  groupCount: number;
  transferCount: number;
  depositCount: number;
  withdrawalCount: number;
  feeChangeCount: number;
  incentiveCount: number;
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
    trades: new BoundedLog(TRADES_KEPT),
    accounts: new Map(),
    listings: new Map(),
    shards: new Map(SHARDS.map((shard) => [shard, { ...RUNNING }])),
    finalized: [],
    feeChanges: new BoundedLog(FEE_CHANGES_KEPT),
    seriesFees: new Map(),
    eventFees: new Map(),
    incentives: new BoundedLog(INCENTIVES_KEPT),
    idMark: hash32(`ids of ${seed}`).toString(16).padStart(8, '0'),
    orderCount: 0,
    tradeCount: 0,
    groupCount: 0,
    transferCount: 0,
    depositCount: 0,
    withdrawalCount: 0,
    feeChangeCount: 0,
    incentiveCount: 0,
    feesCollected: NO_MONEY,
  };
}

/** An id in the shape of the exchange's own (a UUID): the world's mark, what it names, and a counter. */
export function idOf(exchange: ExchangeState, kind: keyof typeof KIND_DIGIT, counter: number): string {
  return `${exchange.idMark}-0000-4000-800${KIND_DIGIT[kind]}-${counter.toString(16).padStart(12, '0')}`;
}

const KIND_DIGIT = {
  order: 0,
  trade: 1,
  group: 2,
  transfer: 3,
  deposit: 4,
  feeChange: 5,
  incentive: 6,
  withdrawal: 7,
} as const;

/** What a market is: identity, clock, strike, grid and fee terms, as the exchange states them. Never parsed from a ticker. */
import type { PriceGrid } from './grid.ts';
import { interned } from './interned.ts';
import type { SettlementRule } from './reference/settlement-rule.ts';
import type { EpochMs, Microdollars } from './units.ts';

/** REST words of the exchange; `closed` and later mean that no order call is answered. */
export type MarketStatus =
  | 'initialized'
  | 'inactive'
  | 'active'
  | 'closed'
  | 'determined'
  | 'disputed'
  | 'amended'
  | 'finalized';

export type StrikeType =
  | 'greater'
  | 'greater_or_equal'
  | 'less'
  | 'less_or_equal'
  | 'between'
  | 'functional'
  | 'custom'
  | 'structured';

/** Strikes are in the unit of the underlying (dollars, degrees, points); real numbers, never money. */
export interface Strike {
  readonly type: StrikeType;
  readonly floor?: number;
  readonly cap?: number;
}

/** What decides a fee: the event's override, else the series' record. Multiplier as an exact fraction. */
export interface FeeRule {
  /** Open set: `quadratic`, `quadratic_with_maker_fees`, `quadratic_with_combo_maker_fees`, … */
  readonly type: string;
  readonly multiplier: { readonly numerator: number; readonly denominator: number };
}

/** Fee terms of one market: the rule in force, and what is known to come. */
export interface FeeTerms extends FeeRule {
  /** No fee before this moment. */
  readonly waivedUntil?: EpochMs;
  /** Scheduled, the earliest first: each counts from its moment on (kalshi/api.md 8.5). */
  readonly changes?: readonly (FeeRule & { readonly at: EpochMs })[];
  /** By type: what the operator counts per contract for types whose formula the exchange does not publish. */
  readonly perContract?: Readonly<Record<string, Microdollars>>;
}

export interface Market {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  /** `exchange_index`: the shard that matches this market and must hold the cash. */
  readonly shard: number;
  readonly status: MarketStatus;
  readonly openAt: EpochMs;
  readonly closeAt: EpochMs;
  readonly strike?: Strike;
  /** Digest of the rules' text; absent on tapes from before it was kept. */
  readonly rules?: string;
  /** What that text says it settles on; absent where it was not understood. */
  readonly settles?: SettlementRule;
  readonly title: string;
  readonly grid: PriceGrid;
  readonly fees: FeeTerms;
  /** The event pays exactly one of its markets at most; netting across them is legitimate. */
  readonly isMutuallyExclusive: boolean;
}

/** With names that are fit to be keys. */
export function named(market: Market): Market {
  const { ticker, eventTicker, seriesTicker } = market;
  const names = { ticker: interned(ticker), eventTicker: interned(eventTicker), seriesTicker: interned(seriesTicker) };
  return { ...market, ...names };
}

/** With what the operator counts for fee types that have no published formula. */
export function withOwnFees(market: Market, perContract: FeeTerms['perContract'] = {}): Market {
  if (Object.keys(perContract).length === 0) return market;
  return { ...market, fees: { ...market.fees, perContract } };
}

/**
 * What a contract pays on was changed: in words. A strike that is set when the market opens ("to be determined" before,
 * kalshi/api.md 9.1) is no change of it, and its text then goes along.
 */
export function ruleChange(before: Market, now: Market): string | undefined {
  const [was, is] = [before.strike, now.strike];
  if (isFixed(is) && !isFixed(was)) return undefined;
  if (isFixed(was) && strikeText(was) !== strikeText(is))
    return `its strike was ${strikeText(was)} and is ${strikeText(is)}`;
  const isOtherText = before.rules !== undefined && now.rules !== undefined && before.rules !== now.rules;
  return isOtherText ? `the text of its rules was ${before.rules} and is ${now.rules} (digests)` : undefined;
}

function isFixed(strike: Strike | undefined): boolean {
  return strike?.floor !== undefined || strike?.cap !== undefined;
}

export function strikeText(strike: Strike | undefined): string {
  if (strike === undefined) return 'none';
  const { type, floor, cap } = strike;
  return [type, floor, cap].filter((part) => part !== undefined).join(' ');
}

/** May orders be placed at `at`? The exchange sends no message at open and close, so the clock decides as well. */
export function isTrading(market: Market, at: EpochMs): boolean {
  const opened = market.status === 'active' || (market.status === 'initialized' && at >= market.openAt);
  return opened && at >= market.openAt && at < market.closeAt;
}

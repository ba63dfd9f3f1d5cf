/**
 * What the operator of an embedded exchange may do to it: pauses, moved and early closes, results, grids, fees and
 * incentives. None of it exists on the real exchange for a member; it is here so that a client can be shown everything
 * that may happen to it. A command that makes no sense at the moment is refused and changes nothing.
 */
import type { PriceGrid } from '../core/grid.ts';
import type { FeeTerms } from '../core/market.ts';
import type { Centicents, EpochMs, Microdollars } from '../core/units.ts';
import type { VenueRefusal } from './venue.ts';
import type { VenueIncentive } from './venue-terms.ts';

export interface RulingCommand {
  readonly ticker: string;
  /** `void`: paid as scalar at the last traded price, half a dollar when none was (docs/adr/0007). */
  readonly result: 'yes' | 'no' | 'scalar' | 'void';
  /** What one YES contract pays, for `scalar` only. */
  readonly value?: Centicents;
  /** The number behind the result, as text. */
  readonly expirationValue?: string;
}

export type ControlCommand =
  | {
      readonly action: 'pause';
      /** Absent: all of them. */
      readonly shard?: number;
      readonly scope: 'trading' | 'exchange';
      /** It ends by itself then. */
      readonly until?: EpochMs;
    }
  | { readonly action: 'resume'; readonly shard?: number }
  | { readonly action: 'close_early' | 'deactivate' | 'reactivate' | 'dispute'; readonly ticker: string }
  | { readonly action: 'move_close'; readonly ticker: string; readonly closeAt: EpochMs }
  | ({ readonly action: 'determine' | 'amend_result' } & RulingCommand)
  | { readonly action: 'change_grid'; readonly ticker: string; readonly grid: PriceGrid }
  | { readonly action: 'describe'; readonly ticker: string; readonly title: string }
  | {
      readonly action: 'fee_change';
      /** Exactly one of the two. */
      readonly seriesTicker?: string;
      readonly eventTicker?: string;
      /** Absent: the event's override is cleared. */
      readonly terms?: FeeTerms;
      readonly at: EpochMs;
    }
  | CashCommand
  | { readonly action: 'waive_fees'; readonly ticker: string; readonly until: EpochMs }
  | {
      /** A fault: fills there are charged this much more than the rule says, less where it is negative; 0 ends it. */
      readonly action: 'misprice_fees';
      readonly ticker: string;
      readonly excess: Microdollars;
    }
  | { readonly action: 'create_incentive'; readonly incentive: Omit<VenueIncentive, 'incentiveId'> };

/**
 * Cash comes from outside, or goes. `deposit` and `withdrawal` are listed as such; `unlisted` is told nowhere: what a
 * correction by hand, or a mistake, would be.
 */
export interface CashCommand {
  readonly action: 'move_cash';
  /** Absent: the one account that is told of what it does; refused where there are more. */
  readonly accountId?: string;
  readonly shard: number;
  /** Signed; not zero. */
  readonly amount: Microdollars;
  readonly as: 'deposit' | 'withdrawal' | 'unlisted';
}

/** `id` of what was made, if anything was. */
export type ControlResult = { readonly kind: 'done'; readonly id?: string } | VenueRefusal;

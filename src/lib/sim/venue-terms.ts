/** Records of a venue beside trading: what markets paid and traded, levels, fees, incentives, cash that was moved or came in. */
import type { FeeTerms } from '../core/market.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../core/units.ts';

export interface VenueSettlement {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly shard: number;
  readonly accountId: string;
  readonly result: 'yes' | 'no' | 'scalar';
  /** What one YES contract paid. */
  readonly value: Centicents;
  readonly yesCount: Centicontracts;
  readonly yesCost: Microdollars;
  readonly noCount: Centicontracts;
  readonly noCost: Microdollars;
  readonly revenue: Microdollars;
  readonly fees: Microdollars;
  readonly settledAt: EpochMs;
}

export interface VenueFeeChange {
  readonly changeId: string;
  readonly seriesTicker: string;
  /** Absent: of the whole series. */
  readonly eventTicker?: string;
  /** Absent: the event's override is cleared. */
  readonly terms?: FeeTerms;
  /** When it takes, or took, effect. */
  readonly at: EpochMs;
}

export type IncentiveType = 'liquidity' | 'volume' | 'margin_maker_volume' | 'margin_taker_volume';

export interface VenueIncentive {
  readonly incentiveId: string;
  readonly ticker: string;
  readonly type: IncentiveType;
  readonly description: string;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  /** For the whole period. */
  readonly reward: Microdollars;
  readonly isPaidOut: boolean;
  /** 5000 = each step from the best price halves the score. */
  readonly discountBasisPoints?: number;
  readonly targetSize?: Centicontracts;
  readonly rewardMaxPerAccount?: Microdollars;
}

/** Between shards of the same account. */
export interface VenueTransfer {
  readonly transferId: string;
  readonly from: number;
  readonly to: number;
  readonly amount: Microdollars;
  readonly at: EpochMs;
}

/** Cash that came from outside, with the account or later, or went there. In whole cents, positive. */
export interface VenueMovement {
  readonly movementId: string;
  readonly shard: number;
  readonly amount: Microdollars;
  readonly at: EpochMs;
}

/** Market totals for the ticker channel and REST. */
export interface VenueStats {
  readonly lastPrice: Centicents;
  readonly lastSize: Centicontracts;
  readonly volume: Centicontracts;
  readonly openInterest: Centicontracts;
  readonly dollarVolume: Microdollars;
}

export interface ListedLevel {
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export interface VenueGroup {
  readonly groupId: string;
  readonly accountId: string;
  readonly shard: number;
  /** Contracts matched in a rolling 15 s above which the group trips. */
  readonly limit: Centicontracts;
  readonly isTriggered: boolean;
  readonly orderIds: readonly string[];
}

/**
 * The embedded exchange as its faces see it: commands in, results out, facts drained. Time is an argument everywhere.
 *
 * `Venue` is what the REST/WebSocket server and the in-process link talk to; it knows nothing of JSON, HTTP or keys.
 */
import type { FeeTerms, Market, MarketStatus } from '../core/market.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../core/units.ts';
import type { Candle, CandleMinutes } from './candles.ts';
import type { ControlCommand, ControlResult } from './control.ts';
import type {
  ListedLevel,
  VenueFeeChange,
  VenueGroup,
  VenueIncentive,
  VenueMovement,
  VenueSettlement,
  VenueStats,
  VenueTransfer,
} from './venue-terms.ts';

export type TimeInForce = 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill';
export type SelfTradePrevention = 'taker_at_cross' | 'maker';

export interface NewOrder {
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly timeInForce: TimeInForce;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly clientOrderId?: string;
  /** Unix seconds, as on the wire. */
  readonly expiresAtSeconds?: number;
  readonly isPostOnly?: boolean;
  readonly isReduceOnly?: boolean;
  readonly cancelOnPause?: boolean;
  readonly groupId?: string;
  /** Omitted: routed by ticker. Another shard than the market's: market not found there. */
  readonly shard?: number;
}

/** `last_update_reason` of the wire. */
export type OrderReason =
  | 'Decrease'
  | 'Amend'
  | 'MarginCancel'
  | 'SelfTradeCancel'
  | 'ExpiryCancel'
  | 'CloseCancel'
  | 'HaltCancel'
  | 'Trade'
  | 'PostOnlyCrossCancel'
  | 'ReduceOnlyCancel'
  | 'UserCancel';

export interface VenueOrder {
  readonly orderId: string;
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly shard: number;
  readonly side: Side;
  readonly price: Centicents;
  readonly status: 'resting' | 'canceled' | 'executed';
  readonly initial: Centicontracts;
  readonly filled: Centicontracts;
  readonly remaining: Centicontracts;
  readonly makerCost: Microdollars;
  readonly takerCost: Microdollars;
  readonly makerFees: Microdollars;
  readonly takerFees: Microdollars;
  readonly isPostOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly cancelOnPause: boolean;
  readonly groupId?: string;
  readonly expiresAtSeconds?: number;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly reason?: OrderReason;
}

export interface VenueFill {
  /** `fill_id` over REST, `trade_id` on the stream. */
  readonly tradeId: string;
  readonly accountId: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly shard: number;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: boolean;
  readonly fee: Microdollars;
  readonly positionAfter: Centicontracts;
  readonly at: EpochMs;
}

export interface VenuePosition {
  readonly ticker: string;
  readonly shard: number;
  /** YES contracts; negative = NO. */
  readonly position: Centicontracts;
  readonly traded: Microdollars;
  readonly exposure: Microdollars;
  readonly realized: Microdollars;
  readonly fees: Microdollars;
  readonly updatedAt: EpochMs;
}

/** A refusal with the wire's HTTP status and code: `{status: 400, code: 'invalid_price', …}`. */
export interface VenueRefusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: string;
}

export type CreateResult =
  | {
      readonly kind: 'created';
      readonly order: VenueOrder;
      /** Fills of this command as taker. */
      readonly filled: Centicontracts;
      readonly averagePrice?: Microdollars;
      readonly averageFee?: Microdollars;
    }
  | VenueRefusal;
export type CancelResult =
  | { readonly kind: 'cancelled'; readonly order: VenueOrder; readonly reducedBy: Centicontracts }
  | VenueRefusal;
export type AmendResult =
  | {
      readonly kind: 'amended';
      readonly order: VenueOrder;
      /** Fills of this command as taker. */
      readonly filled: Centicontracts;
      readonly averagePrice?: Microdollars;
      readonly averageFee?: Microdollars;
    }
  | VenueRefusal;

export interface AmendRequest {
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  /** Total: already filled + wanted rest. */
  readonly count: Centicontracts;
  /** Omitted: keep. 0: remove. */
  readonly expiresAtSeconds?: number;
  readonly updatedClientOrderId?: string;
}

export interface VenueMarket {
  readonly market: Market;
  readonly stats: VenueStats;
  readonly result?: 'yes' | 'no' | 'scalar';
  readonly settlementValue?: Centicents;
  readonly expirationValue?: string;
  readonly settledAt?: EpochMs;
  readonly settlementTimerSeconds: number;
  readonly createdAt: EpochMs;
  /** Of the last change that is no trading. */
  readonly updatedAt: EpochMs;
}

export interface VenueEvent {
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly title: string;
  readonly shard: number;
  readonly isMutuallyExclusive: boolean;
  /** Over the terms of the series. */
  readonly feeOverride?: FeeTerms;
}
export interface VenueSeries {
  readonly ticker: string;
  readonly title: string;
  readonly category: string;
  readonly frequency: string;
  readonly fees: FeeTerms;
  readonly shard: number;
}

interface PrintAverage {
  readonly value: number;
  readonly count: number;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

/** Facts in the order in which they happened; faces turn them into frames. */
export type VenueFact =
  | {
      readonly type: 'level';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly side: Side;
      readonly price: Centicents;
      readonly delta: Centicontracts;
      /** Whose order moved the level; the owner's stream carries the client id. */
      readonly accountId?: string;
      readonly clientOrderId?: string;
    }
  /** The whole book is to be sent anew (recorded snapshot, reactivation, close). */
  | { readonly type: 'book'; readonly at: EpochMs; readonly ticker: string }
  | {
      readonly type: 'trade';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly tradeId: string;
      readonly price: Centicents;
      readonly size: Centicontracts;
      readonly takerSide: Side;
    }
  /** Totals or top changed; faces send at most one ticker frame per market and second. */
  | { readonly type: 'stats'; readonly at: EpochMs; readonly ticker: string }
  | { readonly type: 'order'; readonly at: EpochMs; readonly order: VenueOrder }
  | { readonly type: 'fill'; readonly at: EpochMs; readonly fill: VenueFill }
  | { readonly type: 'position'; readonly at: EpochMs; readonly accountId: string; readonly position: VenuePosition }
  | {
      readonly type: 'group';
      readonly at: EpochMs;
      readonly accountId: string;
      readonly groupId: string;
      readonly change: 'created' | 'triggered' | 'reset' | 'deleted' | 'limit_updated';
      readonly limit?: Centicontracts;
    }
  | {
      readonly type: 'lifecycle';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly change:
        | 'created'
        | 'activated'
        | 'deactivated'
        | 'close_date_updated'
        | 'determined'
        | 'settled'
        | 'metadata_updated'
        | 'price_level_structure_updated';
    }
  /** An event's fee override took effect, or (without terms) was cleared. */
  | { readonly type: 'event_fee'; readonly at: EpochMs; readonly eventTicker: string; readonly terms?: FeeTerms }
  | {
      readonly type: 'reference';
      readonly at: EpochMs;
      readonly index: string;
      readonly value: number;
      /** One of the 1 Hz prints (else only of the 5 Hz channel). */
      readonly isSecond: boolean;
      /** Mean of the last 60 one-second prints. */
      readonly average60?: PrintAverage;
      /** Settlement average in the making, last minute before a quarter hour. */
      readonly window?: PrintAverage;
    }
  /** An index that no channel of the exchange carries: it is heard from elsewhere. */
  | { readonly type: 'index_level'; readonly at: EpochMs; readonly index: string; readonly value: number }
  | {
      readonly type: 'pause';
      readonly at: EpochMs;
      readonly shard: number;
      readonly isTrading: boolean;
      readonly isActive: boolean;
    };

export interface Venue {
  /** Brings the world (participants, expiry, lifecycle, settlement, reference prices) up to `at`. Never goes back. */
  advanceTo(at: EpochMs): void;
  /** The next moment at which something will happen by itself. */
  nextAt(): EpochMs | undefined;
  readonly now: EpochMs;

  /** Opens an account with cash per shard; the same id again is the same account. */
  openAccount(accountId: string, cash: readonly { readonly shard: number; readonly cash: Microdollars }[]): void;

  create(accountId: string, order: NewOrder): CreateResult;
  cancel(accountId: string, orderId: string): CancelResult;
  /** Cancels everything of the account and goes on cancelling its new orders for 60 s. */
  cancelAll(accountId: string): void;
  amend(accountId: string, orderId: string, change: AmendRequest): AmendResult;
  decrease(
    accountId: string,
    orderId: string,
    change: { readonly by?: Centicontracts; readonly to?: Centicontracts },
  ): AmendResult;

  createGroup(accountId: string, limit: Centicontracts, shard: number): VenueGroup | VenueRefusal;
  changeGroup(
    accountId: string,
    groupId: string,
    change:
      | { readonly verb: 'reset' | 'trigger' | 'delete' }
      | { readonly verb: 'limit'; readonly limit: Centicontracts },
  ): VenueGroup | VenueRefusal;
  groups(accountId: string): readonly VenueGroup[];

  transfer(accountId: string, from: number, to: number, amount: Microdollars): VenueTransfer | VenueRefusal;
  /** Newest last. */
  transfers(accountId: string): readonly VenueTransfer[];
  /** Cash from outside, and to it: on the real exchange a person does that on its web page. */
  deposit(accountId: string, shard: number, amount: Microdollars): VenueMovement | VenueRefusal;
  withdraw(accountId: string, shard: number, amount: Microdollars): VenueMovement | VenueRefusal;
  /** Newest last, what the account was opened with among them. */
  deposits(accountId: string): readonly VenueMovement[];
  withdrawals(accountId: string): readonly VenueMovement[];

  seriesList(): readonly VenueSeries[];
  events(): readonly VenueEvent[];
  markets(): readonly VenueMarket[];
  market(ticker: string): VenueMarket | undefined;
  /** Aggregated levels, best first. */
  book(ticker: string): { readonly bids: readonly ListedLevel[]; readonly asks: readonly ListedLevel[] } | undefined;
  trades(ticker?: string): readonly Extract<VenueFact, { type: 'trade' }>[];
  /** Oldest first, the period that runs included; undefined: no such market. */
  candles(ticker: string, minutes: CandleMinutes): readonly Candle[] | undefined;
  /** Every change that was ever scheduled, newest last. */
  feeChanges(): readonly VenueFeeChange[];
  incentives(): readonly VenueIncentive[];
  /** What happened before is for the historical endpoints alone: markets by settlement, orders by their end. */
  readonly historyEndsAt: EpochMs;
  balance(accountId: string): readonly { readonly shard: number; readonly cash: Microdollars }[];
  /** Of markets that have not paid yet; those that were closed again stay, with nothing held. */
  positions(accountId: string): readonly VenuePosition[];
  fills(accountId: string): readonly VenueFill[];
  settlements(accountId: string): readonly VenueSettlement[];
  /** As they were when their market had paid, oldest first. */
  settledPositions(accountId: string): readonly VenuePosition[];
  orders(accountId: string): readonly VenueOrder[];
  order(accountId: string, orderId: string): VenueOrder | undefined;
  /** Contracts ahead of a resting order at its price. */
  queueAhead(accountId: string, orderId: string): Centicontracts | undefined;
  isTradingActive(shard: number): boolean;
  isExchangeActive(shard: number): boolean;
  /** When a pause of the shard is to end; undefined: there is none, or nobody knows. */
  resumesAt(shard: number): EpochMs | undefined;
  /** The weekly pause that runs, or the next; undefined: this world has none. */
  maintenance(): { readonly startsAt: EpochMs; readonly endsAt: EpochMs } | undefined;

  /** What the operator of an embedded exchange may do to it. */
  control(command: ControlCommand): ControlResult;

  /** Hands over and forgets the facts since the last drain. */
  drain(): readonly VenueFact[];
}

export type { ListedLevel, MarketStatus, VenueGroup, VenueStats };

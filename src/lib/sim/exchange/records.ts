/**
 * What the exchange remembers: accounts, markets, orders, groups. Records that change in place, owned by the functions
 * beside this file; nobody outside `sim` sees them, the faces get the frozen views of venue.ts.
 */

import type { FeeTerms, Market } from '../../core/market.ts';
import type { FeeAccumulator } from '../../core/money/fees.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../../core/units.ts';
import type { CandleLog } from '../candles.ts';
import type { Slot } from '../matching.ts';
import type {
  ListedLevel,
  OrderReason,
  SelfTradePrevention,
  TimeInForce,
  VenueEvent,
  VenueFill,
  VenueOrder,
  VenuePosition,
  VenueStats,
} from '../venue.ts';
import type { VenueMovement, VenueSettlement, VenueTransfer } from '../venue-terms.ts';
import type { BoundedLog } from './bounded-log.ts';

export interface Account {
  readonly id: string;
  /** Opened through the venue: its orders, fills and positions are told and remembered. The world's own flow is not. */
  readonly isTold: boolean;
  /** By shard: cash after the collateral of positions, before what resting orders may need. Below zero only by debt. */
  readonly cash: Map<number, Microdollars>;
  /** By shard: an upper bound of what resting orders may need (netting against positions left out). */
  readonly reserved: Map<number, Microdollars>;
  readonly positions: Map<string, Position>;
  readonly resting: Set<Order>;
  readonly groups: Map<string, Group>;
  /** The rest is kept for told accounts only. */
  readonly orders: Map<string, Order>;
  readonly clientOrderIds: Set<string>;
  readonly fills: BoundedLog<VenueFill>;
  readonly settlements: BoundedLog<VenueSettlement>;
  /** As they were when their market had paid. */
  readonly settledPositions: BoundedLog<VenuePosition>;
  readonly deposits: BoundedLog<VenueMovement>;
  readonly withdrawals: BoundedLog<VenueMovement>;
  readonly transfers: BoundedLog<VenueTransfer>;
  /** After cancel-all: new orders are cancelled until then. */
  sweptUntil: EpochMs;
}

export interface Position {
  readonly listing: Listing;
  /** YES contracts; negative = NO. */
  size: Centicontracts;
  /** What the open contracts cost, each at the price of its own side (NO at 1 − p). */
  exposure: Microdollars;
  /** Proceeds minus cost of closed contracts, fees left out. */
  realized: Microdollars;
  /** Cost of every fill at the price of its own side. */
  traded: Microdollars;
  fees: Microdollars;
  updatedAt: EpochMs;
}

export interface Order {
  /** Counts the exchange's orders; the order id is made from it. */
  readonly sequence: number;
  readonly account: Account;
  readonly listing: Listing;
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly isPostOnly: boolean;
  readonly cancelOnPause: boolean;
  readonly createdAt: EpochMs;
  clientOrderId: string;
  group: Group | undefined;
  price: Centicents;
  status: VenueOrder['status'];
  initial: Centicontracts;
  filled: Centicontracts;
  remaining: Centicontracts;
  makerCost: Microdollars;
  takerCost: Microdollars;
  makerFees: Microdollars;
  takerFees: Microdollars;
  fees: FeeAccumulator | undefined;
  /** What this order adds to `Account.reserved`. */
  reserved: Microdollars;
  /** Unix seconds; undefined: until cancelled. */
  expiresAtSeconds: number | undefined;
  updatedAt: EpochMs;
  reason: OrderReason | undefined;
  /** Stands in the market's book. */
  isInBook: boolean;
  /** Its place in a matched book. */
  slot: Slot;
  /** What became of it, once it has ended: nothing changes any more. */
  ended: VenueOrder | undefined;
}

/** One market on the exchange. */
export interface Listing {
  market: Market;
  readonly event: VenueEvent;
  readonly settlementTimerSeconds: number;
  /** Its totals come from a recording; trades of accounts are not added to them. */
  readonly isRecorded: boolean;
  /** The terms of its series when it was listed; changes lie over them. */
  readonly seriesFees: FeeTerms;
  readonly createdAt: EpochMs;
  /** Of the last change that is no trading. */
  updatedAt: EpochMs;
  readonly candles: CandleLog;
  /** How it ends by itself, asked a little after the close; absent: only on request. */
  readonly outcomeAt?: (closedAt: EpochMs) => Outcome;
  /** Absent once the market has closed. */
  book: MarketBook | undefined;
  stats: VenueStats;
  /** A `stats` fact is on its way. */
  isStatsDue: boolean;
  /** A fault: what its fills are charged beside their fees. */
  feeExcess?: Microdollars;
  outcome: Outcome | undefined;
  /** Counts results and disputes: a payment that waits is made only when nothing came after it. */
  rulings: number;
  settledAt: EpochMs | undefined;
  /** What one YES contract was paid, and to whom: for a result that is amended afterwards. */
  paidValue: Centicents | undefined;
  payments: readonly Payment[];
  /** Everybody with a position or a history in it, in the order in which they came. */
  readonly holders: Set<Account>;
}

export interface Payment {
  readonly account: Account;
  /** YES contracts; negative = NO. */
  readonly size: Centicontracts;
}

export interface Outcome {
  readonly result: 'yes' | 'no' | 'scalar';
  /** What one YES contract pays. */
  readonly value: Centicents;
  /** The number behind the result, as the exchange prints it: an average, a temperature. */
  readonly expirationValue?: string;
}

export interface Group {
  readonly id: string;
  readonly account: Account;
  readonly shard: number;
  limit: Centicontracts;
  isTriggered: boolean;
  readonly orders: Set<Order>;
  /** Matches of the last 15 s, oldest first. */
  matches: { readonly at: EpochMs; readonly size: Centicontracts }[];
}

/**
 * What the exchange asks of a market's book. In a matched book every contract belongs to an order of an account; in a
 * book with a recorded background most belong to nobody, and orders of accounts stand among them.
 */
export interface MarketBook {
  /** Best price on show: 0 without bids, 10000 without asks. */
  best(side: Side): Centicents;
  /** First in line on that side: an order, or undefined when it is the background's (or nobody's). */
  frontOrder(side: Side): Order | undefined;
  /** What the first in line offers; 0 when the side is empty. */
  frontSize(side: Side): Centicontracts;
  /** Takes from the first in line on that side, which is the background's. */
  takeBackground(side: Side, size: Centicontracts): void;
  /** The order stands behind everything at its price, with what remains of it. */
  rest(order: Order): void;
  /** The order has become smaller by this much and keeps its place. */
  reduce(order: Order, by: Centicontracts): void;
  remove(order: Order): void;
  /** Contracts ahead of it at its price. */
  sizeAhead(order: Order): Centicontracts;
  levels(side: Side): readonly ListedLevel[];
  /** What a taker would meet, best first; `order` is absent for the background's. */
  queue(side: Side): Iterable<Offer>;
  /** Orders of accounts. */
  orders(): readonly Order[];
}

export interface Offer {
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly order?: Order;
}

/** What a person's ask comes to, in words that can go through a socket: plain JSON, in the core's units. */
import type { HandRoom } from '../../core/hand/hand-room.ts';
import type { HandFigures, HandRefusal } from '../../core/hand/hand-types.ts';
import type { OrderState } from '../../core/orders/order.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../../core/units.ts';

/** What there is to know of the market before one decides. */
export interface HandMarketFacts {
  readonly ticker: string;
  readonly title: string;
  readonly shard: number;
  readonly closeAt: EpochMs;
  readonly bestBid?: Centicents;
  readonly bestAsk?: Centicents;
}

/** The order as we know it at the end. */
export interface HandOrderFacts {
  readonly clientOrderId: string;
  readonly orderId?: string;
  readonly ticker: string;
  readonly shard: number;
  readonly side: Side;
  readonly price: Centicents;
  readonly state: OrderState;
  readonly reason?: string;
  readonly filled: Centicontracts;
  readonly remaining: Centicontracts;
  /** Of an order that rests. */
  readonly expiresAt?: EpochMs;
  /** Σ price × size of its fills that were seen, and their fees. */
  readonly traded: Microdollars;
  readonly fees: Microdollars;
}

/**
 * - `done`: the exchange did what was asked;
 * - `refused`: it said no, in its own words, and nothing changed;
 * - `not_sent`: our own side dropped it at the last moment;
 * - `unknown`: no proof either way within the time there was.
 */
export type HandEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'not_sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type HandReply =
  | { readonly kind: 'permitted'; readonly figures?: HandFigures; readonly market?: HandMarketFacts }
  | { readonly kind: 'refused'; readonly refusal: HandRefusal; readonly market?: HandMarketFacts }
  | {
      readonly kind: 'ended';
      readonly end: HandEnd;
      readonly order?: HandOrderFacts;
      readonly figures?: HandFigures;
      readonly cash: readonly ShardCash[];
    };

/** What an order would be answered, and how much of it would pass. */
export interface HandCheck extends HandRoom {
  readonly reply: HandReply;
}

/** Cash that is asked to go from one shard to another. */
export interface CashMove {
  readonly from: number;
  readonly to: number;
  /** Whole units of $0.0001, > 0. */
  readonly amount: Microdollars;
}

export interface ShardCash {
  readonly shard: number;
  readonly cash: Microdollars;
}

/** How cash went between shards, and what the shards held before and after. */
export interface MoveReport {
  readonly transferId: string;
  readonly before: readonly ShardCash[];
  readonly after: readonly ShardCash[];
  /** The exchange shows it in the balance already. */
  readonly isVisible: boolean;
}

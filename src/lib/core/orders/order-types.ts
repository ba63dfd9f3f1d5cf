/** Words shared by events, orders and the gateway: the exchange's record of an order, and the three-way outcome of a write. */
import type { Centicents, Centicontracts, EpochMs, Side } from '../units.ts';

/** An order of the account as the exchange states it. */
export interface OwnOrder {
  readonly orderId: string;
  /** Empty when the order was placed without one. */
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly status: 'resting' | 'canceled' | 'executed';
  readonly filled: Centicontracts;
  readonly remaining: Centicontracts;
  readonly initial: Centicontracts;
  readonly expiresAt?: EpochMs;
  /** `last_update_reason`: an open set (Trade, Decrease, Amend, ExpiryCancel, PostOnlyCrossCancel, …). */
  readonly reason?: string;
  readonly groupId?: string;
  readonly shard?: number;
  readonly exchangeAt?: EpochMs;
}

/** The body of the exchange's refusal: the proof that nothing rests. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
/** No proof either way: it may rest, it may have filled. Counted at full size until evidence comes. */
export interface Unproven {
  readonly kind: 'unknown';
  readonly reason: string;
}
/** Our own side said no before the first byte: nothing was sent. */
export interface NotSent {
  readonly kind: 'dropped';
  readonly reason: string;
}

export type CreateOutcome =
  | {
      readonly kind: 'accepted';
      readonly orderId: string;
      readonly filled: Centicontracts;
      /** Not the same as resting: a post-only cross ends it a moment later on the stream. */
      readonly remaining: Centicontracts;
      readonly exchangeAt?: EpochMs;
    }
  | Refusal
  | Unproven
  | NotSent;

export type ChangeOutcome =
  | { readonly kind: 'cancelled'; readonly reducedBy: Centicontracts; readonly exchangeAt?: EpochMs }
  | {
      readonly kind: 'amended';
      readonly remaining?: Centicontracts;
      readonly filled?: Centicontracts;
      readonly exchangeAt?: EpochMs;
    }
  | { readonly kind: 'decreased'; readonly remaining: Centicontracts; readonly exchangeAt?: EpochMs }
  /** 404: a question, not an answer. Ask for the order by id. */
  | { readonly kind: 'not_found' }
  | Refusal
  | Unproven
  | NotSent;

/** What a person may ask for by hand, and how it is answered. Plain JSON: asks are on the tape, so a replay decides them again. */

import type { Taking } from '../intents.ts';
import type { HaltName } from '../risk/halts.ts';
import type { LimitName } from '../risk/limits.ts';
import type { Losses } from '../risk/risk.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../units.ts';

/**
 * `take`: what is on offer now, and never rests. `rest`: post-only, until its lease is over. `renewed`: post-only, and the
 * running trader renews its lease as long as nothing halts.
 */
export type HandLife =
  | { readonly kind: 'take'; readonly takes: Taking }
  | { readonly kind: 'rest'; readonly ms: number }
  | { readonly kind: 'renewed' };

interface Asked {
  /** Names the ask in its answer. */
  readonly id: string;
}
export interface HandOrder extends Asked {
  readonly kind: 'order';
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly life: HandLife;
}
/** `orderId`: the exchange's id, or our own. */
export interface HandCancel extends Asked {
  readonly kind: 'cancel';
  readonly orderId: string;
}
export interface HandAmend extends Asked {
  readonly kind: 'amend';
  readonly orderId: string;
  readonly price?: Centicents;
  /** Wanted resting size. */
  readonly size?: Centicontracts;
}
/** Exactly one of `by` and `to`: off the resting size, or what shall rest by what we know now. */
export interface HandDecrease extends Asked {
  readonly kind: 'decrease';
  readonly orderId: string;
  readonly by?: Centicontracts;
  readonly to?: Centicontracts;
}
export type HandAsk = HandOrder | HandCancel | HandAmend | HandDecrease;

/** Why not, in a word for programs: a limit, a halt, or a rule of the market or of ours. */
export type HandWord =
  | LimitName
  | HaltName
  | 'market_unknown'
  | 'market_closed'
  | 'off_grid'
  | 'lease'
  | 'self_cross'
  | 'post_only_cross'
  | 'fee_unknown'
  | 'order_unknown'
  | 'order_busy'
  | 'order_not_changeable'
  | 'size';

export interface HandRefusal {
  readonly word: HandWord;
  readonly reason: string;
  /** With `cash`: what is missing where. */
  readonly cash?: CashNeed;
}

/** Collateral is checked inside the shard (kalshi/api.md 4). */
export interface CashNeed {
  readonly shard: number;
  /** More than is free on the shard, by this much. */
  readonly missing: Microdollars;
  readonly shards: readonly { readonly shard: number; readonly cash: Microdollars }[];
}

/** What the order would cost and risk, all of it filled. */
export interface HandFigures {
  /** Cash that it reserves or spends beyond what is spoken for already, fee included. */
  readonly cash: Microdollars;
  /** At most, if all of it is taken in one fill; 0 where makers pay nothing. */
  readonly fee: Microdollars;
  /** Most that this order alone can lose. */
  readonly worst: Microdollars;
  /** Worst losses with it, and what is allowed. */
  readonly losses: Losses;
  readonly limits: Losses;
  readonly expiresAt?: EpochMs;
}

export type HandAnswer = { readonly id: string; readonly at: EpochMs } & (
  | { readonly kind: 'sent'; readonly clientOrderId: string; readonly counter: number; readonly figures?: HandFigures }
  | { readonly kind: 'refused'; readonly refusal: HandRefusal }
);

/** What the engine asks the world to do. Each intent is journaled before its first byte is sent. */
import { type Centicents, type Centicontracts, type EpochMs, formatPrice, formatSize, type Side } from './units.ts';

interface Common {
  /** Counts every intent of the session from 1. */
  readonly counter: number;
  readonly ticker: string;
  readonly shard: number;
  readonly clientOrderId: string;
  readonly side: Side;
}

interface Create extends Common {
  readonly kind: 'create';
  readonly price: Centicents;
  readonly size: Centicontracts;
}
/** Place a resting post-only order that expires by itself. */
export interface RestingCreate extends Create {
  /** End of the lease, exchange time; whole seconds. */
  readonly expiresAt: EpochMs;
  readonly takes?: never;
}
/** In the exchange's words. Either takes at its price or better, and leaves nothing in the book. */
export type Taking = 'immediate_or_cancel' | 'fill_or_kill';
/** Take what is on offer: only by hand. It never rests, so it has no lease. */
export interface TakingCreate extends Create {
  readonly takes: Taking;
  readonly expiresAt?: never;
}
export type CreateIntent = RestingCreate | TakingCreate;
/** Change price, resting size or lease of an order that rests. */
export interface AmendIntent extends Common {
  readonly kind: 'amend';
  readonly orderId: string;
  readonly price: Centicents;
  /** Wanted resting size. The wire's `count` is `filled + size`. */
  readonly size: Centicontracts;
  readonly filled: Centicontracts;
  readonly expiresAt: EpochMs;
}
/** Take something off the resting size: the queue place is kept, whatever fills meanwhile. */
export interface DecreaseIntent extends Common {
  readonly kind: 'decrease';
  readonly orderId: string;
  readonly price: Centicents;
  /** What will rest by what we know. */
  readonly size: Centicontracts;
  readonly reduceBy: Centicontracts;
}
export interface CancelIntent extends Common {
  readonly kind: 'cancel';
  readonly orderId: string;
  /** Price and remaining size of the order that goes, for the record. */
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export type Intent = CreateIntent | AmendIntent | DecreaseIntent | CancelIntent;

/** A turn that asked for something, in one line. */
export function turnText(turn: number, intents: readonly Intent[]): string {
  const asked = intents.map(
    ({ kind, side, size, price, ticker }) =>
      `${kind} ${side} ${formatSize(size)} at ${formatPrice(price)} in ${ticker}`,
  );
  return `turn ${turn}: ${asked.join('; ')}`;
}

/** Cancels leave before creates; the rest keeps its order. */
export function cancelsFirst(a: Intent, b: Intent): number {
  return Number(a.kind !== 'cancel') - Number(b.kind !== 'cancel');
}

/** The line of an intent in `intentsHash`: what was asked, free of instance and session ids. */
export function intentLine(intent: Intent): string {
  const kind = intent.kind === 'create' && intent.takes !== undefined ? intent.takes : intent.kind;
  return `${intent.ticker},${kind},${intent.side},${intent.price},${intent.size},${intent.counter}\n`;
}

/** What the engine asks the world to do. Each intent is journaled before its first byte is sent. */
import type { Centicents, Centicontracts, EpochMs, Side } from './units.ts';

interface Common {
  /** Counts every intent of the session from 1. */
  readonly counter: number;
  readonly ticker: string;
  readonly shard: number;
  readonly clientOrderId: string;
  readonly side: Side;
}

/** Place a resting post-only order that expires by itself. */
export interface CreateIntent extends Common {
  readonly kind: 'create';
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** End of the lease, exchange time; whole seconds. */
  readonly expiresAt: EpochMs;
}
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
export interface CancelIntent extends Common {
  readonly kind: 'cancel';
  readonly orderId: string;
  /** Price and remaining size of the order that goes, for the record. */
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export type Intent = CreateIntent | AmendIntent | CancelIntent;

/** The line of an intent in `intentsHash`: what was asked, free of instance and session ids. */
export function intentLine(intent: Intent): string {
  return `${intent.ticker},${intent.kind},${intent.side},${intent.price},${intent.size},${intent.counter}\n`;
}

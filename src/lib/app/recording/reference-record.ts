/**
 * Prices of the thing behind a market that come from elsewhere than the exchange's own stream (an index, a spot exchange):
 * a record of their own kind on the tape, so that a model can be replayed with what it saw. What the exchange's reference
 * channels say is on the tape as their frames, like all other frames.
 */
import type { ReferencePrice } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';

/** The data of a `reference` record; its time is the record's. */
export interface ReferenceValue extends Pick<ReferencePrice, 'index' | 'value' | 'exchangeAt' | 'window'> {
  /** The trade, where the value is one. */
  readonly id?: string;
}

/** @param price without a place in a subscription */
export function referenceText({ index, value, exchangeAt, window }: ReferencePrice): string {
  return JSON.stringify({ index, value, exchangeAt, window } satisfies Undefinable<ReferenceValue>);
}

/** What the engine is told of a `reference` record. Throws SyntaxError where it is not JSON. */
export function referenceOf({ at, data }: { readonly at: EpochMs; readonly data: Buffer }): ReferencePrice {
  const { id: _id, ...value } = JSON.parse(data.toString()) as ReferenceValue;
  return { type: 'reference_price', at, ...value };
}

type Undefinable<T> = { readonly [Name in keyof T]: T[Name] | undefined };

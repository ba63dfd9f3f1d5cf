/**
 * The prints of the settlement window that is under way, one by one: the exchange states their mean and their number, which is
 * enough for a plain average and not for one that drops some of them. A print that was not heard, or does not agree with that mean,
 * leaves the window without them to its end.
 */
import type { ReferencePrice } from '../outside-events.ts';
import type { EpochMs } from '../units.ts';

const PRINTS = 60;
/** Index values and their averages are published in cents at the coarsest. */
const GRID = 0.01;

export class WindowPrints {
  readonly #prints = new Float64Array(PRINTS);
  #count = 0;
  /** As the exchange states it. */
  #mean = 0;
  #endsAt = 0;

  add(value: number, { value: mean, count, endsAt }: NonNullable<ReferencePrice['window']>): void {
    if (endsAt !== this.#endsAt) {
      this.#endsAt = endsAt;
      this.#count = 0;
      this.#mean = 0;
    }
    if (count !== this.#count + 1 || count > PRINTS) return;
    const told = mean * count - this.#mean * this.#count;
    // Half a grid in each mean, and in the value.
    if (Math.abs(told - value) > GRID * (count + 0.5)) return;
    this.#prints[this.#count] = value;
    this.#count = count;
    this.#mean = mean;
  }

  /** Those of the window that ends then, in the order of their time; undefined where not all of that many were heard. */
  of(endsAt: EpochMs, count: number): Float64Array | undefined {
    return endsAt === this.#endsAt && count === this.#count ? this.#prints.subarray(0, count) : undefined;
  }
}

/**
 * A simulated index in the manner of BRTI: one seeded path, looked at five times a second, printed once a second with two
 * decimals, and averaged over the sixty prints before a close (kalshi/api.md 7.4 and 9.1).
 *
 * The path does not depend on who looks at it or when, so that a participant may be given a look ahead and the settlement
 * average is what the prints said. Index values are real numbers: no money of anyone's.
 */
import { sigmaPerRootSecond, WINDOW_PRINTS } from '../core/fair-value/settlement-average.ts';
import { invariant } from '../core/invariant.ts';
import type { EpochMs } from '../core/units.ts';
import { normal, type RandomStream } from './random.ts';
import type { VenueFact } from './venue.ts';

export const TICK_MS = 200;
const SECOND_MS = 1_000;
const WINDOW_MS = WINDOW_PRINTS * SECOND_MS;
const QUARTER_HOUR_MS = 900_000;
/** How much of the path is kept: more than half an hour. */
const SECONDS_KEPT = 2_048;
const TICKS_KEPT = (SECONDS_KEPT * SECOND_MS) / TICK_MS;

export interface PathOptions {
  readonly stream: RandomStream;
  /** Where the path begins: a whole second. */
  readonly startAt: EpochMs;
  readonly price: number;
  /** 0.5 = 50 % a year. */
  readonly annualVolatility: number;
}

export class ReferencePath {
  readonly annualVolatility: number;
  readonly #stream: RandomStream;
  readonly #startAt: EpochMs;
  /** By tick, modulo TICKS_KEPT. */
  readonly #prices = new Float64Array(TICKS_KEPT);
  /** By second, modulo SECONDS_KEPT: prints up to and including this one, in cents. */
  readonly #printed = new Float64Array(SECONDS_KEPT);
  #lastTick = 0;

  constructor({ stream, startAt, price, annualVolatility }: PathOptions) {
    invariant(startAt % SECOND_MS === 0, 'a path begins on a whole second');
    this.annualVolatility = annualVolatility;
    this.#stream = stream;
    this.#startAt = startAt;
    this.#prices[0] = price;
    this.#printed[0] = centsOf(price);
  }

  /** The index at the last tick at or before `at`, which may lie ahead of the clock. */
  priceAt(at: EpochMs): number {
    const tick = Math.floor((at - this.#startAt) / TICK_MS);
    this.#walkTo(tick);
    return this.#prices[tick % TICKS_KEPT] as number;
  }

  /** The one-second print at a whole second, two decimals. */
  printAt(at: EpochMs): number {
    return centsOf(this.priceAt(at)) / 100;
  }

  /** Sum of the prints in (from, to]: both whole seconds. Exact in cents. */
  printedBetween(from: EpochMs, to: EpochMs): number {
    return (this.#printedUpTo(to) - this.#printedUpTo(from)) / 100;
  }

  /** The settlement average of a close: the plain mean of the sixty prints in (close − 60 s, close], two decimals. */
  settlementAverage(closeAt: EpochMs): number {
    const from = (closeAt - WINDOW_MS) as EpochMs;
    return Math.round((this.#printedUpTo(closeAt) - this.#printedUpTo(from)) / WINDOW_PRINTS) / 100;
  }

  /** Dollars per √second at the price of this moment. */
  sigmaAt(at: EpochMs): number {
    return sigmaPerRootSecond(this.priceAt(at), this.annualVolatility);
  }

  /** What the index channels say at a tick. `at` is a multiple of 200 ms. */
  factAt(at: EpochMs, index: string): Extract<VenueFact, { type: 'reference' }> {
    const value = this.printAt(at);
    if (at % SECOND_MS !== 0) return { type: 'reference', at, index, value, isSecond: false };
    const average60 = this.#trailing(at);
    const window = this.#window(at);
    return {
      type: 'reference',
      at,
      index,
      value,
      isSecond: true,
      average60,
      ...(window === undefined ? {} : { window }),
    };
  }

  /** The trailing average ends before its tick: [now − 60 s, now). */
  #trailing(at: EpochMs) {
    const last = (at - SECOND_MS) as EpochMs;
    const first = Math.max(last - WINDOW_MS, this.#startAt) as EpochMs;
    const count = (last - first) / SECOND_MS;
    if (count <= 0) return { value: this.printAt(at), count: 0, startsAt: at, endsAt: at };
    const value = this.printedBetween(first, last) / count;
    return { value, count, startsAt: (first + SECOND_MS) as EpochMs, endsAt: at };
  }

  /** Only in the last minute before a quarter hour: the settlement average in the making. */
  #window(at: EpochMs) {
    const closeAt = (Math.ceil(at / QUARTER_HOUR_MS) * QUARTER_HOUR_MS) as EpochMs;
    const startsAt = (closeAt - WINDOW_MS) as EpochMs;
    if (at <= startsAt || startsAt < this.#startAt) return undefined;
    const count = (at - startsAt) / SECOND_MS;
    return { value: this.printedBetween(startsAt, at) / count, count, startsAt, endsAt: closeAt };
  }

  #printedUpTo(at: EpochMs): number {
    const second = (at - this.#startAt) / SECOND_MS;
    invariant(Number.isInteger(second), 'prints come at whole seconds');
    this.#walkTo((second * SECOND_MS) / TICK_MS);
    return this.#printed[second % SECONDS_KEPT] as number;
  }

  #walkTo(tick: number): void {
    invariant(tick >= 0 && tick > this.#lastTick - TICKS_KEPT, 'the path is kept for half an hour');
    while (this.#lastTick < tick) this.#step();
  }

  #step(): void {
    const previous = this.#prices[this.#lastTick % TICKS_KEPT] as number;
    const sigma = sigmaPerRootSecond(previous, this.annualVolatility) * Math.sqrt(TICK_MS / SECOND_MS);
    const price = normal(this.#stream, previous, sigma);
    this.#lastTick += 1;
    this.#prices[this.#lastTick % TICKS_KEPT] = price;
    const second = (this.#lastTick * TICK_MS) / SECOND_MS;
    if (!Number.isInteger(second)) return;
    const before = this.#printed[(second - 1) % SECONDS_KEPT] as number;
    this.#printed[second % SECONDS_KEPT] = before + centsOf(price);
  }
}

function centsOf(price: number): number {
  return Math.round(price * 100);
}

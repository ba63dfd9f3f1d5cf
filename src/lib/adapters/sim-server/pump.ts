/**
 * Drives a served venue in real time × speed: sleeps until something will happen, then brings everyone up to date, in
 * batches so that a busy world costs at most a hundred wake-ups a second.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { ServedVenue } from './served-venue.ts';

/** Shortest and longest sleep, in milliseconds of real time. */
const SLEEP_MS_MIN = 10;
const SLEEP_MS_MAX = 1_000;

export interface PumpOptions {
  readonly served: ServedVenue;
  /** Exchange time at the start. */
  readonly startAt: EpochMs;
  /** Exchange milliseconds per real millisecond, > 0. */
  readonly speed: number;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #startedMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #wakesAtMs = 0;

  constructor(options: PumpOptions) {
    if (!(options.speed > 0 && Number.isFinite(options.speed))) throw new RangeError(`speed ${options.speed}`);
    this.#options = options;
  }

  /** Exchange time now; never goes back. */
  now(): EpochMs {
    const { startAt, speed } = this.#options;
    return epochMs(startAt + Math.floor((performance.now() - this.#startedMs) * speed));
  }

  /** Everything that has become due happens and is told; then sleeps until the next thing. Also after each command. */
  catchUp(): void {
    this.#options.served.catchUp(this.now());
    this.#sleep();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A sleep already under way that ends no later is kept. */
  #sleep(): void {
    const { served, speed } = this.#options;
    const nextAt = served.nextAt();
    const dueMs = nextAt === undefined ? SLEEP_MS_MAX : (nextAt - this.now()) / speed;
    const sleepMs = Math.min(Math.max(dueMs, SLEEP_MS_MIN), SLEEP_MS_MAX);
    const wakesAtMs = performance.now() + sleepMs;
    if (this.#timer !== undefined && this.#wakesAtMs <= wakesAtMs) return;
    clearTimeout(this.#timer);
    this.#wakesAtMs = wakesAtMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.catchUp();
    }, sleepMs);
  }
}

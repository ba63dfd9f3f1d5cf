/**
 * How many creates and amends went out in the last minute, and whether anything filled meanwhile. A loop that replaces
 * a thousand times without a fill is a fault, not a strategy (reliability.md F40).
 */
import type { EpochMs } from './units.ts';

const WINDOW_MS = 60_000;

export class Pace {
  readonly #sentAt: EpochMs[] = [];
  #oldest = 0;
  #filledAt = 0;

  sent(at: EpochMs): void {
    this.#sentAt.push(at);
  }

  filled(at: EpochMs): void {
    this.#filledAt = at;
  }

  /** Sends in the minute that ends now. */
  count(now: EpochMs): number {
    while (this.#oldest < this.#sentAt.length && (this.#sentAt[this.#oldest] as number) <= now - WINDOW_MS) {
      this.#oldest += 1;
    }
    if (this.#oldest > 1_024) {
      this.#sentAt.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    return this.#sentAt.length - this.#oldest;
  }

  /** The whole minute's allowance was sent and nothing filled. */
  isRunaway(now: EpochMs, allowed: number): boolean {
    return this.count(now) >= allowed && this.#filledAt <= now - WINDOW_MS;
  }
}

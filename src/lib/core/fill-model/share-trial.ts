/**
 * One order of the grid under many shares at once: where each of them says it stands, to be held against where cancels whose
 * order was known say it stands. The best share is the one whose place is least wrong; the share of the very next cancel
 * would be another question, for errors add up over an order's life.
 */
import { cancel, type Place } from '../book/queue.ts';

/** Shares that are tried: 0 is `riskAverse`, 1 is `power` 1. Denser where a place in a long queue hangs on it. */
export const TRIED_SHARES = [0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1] as const;

export class ShareTrial {
  #places: Place[];

  constructor(ahead: number, behind = 0) {
    this.#places = TRIED_SHARES.map(() => ({ front: ahead, back: behind }));
  }

  added(size: number): void {
    this.#places = this.#places.map(({ front, back }) => ({ front, back: back + size }));
  }

  cancelled(size: number): void {
    this.#places = this.#places.map((place, n) =>
      cancel(place, size, { kind: 'share', ahead: TRIED_SHARES[n] as number }),
    );
  }

  traded(size: number): void {
    this.#places = this.#places.map(({ front, back }) => {
      const eaten = Math.min(front, size);
      return { front: front - eaten, back: Math.max(0, back - (size - eaten)) };
    });
  }

  /** Adds the squared error of each share to `sums`. */
  weigh(front: number, sums: number[]): void {
    for (const [n, place] of this.#places.entries()) sums[n] = (sums[n] ?? 0) + (place.front - front) ** 2;
  }
}

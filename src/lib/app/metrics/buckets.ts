/** Durations counted by size: an addition or two each, so that a turn can afford it. Seconds. */

/** From the work of one turn to a request that is given up. */
const BOUNDS_SECONDS = [0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Buckets {
  readonly #counts = new Float64Array(BOUNDS_SECONDS.length);
  #count = 0;
  #sum = 0;

  /** What is no number, or negative because a clock went back, is not counted. */
  add(seconds: number): void {
    if (!(seconds >= 0)) return;
    this.#count += 1;
    this.#sum += seconds;
    const index = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound);
    if (index >= 0) this.#counts[index] = (this.#counts[index] as number) + 1;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Each bound with how many were no longer. */
  cumulative(): (readonly [bound: number, count: number])[] {
    let below = 0;
    return BOUNDS_SECONDS.map((bound, index) => {
      below += this.#counts[index] as number;
      return [bound, below] as const;
    });
  }
}

/** Quantiles of our own latency: the newest samples in a ring, sorted when asked. */

const SAMPLES = 16_384;

export class Latency {
  readonly #samples = new Float64Array(SAMPLES);
  #count = 0;

  add(ms: number): void {
    this.#samples[this.#count % SAMPLES] = ms;
    this.#count += 1;
  }

  /** The newest. */
  get last(): number | undefined {
    return this.#count === 0 ? undefined : this.#samples[(this.#count - 1) % SAMPLES];
  }

  /** Milliseconds; null before the first sample. */
  quantile(share: number): number | null {
    const length = Math.min(this.#count, SAMPLES);
    if (length === 0) return null;
    const sorted = this.#samples.slice(0, length).sort();
    return sorted[Math.min(length - 1, Math.floor(share * length))] as number;
  }
}

/** How often the trader may die: each restart waits longer, and too many in a while are a crash loop. Milliseconds. */

const RESTART_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000] as const;
/** As many restarts within this time are a crash loop: it stays down. */
const CRASH_WINDOW_MS = 600_000;

export class CrashLoop {
  readonly #crashes: number[] = [];

  /** Notes a death. What to wait before the next life, or how many lives there were when that is enough. */
  died(now: number): { readonly restartInMs: number } | { readonly lives: number } {
    this.#crashes.push(now);
    while ((this.#crashes[0] ?? now) < now - CRASH_WINDOW_MS) this.#crashes.shift();
    const restartInMs = RESTART_DELAYS_MS[this.#crashes.length - 1];
    return restartInMs === undefined ? { lives: this.#crashes.length } : { restartInMs };
  }
}

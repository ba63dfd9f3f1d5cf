/** Holds ticker frames to one per market and second: the first goes at once, later changes wait for the second to end. */
import { type EpochMs, epochMs } from '../../core/units.ts';

/** kalshi/api.md 7.2. */
const INTERVAL_MS = 1_000;

interface Pace {
  /** When the next frame may go. */
  readonly freeAt: EpochMs;
  readonly isWaiting: boolean;
}

export class TickerPace {
  readonly #paces = new Map<string, Pace>();
  #nextAt: EpochMs | undefined;

  /** When the next waiting frame is due. */
  get nextAt(): EpochMs | undefined {
    return this.#nextAt;
  }

  /** The market changed. */
  touch(ticker: string, at: EpochMs): void {
    const freeAt = this.#paces.get(ticker)?.freeAt ?? at;
    this.#paces.set(ticker, { freeAt, isWaiting: true });
    if (this.#nextAt === undefined || freeAt < this.#nextAt) this.#nextAt = freeAt;
  }

  /** The markets whose frame goes now. */
  takeDue(at: EpochMs): readonly string[] {
    if (this.#nextAt === undefined || this.#nextAt > at) return [];
    const due: string[] = [];
    let nextAt: EpochMs | undefined;
    for (const [ticker, { freeAt, isWaiting }] of this.#paces) {
      if (!isWaiting) {
        // A market that is quiet for a second is as good as new, and markets come and go.
        if (freeAt <= at) this.#paces.delete(ticker);
        continue;
      }
      if (freeAt <= at) due.push(ticker);
      else if (nextAt === undefined || freeAt < nextAt) nextAt = freeAt;
    }
    this.#nextAt = nextAt;
    for (const ticker of due) this.#paces.set(ticker, { freeAt: epochMs(at + INTERVAL_MS), isWaiting: false });
    return due;
  }
}

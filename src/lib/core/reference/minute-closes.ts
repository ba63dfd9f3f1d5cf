/** The last value of each of the newest minutes, by the values' own time: what a return of a minute is made of. */
import type { EpochMs } from '../units.ts';

export interface MinuteClose {
  /** Whole minutes since 1970: this one begins at 60,000 times that. */
  readonly minute: number;
  readonly value: number;
}

export const MINUTE_MS = 60_000;
/** Thirty returns need one more. */
const KEPT = 31;

export class MinuteCloses {
  readonly #closes: { minute: number; value: number }[] = [];

  /** Values come in the order of their time. */
  add(value: number, at: EpochMs): void {
    const minute = Math.floor(at / MINUTE_MS);
    const last = this.#closes.at(-1);
    if (last?.minute === minute) {
      last.value = value;
      return;
    }
    this.#closes.push({ minute, value });
    if (this.#closes.length > KEPT) this.#closes.shift();
  }

  /** The oldest first; the newest may still be running. */
  get all(): readonly MinuteClose[] {
    return this.#closes;
  }
}

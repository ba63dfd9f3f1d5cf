/** Counts the commands of one stream session: 10,000 in a second are the most (kalshi/api.md 5). */
import type { EpochMs } from '../../core/units.ts';

const COMMANDS_MAX = 10_000;
const WINDOW_MS = 1_000;

export class CommandPace {
  #windowStart = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Whether one more may be carried out; `at` is exchange time. */
  admits(at: EpochMs): boolean {
    if (at - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = at;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= COMMANDS_MAX;
  }
}

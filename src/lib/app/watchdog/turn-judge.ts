/**
 * Beside the trader: how long its turn counter has stood still, by a clock that never goes back. Times in milliseconds.
 * A watchdog that was asleep itself has seen nothing, so it begins anew.
 */
import type { ProgressMark } from '../../adapters/system/progress-file.ts';

export interface TurnJudgeOptions {
  /** We look this often; a gap of several means that we were suspended. */
  readonly checkMs: number;
}

/** Looks that were missed in a row before we take ourselves to have been asleep. */
const LOOKS_MISSED = 3;

export class TurnJudge {
  readonly #checkMs: number;
  #mark: ProgressMark | undefined;
  #at = 0;
  #lookedAt: number | undefined;

  constructor({ checkMs }: TurnJudgeOptions) {
    this.#checkMs = checkMs;
  }

  /** For how long it has stood still. `wallNow`: to date a mark that was there before us. */
  stillMs(mark: ProgressMark, now: number, wallNow: number): number {
    const wasAsleep = this.#lookedAt !== undefined && now - this.#lookedAt > LOOKS_MISSED * this.#checkMs;
    const isNew = this.#mark?.turn !== mark.turn || this.#mark.pid !== mark.pid;
    if (this.#lookedAt === undefined) this.#at = now - Math.max(0, wallNow - mark.at);
    else if (isNew || wasAsleep) this.#at = now;
    this.#mark = mark;
    this.#lookedAt = now;
    return Math.max(0, now - this.#at);
  }
}

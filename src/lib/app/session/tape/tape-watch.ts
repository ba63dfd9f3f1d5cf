/** Says once when the tape begins to fail or to lose records, and once when it is well again: a loss is never silent. */
import type { Loops } from '../loops.ts';
import type { SessionLog } from '../session-log.ts';
import type { SessionTape } from './session-tape.ts';

/** Its thread looks for work several times a second. */
const ROUND_MS = 1_000;

export class TapeWatch {
  readonly #tape: SessionTape;
  readonly #log: SessionLog;
  #failure: string | undefined;
  #dropped = 0;

  constructor(tape: SessionTape, log: SessionLog, loops: Loops) {
    loops.counted('tape', ROUND_MS, () => tape.rounds);
    this.#tape = tape;
    this.#log = log;
  }

  /** Call about once a second. */
  tick(): void {
    const { failure, dropped } = this.#tape;
    if (failure !== this.#failure) {
      if (failure === undefined) this.#log.say('info', 'the tape is being written again');
      else this.#log.say('error', `the tape cannot be written: ${failure}`);
      this.#failure = failure;
    }
    if (dropped === this.#dropped) return;
    this.#log.say('error', `the tape has lost ${dropped} records so far`);
    this.#dropped = dropped;
  }
}

/**
 * Progress as a watchdog understands it: the turn counter, written by the loop itself after a turn and never by a timer, once
 * a second at most (reliability.md section 5). A mark stays behind a session that dies, or that could not prove at its end
 * that nothing rests.
 */
import { removeMark, writeMark } from '../../adapters/system/progress-file.ts';

export interface TurnMarkOptions {
  readonly path: string;
  /** Time of this machine, unix ms. */
  readonly wallNow: () => number;
  readonly warn: (text: string) => void;
}

const WRITE_MS = 1_000;

export class TurnMark {
  readonly #options: TurnMarkOptions;
  #writtenAt = 0;
  #hasFailed = false;

  constructor(options: TurnMarkOptions) {
    this.#options = options;
  }

  turned(turn: number): void {
    const { path, wallNow, warn } = this.#options;
    const at = Math.round(wallNow());
    if (Math.abs(at - this.#writtenAt) < WRITE_MS) return;
    this.#writtenAt = at;
    try {
      writeMark(path, { pid: process.pid, turn, at });
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) warn(`a watchdog here cannot see that we live: ${String(error)}`);
      this.#hasFailed = true;
    }
  }

  /** Call at the end of a session of which nothing rests. */
  remove(): void {
    removeMark(this.#options.path);
  }
}

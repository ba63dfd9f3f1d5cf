/**
 * Reads the account whole when the private channels may have missed something. They carry no sequence, so after every
 * break of the link nothing new is exposed before that reading has succeeded (kalshi/api.md 7.3): a halt says so, and
 * clears itself with it. One reading at a time; what is asked for meanwhile leads to one more.
 */

import type { EngineEvent } from '../../core/events.ts';
import { HALT_EVERYTHING } from '../../core/risk/halts.ts';
import type { Clock } from '../../ports.ts';
import type { AccountWatch } from './account/watch-account.ts';
import { wait } from './orders/cancel-ours.ts';

export interface CatchUpOptions {
  readonly watch: Pick<AccountWatch, 'catchUp'>;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
}

const AGAIN_MS = 500;
const AGAIN_MS_MAX = 10_000;

export class CatchUp {
  readonly #options: CatchUpOptions;
  #isHalted = false;
  #isReading = false;
  #isAskedAgain = false;
  #isStopped = false;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Nothing new before the account has been read: halts, and reads until it succeeds. */
  require(): void {
    this.#isHalted = true;
    this.#halt(true);
    this.ask();
  }

  /** Reads once, soon; the loops beside the stream come back to what fails. */
  ask(): void {
    if (this.#isReading) this.#isAskedAgain = true;
    else void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #read(): Promise<void> {
    const { watch, clock } = this.#options;
    this.#isReading = true;
    let pause = AGAIN_MS;
    for (;;) {
      this.#isAskedAgain = false;
      const isWhole = await watch.catchUp();
      if (this.#isStopped) return;
      // What was asked for while we read may have happened after the part that would have shown it.
      if (this.#isAskedAgain) continue;
      if (isWhole || !this.#isHalted) break;
      await wait(clock, pause);
      pause = Math.min(AGAIN_MS_MAX, pause * 2);
      if (this.#isStopped) return;
    }
    this.#isReading = false;
    if (!this.#isHalted) return;
    this.#isHalted = false;
    this.#halt(false);
  }

  #halt(isOn: boolean): void {
    const at = this.#options.clock.now();
    const reason = 'the account has not been read since the connection came back';
    this.#options.emit({
      type: 'halt_changed',
      at,
      halt: { name: 'STALE', scope: HALT_EVERYTHING, since: at, reason },
      isOn,
    });
  }
}

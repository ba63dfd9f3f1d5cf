/**
 * A process as far as a program can tell: while it lives its timers fire and its mail comes; frozen, everything waits;
 * dead, nothing of it ever happens again, in the middle of whatever it was doing.
 */
import type { EpochMs } from '../../src/lib/core/units.ts';
import type { Clock } from '../../src/lib/ports.ts';

export class Process {
  readonly clock: Clock;
  #isAlive = true;
  #waiting: (() => void)[] | undefined;

  constructor(time: Clock) {
    this.clock = {
      now: () => time.now(),
      monotonicMs: () => time.now(),
      after: (ms, action) => time.after(ms, () => this.deliver(action)),
      every: (ms, action) => this.#every(time, ms, action),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get now(): EpochMs {
    return this.clock.now();
  }

  /** Something from outside. */
  deliver(action: () => void): void {
    if (!this.#isAlive) return;
    if (this.#waiting === undefined) action();
    else this.#waiting.push(action);
  }

  freeze(): void {
    this.#waiting ??= [];
  }

  thaw(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const action of waiting) this.deliver(action);
  }

  die(): void {
    this.#isAlive = false;
    this.#waiting = undefined;
  }

  /** Like a timer of the host: what it missed in a freeze comes once. */
  #every(time: Clock, ms: number, action: () => void): () => void {
    let stop = () => {};
    const again = () => {
      stop = time.after(ms, () =>
        this.deliver(() => {
          again();
          action();
        }),
      );
    };
    again();
    return () => stop();
  }
}

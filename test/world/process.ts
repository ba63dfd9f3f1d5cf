/**
 * A process as far as a program can tell: while it lives its timers fire and its mail comes; frozen, everything waits;
 * dead, nothing of it ever happens again, in the middle of whatever it was doing.
 */
import type { EpochMs } from '../../src/lib/core/units.ts';
import type { Clock } from '../../src/lib/ports.ts';

export class Process {
  readonly clock: Clock;
  readonly #time: Clock;
  #isAlive = true;
  #isFrozen = false;
  /** What each action takes; 0: as good as nothing. */
  #eachMs = 0;
  #isBusy = false;
  #lagMs = 0;
  readonly #waiting: { readonly action: () => void; readonly at: number }[] = [];

  /** `now`: what it takes for the time, if not the true one. */
  constructor(time: Clock, now: () => EpochMs = () => time.now()) {
    this.#time = time;
    this.clock = {
      now,
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

  /** How long what it does now has waited for its turn. */
  get lagMs(): number {
    return this.#lagMs;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** What waits for its turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How long the oldest of what waits has waited. */
  get backlogMs(): number {
    const [oldest] = this.#waiting;
    return oldest === undefined ? 0 : this.#time.now() - oldest.at;
  }

  /** Something from outside. */
  deliver(action: () => void): void {
    if (!this.#isAlive) return;
    const isIdle = !this.#isFrozen && !this.#isBusy && this.#waiting.length === 0;
    if (isIdle && this.#eachMs === 0) {
      action();
      return;
    }
    this.#waiting.push({ action, at: this.#time.now() });
    if (isIdle) this.#work();
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** Everything takes so long from now on. */
  starve(eachMs: number): void {
    this.#eachMs = eachMs;
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#eachMs = 0;
    if (!this.#isBusy) this.#work();
  }

  die(): void {
    this.#isAlive = false;
    this.#waiting.length = 0;
  }

  #work(): void {
    while (this.#isAlive && !this.#isFrozen) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#lagMs = this.#time.now() - next.at;
      next.action();
      this.#lagMs = 0;
      if (this.#eachMs === 0) continue;
      this.#isBusy = true;
      this.#time.after(this.#eachMs, () => {
        this.#isBusy = false;
        this.#work();
      });
      return;
    }
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

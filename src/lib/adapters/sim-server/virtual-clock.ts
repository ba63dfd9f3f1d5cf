/**
 * Virtual time: the next thing that will happen, of our own timers and of the world, happens at once.
 *
 * After every action of ours all promises it settled are followed to their end before time moves on, so that the same
 * program makes the same run every time (the host's own I/O is not waited for). Not for use with sockets.
 */

import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';

/** What virtual time drives besides timers. */
export interface World {
  /** Brings the world to `at`; its next moment then lies behind it. */
  catchUp(at: EpochMs): void;
  nextAt(): EpochMs | undefined;
}

interface Timer {
  readonly at: EpochMs;
  /** Counts timers: among equals the older goes first. */
  readonly order: number;
  readonly action: () => void;
}

/** The host's signals and messages get their turn at least once in so many quiet steps. */
const QUIET_STEPS_MAX = 256;

export class VirtualClock implements Clock {
  #now: EpochMs;
  #asked = 0;
  #quietSteps = 0;
  /** The next one last. */
  readonly #timers: Timer[] = [];

  constructor(startAt: EpochMs) {
    this.#now = startAt;
  }

  now(): EpochMs {
    return this.#now;
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(ms: number, action: () => void): () => void {
    this.#asked += 1;
    const timer: Timer = { at: epochMs(this.#now + Math.max(0, Math.ceil(ms))), order: this.#asked, action };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  every(ms: number, action: () => void): () => void {
    if (!(ms >= 1)) throw new RangeError(`a repeating timer needs at least 1 ms, got ${ms}`);
    let stop = this.after(ms, repeat);
    const again = () => this.after(ms, repeat);
    function repeat() {
      stop = again();
      action();
    }
    return () => stop();
  }

  /** Runs everything that is due up to and including `until`, and ends there. */
  async run(until: EpochMs, world: World): Promise<void> {
    await settled();
    for (let next = this.#nextAt(world); next !== undefined && next <= until; next = this.#nextAt(world)) {
      await this.#step(next, world);
    }
    if (until > this.#now) this.#now = until;
    world.catchUp(this.#now);
    await settled();
  }

  /** Runs on until `work` has settled, and hands on what it settled to. */
  async runUntilSettled<Value>(work: Promise<Value>, world: World): Promise<Value> {
    let isSettled = false;
    const note = () => {
      isSettled = true;
    };
    work.then(note, note);
    await settled();
    for (let next = this.#nextAt(world); next !== undefined && !isSettled; next = this.#nextAt(world)) {
      await this.#step(next, world);
    }
    return work;
  }

  /** The world first, then our timers of that moment one by one. */
  async #step(at: EpochMs, world: World): Promise<void> {
    if (at > this.#now) this.#now = at;
    const worldAt = world.nextAt();
    if (worldAt !== undefined && worldAt <= this.#now) {
      world.catchUp(this.#now);
      const next = world.nextAt();
      if (next !== undefined && next <= this.#now) throw new Error(`the world does not get past ${next}`);
    }
    this.#quietSteps += 1;
    for (let timer = this.#timers.at(-1); timer !== undefined && timer.at <= this.#now; timer = this.#timers.at(-1)) {
      this.#timers.pop();
      timer.action();
      await settled();
      this.#quietSteps = 0;
    }
    if (this.#quietSteps < QUIET_STEPS_MAX) return;
    this.#quietSteps = 0;
    await settled();
  }

  #nextAt(world: World): EpochMs | undefined {
    const timer = this.#timers.at(-1)?.at;
    const next = world.nextAt();
    if (timer === undefined || next === undefined) return timer ?? next;
    return timer < next ? timer : next;
  }

  /** Where a new timer goes: before every one that is due earlier or was asked for earlier at the same moment. */
  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle] as Timer;
      if (other.at > timer.at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A turn of the event loop: by its end every promise that could settle without outside help has. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * The loops of a session by name, each with when it last came round and how often it should: what a supervisor names when
 * one of them stands still. A round that asks somebody has come round when the answer, a refusal or a timeout is in: an
 * exchange that does not answer is no loop that stands. A round that breaks is a fault of the session.
 */
import type { Clock } from '../../ports.ts';

/** Real milliseconds, of a clock that never goes back. */
export interface LoopMark {
  readonly name: string;
  readonly sinceMs: number;
  readonly everyMs: number;
  /** It comes round by our own doing. Otherwise by the exchange's, and a restart cures nothing. */
  readonly isOurs: boolean;
}

/** Takes what is being asked: an answer that never comes is missed, one that breaks is a fault. */
export type Asks = (asking: Promise<unknown>) => void;

interface Loop {
  readonly everyMs: number;
  readonly isOurs: boolean;
  readonly sinceMs: () => number;
}

export class Loops {
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #onFault: (error: unknown) => void;
  readonly #loops = new Map<string, Loop>();

  /** `speed`: exchange time per real time. `onFault`: what a round threw. */
  constructor(clock: Clock, speed: number, onFault: (error: unknown) => void) {
    this.#clock = clock;
    this.#speed = speed;
    this.#onFault = onFault;
  }

  /** As the clock's `every`, in exchange time, under a name. The returned function ends it. */
  every(name: string, ms: number, round: () => unknown): () => void {
    const came = this.watch(name, ms);
    const stop = this.#clock.every(ms, () => {
      try {
        const going = round();
        if (going instanceof Promise) void going.catch(this.#onFault).finally(came);
        else came();
      } catch (error) {
        this.#onFault(error);
      }
    });
    return () => {
      stop();
      this.#loops.delete(name);
    };
  }

  /** A loop that runs by other means: call what is returned each time it comes round. */
  watch(name: string, ms: number): () => void {
    let at = this.#clock.monotonicMs();
    this.#add(name, ms, true, () => this.#clock.monotonicMs() - at);
    return () => {
      at = this.#clock.monotonicMs();
    };
  }

  /** Asked when there is something to ask: it stands for as long as an answer has been out. Give each asking to what is returned. */
  asks(name: string, ms: number): Asks {
    const out = new Set<{ readonly since: number }>();
    this.#add(name, ms, true, () => {
      const [oldest] = out;
      return oldest === undefined ? 0 : this.#clock.monotonicMs() - oldest.since;
    });
    return (asking) => {
      const one = { since: this.#clock.monotonicMs() };
      out.add(one);
      void asking.catch(this.#onFault).finally(() => out.delete(one));
    };
  }

  /** What comes round by the exchange's doing. `lastAt`: exchange time. */
  heard(name: string, ms: number, lastAt: () => number): void {
    this.#add(name, ms, false, () => (this.#clock.now() - lastAt()) / this.#speed);
  }

  /** A thread that counts its rounds. */
  counted(name: string, ms: number, rounds: () => number): void {
    const came = this.watch(name, ms);
    let seen = rounds();
    const inner = this.#loops.get(name)?.sinceMs ?? (() => 0);
    this.#add(name, ms, true, () => {
      if (rounds() !== seen) came();
      seen = rounds();
      return inner();
    });
  }

  marks(): readonly LoopMark[] {
    return [...this.#loops].map(([name, { everyMs, isOurs, sinceMs }]) => ({
      ...{ name, everyMs, isOurs },
      sinceMs: Math.max(0, Math.round(sinceMs())),
    }));
  }

  #add(name: string, ms: number, isOurs: boolean, sinceMs: () => number): void {
    this.#loops.set(name, { everyMs: Math.round(ms / this.#speed), isOurs, sinceMs });
  }
}

/**
 * How long a stop may take, in real time: cancelling is bounded by 10 s whatever answers (operator.md section 1), and only
 * when it is proved that nothing rests does anything wait for longer, so that systemd's 30 s are never needed.
 */
import type { Clock } from '../../../ports.ts';
import { within } from './cancel-ours.ts';

const CANCEL_MS = 10_000;
const WHOLE_MS = 20_000;
/** For the engine's own cancels, before what is left is cancelled by listing. */
const OWN_MS = 3_000;
/** An exchange that does not answer does not hold up the cancels by id. */
const TRIGGER_MS = 1_000;
/** For what is still of use when the time is up. */
const LEAST_MS = 250;

export class StopClock {
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #beganAt: number;

  /** Begins now. `speed`: exchange time per real time. */
  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
    this.#beganAt = clock.now();
  }

  get isOwnOver(): boolean {
    return this.#passedMs() >= OWN_MS;
  }

  /** For the cancels by id. */
  get cancelMs(): number {
    return Math.max(LEAST_MS, CANCEL_MS - this.#passedMs());
  }

  /** For what comes after them. */
  leftMs(isConfirmed: boolean): number {
    return Math.max(LEAST_MS, (isConfirmed ? WHOLE_MS : CANCEL_MS) - this.#passedMs());
  }

  async trigger(work: Promise<void>): Promise<void> {
    await within(work, this.#clock, TRIGGER_MS * this.#speed);
  }

  /** What is not done by then goes on by itself. */
  within<Value>(work: Promise<Value>, isConfirmed: boolean): Promise<Value | undefined> {
    return within(work, this.#clock, this.leftMs(isConfirmed) * this.#speed);
  }

  #passedMs(): number {
    return (this.#clock.now() - this.#beganAt) / this.#speed;
  }
}

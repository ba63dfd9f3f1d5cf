/**
 * Whether the trading loop makes progress, for the supervisor. Progress is the loop's own turn counter, not a heartbeat: a
 * stuck loop that still ticks is no life. Times are milliseconds of a clock that never goes back.
 */

/** No turn for so long is a stall (reliability.md section 5c). */
const STALL_MS = 20_000;
/** The start reads the account, cancels leftovers and lists markets: it is given longer. */
const START_MS = 60_000;
/** Cancelling is bounded by 10 s inside the trader; whatever turns it still makes, it must be gone by then. */
const STOP_MS = 25_000;
/** We look every second. A gap this long means that we were suspended ourselves and heard nothing. */
const ASLEEP_MS = 5_000;

export class Progress {
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #turn = -1;
  #at: number;
  #lookedAt: number;

  constructor(now: number) {
    this.#at = now;
    this.#lookedAt = now;
  }

  started(now: number): void {
    if (this.#phase === 'starting') this.#phase = 'running';
    this.#at = now;
  }

  /** From here on turns count no more, only the time. */
  stopping(now: number): void {
    if (this.#phase === 'stopping') return;
    this.#phase = 'stopping';
    this.#at = now;
  }

  turn(turn: number, now: number): void {
    if (turn === this.#turn || this.#phase === 'stopping') return;
    this.#turn = turn;
    this.#at = now;
  }

  /** Call about once a second: for how long nothing has moved, when that is too long. */
  stalledMs(now: number): number | undefined {
    const wasAsleep = now - this.#lookedAt > ASLEEP_MS;
    this.#lookedAt = now;
    if (wasAsleep) this.#at = now;
    const stillMs = now - this.#at;
    return stillMs < LIMITS_MS[this.#phase] ? undefined : stillMs;
  }
}

const LIMITS_MS = { starting: START_MS, running: STALL_MS, stopping: STOP_MS } as const;

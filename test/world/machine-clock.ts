/** The clock of the trader's machine when it may be wrong: kmm's own estimate of the offset, on wall time that only a new process takes over. */
import {
  boundsOfArrival,
  boundsOfDate,
  boundsOfStamp,
  ClockOffset,
  shifted,
} from '../../src/lib/adapters/kalshi/clock-offset.ts';
import { isStampExpired } from '../../src/lib/adapters/kalshi/exchange-error.ts';
import type { ClockSync } from '../../src/lib/app/session/halts/clock-watch.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import type { WireReply, WireRequest } from '../../src/lib/ports.ts';

/** As the real wire has them. */
const STAMP_WINDOW_MS = 15_000;
const MATCHING_TIME = /"ts_ms"\s*:\s*(\d{13})\b/;
/** A small correction does not make time run backwards; a large one is let through. */
const STEP_MS = 1_000;
const UNKNOWN_CLOCK_MS = 5_000;

export class MachineClock {
  readonly #trueNow: () => number;
  readonly #skewMs: () => number;
  readonly #offset = new ClockOffset();
  /** As it was when the process began: from then on it goes by the monotonic clock. */
  readonly #begunWithMs: number;
  #last = 0;

  constructor(trueNow: () => number, skewMs: () => number) {
    this.#trueNow = trueNow;
    this.#skewMs = skewMs;
    this.#begunWithMs = skewMs();
  }

  /** As others on the machine read it. */
  wallNow(): number {
    return this.#trueNow() + this.#skewMs();
  }

  /** As this process does. */
  steadyNow(): number {
    return this.#trueNow() + this.#begunWithMs;
  }

  /** Exchange time, as far as it is known. */
  now(): EpochMs {
    const time = Math.round(this.steadyNow() + (this.#offset.estimate(this.steadyNow())?.offsetMs ?? 0));
    this.#last = time < this.#last && this.#last - time < STEP_MS ? this.#last : time;
    return epochMs(this.#last);
  }

  /** The exchange takes a signature that is stamped now. */
  isStampGood(): boolean {
    return Math.abs(this.now() - this.#trueNow()) <= STAMP_WINDOW_MS;
  }

  uncertaintyMs(): number {
    return this.#offset.estimate(this.steadyNow())?.uncertaintyMs ?? UNKNOWN_CLOCK_MS;
  }

  observe(request: WireRequest, reply: WireReply, sentAt: number): void {
    if (reply.kind !== 'response') return;
    const at = this.steadyNow();
    const isProof = isStampExpired(reply.status, reply.body);
    if (reply.dateMs !== undefined) this.#offset.observe(boundsOfDate(reply.dateMs, sentAt, at), at, isProof);
    const stamp = request.method === 'GET' ? null : MATCHING_TIME.exec(reply.body);
    if (stamp !== null) this.#offset.observe(boundsOfStamp(Number(stamp[1]), sentAt, at), at);
  }

  get sync(): ClockSync {
    return {
      verdict: () => this.#offset.verdict(this.steadyNow(), this.steadyNow() - this.wallNow()),
      estimate: () => shifted(this.#offset.estimate(this.steadyNow()), this.steadyNow() - this.wallNow()),
      heard: (sentAt) => this.#offset.observe(boundsOfArrival(sentAt, this.steadyNow()), this.steadyNow()),
    };
  }
}

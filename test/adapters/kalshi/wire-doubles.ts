/** A clock and a wire made by hand, for tests of what stands between them. */
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { Clock, Wire, WireReply, WireRequest } from '../../../src/lib/ports.ts';

export const NOON = epochMs(1_790_000_000_000);

/** Time that moves when it is told to; due actions run in order of time. */
export class ManualClock implements Clock {
  #now = NOON as number;
  readonly #due: { at: number; action: () => void }[] = [];

  now(): EpochMs {
    return epochMs(this.#now);
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const entry = { at: this.#now + ms, action };
    this.#due.push(entry);
    return () => {
      const index = this.#due.indexOf(entry);
      if (index !== -1) this.#due.splice(index, 1);
    };
  }

  every(ms: number, action: () => void): () => void {
    let stop = () => {};
    const again = () => {
      stop = this.after(ms, () => {
        again();
        action();
      });
    };
    again();
    return () => stop();
  }

  /** Moves on by `ms`, running what falls due, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      this.#due.sort((a, b) => a.at - b.at);
      const entry = this.#due[0];
      if (entry === undefined || entry.at > end) break;
      this.#due.shift();
      this.#now = Math.max(this.#now, entry.at);
      entry.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets every promise that can go on go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Answers with what `answer` says, and remembers what it was asked. */
export class ScriptedWire implements Wire {
  readonly requests: WireRequest[] = [];
  answer: (request: WireRequest) => WireReply | Promise<WireReply>;

  constructor(answer: (request: WireRequest) => WireReply | Promise<WireReply>) {
    this.answer = answer;
  }

  async request(request: WireRequest): Promise<WireReply> {
    this.requests.push(request);
    return this.answer(request);
  }
}

export function json(status: number, body: unknown): WireReply {
  return { kind: 'response', status, body: JSON.stringify(body) };
}

export function html(status: number): WireReply {
  return { kind: 'response', status, body: '<html><body>Bad gateway</body></html>' };
}

export function refusal(status: number, code: string): WireReply {
  return json(status, { error: { code, message: code.replaceAll('_', ' ') } });
}

export const FAILURE: WireReply = { kind: 'failure', reason: 'ECONNRESET: socket hang up' };

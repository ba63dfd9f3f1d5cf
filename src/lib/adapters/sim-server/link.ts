/**
 * The link of virtual time: requests and frames pass through the very same REST face and sessions as over sockets, as
 * text, with a latency in virtual milliseconds and without signatures.
 */
import type { Stream, StreamHandlers, Wire } from '../../ports.ts';
import type { ClientSession } from './connection.ts';
import { DelayLine } from './delay-line.ts';
import type { ServedVenue } from './served-venue.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface VirtualLinkOptions {
  readonly served: ServedVenue;
  readonly accountId: string;
  readonly clock: VirtualClock;
  /** There and back, whole milliseconds ≥ 0. The exchange acts after the first half of it. */
  readonly latencyMs: number;
}

/** The pongs that a socket would hear. */
const PONG_INTERVAL_MS = 2_000;
const MS_PER_SECOND = 1_000;

export function virtualLink(options: VirtualLinkOptions): { readonly wire: Wire; readonly stream: Stream } {
  return { wire: new VirtualWire(options), stream: new VirtualStream(options) };
}

class VirtualWire implements Wire {
  readonly #options: VirtualLinkOptions;

  constructor(options: VirtualLinkOptions) {
    this.#options = options;
  }

  request({ method, path, query = {}, body = '' }: Parameters<Wire['request']>[0]): ReturnType<Wire['request']> {
    const { served, accountId, clock } = this.#options;
    const { there, back } = halves(this.#options);
    const parameters = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    return new Promise((resolve) => {
      clock.after(there, () => {
        const at = clock.now();
        served.catchUp(at);
        const { answer, delayMs = 0, cut } = served.reply(accountId, { method, path, query: parameters, body });
        // As in an HTTP header: whole seconds.
        const dateMs = Math.floor(at / MS_PER_SECOND) * MS_PER_SECOND;
        clock.after(back + delayMs, () => {
          if (cut !== undefined) resolve({ kind: 'failure', reason: 'the connection broke' });
          else resolve({ kind: 'response', status: answer.status, body: answer.body, dateMs });
        });
        served.catchUp(at);
      });
    });
  }
}

/** Never goes down by itself, so there is one connection at most. */
class VirtualStream implements Stream {
  readonly #options: VirtualLinkOptions;
  #session: ClientSession | undefined;
  #close: () => void = () => {};

  constructor(options: VirtualLinkOptions) {
    this.#options = options;
  }

  open(handlers: StreamHandlers): void {
    const { clock, latencyMs } = this.#options;
    this.#close = clock.after(latencyMs, () => this.#up(handlers));
  }

  send(command: string): boolean {
    const session = this.#session;
    if (session === undefined) return false;
    const { served, clock } = this.#options;
    clock.after(halves(this.#options).there, () => {
      if (this.#session !== session) return;
      served.catchUp(clock.now());
      session.onCommand(command);
    });
    return true;
  }

  async close(): Promise<void> {
    this.#close();
    this.#close = () => {};
  }

  #up(handlers: StreamHandlers): void {
    const { served, accountId, clock } = this.#options;
    const conn = 1;
    const line = new DelayLine({
      nowMs: () => clock.now(),
      after: (ms, action) => void clock.after(ms, action),
      deliver: (frame) => post(frame),
    });
    const session = served.openSession(accountId, (frame, delayMs) => line.push(frame, delayMs));
    const post = this.#courier((frame) => {
      if (this.#session !== session) return;
      handlers.onHeard();
      handlers.onFrame(conn, frame);
    });
    const stopPongs = clock.every(PONG_INTERVAL_MS, () => handlers.onHeard());
    served.join(session);
    this.#close = () => {
      served.leave(session);
      stopPongs();
      this.#session = undefined;
      handlers.onDown(conn, 'closed by us');
    };
    this.#session = session;
    handlers.onUp(conn);
  }

  /** Carries frames to `deliver` one way; those of one moment travel together. */
  #courier(deliver: (frame: Buffer) => void): (frame: string) => void {
    const { clock } = this.#options;
    const { back } = halves(this.#options);
    let batch: string[] | undefined;
    let sentAt: number | undefined;
    return (frame) => {
      if (batch !== undefined && sentAt === clock.now()) {
        batch.push(frame);
        return;
      }
      const frames = [frame];
      batch = frames;
      sentAt = clock.now();
      clock.after(back, () => {
        if (batch === frames) batch = undefined;
        for (const text of frames) deliver(Buffer.from(text));
      });
    };
  }
}

function halves({ latencyMs }: VirtualLinkOptions): { readonly there: number; readonly back: number } {
  const there = Math.ceil(latencyMs / 2);
  return { there, back: latencyMs - there };
}

/**
 * The line between one process and the exchange: kmm's wire and stream over the virtual link, which may be cut or fall
 * silent. A cut is noticed at once on both sides, silence only by whoever waits for an answer.
 */
import { virtualLink } from '../../src/lib/adapters/sim-server/link.ts';
import { EXPIRED_STAMP } from '../../src/lib/adapters/sim-server/rest-answer.ts';
import type { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import type { VirtualClock } from '../../src/lib/adapters/sim-server/virtual-clock.ts';
import type { Stream, StreamHandlers, Wire, WireReply, WireRequest } from '../../src/lib/ports.ts';
import type { MachineClock } from './machine-clock.ts';
import type { WireFault } from './plan.ts';
import type { Process } from './process.ts';

/** The road that all lines run along. */
export interface Road {
  state: 'open' | 'cut' | 'silent';
  /** Counts the breaks: what was under way when one began never arrives. */
  breaks: number;
}

export interface LineOptions {
  readonly served: ServedVenue;
  readonly accountId: string;
  readonly clock: VirtualClock;
  readonly process: Process;
  readonly road: Road;
  /** False: the process has died at this point. */
  readonly reach: (point: 'before_send' | 'after_send' | 'reply' | 'frame') => boolean;
  readonly onSent: (request: WireRequest) => void;
  /** Where the machine's clock may be wrong. */
  readonly machine?: MachineClock | undefined;
  /** Whether this happens now. */
  readonly draws: (what: WireFault) => boolean;
}

const LATENCY_MS = 8;
/** As the real wire and the real socket have them. */
const TIMEOUT_MS = 5_000;
const SILENCE_MS = 10_000;
const RECONNECT_MS = 300;

export class Line implements Wire, Stream {
  readonly #options: LineOptions;
  readonly #wire: Wire;
  #handlers: StreamHandlers | undefined;
  #stream: Stream | undefined;
  #conn = 0;
  #isUp = false;
  #heardAt = 0;
  /** A snapshot that comes after the frame behind it. */
  #late: Buffer | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#wire = virtualLink({ ...options, latencyMs: LATENCY_MS }).wire;
  }

  request(request: WireRequest): Promise<WireReply> {
    const { process, road, clock, machine, reach, onSent } = this.#options;
    return new Promise((resolve) => {
      if (!process.isAlive || !reach('before_send')) return;
      const wallAt = machine?.steadyNow() ?? 0;
      const answer = (reply: WireReply) =>
        process.deliver(() => {
          machine?.observe(request, reply, wallAt);
          if (reach('reply')) resolve(reply);
        });
      onSent(request);
      const { breaks } = road;
      if (road.state === 'cut') {
        clock.after(LATENCY_MS, () => answer(failed('no route to the exchange')));
        return;
      }
      const sentAt = clock.now();
      const late = () => {
        const left = Math.max(0, sentAt + TIMEOUT_MS - clock.now());
        clock.after(left, () => answer(failed('no answer in time')));
      };
      if (road.state === 'silent') late();
      else if (machine?.isStampGood() === false) {
        const { status, body } = EXPIRED_STAMP;
        const dateMs = Math.floor(sentAt / 1_000) * 1_000;
        clock.after(LATENCY_MS, () => answer({ kind: 'response', status, body, dateMs }));
      } else {
        void this.#wire.request(request).then((reply) => {
          if (road.breaks === breaks) answer(reply);
          else if (road.state === 'silent') late();
          else answer(failed('the connection was reset'));
        });
      }
      reach('after_send');
    });
  }

  open(handlers: StreamHandlers): void {
    this.#handlers = handlers;
    this.#connect();
  }

  send(command: string): boolean {
    if (!this.#isUp) return false;
    return this.#options.road.state === 'silent' || (this.#stream?.send(command) ?? false);
  }

  async close(): Promise<void> {
    this.hangUp();
    this.#handlers = undefined;
  }

  /** When the last frame came. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** The exchange no longer hears of this connection. */
  hangUp(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    void stream?.close();
  }

  /** The road is cut, or has been silent for so long that it is given up. */
  broken(): void {
    const { process, road, clock } = this.#options;
    const { breaks } = road;
    if (road.state === 'cut') this.#down('cut');
    else {
      clock.after(SILENCE_MS, () => {
        if (road.state === 'silent' && road.breaks === breaks) this.#down('silence');
      });
    }
    if (!process.isAlive) this.hangUp();
  }

  /** The road is open again. A silence that was too short to be given up has cost the connection nevertheless. */
  mended(): void {
    this.#down('reset');
    this.#options.clock.after(RECONNECT_MS, () => this.#connect());
  }

  #down(reason: string): void {
    this.hangUp();
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#options.process.deliver(() => this.#handlers?.onDown(this.#conn, reason));
  }

  #asTheyCome(frame: Buffer): readonly Buffer[] {
    const { draws } = this.#options;
    const late = this.#late;
    this.#late = undefined;
    if (late !== undefined) return [frame, late];
    if (!isSnapshot(frame)) return [frame];
    if (draws('snapshot_twice')) return [frame, frame];
    if (!draws('snapshot_late')) return [frame];
    this.#late = frame;
    return [];
  }

  #connect(): void {
    const { process, road, reach } = this.#options;
    if (this.#handlers === undefined || this.#stream !== undefined || !process.isAlive || road.state !== 'open') return;
    this.#late = undefined;
    const { stream } = virtualLink({ ...this.#options, latencyMs: LATENCY_MS });
    this.#stream = stream;
    this.#conn += 1;
    const conn = this.#conn;
    const whileOpen = (action: (handlers: StreamHandlers) => void) => {
      if (this.#stream !== stream || road.state !== 'open') return;
      process.deliver(() => {
        if (this.#handlers !== undefined) action(this.#handlers);
      });
    };
    stream.open({
      onUp: () =>
        whileOpen((handlers) => {
          this.#isUp = true;
          handlers.onUp(conn);
        }),
      onHeard: () => whileOpen((handlers) => handlers.onHeard()),
      onFrame: (_conn, frame) =>
        whileOpen((handlers) => {
          this.#heardAt = this.#options.clock.now();
          if (!reach('frame')) return;
          for (const one of this.#asTheyCome(frame)) handlers.onFrame(conn, one);
        }),
      onDown: () => {},
    });
  }
}

/** Of `{"type":"orderbook_snapshot"`: tells it from a delta by one byte. */
const TYPE_TAIL_AT = '{"type":"orderbook_'.length;
const LETTER_S = 's'.charCodeAt(0);

/** F14: a snapshot that comes behind the changes that follow it, and one that comes a second time in mid-stream. */
function isSnapshot(frame: Buffer): boolean {
  return frame[TYPE_TAIL_AT] === LETTER_S && frame.includes('"orderbook_snapshot"');
}

function failed(reason: string): WireReply {
  return { kind: 'failure', reason };
}

/**
 * A WebSocket to one source that keeps itself alive: pings, an end to a link that is half open, and another attempt after a
 * growing pause. A source whose clock is not ours is not listened to, for its times would say nothing. What it sends is data of
 * strangers: small messages only, no compression, no redirects.
 */
import { WebSocket } from 'ws';
import type { Clock } from '../../ports.ts';
import type { ReferenceProtocol, StatedValue } from './protocol.ts';

export interface ReferenceLinkOptions {
  readonly url: string;
  readonly symbols: readonly string[];
  readonly protocol: ReferenceProtocol;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onUp: () => void;
  readonly onValue: (value: StatedValue) => void;
  /** A link is gone, or an attempt failed; another one follows. */
  readonly onDown: (reason: string) => void;
  /** A message that was not understood; the link goes on. */
  readonly onMalformed: (reason: string) => void;
}

/** What a link does with what it hears. */
export interface Ways {
  readonly answer: (text: string) => void;
  readonly end: (why: string) => void;
}

const HANDSHAKE_MS = 5_000;
const PING_MS = 2_000;
const SILENT_PINGS_MAX = 3;
const MESSAGE_BYTES_MAX = 1_024 * 1_024;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 60_000;
/** A link that lived so long has not failed. */
const STABLE_MS = 30_000;
/** A `Date` is whole seconds, and its answer was under way. */
const SKEW_MS_MAX = 2_500;

export class ReferenceLink {
  readonly #options: ReferenceLinkOptions;
  #socket: WebSocket | undefined;
  #failures = 0;
  #stopRetry = () => {};
  #isClosed = false;

  constructor(options: ReferenceLinkOptions) {
    this.#options = options;
  }

  open(): void {
    const { url, symbols, protocol, clock, onUp, onDown } = this.#options;
    const socket = new WebSocket(url, {
      ...{ perMessageDeflate: false, followRedirects: false, handshakeTimeout: HANDSHAKE_MS },
      maxPayload: MESSAGE_BYTES_MAX,
    });
    this.#socket = socket;
    let [silentPings, upAt, reason]: [number, number | undefined, string | undefined] = [0, undefined, undefined];
    const end = (why: string) => {
      reason ??= why;
      socket.terminate();
    };
    let stopPings = () => {};
    const heard = () => {
      silentPings = 0;
    };
    socket.on('upgrade', ({ headers }) => {
      const skew = skewOf(headers.date, clock.now());
      if (skew !== undefined) end(`its clock is ${(skew / 1_000).toFixed(1)} s off ours`);
    });
    socket.on('open', () => {
      if (reason !== undefined) return;
      upAt = clock.monotonicMs();
      stopPings = clock.every(PING_MS, () => {
        if (silentPings >= SILENT_PINGS_MAX) end(`silent for ${(SILENT_PINGS_MAX * PING_MS) / 1_000} s`);
        else socket.ping();
        silentPings += 1;
      });
      onUp();
      for (const text of protocol.greeting(symbols)) socket.send(text);
    });
    socket.on('pong', heard);
    socket.on('ping', heard);
    socket.on('message', (data) => {
      heard();
      if (reason === undefined) take(this.#options, String(data), { answer: (text) => socket.send(text), end });
    });
    socket.on('unexpected-response', (_request, { statusCode }) => end(`it answers ${statusCode} and no WebSocket`));
    socket.on('error', (error) => {
      reason ??= error.message;
    });
    socket.on('close', (code) => {
      stopPings();
      if (this.#isClosed) return;
      const lived = upAt === undefined ? 0 : clock.monotonicMs() - upAt;
      this.#failures = lived >= STABLE_MS ? 0 : this.#failures + 1;
      const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** this.#failures);
      this.#stopRetry = clock.after(Math.ceil(this.#options.random() * ceiling), () => this.open());
      onDown(reason ?? `closed (${code})`);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry();
    this.#socket?.terminate();
  }
}

/** One message of a source, over whatever it came. */
export function take(
  { protocol, onValue, onMalformed }: Pick<ReferenceLinkOptions, 'protocol' | 'onValue' | 'onMalformed'>,
  text: string,
  { answer, end }: Ways,
): void {
  const said = protocol.read(text);
  switch (said.kind) {
    case 'values':
      for (const value of said.values) onValue(value);
      return;
    case 'answer':
      answer(said.text);
      return;
    case 'refused':
      end(`it refuses: ${said.reason.slice(0, REASON_LENGTH_MAX)}`);
      return;
    case 'malformed':
      onMalformed(said.reason);
      return;
    case 'other':
      return;
    default:
      said satisfies never;
  }
}

const REASON_LENGTH_MAX = 120;

/** Undefined: no date, or near enough. */
function skewOf(date: string | undefined, now: number): number | undefined {
  const stated = date === undefined ? Number.NaN : Date.parse(date);
  const skew = stated - now;
  return Math.abs(skew) > SKEW_MS_MAX ? skew : undefined;
}

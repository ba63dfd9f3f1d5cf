/**
 * The exchange's WebSocket as a stream that keeps itself alive: a signed handshake per attempt, own pings, an end to a
 * link that has gone silent, and reconnecting with full-jitter backoff until it is closed. Frames are handed on as the
 * bytes received; nothing is parsed here. Only hosts of the environment are connected to.
 *
 * A handshake refused for its time stamp is made again: the refusal's own `Date` has mended the clock by then. One that
 * the exchange refuses for another reason is a key that it does not take: three in a row end the stream.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock, Stream, StreamHandlers } from '../../ports.ts';
import { cleanText } from './clean-text.ts';
import { boundsOfDate, type OffsetBounds } from './clock-offset.ts';
import { assertAllowed, type Environment } from './environments.ts';
import { parseExchangeError } from './exchange-error.ts';
import type { Signer } from './sign.ts';
import { answeredAt } from './wire.ts';

export interface StreamOptions {
  readonly url: string;
  readonly environment: Environment;
  readonly signer: Signer;
  /** Wall time + measured offset, for the signature. Unix ms. */
  readonly timestampMs: () => number;
  /** Our wall time, the base of offset observations. Unix ms. */
  readonly wallNow: () => number;
  /** Told what each handshake says of the exchange's clock. */
  readonly observeOffset?: (bounds: OffsetBounds, wallMs: number) => void;
  /** Timers only: silence is counted in pings, so that no step of a clock ends or keeps a link. */
  readonly clock: Pick<Clock, 'after' | 'every'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Real milliseconds for connecting and the upgrade together. */
  readonly handshakeMs?: number;
}

/**
 * `conn` counts connections that came up, from 1. `onDown` is called when one ends, and also when an attempt fails: then
 * with the number of the connection before it, 0 if there was none.
 */
export class KalshiStream implements Stream {
  readonly #options: StreamOptions;
  #handlers: StreamHandlers | undefined;
  #link: Link | undefined;
  #conn = 0;
  #failures = 0;
  /** Of the key, in a row. */
  #refusals = 0;
  #stopRetry = () => {};
  #isClosed = false;

  /** Throws when the address is not a host of the environment. */
  constructor(options: StreamOptions) {
    assertAllowed(options.url, options.environment);
    this.#options = options;
  }

  open(handlers: StreamHandlers): void {
    if (this.#handlers !== undefined || this.#isClosed) throw new Error('A stream is opened once.');
    this.#handlers = handlers;
    this.#connect(handlers);
  }

  send(command: string): boolean {
    return this.#link?.send(command) ?? false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopRetry();
    await this.#link?.end();
  }

  #connect(handlers: StreamHandlers): void {
    let stopProving = () => {};
    this.#link = new Link(this.#options, {
      onUp: () => {
        // A server that takes us and drops us at once counts as failing, or we would hammer at it.
        stopProving = this.#options.clock.after(STABLE_MS, () => {
          this.#failures = 0;
        });
        this.#refusals = 0;
        this.#conn += 1;
        handlers.onUp(this.#conn);
      },
      onFrame: (frame) => handlers.onFrame(this.#conn, frame),
      onHeard: () => handlers.onHeard(),
      onEnd: (reason, isKeyRefused) => {
        stopProving();
        this.#link = undefined;
        this.#refusals = isKeyRefused ? this.#refusals + 1 : 0;
        const isHopeless = this.#refusals >= REFUSALS_MAX;
        if (!this.#isClosed && !isHopeless) this.#retryLater(handlers);
        handlers.onDown(this.#conn, reason);
        if (!this.#isClosed && isHopeless) handlers.onRefused?.(reason);
      },
    });
  }

  #retryLater(handlers: StreamHandlers): void {
    const { clock, random } = this.#options;
    const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#stopRetry = clock.after(Math.ceil(random() * ceiling), () => this.#connect(handlers));
  }
}

const PING_MS = 2_000;
/** Silence of ten seconds ends a link; the exchange itself pings at that pace. */
const SILENT_PINGS_MAX = 5;
const STABLE_MS = 10_000;
const BACKOFF_MS = 250;
const BACKOFF_MS_MAX = 30_000;
const HANDSHAKE_MS = 5_000;
/** One odd answer of a server in trouble is no proof against a key. */
const REFUSALS_MAX = 3;
const CLOSE_MS = 1_000;
const PAYLOAD_BYTES_MAX = 64 * 1_024 * 1_024;
const REFUSAL_BYTES_MAX = 4_096;

interface LinkHandlers {
  onUp(): void;
  onFrame(frame: Buffer): void;
  onHeard(): void;
  /** Once, the last call. */
  onEnd(reason: string, isKeyRefused: boolean): void;
}

/** One attempt, and the connection that came of it. */
class Link {
  readonly #socket: WebSocket;
  readonly #clock: StreamOptions['clock'];
  readonly #handlers: LinkHandlers;
  #stopPings = () => {};
  #stopWaiting = () => {};
  #silentPings = 0;
  #reason: string | undefined;
  #isKeyRefused = false;

  constructor(options: StreamOptions, handlers: LinkHandlers) {
    this.#clock = options.clock;
    this.#handlers = handlers;
    const sentAt = options.wallNow();
    const socket = new WebSocket(options.url, {
      headers: options.signer.headers('GET', new URL(options.url).pathname, options.timestampMs()),
      perMessageDeflate: false,
      followRedirects: false,
      rejectUnauthorized: true,
      handshakeTimeout: options.handshakeMs ?? HANDSHAKE_MS,
      maxPayload: PAYLOAD_BYTES_MAX,
    });
    this.#socket = socket;
    const observe = (response: IncomingMessage) => observeDate(options, response, sentAt);

    socket.on('upgrade', observe);
    socket.on('open', () => this.#up());
    socket.on('message', (data) => this.#frame(data as Buffer));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('unexpected-response', (_request, response) => {
      observe(response);
      readRefusal(response, (reason, isKeyRefused) => {
        this.#isKeyRefused = isKeyRefused;
        this.#terminate(reason);
      });
    });
    socket.on('error', (error) => {
      this.#reason ??= error.message;
    });
    socket.on('close', (code, text) => this.#down(code, cleanText(text.toString())));
  }

  send(command: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(command);
    return true;
  }

  /** Closes politely, and by force when no answer comes. Resolves when the link is down. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#reason ??= 'closed by us';
      this.#stopWaiting = this.#clock.after(CLOSE_MS, () => this.#socket.terminate());
      this.#socket.close();
    });
  }

  #up(): void {
    this.#stopPings = this.#clock.every(PING_MS, () => this.#ping());
    this.#handlers.onUp();
  }

  #frame(data: Buffer): void {
    this.#heard();
    this.#handlers.onFrame(data);
  }

  #heard(): void {
    this.#silentPings = 0;
    this.#handlers.onHeard();
  }

  #ping(): void {
    if (this.#silentPings >= SILENT_PINGS_MAX) {
      this.#terminate(`silent for ${(SILENT_PINGS_MAX * PING_MS) / 1_000} s`);
      return;
    }
    this.#silentPings += 1;
    this.#socket.ping();
  }

  #terminate(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  #down(code: number, text: string): void {
    this.#stopPings();
    this.#stopWaiting();
    const reason = this.#reason ?? `closed by the exchange (${code}${text === '' ? '' : ` ${text}`})`;
    this.#handlers.onEnd(reason, this.#isKeyRefused);
  }
}

function observeDate(options: StreamOptions, response: IncomingMessage, sentAt: number): void {
  const dateMs = answeredAt(response.headers);
  const receivedAt = options.wallNow();
  if (dateMs !== undefined) options.observeOffset?.(boundsOfDate(dateMs, sentAt, receivedAt), receivedAt);
}

/**
 * A refused handshake: the exchange says why in the body, e.g. `header_timestamp_expired`. A page of whoever stands in
 * between says nothing about our key, whatever its status is.
 */
function readRefusal(response: IncomingMessage, done: (reason: string, isKeyRefused: boolean) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > REFUSAL_BYTES_MAX) response.destroy();
    else chunks.push(chunk);
  });
  response.on('error', () => {});
  response.on('close', () => {
    const error = parseExchangeError(Buffer.concat(chunks).toString('utf8'));
    const { statusCode } = response;
    const isUnwanted = (statusCode === 401 || statusCode === 403) && error !== undefined;
    const reason = `handshake refused: ${statusCode}${error === undefined ? '' : ` ${error.code}`}`;
    done(reason, isUnwanted && error.code !== STAMP_EXPIRED);
  });
}

const STAMP_EXPIRED = 'header_timestamp_expired';

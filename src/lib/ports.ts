/** The sockets the app plugs adapters into. Types only; implementations live in adapters, the simulated ones in app. */

import type { TopLevels } from './core/book/signals.ts';
import type { EngineEvent } from './core/events.ts';
import type { Intent } from './core/intents.ts';
import type { Market } from './core/market.ts';
import type { Forecast } from './core/reference/forecasts.ts';
import type { Reference } from './core/reference/references.ts';
import type { EpochMs } from './core/units.ts';

/** Time and timers. Live: exchange time (offset and scale applied). Virtual: the world's. */
export interface Clock {
  /** Exchange time now. */
  now(): EpochMs;
  /** Milliseconds of a monotonic clock with fractions, for measuring our own latency only. */
  monotonicMs(): number;
  /** Runs `action` once after `ms` of exchange time. The returned function stops it. */
  after(ms: number, action: () => void): () => void;
  /** Runs `action` every `ms` of exchange time, first after `ms`. The returned function stops it. */
  every(ms: number, action: () => void): () => void;
}

/** One REST call as the exchange sees it: path below the host, query apart (it is not signed). */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root: `/trade-api/v2/...`. */
  readonly path: string;
  /** A list goes out as the parameter repeated. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** JSON text. */
  readonly body?: string;
}
/** `failure`: no complete HTTP answer came (timeout, reset, DNS, TLS, redirect refused). */
export type WireReply =
  | { readonly kind: 'response'; readonly status: number; readonly body: string; readonly dateMs?: number }
  | { readonly kind: 'failure'; readonly reason: string };

/** Signed REST transport. Never retries a write, never throws, never rejects. */
export interface Wire {
  request(request: WireRequest): Promise<WireReply>;
}

/** What a WebSocket link tells the session. */
export interface StreamHandlers {
  onUp(conn: number): void;
  /** One text frame, as bytes received. */
  onFrame(conn: number, frame: Buffer): void;
  /** Anything at all was heard on the wire (frame, ping or pong). */
  onHeard(): void;
  onDown(conn: number, reason: string): void;
  /** The exchange does not take our key: there will be no further attempt. After the last `onDown`. */
  onRefused?(reason: string): void;
}
/** A WebSocket connection that reconnects by itself; `conn` counts connections from 1. */
export interface Stream {
  open(handlers: StreamHandlers): void;
  /** Sends a command on the live connection; false when there is none. */
  send(command: string): boolean;
  close(): Promise<void>;
}

/** Executes intents and reports outcomes as events. Every intent is answered by exactly one outcome event. */
export interface Gateway {
  submit(intents: readonly Intent[]): void;
}

/**
 * Kinds of tape records. `frame` and `sent` are raw text of the WebSocket, in and out (`sent` of connection 0: a REST write as
 * it leaves); `gap` is a span in which nothing was heard; `reference` a price from elsewhere. All but frames are JSON.
 */
export type TapeKind = 'session' | 'frame' | 'event' | 'turn' | 'rest' | 'note' | 'end' | 'sent' | 'gap' | 'reference';

/** Append-only record of everything the engine saw. Appends never block and never throw; losses are counted. */
export interface Tape {
  append(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): void;
  readonly dropped: number;
  readonly path: string;
  close(): Promise<void>;
}

/** What the journal keeps of one turn before its intents are sent. */
export interface JournalTurn {
  readonly turn: number;
  readonly at: EpochMs;
  readonly intents: readonly Intent[];
}
/** Durable record of what the engine asked. `commitTurn` returns only after a full fsync. */
export interface Journal {
  commitTurn(turn: JournalTurn): void;
  /** Outcomes, fills, settlements: durable soon (no fsync of their own; the exchange can repeat them). */
  recordEvent(event: EngineEvent): void;
}

/** What a source of forecasts says of one thing; its name and the time of arrival are put to it by who asked. */
export type SourceForecast = Omit<Forecast, 'model' | 'at'>;

/** One market that is followed, as it stands when a source is asked. */
export interface MarketLook {
  readonly market: Market;
  /** Best levels without our own orders; absent while there is no book that can be believed. */
  readonly levels?: TopLevels;
  /** Of the index that it settles on, where it settles on one. */
  readonly reference?: Reference;
}

/** What a source may look at, and when it is to give up. */
export interface SourceLook {
  /** Those that are followed, of what the source may speak of. */
  readonly markets: readonly MarketLook[];
  /** Whoever asked waits no longer. */
  readonly signal: AbortSignal;
}

/**
 * An outside source or a model that says what it expects of markets, events or series. Asked by app/sources/source-loop.ts
 * every `refresh_seconds`, never by two askers at once, and abandoned when it hangs. Keeps no timer of its own.
 *
 * Answers all that it has to say, each time: what it named before and does not name now is withdrawn. Rejects when it has
 * nothing to say: with a SourceProblem, whose words people are shown. A `says.kind` of `refused` refuses for one thing alone.
 */
export interface ForecastSource {
  read(now: EpochMs, look: SourceLook): Promise<readonly SourceForecast[]>;
  /** A cheap sign of what `read` would find, asked every second: another one than before, and it is read at once. */
  stamp?(): Promise<string>;
}

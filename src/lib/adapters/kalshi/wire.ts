/**
 * Signed HTTPS to the exchange over got. One call, one attempt: nothing is resent here, no redirect is followed, and
 * whatever goes wrong is a value. Only hosts of the environment are connected to.
 *
 * got by itself resends PUT and DELETE twice, re-posts bodies on a 307 and waits for ever (operator.md 9): all switched off.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type OptionsInit, RequestError, type Response } from 'got';
import type { Wire, WireReply, WireRequest } from '../../ports.ts';
import { boundsOfDate, boundsOfStamp, type OffsetBounds } from './clock-offset.ts';
import { assertAllowed, type Environment } from './environments.ts';
import { isStampExpired } from './exchange-error.ts';
import type { Signer } from './sign.ts';

/** Milliseconds of real time. `request` bounds the whole call. */
export interface WireTimeouts {
  readonly connect: number;
  readonly request: number;
}

export interface WireOptions {
  /** Any address on the host; only its origin is used, as requests carry whole paths. */
  readonly baseUrl: string;
  readonly environment: Environment;
  /** Absent: calls go unsigned (public market data). */
  readonly signer?: Signer;
  /** Wall time + measured offset, for the signature. Unix ms. */
  readonly timestampMs: () => number;
  /** Our wall time, the base of offset observations. Unix ms. */
  readonly wallNow: () => number;
  /** Told what each answer says of the exchange's clock. `isProof`: a stamp of ours was just refused as too old. */
  readonly observeOffset?: (bounds: OffsetBounds, wallMs: number, isProof: boolean) => void;
  readonly timeouts?: WireTimeouts;
}

export interface GotWire extends Wire {
  /** Closes idle connections; calls under way end as failures. */
  close(): void;
}

/** Throws when `baseUrl` is not a host of the environment. */
export function gotWire(options: WireOptions): GotWire {
  assertAllowed(options.baseUrl, options.environment);
  const { origin } = new URL(options.baseUrl);
  const agent = { http: new HttpAgent(KEEP_ALIVE), https: new HttpsAgent(KEEP_ALIVE) };
  const base = requestOptions(options.timeouts ?? DEFAULT_TIMEOUTS, agent);

  return {
    async request(request) {
      const sentAt = options.wallNow();
      try {
        const headers = headersOf(request, options);
        const body = request.body === undefined ? {} : { body: request.body };
        const response = await got(addressOf(origin, request), { ...base, ...body, method: request.method, headers });
        observe(options, request, response, sentAt);
        return replyOf(response);
      } catch (error) {
        return { kind: 'failure', reason: reasonOf(error) };
      }
    },
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

/** When the exchange answered, by its `Date` header; undefined without one, or when the answer came out of a cache. */
export function answeredAt(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const { date, age } = headers;
  if (typeof date !== 'string' || age !== undefined) return undefined;
  const at = Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
}

const DEFAULT_TIMEOUTS: WireTimeouts = { connect: 2_000, request: 5_000 };
/** Idle connections are dropped before the far side does it: a write on a connection just closed has no proof either way. */
const KEEP_ALIVE = { keepAlive: true, maxSockets: 64, timeout: 15_000 };

function requestOptions(timeouts: WireTimeouts, agent: { http: HttpAgent; https: HttpsAgent }) {
  return {
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    responseType: 'text',
    /** Stated, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment changes nothing. */
    https: { rejectUnauthorized: true },
    timeout: {
      lookup: timeouts.connect,
      connect: timeouts.connect,
      secureConnect: timeouts.connect,
      request: timeouts.request,
    },
  } as const satisfies OptionsInit;
}

function addressOf(origin: string, request: WireRequest): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return origin + request.path + (query.size === 0 ? '' : `?${query}`);
}

/** No `Accept-Language`: with it the exchange translates its texts (kalshi/api.md 11). */
function headersOf(request: WireRequest, options: WireOptions): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'kmm',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.signer?.headers(request.method, request.path, options.timestampMs()),
  };
}

function replyOf(response: Response<string>): WireReply {
  const { statusCode, body } = response;
  if (statusCode >= 300 && statusCode < 400) return { kind: 'failure', reason: `redirect refused (${statusCode})` };
  const dateMs = answeredAt(response.headers);
  return { kind: 'response', status: statusCode, body, ...(dateMs === undefined ? {} : { dateMs }) };
}

function observe(options: WireOptions, request: WireRequest, response: Response<string>, sentAt: number): void {
  if (options.observeOffset === undefined) return;
  const receivedAt = options.wallNow();
  const dateMs = answeredAt(response.headers);
  const isProof = isStampExpired(response.statusCode, response.body);
  if (dateMs !== undefined) options.observeOffset(boundsOfDate(dateMs, sentAt, receivedAt), receivedAt, isProof);
  const stamp = request.method === 'GET' ? null : MATCHING_TIME.exec(response.body);
  if (stamp !== null) options.observeOffset(boundsOfStamp(Number(stamp[1]), sentAt, receivedAt), receivedAt, false);
}

/** Answers to order writes say when the matching engine did it: sharper than the header's whole seconds. */
const MATCHING_TIME = /"ts_ms"\s*:\s*(\d{13})\b/;

/** Name and phase only; the request with its headers hangs on got's error object and must not leave. */
function reasonOf(error: unknown): string {
  if (error instanceof RequestError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.name : 'unknown error';
}

/** REST over node:http: reads a request within its caps, finds out who asks, and answers from the venue at this moment. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticator } from './authenticate.ts';
import type { Reply } from './faulty-reply.ts';
import { isLocalRequest } from './loopback-guard.ts';
import type { Pump } from './pump.ts';
import { answer, type RestAnswer, refuse } from './rest-answer.ts';
import { REST_PREFIX } from './rest-face.ts';
import type { ServedVenue } from './served-venue.ts';

const BODY_BYTES_MAX = 1_048_576;

export interface HttpFaceOptions {
  readonly served: ServedVenue;
  readonly pump: Pump;
  readonly authenticator: Authenticator;
  /** What the exchange takes for wall time, in Unix ms; stamped on every answer. */
  readonly wallNow: () => number;
  readonly speed: number;
  readonly port: number;
  /** Opens the levers below `/sim/`, all but the clock. */
  readonly controlToken: string;
}

export class HttpFace {
  readonly #options: HttpFaceOptions;

  constructor(options: HttpFaceOptions) {
    this.#options = options;
  }

  /** Rejects on a broken invariant only; a connection that breaks while it is read is the client's affair. */
  async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLocalRequest(request.headers, this.#options.port)) {
      request.resume();
      this.#send(response, refuse(403, 'forbidden', 'loopback clients only'));
      return;
    }
    try {
      const body = await readBody(request);
      if (body === undefined) {
        response.setHeader('connection', 'close');
        this.#send(response, refuse(413, 'request_too_large'));
        return;
      }
      this.#deliver(response, this.#reply(request, body));
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      throw error;
    }
    this.#options.pump.catchUp();
  }

  #reply(request: IncomingMessage, body: string): Reply {
    const { served, pump, authenticator, speed } = this.#options;
    const method = request.method ?? 'GET';
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    if (method === 'GET' && path === `${REST_PREFIX}/sim/clock`) {
      return { answer: answer(200, { now_ms: pump.now(), speed }) };
    }
    const identity = authenticator.identify(method, path, request.headers);
    if (identity.kind === 'refused') return { answer: identity.answer };
    pump.catchUp();
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
    const call = { method, path, query, body, isOperator: this.#isOperator(request.headers.authorization) };
    if (identity.kind === 'anonymous') return served.reply(undefined, call);
    return served.reply(identity.key.accountId, call, identity.key.grant);
  }

  #isOperator(authorization: string | undefined): boolean {
    if (authorization === undefined) return false;
    return timingSafeEqual(digestOf(authorization), digestOf(`Bearer ${this.#options.controlToken}`));
  }

  #deliver(response: ServerResponse, { answer: given, delayMs, cut }: Reply): void {
    if (cut === 'lost') response.destroy();
    else if (cut === 'truncated') this.#sendHalf(response, given);
    else if (delayMs === undefined) this.#send(response, given);
    else setTimeout(() => this.#send(response, given), delayMs);
  }

  /** No rate-limit headers, no CORS. */
  #send(response: ServerResponse, { status, body, contentType = 'application/json' }: RestAnswer): void {
    if (response.destroyed) return;
    response.statusCode = status;
    response.setHeader('date', new Date(this.#options.wallNow()).toUTCString());
    if (body !== '') response.setHeader('content-type', contentType);
    response.end(body);
  }

  /** The headers promise the whole body. */
  #sendHalf(response: ServerResponse, { status, body }: RestAnswer): void {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', Buffer.byteLength(body) + 1);
    response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
  }
}

/** Of one length, whatever the text. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The whole body as text, or undefined when it is longer than any command is. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

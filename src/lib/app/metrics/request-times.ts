/** How long the exchange takes to answer, by endpoint and outcome. Ids and tickers of a path are no part of an endpoint. */
import type { Wire, WireReply, WireRequest } from '../../ports.ts';
import { Buckets } from './buckets.ts';
import type { Sample } from './exposition.ts';

/** Above the endpoints that there are, times their outcomes: what comes after is counted as `other`. */
const SERIES_MAX = 200;
const PREFIX = /^\/trade-api\/v\d+/;
/** A word of the API; what has a digit, a capital or a sign in it is somebody's name. */
const WORD = /^[a-z]+(_[a-z]+)*$/;

export class RequestTimes {
  readonly #times = new Map<
    string,
    { readonly endpoint: string; readonly outcome: string; readonly buckets: Buckets }
  >();
  readonly #nowMs: () => number;
  readonly #onAnswer: (endpoint: string, outcome: string, ms: number) => void;

  /** `nowMs`: of a clock that never goes back. */
  constructor(nowMs: () => number, onAnswer: (endpoint: string, outcome: string, ms: number) => void) {
    this.#nowMs = nowMs;
    this.#onAnswer = onAnswer;
  }

  /** The same wire, timed. */
  timed(wire: Wire): Wire {
    return {
      request: async (request) => {
        const began = this.#nowMs();
        const reply = await wire.request(request);
        this.#add(endpointOf(request), outcomeOf(reply), this.#nowMs() - began);
        return reply;
      },
    };
  }

  samples(): Sample[] {
    return [...this.#times.values()].map(({ endpoint, outcome, buckets }) => ({
      ...{ name: 'kmm_request_duration_seconds', labels: { endpoint, outcome }, value: buckets },
    }));
  }

  #add(endpoint: string, outcome: string, ms: number): void {
    this.#onAnswer(endpoint, outcome, ms);
    const isKnown = this.#times.has(`${endpoint} ${outcome}`) || this.#times.size < SERIES_MAX;
    const named = isKnown ? endpoint : 'other';
    const key = `${named} ${outcome}`;
    let entry = this.#times.get(key);
    if (entry === undefined) {
      entry = { endpoint: named, outcome, buckets: new Buckets() };
      this.#times.set(key, entry);
    }
    entry.buckets.add(ms / 1_000);
  }
}

/** `DELETE /portfolio/events/orders/:id`. */
export function endpointOf({ method, path }: Pick<WireRequest, 'method' | 'path'>): string {
  const parts = path
    .replace(PREFIX, '')
    .split('/')
    .map((part) => (part === '' || WORD.test(part) ? part : ':id'));
  return `${method} ${parts.join('/')}`;
}

/** `200`, or `failure` where no complete answer came. */
function outcomeOf(reply: WireReply): string {
  return reply.kind === 'response' ? String(reply.status) : 'failure';
}

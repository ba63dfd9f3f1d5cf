/**
 * Faults of single calls by name: which calls, when (before they are forwarded, after that and before the answer, in
 * mid-body), and what comes instead. Names begin with the row of reliability.md section 6 that they serve.
 */
import type { Call, CallFault, WrongAnswer } from '../soak/fault-proxy.ts';

export type CallKind = 'create' | 'amend' | 'cancel' | 'batch' | 'sweep' | 'read' | 'other';

export interface NamedCallFault {
  readonly name: string;
  readonly on: readonly CallKind[];
  readonly fault: CallFault;
  /** When such calls come by themselves. */
  readonly comes: 'quoting' | 'start' | 'reconnect' | 'stop' | 'trader_dead';
  /** So many calls in a row at most. */
  readonly times: number;
}

const ORDERS = '/trade-api/v2/portfolio/events/orders';

export function kindOf({ method, path }: Call): CallKind {
  const [route = ''] = path.split('?', 1);
  if (method === 'GET') return 'read';
  if (route === ORDERS) return method === 'POST' ? 'create' : 'sweep';
  if (route === `${ORDERS}/batched`) return 'batch';
  if (!route.startsWith(`${ORDERS}/`)) return 'other';
  if (method === 'DELETE') return 'cancel';
  return route.endsWith('/amend') ? 'amend' : 'other';
}

const LOST: CallFault = { at: 'after' };
const NEVER_SENT: CallFault = { at: 'before' };
const CUT: CallFault = { at: 'mid_body' };
const HANGS: CallFault = { at: 'after', instead: 'silence' };
const HTML = { 'content-type': 'text/html' };
const PORTAL: WrongAnswer = {
  status: 200,
  headers: HTML,
  body: '<html><body>Accept the terms of this Wi-Fi</body></html>',
};
const BLOCKED: WrongAnswer = { status: 403, headers: HTML, body: '<html><h1>403 Forbidden</h1></html>' };
const REDIRECT: WrongAnswer = { status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' }, body: '' };
const FOREIGN: WrongAnswer = {
  status: 201,
  body: '{"order_id":"00000000-0000-4000-8000-000000000000","client_order_id":"somebody-else","fill_count":"0.00","remaining_count":"1.00","ts_ms":0}',
};

function serverError(status: number): WrongAnswer {
  return { status, body: '{"error":{"code":"internal_server_error","message":"something went wrong"}}' };
}

export const CALL_FAULTS: readonly NamedCallFault[] = [
  named('F01-create-reply-lost', 'create', LOST),
  named('F01-create-never-arrived', 'create', NEVER_SENT),
  named('F01-create-reply-hangs', 'create', HANGS),
  named('F03-create-500-after', 'create', { at: 'after', instead: serverError(500) }),
  named('F03-create-502-after', 'create', { at: 'after', instead: serverError(502) }),
  named('F03-create-503-before', 'create', { at: 'before', instead: serverError(503) }),
  named('F03-create-504-before', 'create', { at: 'before', instead: serverError(504) }),
  named('F03-create-408-after', 'create', { at: 'after', instead: serverError(408) }),
  named('F07-create-cut-in-body', 'create', CUT),
  named('F07-create-without-order', 'create', { at: 'after', instead: { status: 201, body: '{"order":{}}' } }),
  named('F07-create-half-json', 'create', { at: 'after', instead: { status: 201, body: '{"order_id":"5f' } }),
  named('F07-create-other-order', 'create', { at: 'after', instead: FOREIGN }),
  named('F09-cancel-reply-lost', 'cancel', LOST, 'stop'),
  named('F09-cancel-never-arrived', 'cancel', NEVER_SENT, 'stop'),
  named('F09-cancel-cut-in-body', 'cancel', CUT, 'stop'),
  named('F09-cancel-500-after', 'cancel', { at: 'after', instead: serverError(500) }, 'stop'),
  named('F10-amend-reply-lost', 'amend', LOST),
  named('F10-amend-never-arrived', 'amend', NEVER_SENT),
  named('F10-amend-cut-in-body', 'amend', CUT),
  named('F10-amend-500-after', 'amend', { at: 'after', instead: serverError(500) }),
  named('F11-batch-reply-lost', 'batch', LOST, 'trader_dead', 2),
  named('F11-batch-503-before', 'batch', { at: 'before', instead: serverError(503) }, 'trader_dead', 2),
  named('F11-batch-cut-in-body', 'batch', CUT, 'trader_dead', 2),
  named('F23-create-portal-after', 'create', { at: 'after', instead: PORTAL }),
  named('F23-create-html-403-before', 'create', { at: 'before', instead: BLOCKED }),
  named('F23-create-redirect-after', 'create', { at: 'after', instead: REDIRECT }),
  named('F23-cancel-portal-before', 'cancel', { at: 'before', instead: PORTAL }, 'stop'),
  named('F23-start-portal', 'read', { at: 'before', instead: PORTAL }, 'start'),
  named('F23-start-redirect', 'read', { at: 'before', instead: REDIRECT }, 'start'),
  named('F23-read-portal', 'read', { at: 'before', instead: PORTAL }, 'reconnect', 8),
  named('F23-read-redirect', 'read', { at: 'before', instead: REDIRECT }, 'reconnect', 8),
];

function named(
  name: string,
  on: CallKind,
  fault: CallFault,
  comes: NamedCallFault['comes'] = 'quoting',
  times = 1,
): NamedCallFault {
  return { name, on: [on], fault, comes, times };
}

/** Counts the calls of a kind from now on, and says what becomes of the n-th and those that follow it. */
export class ArmedFault {
  hits = 0;
  readonly #fault: NamedCallFault;
  readonly #nth: number;
  #calls = 0;

  constructor(fault: NamedCallFault, nth: number) {
    this.#fault = fault;
    this.#nth = nth;
  }

  take(call: Call): CallFault | undefined {
    const { on, times, fault } = this.#fault;
    if (!on.includes(kindOf(call))) return undefined;
    this.#calls += 1;
    if (this.#calls < this.#nth || this.#calls >= this.#nth + times) return undefined;
    this.hits += 1;
    return fault;
  }
}

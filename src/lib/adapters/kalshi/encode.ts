/**
 * Intents as requests. Every create that rests is post-only, expires by itself, sits in an order group, dies with a pause
 * and names its shard, or it is refused here (reliability.md 2 and 5). One that takes never rests, so it has neither
 * expiry nor group: the exchange refuses an expiry beside `immediate_or_cancel` (kalshi/api.md 3.2).
 *
 * `expiration_time` is in seconds: sent in milliseconds it would be an order for ever. It must lie between two seconds
 * from now (a past one may be taken as immediate-or-cancel) and the longest lease; "now" is exchange time.
 */
import type { AmendIntent, CancelIntent, CreateIntent, DecreaseIntent, RestingCreate } from '../../core/intents.ts';
import {
  type Centicents,
  type Centicontracts,
  centicontracts,
  type EpochMs,
  formatPrice,
  formatSize,
  PRICE_ONE,
} from '../../core/units.ts';
import type { WireRequest } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';

export interface EncodeRules {
  /** Exchange time. */
  readonly now: EpochMs;
  /** Half-width of what is known of exchange time, ms. */
  readonly clockUncertaintyMs: number;
  /** No order may live longer than this from now, ms. */
  readonly leaseMsMax: number;
}

export type Encoded =
  | { readonly ok: true; readonly request: WireRequest }
  | { readonly ok: false; readonly reason: string };

/** `groupId` undefined: refused, unless `isGroupRequired` is false. */
export interface CreateRules extends EncodeRules {
  readonly groupId: string | undefined;
  readonly isGroupRequired: boolean;
}

export function encodeCreate(intent: CreateIntent, rules: CreateRules): Encoded {
  if (!CLIENT_ORDER_ID.test(intent.clientOrderId)) return refused('the client order id is not one of ours');
  const problem = orderProblem(intent.price, intent.size);
  if (problem !== undefined) return refused(problem);
  const life =
    intent.takes === undefined ? restingLife(intent, rules) : { time_in_force: intent.takes, post_only: false };
  if (typeof life === 'string') return refused(life);
  return post(ORDERS, {
    ticker: intent.ticker,
    client_order_id: intent.clientOrderId,
    side: intent.side,
    count: formatSize(intent.size),
    price: formatPrice(intent.price),
    ...life,
    self_trade_prevention_type: 'taker_at_cross',
    cancel_order_on_pause: true,
    exchange_index: intent.shard,
  });
}

/** In words what is missing for an order to rest. */
function restingLife({ expiresAt, shard }: RestingCreate, rules: CreateRules): object | string {
  const { groupId, isGroupRequired } = rules;
  if (groupId === undefined && isGroupRequired) return `no order group on shard ${shard}`;
  const problem = leaseProblem(expiresAt, rules);
  if (problem !== undefined) return problem;
  return {
    time_in_force: 'good_till_canceled',
    expiration_time: expiresAt / 1_000,
    post_only: true,
    ...(groupId === undefined ? {} : { order_group_id: groupId }),
  };
}

/** As what goes, never as what shall rest: then a fill on the way changes nothing of what it comes to. */
export function encodeDecrease(intent: DecreaseIntent): Encoded {
  if (!(Number.isSafeInteger(intent.reduceBy) && intent.reduceBy > 0)) return refused('the decrease is not positive');
  return post(`${ORDERS}/${encodeURIComponent(intent.orderId)}/decrease`, {
    reduce_by: formatSize(intent.reduceBy),
    exchange_index: intent.shard,
    market_ticker: intent.ticker,
  });
}

/** `count` on the wire is all the order may ever fill: what has filled, and what is wanted to rest. */
export function encodeAmend(intent: AmendIntent, rules: EncodeRules): Encoded {
  const problem = orderProblem(intent.price, intent.size) ?? leaseProblem(intent.expiresAt, rules);
  if (problem !== undefined) return refused(problem);
  return post(`${ORDERS}/${encodeURIComponent(intent.orderId)}/amend`, {
    ticker: intent.ticker,
    side: intent.side,
    price: formatPrice(intent.price),
    count: formatSize(centicontracts(intent.filled + intent.size)),
    expiration_time: intent.expiresAt / 1_000,
    exchange_index: intent.shard,
  });
}

/** Without shard and ticker a cancel goes to shard 0 and finds nothing of crypto. */
export function encodeCancel(intent: CancelIntent): WireRequest {
  return {
    method: 'DELETE',
    path: `${ORDERS}/${encodeURIComponent(intent.orderId)}`,
    query: { exchange_index: intent.shard, market_ticker: intent.ticker },
  };
}

export interface OrderToCancel {
  readonly orderId: string;
  readonly ticker: string;
  /** Absent: routed by the ticker. */
  readonly shard?: number;
}

export function encodeCancelBatch(orders: readonly OrderToCancel[]): WireRequest {
  const items = orders.map(({ orderId, ticker, shard }) => ({
    order_id: orderId,
    market_ticker: ticker,
    ...(shard === undefined ? {} : { exchange_index: shard }),
  }));
  return { method: 'DELETE', path: `${ORDERS}/batched`, body: JSON.stringify({ orders: items }) };
}

const ORDERS = `${REST_ROOT}/portfolio/events/orders`;
const LEASE_MS_MIN = 2_000;
/** Our own rule; the exchange states none (reliability.md 2). */
const CLIENT_ORDER_ID = /^[\w:+=/-]{1,64}$/;

function orderProblem(price: Centicents, size: Centicontracts): string | undefined {
  if (!(Number.isSafeInteger(price) && price > 0 && price < PRICE_ONE)) return 'the price is not between $0 and $1';
  if (!(Number.isSafeInteger(size) && size > 0)) return 'the size is not positive';
  return undefined;
}

function leaseProblem(expiresAt: EpochMs, rules: EncodeRules): string | undefined {
  if (!Number.isSafeInteger(expiresAt / 1_000)) return 'the expiry is not in whole seconds';
  const left = expiresAt - rules.now;
  if (left <= LEASE_MS_MIN + rules.clockUncertaintyMs)
    return 'the lease would be over before the order is safe in the book';
  if (left > rules.leaseMsMax) return 'the lease is longer than allowed';
  return undefined;
}

function post(path: string, body: object): Encoded {
  return { ok: true, request: { method: 'POST', path, body: JSON.stringify(body) } };
}

function refused(reason: string): Encoded {
  return { ok: false, reason };
}

/**
 * What a reply to a write proves (reliability.md 2). A refusal is a refusal only in the exchange's own words, a success
 * only when it names our order; all else is `unknown`, which counts at full size until other evidence comes.
 */
import * as z from 'zod';
import type { ChangeOutcome, CreateOutcome, Refusal, Unproven } from '../../core/orders/order-types.ts';
import type { WireReply } from '../../ports.ts';
import type { OrderToCancel } from './encode.ts';
import { itemErrorSchema, parseExchangeError } from './exchange-error.ts';
import { maybe, name, size, stampMs } from './fields.ts';
import { present } from './present.ts';
import { decode, isSuccess } from './rest-call.ts';
import { type CallError, sentenceOf } from './result.ts';

export function classifyCreate(reply: WireReply, clientOrderId: string): CreateOutcome {
  if (!isSuccess(reply)) return unsuccessful(reply);
  const parsed = decode(reply, createdSchema);
  if (!parsed.ok) return misread(parsed.error);
  const { order_id, client_order_id, fill_count, remaining_count, ts_ms } = parsed.value;
  if (client_order_id !== undefined && client_order_id !== clientOrderId)
    return unknown('the answer is about another order');
  return present({
    kind: 'accepted' as const,
    orderId: order_id,
    filled: fill_count,
    remaining: remaining_count,
    exchangeAt: ts_ms,
  });
}

export function classifyCancel(reply: WireReply, orderId: string): ChangeOutcome {
  if (!isSuccess(reply)) return orNotFound(reply);
  const parsed = decode(reply, cancelledSchema);
  if (!parsed.ok) return misread(parsed.error);
  const { order_id, reduced_by, ts_ms } = parsed.value;
  if (order_id !== orderId) return unknown('the answer is about another order');
  return present({ kind: 'cancelled' as const, reducedBy: reduced_by, exchangeAt: ts_ms });
}

export function classifyAmend(reply: WireReply, orderId: string): ChangeOutcome {
  if (!isSuccess(reply)) return orNotFound(reply);
  const parsed = decode(reply, amendedSchema);
  if (!parsed.ok) return misread(parsed.error);
  const { order_id, remaining_count, fill_count, ts_ms } = parsed.value;
  if (order_id !== orderId) return unknown('the answer is about another order');
  return present({ kind: 'amended' as const, remaining: remaining_count, filled: fill_count, exchangeAt: ts_ms });
}

export function classifyDecrease(reply: WireReply, orderId: string): ChangeOutcome {
  if (!isSuccess(reply)) return orNotFound(reply);
  const parsed = decode(reply, decreasedSchema);
  if (!parsed.ok) return misread(parsed.error);
  const { order_id, remaining_count, ts_ms } = parsed.value;
  if (order_id !== orderId) return unknown('the answer is about another order');
  return present({ kind: 'decreased' as const, remaining: remaining_count, exchangeAt: ts_ms });
}

/** One outcome per order asked for, by order id: items succeed and fail one by one. */
export function classifyCancelBatch(reply: WireReply, orders: readonly OrderToCancel[]): Map<string, ChangeOutcome> {
  const outcomes = new Map<string, ChangeOutcome>();
  const parsed = isSuccess(reply) ? decode(reply, batchSchema) : undefined;
  const items = new Map(parsed?.ok ? parsed.value.orders.map((item) => [item.order_id, item] as const) : []);
  for (const { orderId } of orders) {
    const item = items.get(orderId);
    if (item !== undefined) outcomes.set(orderId, itemOutcome(item));
    else if (parsed?.ok === false) outcomes.set(orderId, misread(parsed.error));
    else if (isSuccess(reply)) outcomes.set(orderId, unknown('the answer does not name this order'));
    else outcomes.set(orderId, unsuccessful(reply));
  }
  return outcomes;
}

const createdSchema = z.object({
  order_id: name,
  client_order_id: maybe(z.string()),
  fill_count: size,
  remaining_count: size,
  ts_ms: maybe(stampMs),
});
const cancelledSchema = z.object({ order_id: name, reduced_by: size, ts_ms: maybe(stampMs) });
const decreasedSchema = z.object({ order_id: name, remaining_count: size, ts_ms: maybe(stampMs) });
const amendedSchema = z.object({
  order_id: name,
  remaining_count: maybe(size),
  fill_count: maybe(size),
  ts_ms: maybe(stampMs),
});
const batchSchema = z.object({ orders: z.array(cancelledSchema.extend({ error: maybe(itemErrorSchema) })) });

/** With a JSON error of the exchange's shape these prove that nothing was done; 409 proves the opposite. */
const REFUSING = new Set([400, 401, 403, 404, 410, 429]);
const NOT_FOUND = 404;

function unsuccessful(reply: WireReply): Refusal | Unproven {
  if (reply.kind === 'failure') return unknown(reply.reason);
  const error = parseExchangeError(reply.body);
  if (error === undefined) return unknown(`status ${reply.status} without the exchange's words`);
  if (!REFUSING.has(reply.status)) return unknown(`status ${reply.status} ${error.code}`);
  return { kind: 'refused', status: reply.status, ...error };
}

/** 404 on a change is a question: the order may have filled, ended, or sit on another shard. */
function orNotFound(reply: WireReply): ChangeOutcome {
  const outcome = unsuccessful(reply);
  return outcome.kind === 'refused' && outcome.status === NOT_FOUND ? { kind: 'not_found' } : outcome;
}

function itemOutcome(item: z.infer<typeof batchSchema>['orders'][number]): ChangeOutcome {
  const { error, reduced_by, ts_ms } = item;
  if (error === undefined) return present({ kind: 'cancelled' as const, reducedBy: reduced_by, exchangeAt: ts_ms });
  if (error.code === 'not_found') return { kind: 'not_found' };
  return NO_PROOF.test(error.code) ? unknown(error.code) : { kind: 'refused', status: 200, ...error };
}

/** An item has no status of its own; these codes say that the matching engine was not heard (kalshi/api.md 3.9). */
const NO_PROOF = /unavailable|timeout|timed_out/i;

function misread(error: CallError): Unproven {
  return unknown(`the answer cannot be read: ${sentenceOf(error)}`);
}

function unknown(reason: string): Unproven {
  return { kind: 'unknown', reason };
}

/**
 * What the exchange tells us of ourselves, as events of the engine: the same facts that live come as frames and replies, and
 * are given their meaning in adapters/kalshi.
 */
import type { EngineEvent } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { Centicents, EpochMs } from '../../core/units.ts';
import type { VenueFill, VenueOrder } from '../venue.ts';
import type { Answer } from './exchange.ts';

function ownOrderOf(order: VenueOrder): OwnOrder {
  const { orderId, clientOrderId, ticker, side, price, status, filled, remaining, initial, shard, reason } = order;
  const expiresAt = order.expiresAtSeconds === undefined ? undefined : ((order.expiresAtSeconds * 1_000) as EpochMs);
  return {
    ...{ orderId, clientOrderId, ticker, side, price, status, filled, remaining, initial, shard },
    ...(expiresAt !== undefined && { expiresAt }),
    ...(reason !== undefined && reason !== 'UserCancel' && { reason }),
    exchangeAt: order.updatedAt,
  };
}

export function orderEvent(order: VenueOrder, at: EpochMs): EngineEvent {
  return { type: 'own_order', at, order: ownOrderOf(order), source: 'stream' };
}

export function fillEvent(fill: VenueFill, at: EpochMs): EngineEvent {
  const { tradeId, orderId, clientOrderId, ticker, side, price, size, isTaker, fee, shard } = fill;
  const known = { tradeId, orderId, clientOrderId, ticker, side, price, size, isTaker, fee, shard };
  return { type: 'fill', at, ...known, exchangeAt: fill.at };
}

/** @param exchangeAt when the exchange answered */
export function outcomeEvent(intent: Intent, { result, order }: Answer, exchangeAt: EpochMs, at: EpochMs): EngineEvent {
  const { clientOrderId, kind } = intent;
  if (kind === 'create') {
    if (result.kind === 'refused') return { type: 'create_outcome', at, clientOrderId, outcome: refusal(result) };
    const { orderId, remaining } = order as VenueOrder;
    const outcome = { kind: 'accepted', orderId, filled: result.filled, remaining, exchangeAt } as const;
    return { type: 'create_outcome', at, clientOrderId, outcome };
  }
  const change = { type: 'change_outcome', at, clientOrderId, change: kind } as const;
  if (result.kind === 'refused') {
    return { ...change, outcome: result.status === 404 ? { kind: 'not_found' } : refusal(result) };
  }
  const { remaining, filled } = order as VenueOrder;
  switch (kind) {
    case 'cancel':
      return { ...change, outcome: { kind: 'cancelled', reducedBy: result.reducedBy, exchangeAt } };
    case 'amend':
      return { ...change, outcome: { kind: 'amended', remaining, filled, exchangeAt } };
    case 'decrease':
      return { ...change, outcome: { kind: 'decreased', remaining, exchangeAt } };
    default:
      return kind satisfies never;
  }
}

export function settlementEvent(
  paid: { readonly ticker: string; readonly value: Centicents; readonly result: 'yes' | 'no'; readonly shard: number },
  settledAt: EpochMs,
  at: EpochMs,
): EngineEvent {
  return { type: 'settlement', at, settledAt, ...paid };
}

function refusal({
  status,
  code,
  message,
}: {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}) {
  return { kind: 'refused', status, code, message } as const;
}

/**
 * Readers of our own account's messages: fills, orders, order groups, positions, requests for quotes (kalshi/api.md 7.4).
 * Only `book_side` tells a side.
 */
import type { FillSeen, OwnOrderSeen } from '../../core/events.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { FrameContext, FrameFacts } from './frame-facts.ts';
import { passed, reader } from './frame-reader.ts';
import { present } from './present.ts';
import { PRIMARY_SUBACCOUNT } from './subaccount-wire.ts';
import { communication, type Envelope, fill, marketPosition, orderGroupUpdate, userOrder } from './ws-schema.ts';

export const readFill = reader(fill, (message, frame, context) => {
  const { market_ticker: ticker, book_side: side, fee_cost: fee } = message;
  if (isOfAnother(message.subaccount, context)) return ofAnother(frame, context);
  if (side === undefined || fee === undefined) {
    const lacks = side === undefined ? 'book_side' : 'fee_cost';
    return { events: passed(frame, context), notices: [{ kind: 'incomplete', type: 'fill', ticker, lacks }] };
  }
  const event: FillSeen = present({
    type: 'fill' as const,
    at: context.at,
    tradeId: message.trade_id,
    orderId: message.order_id,
    clientOrderId: message.client_order_id || undefined,
    ticker,
    side,
    price: message.yes_price_dollars,
    size: message.count_fp,
    isTaker: message.is_taker,
    fee,
    shard: message.exchange_index,
    exchangeAt: message.ts_ms ?? frame.sending_ts_ms,
  });
  return { events: [...passed(frame, context), event], notices: [] };
});

export const readUserOrder = reader(userOrder, (message, frame, context) => {
  const { ticker, book_side: side } = message;
  if (isOfAnother(message.subaccount_number, context)) return ofAnother(frame, context);
  const status = STATUSES.find((known) => known === message.status);
  if (side === undefined || status === undefined) {
    const lacks = side === undefined ? 'book_side' : 'a known status';
    return { events: passed(frame, context), notices: [{ kind: 'incomplete', type: 'user_order', ticker, lacks }] };
  }
  const order: OwnOrder = present({
    orderId: message.order_id,
    clientOrderId: message.client_order_id ?? '',
    ticker,
    side,
    price: message.yes_price_dollars,
    status,
    filled: message.fill_count_fp,
    remaining: message.remaining_count_fp,
    initial: message.initial_count_fp,
    expiresAt: message.expiration_ts_ms,
    reason: message.last_update_reason || undefined,
    groupId: message.order_group_id || undefined,
    shard: message.exchange_index,
    exchangeAt: message.last_updated_ts_ms ?? message.created_ts_ms,
  });
  const event: OwnOrderSeen = { type: 'own_order', at: context.at, order, source: 'stream' };
  return { events: [...passed(frame, context), event], notices: [] };
});

const STATUSES = ['resting', 'canceled', 'executed'] as const;

export const readOrderGroup = reader(orderGroupUpdate, (message, frame, context) => {
  const notice = present({
    kind: 'order_group' as const,
    groupId: message.order_group_id,
    eventType: message.event_type,
    limit: message.contracts_limit_fp,
    exchangeAt: message.ts_ms ?? frame.sending_ts_ms,
  });
  return { events: passed(frame, context), notices: [notice] };
});

/** The ledger is kept from fills; what is stated here only tells whether it is right. */
export const readPosition = reader(marketPosition, (message, frame, context) => {
  const { market_ticker: ticker, position_fp: position, subaccount } = message;
  // Of a key that says nothing of subaccounts the primary one is read: what is asked for over REST is that one's, too.
  if (isOfAnother(subaccount, { ...context, subaccount: context.subaccount ?? PRIMARY_SUBACCOUNT })) {
    return ofAnother(frame, context);
  }
  return { events: passed(frame, context), notices: [{ kind: 'position', ticker, position }] };
});

/** It is on the tape, and in nobody's figures. */
function ofAnother(frame: Envelope, context: FrameContext): FrameFacts {
  return { events: passed(frame, context), notices: [{ kind: 'unused', type: frame.type }] };
}

function isOfAnother(stated: number | undefined, { subaccount }: FrameContext): boolean {
  return subaccount !== undefined && (stated ?? PRIMARY_SUBACCOUNT) !== subaccount;
}

export const readCommunication = reader(communication, (message, frame, context) => {
  const rfqId = message.rfq_id ?? message.id;
  if (rfqId === undefined) return `${frame.type}: no id`;
  const { market_ticker: ticker } = message;
  return { events: passed(frame, context), notices: [{ kind: 'communication', type: frame.type, rfqId, ticker }] };
});

/** Private messages: order, fill, position, order group (kalshi/api.md 7.4). Deprecated fields that are still sent are sent. */
import { type Centicontracts, formatMoney, formatPrice, formatSize } from '../../core/units.ts';
import type { VenueFact, VenueFill, VenueOrder, VenuePosition } from '../../sim/venue.ts';
import { orderAmounts } from './order-objects.ts';
import { directionOf, legacyDirectionOf, namedId, secondsOf, timeText } from './wire-text.ts';

const MS_PER_SECOND = 1_000;

/** Here the market's key is `ticker`. */
export function orderMessage(order: VenueOrder): string {
  const { outcome } = directionOf(order.side);
  const expiresAt = order.expiresAtSeconds === undefined ? undefined : order.expiresAtSeconds * MS_PER_SECOND;
  return JSON.stringify({
    order_id: order.orderId,
    user_id: namedId('user', order.accountId),
    client_order_id: order.clientOrderId,
    ticker: order.ticker,
    exchange_index: order.shard,
    status: order.status,
    side: 'yes',
    is_yes: order.side === 'bid',
    outcome_side: outcome,
    book_side: order.side,
    yes_price_dollars: formatPrice(order.price),
    ...orderAmounts(order),
    ...(order.reason === undefined || order.reason === 'UserCancel' ? {} : { last_update_reason: order.reason }),
    ...(order.groupId === undefined ? {} : { order_group_id: order.groupId }),
    self_trade_prevention_type: order.selfTradePrevention,
    created_time: timeText(order.createdAt),
    created_ts_ms: order.createdAt,
    last_update_time: timeText(order.updatedAt),
    last_updated_ts_ms: order.updatedAt,
    ...(expiresAt === undefined
      ? {}
      : { expiration_time: new Date(expiresAt).toISOString(), expiration_ts_ms: expiresAt }),
    subaccount_number: 0,
  });
}

export function fillMessage(fill: VenueFill): string {
  const { outcome } = directionOf(fill.side);
  return JSON.stringify({
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    ...(fill.clientOrderId === '' ? {} : { client_order_id: fill.clientOrderId }),
    market_ticker: fill.ticker,
    exchange_index: fill.shard,
    is_taker: fill.isTaker,
    ...legacyDirectionOf(fill),
    purchased_side: outcome,
    outcome_side: outcome,
    book_side: fill.side,
    yes_price_dollars: formatPrice(fill.price),
    count_fp: formatSize(fill.size),
    fee_cost: formatMoney(fill.fee),
    post_position_fp: formatSize(fill.positionAfter),
    subaccount: 0,
    ts: secondsOf(fill.at),
    ts_ms: fill.at,
  });
}

/** `volume`: contracts the account traded in this market since the stream began. */
export function positionMessage(accountId: string, position: VenuePosition, volume: Centicontracts): string {
  return JSON.stringify({
    user_id: namedId('user', accountId),
    market_ticker: position.ticker,
    position_fp: formatSize(position.position),
    position_cost_dollars: formatMoney(position.exposure),
    realized_pnl_dollars: formatMoney(position.realized),
    fees_paid_dollars: formatMoney(position.fees),
    position_fee_cost_dollars: formatMoney(position.fees),
    volume_fp: formatSize(volume),
    subaccount: 0,
  });
}

export function groupMessage(fact: Extract<VenueFact, { type: 'group' }>): string {
  return JSON.stringify({
    event_type: fact.change,
    order_group_id: fact.groupId,
    ...(fact.limit === undefined ? {} : { contracts_limit_fp: formatSize(fact.limit) }),
    ts_ms: fact.at,
  });
}

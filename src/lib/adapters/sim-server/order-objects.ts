/** The objects of one account as JSON values: order, fill, positions, settlement (fields: kalshi/openapi.yaml, api.md 3.4, 6.3). */
import { complement, formatMoney, formatPrice, formatSize } from '../../core/units.ts';
import type { VenueFill, VenueOrder, VenuePosition } from '../../sim/venue.ts';
import type { VenueSettlement } from '../../sim/venue-terms.ts';
import { centsOf, directionOf, legacyDirectionOf, namedId, secondsOf, timeText } from './wire-text.ts';

const CENTICENTS_PER_CENT = 100;

export function orderObject(order: VenueOrder) {
  const { outcome, action } = directionOf(order.side);
  const expiresAt = order.expiresAtSeconds;
  return {
    order_id: order.orderId,
    user_id: namedId('user', order.accountId),
    client_order_id: order.clientOrderId,
    ticker: order.ticker,
    side: 'yes',
    action,
    outcome_side: outcome,
    book_side: order.side,
    type: 'limit',
    status: order.status,
    yes_price_dollars: formatPrice(order.price),
    no_price_dollars: formatPrice(complement(order.price)),
    ...orderAmounts(order),
    ...(expiresAt === undefined ? {} : { expiration_time: new Date(expiresAt * 1_000).toISOString() }),
    created_time: timeText(order.createdAt),
    last_update_time: timeText(order.updatedAt),
    self_trade_prevention_type: order.selfTradePrevention,
    ...(order.groupId === undefined ? {} : { order_group_id: order.groupId }),
    cancel_order_on_pause: order.cancelOnPause,
    subaccount_number: 0,
    exchange_index: order.shard,
  };
}

/** What filled, what rests and what it cost: the same words over REST and on the stream. */
export function orderAmounts(order: VenueOrder) {
  return {
    fill_count_fp: formatSize(order.filled),
    remaining_count_fp: formatSize(order.remaining),
    initial_count_fp: formatSize(order.initial),
    taker_fill_cost_dollars: formatMoney(order.takerCost),
    maker_fill_cost_dollars: formatMoney(order.makerCost),
    taker_fees_dollars: formatMoney(order.takerFees),
    maker_fees_dollars: formatMoney(order.makerFees),
  };
}

export function fillObject(fill: VenueFill) {
  const { outcome } = directionOf(fill.side);
  return {
    fill_id: fill.tradeId,
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    ticker: fill.ticker,
    market_ticker: fill.ticker,
    exchange_index: fill.shard,
    ...legacyDirectionOf(fill),
    outcome_side: outcome,
    book_side: fill.side,
    count_fp: formatSize(fill.size),
    yes_price_dollars: formatPrice(fill.price),
    no_price_dollars: formatPrice(complement(fill.price)),
    is_taker: fill.isTaker,
    fee_cost: formatMoney(fill.fee),
    created_time: timeText(fill.at),
    subaccount_number: 0,
    ts: secondsOf(fill.at),
  };
}

export function positionObject(position: VenuePosition) {
  return {
    ticker: position.ticker,
    exchange_index: position.shard,
    position_fp: formatSize(position.position),
    total_traded_dollars: formatMoney(position.traded),
    market_exposure_dollars: formatMoney(position.exposure),
    realized_pnl_dollars: formatMoney(position.realized),
    fees_paid_dollars: formatMoney(position.fees),
    last_updated_ts: timeText(position.updatedAt),
  };
}

export function settlementObject(settlement: VenueSettlement) {
  return {
    ticker: settlement.ticker,
    event_ticker: settlement.eventTicker,
    exchange_index: settlement.shard,
    market_result: settlement.result,
    yes_count_fp: formatSize(settlement.yesCount),
    yes_total_cost_dollars: formatMoney(settlement.yesCost),
    no_count_fp: formatSize(settlement.noCount),
    no_total_cost_dollars: formatMoney(settlement.noCost),
    revenue: centsOf(settlement.revenue),
    value: Math.floor(settlement.value / CENTICENTS_PER_CENT),
    fee_cost: formatMoney(settlement.fees),
    settled_time: timeText(settlement.settledAt),
  };
}

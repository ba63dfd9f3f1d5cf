/**
 * Request bodies of order writes: their shapes, and the step from decimal text to the venue's integers.
 *
 * A JSON number where a string belongs does not decode; a price without two to four decimals, or a count that is not a
 * positive number of hundredths, is refused before the venue sees it (kalshi/api.md 3.2).
 */
import { z } from 'zod';
import { type Centicents, type Centicontracts, parsePrice, parseSize } from '../../core/units.ts';
import type { NewOrder, VenueRefusal } from '../../sim/venue.ts';

const CLIENT_ORDER_ID_LENGTH_MAX = 128;
const BATCH_ITEMS_MAX = 1_000;
/** Requests take two to four decimals (kalshi/openapi.yaml, FixedPointDollars). */
const PRICE_SHAPE = /^\d+\.\d{2,4}$/;
const COUNT_SHAPE = /^\d+(?:\.\d{1,2})?$/;

const side = z.enum(['bid', 'ask']);
const clientOrderId = z.string().max(CLIENT_ORDER_ID_LENGTH_MAX).optional();
const shard = z.number().int().min(-1).optional();
const subaccount = z.number().int().min(0).max(0).optional();

export const createBody = z.object({
  ticker: z.string().min(1),
  client_order_id: clientOrderId,
  side,
  count: z.string(),
  price: z.string(),
  expiration_time: z.number().int().min(0).optional(),
  time_in_force: z.enum(['fill_or_kill', 'good_till_canceled', 'immediate_or_cancel']),
  self_trade_prevention_type: z.enum(['taker_at_cross', 'maker']),
  post_only: z.boolean().optional(),
  cancel_order_on_pause: z.boolean().optional(),
  reduce_only: z.boolean().optional(),
  subaccount,
  order_group_id: z.string().optional(),
  exchange_index: shard,
});
export type CreateBody = z.infer<typeof createBody>;

export const batchCreateBody = z.object({ orders: z.array(createBody).min(1).max(BATCH_ITEMS_MAX) });

export const batchCancelBody = z.object({
  orders: z
    .array(z.object({ order_id: z.string(), subaccount, exchange_index: shard, market_ticker: z.string().optional() }))
    .min(1)
    .max(BATCH_ITEMS_MAX),
});

export const amendBody = z.object({
  ticker: z.string().min(1),
  side,
  price: z.string(),
  count: z.string(),
  client_order_id: clientOrderId,
  updated_client_order_id: clientOrderId,
  exchange_index: shard,
  expiration_time: z.number().int().min(0).nullish(),
});

export const decreaseBody = z.object({
  reduce_by: z.string().nullish(),
  reduce_to: z.string().nullish(),
  exchange_index: shard,
  market_ticker: z.string().optional(),
});

/** The venue's order, or what is wrong with its numbers. */
export function newOrderOf(body: CreateBody): NewOrder | VenueRefusal {
  const terms = termsOf(body.price, body.count);
  if ('kind' in terms) return terms;
  const shardIndex = routedShard(body.exchange_index);
  return {
    ticker: body.ticker,
    side: body.side,
    ...terms,
    timeInForce: body.time_in_force,
    selfTradePrevention: body.self_trade_prevention_type,
    ...(body.client_order_id === undefined ? {} : { clientOrderId: body.client_order_id }),
    ...(body.expiration_time === undefined ? {} : { expiresAtSeconds: body.expiration_time }),
    ...(body.post_only === undefined ? {} : { isPostOnly: body.post_only }),
    ...(body.reduce_only === undefined ? {} : { isReduceOnly: body.reduce_only }),
    ...(body.cancel_order_on_pause === undefined ? {} : { cancelOnPause: body.cancel_order_on_pause }),
    ...(body.order_group_id === undefined ? {} : { groupId: body.order_group_id }),
    ...(shardIndex === undefined ? {} : { shard: shardIndex }),
  };
}

/** Price and count of a create or an amend. */
export function termsOf(
  priceText: string,
  countText: string,
): { readonly price: Centicents; readonly size: Centicontracts } | VenueRefusal {
  const price = PRICE_SHAPE.test(priceText) ? parsePrice(priceText) : undefined;
  if (price === undefined) return refusal('invalid_price', `price "${priceText}"`);
  const size = sizeOf(countText);
  return size === undefined || size === 0 ? refusal('invalid_order_size', `count "${countText}"`) : { price, size };
}

/** Exactly one of the two amounts; `reduce_to` may be zero. */
export function decreaseOf(
  body: z.infer<typeof decreaseBody>,
): { readonly by: Centicontracts } | { readonly to: Centicontracts } | VenueRefusal {
  const { reduce_by: byText, reduce_to: toText } = body;
  const text = byText ?? toText;
  if (text == null || (byText != null && toText != null)) {
    return refusal('invalid_parameters', 'exactly one of reduce_by and reduce_to is required');
  }
  const size = sizeOf(text);
  if (size === undefined || (size === 0 && byText != null)) {
    return refusal('invalid_order_size', `amount "${text}"`);
  }
  return byText == null ? { to: size } : { by: size };
}

/** Hundredths of a contract; undefined for anything that is not a plain decimal of at most two places. */
export function sizeOf(text: string): Centicontracts | undefined {
  return COUNT_SHAPE.test(text) ? parseSize(text) : undefined;
}

/** −1 and absence both mean: by the market's ticker. */
export function routedShard(index: number | undefined): number | undefined {
  return index === undefined || index < 0 ? undefined : index;
}

function refusal(code: string, details: string): VenueRefusal {
  return { kind: 'refused', status: 400, code, message: code.replaceAll('_', ' '), details };
}

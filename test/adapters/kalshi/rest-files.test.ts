/** Each recorded file by itself: that it is read whole by what the trader uses, and says what it is known to say. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  balanceSchema,
  costsSchema,
  exchangeStatusSchema,
  fillSchema,
  limitsSchema,
  orderSchema,
  positionSchema,
  queuePositionSchema,
  settlementSchema,
} from '../../../src/lib/adapters/kalshi/account-schema.ts';
import {
  classifyAmend,
  classifyCancel,
  classifyCancelBatch,
  classifyCreate,
} from '../../../src/lib/adapters/kalshi/classify.ts';
import { parseExchangeError } from '../../../src/lib/adapters/kalshi/exchange-error.ts';
import { money, price, size, time } from '../../../src/lib/adapters/kalshi/fields.ts';
import {
  bookSchema,
  eventSchema,
  marketSchema,
  seriesSchema,
  tradeSchema,
} from '../../../src/lib/adapters/kalshi/market-schema.ts';
import { positionsPageSchema } from '../../../src/lib/adapters/kalshi/portfolio-schema.ts';
import { scheduleSchema } from '../../../src/lib/adapters/kalshi/schedule-schema.ts';
import { sharedPath } from '../../support/shared.ts';
import { json } from './wire-doubles.ts';

const FIXTURES = sharedPath('kalshi/fixtures/rest');
const GOLDENS = sharedPath('data/rest_golden');

// biome-ignore lint/suspicious/noExplicitAny: files are read as their test expects them
type Json = any;

interface Recorded {
  readonly case: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response: Json;
  readonly request_body: Json;
}

/** What answers a path, by the first pattern that fits; so a case of a kind not listed here fails the test. */
const ANSWERS: readonly (readonly [RegExp, z.ZodType])[] = [
  [/^GET .*\/portfolio\/balance$/, balanceSchema],
  [/^GET .*\/portfolio\/orders\/[^/]+$/, z.object({ order: orderSchema })],
  [/^GET .*\/portfolio\/orders$/, z.object({ orders: z.array(orderSchema).min(1) })],
  [/^GET .*\/portfolio\/fills$/, z.object({ fills: z.array(fillSchema).min(1) })],
  [/^GET .*\/portfolio\/positions$/, positionsPageSchema],
  [/^GET .*\/portfolio\/settlements$/, z.object({ settlements: z.array(settlementSchema) })],
  [/^GET .*\/account\/endpoint_costs$/, costsSchema],
  [/^GET .*\/account\/limits$/, limitsSchema],
  [/^GET .*\/exchange\/status$/, exchangeStatusSchema],
  [/^GET .*\/markets\/trades$/, z.object({ trades: z.array(tradeSchema).min(1) })],
  [/^GET .*\/markets\/[^/]+\/orderbook$/, z.object({ orderbook_fp: bookSchema })],
  [/^GET .*\/markets\/[^/]+$/, z.object({ market: marketSchema })],
  [/^GET .*\/markets$/, z.object({ markets: z.array(marketSchema).min(1) })],
  // None was announced that day: the list is empty, the name is what can be checked.
  [/^GET .*\/series\/fee_changes$/, z.object({ series_fee_change_arr: z.array(z.never()) })],
];

/** Reads every case: refusals in the exchange's words, writes by what they prove, reads by their schema. */
function casesOf(content: readonly Recorded[]): readonly string[] {
  return content.map(({ case: name, method, path, status, response, request_body }) => {
    const [bare = ''] = path.split('?');
    const id = bare.split('/').at(-1) ?? '';
    const reply = json(status, response);
    if (status >= 400) return `${name}: ${codeOf(response)}`;
    if (method === 'DELETE') return `${name}: ${classifyCancel(reply, id).kind}`;
    if (method === 'POST') return `${name}: ${classifyCreate(reply, request_body.client_order_id).kind}`;
    const schema = ANSWERS.find(([pattern]) => pattern.test(`${method} ${bare}`))?.[1];
    if (schema === undefined) throw new Error(`nothing here reads ${method} ${bare}`);
    schema.parse(response);
    return `${name}: read`;
  });
}

function codeOf(response: Json): string {
  const error = parseExchangeError(JSON.stringify(response));
  if (error === undefined) throw new Error(`not in the exchange's words: ${JSON.stringify(response)}`);
  return error.code;
}

const FILES: Readonly<Record<string, (content: Json) => void>> = {
  'account-demo-2026-07-06.json'({ api_limits, endpoint_costs }) {
    expect(limitsSchema.parse(api_limits).read).toEqual({ capacity: 400, refillPerSecond: 200 });
    const upgrade = { method: 'POST', path: '/trade-api/v2/account/api_usage_level/upgrade', cost: 30 };
    expect(costsSchema.parse(endpoint_costs).endpoints).toContainEqual(upgrade);
  },
  'auth-demo-2026-06-11.json'(content: readonly Recorded[]) {
    const read = casesOf(content);
    const balance = content.find((one) => one.case === 'auth__balance_ok')?.response;
    expect(balanceSchema.parse(balance)).toEqual({ total: 98_018_600, shards: [{ shard: 0, cash: 98_018_600 }] });
    expect(read).toContain('auth__skew_minus30s: header_timestamp_expired');
    expect(read).toContain('auth__skew_plus5s: read');
    expect(read).toContain('auth__missing_signature_header: signature_is_missing_from_headers');
  },
  'combo-orderbooks-prod-2026-08.json'(content) {
    const books = content.map((one: Json) => bookSchema.parse(one.orderbook_fp));
    expect(books).toHaveLength(20);
    expect(books[0].asks[0]).toMatchObject({ price: 10_000 - 8_120 });
  },
  'event-KXGOLD15M-26AUG102130.json'({ response }) {
    expect(eventSchema.parse(response.event)).toMatchObject({ seriesTicker: 'KXGOLD15M', shard: 0 });
    expect(marketSchema.parse(response.markets[0])).toMatchObject({ status: 'finalized', result: 'yes' });
  },
  'fees-KXBTC15M-2026-05.json'({ orders }) {
    // Reduced at its source to what a fee follows from: no answer of the exchange, but its own texts.
    const fill = z.object({ leg_price_dollars: price, count_fp: size, fee_cost: money, created_time: time });
    const fills = orders.flatMap((order: Json) => order.fills.map((raw: Json) => fill.parse(raw)));
    expect(fills).toHaveLength(324);
    expect(fills[0]).toMatchObject({ leg_price_dollars: 800, count_fp: 100, fee_cost: 10_000 });
  },
  'fills-prod-2026-08-redacted.json'({ payload }) {
    const fills = payload.fills.map((raw: Json) => fillSchema.parse(raw));
    expect(fills).toHaveLength(33);
    expect(fills[0]).toMatchObject({ price: 10, size: 22_727, fee: 15_930, isTaker: true });
  },
  'market-single-prod-2026-08-09.json'({ single, nested, orderbook }) {
    expect(marketSchema.parse(single.market)).toEqual(marketSchema.parse(nested));
    const { bids, asks } = bookSchema.parse(orderbook.orderbook_fp);
    // Best last; an ask is the other outcome's bid.
    expect(bids.at(-1)).toEqual({ price: 8_900, size: 34_349 });
    expect(asks.at(-1)).toEqual({ price: 9_400, size: 64_100 });
  },
  'markets-KXBTC-26JUL0921.json'(content) {
    const markets = Object.values(content).map((raw) => marketSchema.parse(raw));
    expect(markets).toHaveLength(10);
    expect(markets.map(({ strike }) => strike?.type)).toEqual(expect.arrayContaining(['less', 'greater', 'between']));
  },
  'orders-demo-2026-06-11.json'(content) {
    const read = casesOf(content);
    expect(read).toContain('orders__post_only_cross: invalid_order');
    expect(read).toContain('orders__duplicate_client_order_id: order_already_exists');
    // Calls that the exchange has closed since: what they answered is no answer to a write of ours.
    expect(read).toContain('orders__legacy_create: unknown');
    expect(read).toContain('orders__legacy_cancel: unknown');
  },
  'positions-prod-2026-07-26.json'({ market_positions }) {
    const positions = market_positions.map((raw: Json) => positionSchema.parse(raw));
    expect(positions).toHaveLength(46);
    expect(positions[0].position).toBe(-319);
  },
  'reads-demo-2026-06-11.json'(content: readonly Recorded[]) {
    expect(casesOf(content)).toContain('markets__limit_over_max: invalid_parameter');
    const responseOf = (name: string) => content.find((one) => one.case === name)?.response;
    const positions = positionsPageSchema.parse(responseOf('portfolio__positions'));
    expect(positions.events).toMatchObject([{ cost: 2_500_000, size: 300, exposure: 2_500_000, fees: 18_900 }]);
    expect(positions.markets).toMatchObject([{ position: 300, exposure: 2_500_000 }]);
    const [print] = responseOf('trades__public_recorded').trades.map((raw: Json) => tradeSchema.parse(raw));
    expect(print).toMatchObject({ price: 300, size: 777, takerSide: 'bid', isBlockTrade: false });
  },
  'series-prod-2026-08-20.json'({ payloads }) {
    const series = Object.values(payloads).map((one: Json) => seriesSchema.parse(one.series));
    expect(series.map(({ feeMultiplier }) => feeMultiplier).sort()).toEqual([0.5, 0.5, 1, 1]);
  },
  'settlements-prod-2026-08-redacted.json'({ payload }) {
    const settlements = payload.settlements.map((raw: Json) => settlementSchema.parse(raw));
    expect(settlements).toHaveLength(22);
    for (const { result, value } of settlements) expect(value).toBe(result === 'yes' ? 10_000 : 0);
  },
};

describe.skipIf(FIXTURES === undefined)('a recorded answer of the exchange', () => {
  it.each(FIXTURES === undefined ? [] : readdirSync(FIXTURES))('%s is read whole', (file) => {
    const check = FILES[file];
    if (check === undefined) throw new Error(`${file} has no test: say here what it holds`);
    check(JSON.parse(readFileSync(`${FIXTURES}/${file}`, 'utf8')));
  });
});

/** The schema that reads such an answer today, and a field that it misses in the answer of January 2026. */
const REFUSED: Readonly<Record<string, readonly [z.ZodType, string]>> = {
  'event_single_response.json': [
    z.object({ event: eventSchema, markets: z.array(marketSchema) }),
    'markets.0.yes_bid_size_fp',
  ],
  'market_single_response.json': [z.object({ market: marketSchema }), 'market.yes_bid_size_fp'],
  'markets_list_response.json': [z.object({ markets: z.array(marketSchema) }), 'markets.0.volume_fp'],
  'order_queue_positions_response.json': [
    z.object({ queue_positions: z.array(queuePositionSchema) }),
    'queue_positions.0.queue_position_fp',
  ],
  'orderbook_response.json': [z.object({ orderbook_fp: bookSchema }), 'orderbook_fp'],
  'portfolio_balance_response.json': [balanceSchema, 'balance_dollars'],
  'portfolio_fills_response.json': [z.object({ fills: z.array(fillSchema) }), 'fills.0.book_side'],
  'portfolio_orders_response.json': [z.object({ orders: z.array(orderSchema) }), 'orders.0.fill_count_fp'],
  'portfolio_positions_response.json': [positionsPageSchema, 'market_positions.0.position_fp'],
  'portfolio_settlements_response.json': [
    z.object({ settlements: z.array(settlementSchema) }),
    'settlements.0.yes_count_fp',
  ],
  'trades_list_response.json': [z.object({ trades: z.array(tradeSchema) }), 'trades.0.count_fp'],
};

/** Answers to writes: an answer that does not name our order in today's words proves nothing about it. */
const UNPROVEN: Readonly<Record<string, readonly [(response: Json) => { kind: string; reason?: string }, string]>> = {
  'create_order_response.json': [(response) => classifyCreate(json(201, response), 'kmm-1'), 'order_id'],
  'amend_order_response.json': [(response) => classifyAmend(json(200, response), 'o-1'), 'order_id'],
  'cancel_order_response.json': [(response) => classifyCancel(json(200, response), 'o-1'), 'order_id'],
  'batch_create_orders_response.json': [
    (response) => classifyCreate(json(201, response.orders[0]), 'kmm-1'),
    'order_id',
  ],
  'batch_cancel_orders_response.json': [
    (response) => classifyCancelBatch(json(200, response), [{ orderId: 'o-1', ticker: 'X-1' }]).get('o-1') as never,
    'orders.0.order_id',
  ],
};

/** Answers without price, count or side: nothing in them has changed, so they are read as they always were. */
const UNCHANGED: Readonly<Record<string, (response: Json) => void>> = {
  'exchange_schedule_response.json'(response) {
    const [week] = scheduleSchema.parse(response).weeks;
    expect(week?.days.thursday).toHaveLength(2);
  },
  'exchange_status_response.json'(response) {
    expect(exchangeStatusSchema.parse(response)).toEqual({ isExchangeActive: true, isTradingActive: true, shards: [] });
  },
  'series_fee_changes_response.json'(response) {
    // No change was announced: an empty list has no version.
    expect(response).toEqual({ series_fee_change_arr: [] });
  },
  'series_single_response.json'({ series }) {
    expect(seriesSchema.parse(series)).toMatchObject({ ticker: 'CO2', feeType: 'quadratic', feeMultiplier: 1 });
  },
};

describe.skipIf(GOLDENS === undefined)('an answer of the cent era', () => {
  const files = GOLDENS === undefined ? [] : readdirSync(GOLDENS);
  const responseOf = (file: string) => JSON.parse(readFileSync(`${GOLDENS}/${file}`, 'utf8')).response;

  it('is dealt with here, whichever file it is in', () => {
    expect(files).toEqual([...Object.keys(REFUSED), ...Object.keys(UNPROVEN), ...Object.keys(UNCHANGED)].sort());
  });

  it.each(Object.entries(REFUSED))('%s is refused, and the missing field named', (file, [schema, missing]) => {
    const { error } = schema.safeParse(responseOf(file));
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(missing);
  });

  it.each(Object.entries(UNPROVEN))('%s proves nothing about an order, and says why', (file, [classify, why]) => {
    const outcome = classify(responseOf(file));
    expect(outcome.kind).toBe('unknown');
    expect(outcome.reason).toContain(why);
  });

  it.each(Object.entries(UNCHANGED))('%s says the same today', (file, check) => {
    check(responseOf(file));
  });
});

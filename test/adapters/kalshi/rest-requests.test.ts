/** Everything that is sent over REST, held against the exchange's own description: paths, parameters, bodies. */
import { describe, expect, it } from 'vitest';
import { encodeAmend, encodeCancel, encodeCancelBatch, encodeCreate } from '../../../src/lib/adapters/kalshi/encode.ts';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiAccount } from '../../../src/lib/adapters/kalshi/rest-account.ts';
import { KalshiApiKeys } from '../../../src/lib/adapters/kalshi/rest-api-keys.ts';
import { KalshiCandles } from '../../../src/lib/adapters/kalshi/rest-candles.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { KalshiHistory } from '../../../src/lib/adapters/kalshi/rest-history.ts';
import { KalshiPortfolio } from '../../../src/lib/adapters/kalshi/rest-portfolio.ts';
import { KalshiTransfers } from '../../../src/lib/adapters/kalshi/rest-transfers.ts';
import type { CreateIntent } from '../../../src/lib/core/intents.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { operationOf, requestProblems } from '../../support/request-check.ts';
import { Description } from '../../support/schema-check.ts';
import { sharedPath } from '../../support/shared.ts';
import { json, NOON, refusal, ScriptedWire } from './wire-doubles.ts';

const OPENAPI = sharedPath('kalshi/openapi.yaml');
const PERIOD = { since: epochMs(NOON - 90_000), until: NOON };
const CANDLES = { from: epochMs(NOON - 3_600_000), to: NOON, minutes: 60 } as const;
const NAMED = { ticker: 'X-1', ...PERIOD };
const GROUP = { groupId: 'g-1', shard: 2 };
const INTENT: CreateIntent = {
  kind: 'create',
  clientOrderId: 'kmm-1',
  ticker: 'X-1',
  shard: 2,
  side: 'ask',
  price: centicents(5_150),
  size: centicontracts(1_050),
  expiresAt: epochMs(NOON + 180_000),
  counter: 1,
};
const RULES = { now: NOON, clockUncertaintyMs: 100, leaseMsMax: 600_000, groupId: 'g-2', isGroupRequired: true };

/** Empty listings of every name, a cutoff in the future, and no market: so that both live and archive are asked. */
const NOTHING = Object.fromEntries(
  [
    ...['orders', 'fills', 'trades', 'settlements', 'markets', 'market_positions', 'event_positions', 'deposits'],
    ...['withdrawals', 'candlesticks', 'orderbooks', 'market_tickers', 'market_candlesticks', 'order_groups'],
    ...['queue_positions', 'transfers', 'api_keys', 'subaccount_balances'],
  ].map((key) => [key, []]),
);
const LATE = '2027-01-01T00:00:00Z';
const CUTOFF = { market_settled_ts: LATE, trades_created_ts: LATE, orders_updated_ts: LATE };

function recorder(): ScriptedWire {
  return new ScriptedWire(({ path }) => {
    if (/\/markets\/X-1(\/candlesticks)?$/.test(path)) return refusal(404, 'not_found');
    return json(200, { ...NOTHING, ...CUTOFF, adjusted_end_ts: 0 });
  });
}

const CALLS: Readonly<Record<string, (wire: Wire) => Promise<unknown>>> = {
  'GET /exchange/status': (wire) => new KalshiRest(wire).exchangeStatus(),
  'GET /exchange/schedule': (wire) => new KalshiRest(wire).exchangeSchedule(),
  'GET /exchange/user_data_timestamp': (wire) => new KalshiRest(wire).userDataTimestamp(),
  'GET /series/{series_ticker}': (wire) => new KalshiRest(wire).series('S'),
  'GET /events/{event_ticker}': (wire) => new KalshiRest(wire).event('E'),
  'GET /markets/{ticker}': (wire) => new KalshiRest(wire).market('X-1'),
  'GET /markets': (wire) =>
    new KalshiRest(wire).markets({ series: 'S', event: 'E', tickers: ['A', 'B'], status: 'open' }),
  'GET /markets/{ticker}/orderbook': (wire) => new KalshiRest(wire).orderbook('X-1', 100),
  'GET /markets/orderbooks': (wire) => new KalshiRest(wire).orderbooks(Array.from({ length: 101 }, (_, n) => `X-${n}`)),
  'GET /markets/trades': (wire) => new KalshiRest(wire).trades({ ...NAMED, isBlockTrade: false }),
  'GET /portfolio/balance': (wire) => new KalshiRest(wire).balance([0, 2]),
  'GET /portfolio/fills': (wire) => new KalshiRest(wire).fills({ ...NAMED, orderId: 'o-1' }),
  'GET /portfolio/settlements': (wire) => new KalshiRest(wire).settlements(NAMED),
  'GET /portfolio/orders': (wire) => new KalshiRest(wire).orders({ ...NAMED, status: 'canceled' }),
  'GET /portfolio/orders/{order_id}': (wire) => new KalshiRest(wire).order('o-1'),
  'GET /portfolio/orders/queue_positions': (wire) => new KalshiRest(wire).queuePositions(['A', 'B']),
  'GET /account/limits': (wire) => new KalshiAccount(wire).standing(),
  'GET /account/endpoint_costs': (wire) => new KalshiRest(wire).endpointCosts(),
  'GET /account/api_usage_level/volume_progress': (wire) => new KalshiAccount(wire).volumeProgress(),
  'POST /account/api_usage_level/upgrade': (wire) => new KalshiAccount(wire).upgrade(),
  'GET /series/{series_ticker}/markets/{ticker}/candlesticks': (wire) =>
    new KalshiCandles(wire).ofMarket('S', 'X-1', CANDLES),
  'GET /markets/candlesticks': (wire) => new KalshiCandles(wire).ofMarkets(['A', 'B'], CANDLES),
  'GET /series/{series_ticker}/events/{ticker}/candlesticks': (wire) =>
    new KalshiCandles(wire).ofEvent('S', 'E', CANDLES),
  'GET /historical/cutoff': (wire) => new KalshiHistory(wire).cutoff(),
  'GET /historical/trades': (wire) => new KalshiHistory(wire).trades({ ...NAMED, isBlockTrade: true }),
  'GET /historical/fills': (wire) => new KalshiHistory(wire).fills({ ...NAMED, orderId: 'o-1' }),
  'GET /historical/orders': (wire) => new KalshiHistory(wire).orders({ ...NAMED, status: 'executed' }),
  'GET /historical/markets': (wire) => new KalshiHistory(wire).markets({ series: 'S', status: 'settled' }),
  'GET /historical/markets/{ticker}': (wire) => new KalshiHistory(wire).market('X-1'),
  'GET /historical/markets/{ticker}/candlesticks': (wire) => new KalshiHistory(wire).candles('S', 'X-1', CANDLES),
  'GET /historical/positions': (wire) => new KalshiHistory(wire).positions({ ticker: 'X-1', event: 'E' }),
  'GET /portfolio/positions': (wire) =>
    new KalshiPortfolio(wire).positions({ ticker: 'X-1', event: 'E', subaccount: 1 }),
  'GET /portfolio/orders/{order_id}/queue_position': (wire) => new KalshiPortfolio(wire).queuePosition('o-1'),
  'GET /portfolio/summary/total_resting_order_value': (wire) => new KalshiPortfolio(wire).restingOrderValue(),
  'GET /portfolio/deposits': (wire) => new KalshiPortfolio(wire).deposits(),
  'GET /portfolio/withdrawals': (wire) => new KalshiPortfolio(wire).withdrawals(),
  'GET /portfolio/subaccounts/balances': (wire) => new KalshiPortfolio(wire).subaccountBalances(),
  'GET /portfolio/intra_exchange_instance_transfers': (wire) => new KalshiTransfers(wire).list(),
  'GET /portfolio/intra_exchange_instance_transfers/{transfer_id}': (wire) => new KalshiTransfers(wire).one('t-1'),
  'POST /portfolio/intra_exchange_instance_transfer': (wire) =>
    new KalshiTransfers(wire).move({ shard: 0, subaccount: 1 }, { shard: 2, subaccount: 1 }, microdollars(1_234_500)),
  'GET /api_keys': (wire) => new KalshiApiKeys(wire).list(),
  'POST /api_keys': (wire) => new KalshiApiKeys(wire).create({ name: 'bot', scopes: ['read'], subaccount: 1 }, 'PEM'),
  'POST /api_keys/generate': (wire) => new KalshiApiKeys(wire).generate({ name: 'bot', scopes: ['write::trade'] }),
  'DELETE /api_keys/{api_key}': (wire) => new KalshiApiKeys(wire).delete('k-1'),
  'GET /portfolio/order_groups': (wire) => new KalshiControls(wire).orderGroups(),
  'GET /portfolio/order_groups/{order_group_id}': (wire) => new KalshiControls(wire).orderGroup('g-1'),
  'POST /portfolio/order_groups/create': (wire) => new KalshiControls(wire).createOrderGroup(2, centicontracts(5_000)),
  'PUT /portfolio/order_groups/{order_group_id}/limit': (wire) =>
    new KalshiControls(wire).limitOrderGroup(GROUP, centicontracts(100)),
  'PUT /portfolio/order_groups/{order_group_id}/reset': (wire) => new KalshiControls(wire).resetOrderGroup(GROUP),
  'PUT /portfolio/order_groups/{order_group_id}/trigger': (wire) => new KalshiControls(wire).triggerOrderGroup(GROUP),
  'DELETE /portfolio/order_groups/{order_group_id}': (wire) => new KalshiControls(wire).deleteOrderGroup(GROUP),
  'DELETE /portfolio/events/orders': (wire) => new KalshiControls(wire).cancelAll(7),
  'DELETE /portfolio/events/orders/batched': (wire) =>
    wire.request(encodeCancelBatch([{ orderId: 'o', ticker: 'X', shard: 2 }])),
  'DELETE /portfolio/events/orders/{order_id}': (wire) =>
    wire.request(encodeCancel({ ...INTENT, kind: 'cancel', orderId: 'o-1' })),
  'POST /portfolio/events/orders': (wire) => wire.request(sendable(encodeCreate(INTENT, RULES))),
  'POST /portfolio/events/orders/{order_id}/amend': (wire) =>
    wire.request(
      sendable(encodeAmend({ ...INTENT, kind: 'amend', orderId: 'o-1', filled: centicontracts(50) }, RULES)),
    ),
};

describe.skipIf(OPENAPI === undefined)('a request', () => {
  const description = new Description(OPENAPI);

  it.each(Object.entries(CALLS))('%s is as the exchange describes it', async (operation, call) => {
    const wire = recorder();
    await call(wire);
    expect(wire.requests.map((request) => operationOf(description, request))).toContain(operation);
    for (const request of wire.requests)
      expect([request.path, ...requestProblems(description, request)]).toHaveLength(1);
  });

  it('with a wrong path, parameter, bound or body would be noticed', () => {
    const wrong: readonly WireRequest[] = [
      { method: 'GET', path: '/trade-api/v2/portfolio/order' },
      { method: 'GET', path: '/trade-api/v2/portfolio/fills', query: { order: 'o-1' } },
      { method: 'GET', path: '/trade-api/v2/portfolio/deposits', query: { limit: 501 } },
      { method: 'GET', path: '/trade-api/v2/markets/candlesticks', query: { market_tickers: 'A' } },
      { method: 'POST', path: '/trade-api/v2/api_keys', body: '{"name":"bot"}' },
      { method: 'POST', path: '/trade-api/v2/portfolio/events/orders' },
    ];
    for (const request of wrong) expect(requestProblems(description, request)).not.toEqual([]);
  });
});

function sendable(encoded: ReturnType<typeof encodeCreate>): WireRequest {
  if (!encoded.ok) throw new Error(encoded.reason);
  return encoded.request;
}

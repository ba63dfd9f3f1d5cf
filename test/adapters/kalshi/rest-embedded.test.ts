/** The rooms of the REST client against the embedded exchange's own face, as far as neither knows of the other. */
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiAccount } from '../../../src/lib/adapters/kalshi/rest-account.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { KalshiPortfolio } from '../../../src/lib/adapters/kalshi/rest-portfolio.ts';
import { KalshiPublic } from '../../../src/lib/adapters/kalshi/rest-public.ts';
import { KalshiTransfers } from '../../../src/lib/adapters/kalshi/rest-transfers.ts';
import type { Result } from '../../../src/lib/adapters/kalshi/result.ts';
import { centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

const ORDERS = '/trade-api/v2/portfolio/events/orders';

/** A world one minute old, in which alice holds what a taker order bought and rests one order in a group. */
async function scene() {
  const venue = world('rooms');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const wire = venueWire(venue);
  const [market] = answerOf(await new KalshiRest(wire).markets({ series: 'KXBTC15M', status: 'open' }));
  const ticker = market?.ticker ?? '';
  const groupId = answerOf(await new KalshiControls(wire).createOrderGroup(2, centicontracts(5_000)));
  const order = { ticker, side: 'bid', self_trade_prevention_type: 'taker_at_cross', exchange_index: 2 };
  const resting = { price: '0.0100', count: '5.00', time_in_force: 'good_till_canceled', order_group_id: groupId };
  const taking = { price: '0.9900', count: '7.50', time_in_force: 'immediate_or_cancel' };
  for (const terms of [resting, taking]) {
    await wire.request({ method: 'POST', path: ORDERS, body: JSON.stringify({ ...order, ...terms }) });
  }
  return { wire, ticker, groupId };
}

function answerOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe('the embedded exchange, asked by the client', () => {
  it('states its hours, many books and its prints', async () => {
    const { wire, ticker } = await scene();
    const exchange = new KalshiPublic(wire);
    expect(answerOf(await exchange.exchangeSchedule()).weeks.length).toBeGreaterThan(0);
    const books = answerOf(await exchange.orderbooks([ticker, 'NO-SUCH']));
    expect([...books.keys()]).toEqual([ticker]);
    expect(books.get(ticker)).toEqual(answerOf(await exchange.orderbook(ticker)));
    const trades = answerOf(await exchange.trades({ ticker, since: WORLD_STARTS_AT }));
    expect(trades).toContainEqual(expect.objectContaining({ ticker, takerSide: 'bid' }));
    const [last] = trades;
    expect(answerOf(await exchange.trades({ ticker, until: last?.exchangeAt ?? WORLD_STARTS_AT }))).not.toContainEqual(
      last,
    );
  });

  it('states positions, queue, resting group and tier', async () => {
    const { wire, ticker, groupId } = await scene();
    const { markets, events } = answerOf(await new KalshiPortfolio(wire).positions());
    expect(markets).toEqual([expect.objectContaining({ ticker, position: 750, shard: 2 })]);
    expect(events).toHaveLength(1);
    const group = answerOf(await new KalshiControls(wire).orderGroup(groupId));
    expect(group).toMatchObject({ groupId, shard: 2, limit: 5_000 });
    const [orderId = ''] = group.orderIds;
    expect(answerOf(await new KalshiPortfolio(wire).queuePosition(orderId))).toBeGreaterThanOrEqual(0);
    expect(answerOf(await new KalshiAccount(wire).standing())).toMatchObject({ tier: expect.any(String) });
  });

  it('moves cash between shards to the last unit', async () => {
    const { wire } = await scene();
    const rest = new KalshiRest(wire);
    const cashOn = async (shard: number) =>
      answerOf(await rest.balance([0, 2])).shards.find((row) => row.shard === shard)?.cash ?? 0;
    const before = [await cashOn(0), await cashOn(2)];
    const amount = microdollars(12_345_600);
    answerOf(await new KalshiTransfers(wire).move({ shard: 0 }, { shard: 2 }, amount));
    expect([await cashOn(0), await cashOn(2)]).toEqual([(before[0] ?? 0) - amount, (before[1] ?? 0) + amount]);
  });
});

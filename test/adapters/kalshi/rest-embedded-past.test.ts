/** The rooms of the REST client that look back, and those of keys and cash, against the embedded exchange. */
import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiApiKeys } from '../../../src/lib/adapters/kalshi/rest-api-keys.ts';
import { KalshiCandles } from '../../../src/lib/adapters/kalshi/rest-candles.ts';
import { KalshiHistory } from '../../../src/lib/adapters/kalshi/rest-history.ts';
import { KalshiPortfolio } from '../../../src/lib/adapters/kalshi/rest-portfolio.ts';
import { KalshiTransfers } from '../../../src/lib/adapters/kalshi/rest-transfers.ts';
import type { Result } from '../../../src/lib/adapters/kalshi/result.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import { keyPair, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

const MINUTE_MS = 60_000;
const WINDOW_MS = 3 * MINUTE_MS;

function answerOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The market of the quarter hour that trades now. */
function openTicker(venue: SimWorld): string {
  const open = venue.markets().filter(({ market }) => market.status === 'active');
  return open.find(({ market }) => market.seriesTicker === 'KXBTC15M')?.market.ticker ?? '';
}

/** Alice buys two and rests one in each of twenty minutes; the archive takes all that is older than three. */
function twentyMinutes() {
  const venue = world('past', { liveWindowMs: WINDOW_MS });
  const first = openTicker(venue);
  for (let minute = 1; minute <= 20; minute += 1) {
    venue.advanceTo(epochMs(WORLD_STARTS_AT + minute * MINUTE_MS));
    const terms = { ticker: openTicker(venue), side: 'bid', selfTradePrevention: 'taker_at_cross' } as const;
    const resting = { ...terms, price: centicents(100), size: centicontracts(100), clientOrderId: `rests ${minute}` };
    venue.create('alice', { ...resting, timeInForce: 'good_till_canceled' });
    const taking = { ...terms, price: centicents(9_900), size: centicontracts(200), clientOrderId: `takes ${minute}` };
    venue.create('alice', { ...taking, timeInForce: 'immediate_or_cancel' });
  }
  return { venue, wire: venueWire(venue), first, cutoff: epochMs(venue.now - WINDOW_MS) };
}

describe('the past, as the client joins it from the embedded exchange', () => {
  it('has every print, fill and order once, on both sides of the cutoff', async () => {
    const { venue, wire, first, cutoff } = twentyMinutes();
    const history = new KalshiHistory(wire);
    expect(answerOf(await history.cutoff()).tradesAt).toBe(cutoff);

    const second = openTicker(venue);
    for (const ticker of [first, second]) {
      const trades = answerOf(await history.trades({ ticker }));
      const known = venue.trades(ticker).map(({ tradeId }) => tradeId);
      expect(trades.map(({ tradeId }) => tradeId).sort()).toEqual([...known].sort());
    }
    const around = { since: epochMs(cutoff - MINUTE_MS), until: epochMs(cutoff + MINUTE_MS) };
    const near = answerOf(await history.trades({ ticker: second, ...around }));
    const within = venue.trades(second).filter(({ at }) => at >= around.since && at < around.until);
    expect(near.map(({ tradeId }) => tradeId).sort()).toEqual(within.map(({ tradeId }) => tradeId).sort());
    expect(new Set(near.map(({ exchangeAt = 0 }) => exchangeAt < cutoff))).toEqual(new Set([true, false]));

    const fills = answerOf(await history.fills({}));
    expect(fills.map(({ tradeId }) => tradeId).sort()).toEqual(
      venue
        .fills('alice')
        .map(({ tradeId }) => tradeId)
        .sort(),
    );
    expect(answerOf(await new KalshiRest(wire).fills({})).length).toBeLessThan(fills.length);
    const orders = answerOf(await history.orders({}));
    expect(orders.map(({ orderId }) => orderId).sort()).toEqual(
      venue
        .orders('alice')
        .map(({ orderId }) => orderId)
        .sort(),
    );
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['resting', 'canceled', 'executed']));
  });

  it('finds a market, its candles and its position wherever they are', async () => {
    const { venue, wire, first } = twentyMinutes();
    const history = new KalshiHistory(wire);
    const second = openTicker(venue);
    const live = answerOf(await new KalshiRest(wire).markets({ series: 'KXBTC15M' })).map(({ ticker }) => ticker);
    expect([live.includes(first), live.includes(second)]).toEqual([false, true]);
    for (const ticker of [first, second]) expect(answerOf(await history.market(ticker)).ticker).toBe(ticker);
    const all = answerOf(await history.markets({ series: 'KXBTC15M' })).map(({ ticker }) => ticker);
    expect([...all].sort()).toEqual([...new Set([...live, first])].sort());
    const positions = answerOf(await history.positions({}));
    expect(positions.map(({ ticker }) => ticker).sort()).toEqual([first, second].sort());
    expect(answerOf(await history.settlements({})).map(({ ticker }) => ticker)).toEqual([first]);

    const span = { from: WORLD_STARTS_AT, to: venue.now, minutes: 1 } as const;
    for (const ticker of [first, second]) {
      const candles = answerOf(await history.candles('KXBTC15M', ticker, span));
      const known = venue.candles(ticker, 1) ?? [];
      expect(candles.map(({ endAt }) => endAt)).toEqual(
        known.map(({ endsAt }) => endsAt).filter((at) => at <= venue.now),
      );
      expect(candles.reduce((sum, { volume }) => sum + volume, 0)).toBeGreaterThan(0);
    }
    expect(await history.candles('KXBTC15M', 'KXNONE', span)).toMatchObject({ ok: false, error: { status: 404 } });
  });

  it('keeps a settled position in sight before it is archived, and never in both places', async () => {
    const venue = world('settled', { liveWindowMs: 30 * MINUTE_MS });
    venue.advanceTo(epochMs(WORLD_STARTS_AT + MINUTE_MS));
    const ticker = openTicker(venue);
    const terms = { ticker, side: 'bid', price: centicents(9_900), size: centicontracts(100) } as const;
    venue.create('alice', { ...terms, timeInForce: 'immediate_or_cancel', selfTradePrevention: 'maker' });
    const history = new KalshiHistory(venueWire(venue));
    for (const minutes of [1, 14, 18, 40, 60]) {
      venue.advanceTo(epochMs(WORLD_STARTS_AT + minutes * MINUTE_MS));
      expect(answerOf(await history.positions({})).map((held) => held.ticker)).toEqual([ticker]);
    }
  });
});

describe('candles of the embedded exchange', () => {
  it('are the same of one market, of many and of an event, in every length', async () => {
    const venue = world('candles');
    venue.advanceTo(epochMs(WORLD_STARTS_AT + 5 * MINUTE_MS));
    const candles = new KalshiCandles(venueWire(venue));
    const ticker = openTicker(venue);
    const { eventTicker = '' } = venue.market(ticker)?.market ?? {};
    for (const minutes of [1, 60, 1_440] as const) {
      const span = { from: WORLD_STARTS_AT, to: epochMs(WORLD_STARTS_AT + 86_400_000), minutes };
      const one = answerOf(await candles.ofMarket('KXBTC15M', ticker, span));
      expect(one.length).toBeGreaterThan(0);
      expect(answerOf(await candles.ofMarkets([ticker, 'KXNONE'], span))).toEqual(
        new Map([
          [ticker, one],
          ['KXNONE', []],
        ]),
      );
      expect(answerOf(await candles.ofEvent('KXBTC15M', eventTicker, span)).get(ticker)).toEqual(one);
    }
  });
});

describe('keys of the embedded exchange', () => {
  it('are made known, generated, listed and deleted', async () => {
    const keys = new KalshiApiKeys(venueWire(world('keys'), 'alice', 'premier'));
    const { keyId: own } = answerOf(
      await keys.create({ name: 'own', scopes: ['read', 'write::trade'] }, keyPair('ed25519', 'own').publicKeyPem),
    );
    const made = answerOf(await keys.generate({ name: 'made', subaccount: 0 }));
    expect(createPrivateKey(made.privateKeyPem.reveal()).asymmetricKeyType).toBe('rsa');
    const { keys: listed, attestedUntil = 0 } = answerOf(await keys.list());
    expect(listed).toEqual([
      { keyId: own, name: 'own', scopes: ['read', 'write::trade'] },
      { keyId: made.keyId, name: 'made', scopes: ['read', 'write'], subaccount: 0 },
    ]);
    expect(attestedUntil).toBeGreaterThan(WORLD_STARTS_AT);
    answerOf(await keys.delete(own));
    expect(await keys.delete(own)).toMatchObject({ ok: false, error: { status: 404 } });
    expect(answerOf(await keys.list()).keys.map(({ keyId }) => keyId)).toEqual([made.keyId]);
  });
});

describe('cash of the embedded exchange', () => {
  it('is moved, and the move is listed with what it moved', async () => {
    const venue = world('cash');
    const transfers = new KalshiTransfers(venueWire(venue));
    const ids = [];
    for (const dollars of [1, 2]) {
      ids.push(answerOf(await transfers.move({ shard: 0 }, { shard: 2 }, microdollars(dollars * 1_000_000 + 100))));
    }
    const listed = answerOf(await transfers.list());
    expect(listed.map(({ transferId }) => transferId).sort()).toEqual(ids.toSorted());
    const [first = ''] = ids;
    expect(answerOf(await transfers.one(first))).toEqual({
      transferId: first,
      ...{ fromShard: 0, toShard: 2, from: 'event_contract', to: 'event_contract' },
      ...{ amount: 1_000_100, status: 'complete', createdAt: venue.now },
    });
    const tooMuch = await transfers.move({ shard: 0 }, { shard: 2 }, microdollars(1e13));
    expect(tooMuch).toMatchObject({ ok: false, error: { kind: 'refused', status: 400 } });
  });

  it('came in by deposits, lies per shard, and is bound by orders that rest', async () => {
    const venue = world('cash');
    venue.advanceTo(epochMs(WORLD_STARTS_AT + MINUTE_MS));
    const portfolio = new KalshiPortfolio(venueWire(venue));
    const balances = answerOf(await portfolio.subaccountBalances());
    const deposits = answerOf(await portfolio.deposits());
    expect(deposits.map(({ amount }) => amount)).toEqual(balances.map(({ cash }) => cash));
    expect(answerOf(await portfolio.withdrawals())).toEqual([]);
    const terms = {
      ticker: openTicker(venue),
      side: 'bid',
      price: centicents(100),
      size: centicontracts(1_000),
    } as const;
    venue.create('alice', { ...terms, timeInForce: 'good_till_canceled', selfTradePrevention: 'maker' });
    expect(answerOf(await portfolio.restingOrderValue())).toMatchObject({ total: 100_000 });
  });
});

import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/lib/core/events.ts';
import { epochMs, PRICE_ONE, type Side } from '../../src/lib/core/units.ts';
import { moveCash } from '../../src/lib/sim/exchange/account.ts';
import type { Account } from '../../src/lib/sim/exchange/records.ts';
import {
  advanceTo,
  delta,
  print,
  RECORDED,
  RECORDED_CLOSE,
  recorded,
  recordedExchange,
  snapshot,
  ticker,
  type World,
} from './support/recording.ts';
import {
  accepted,
  bookText,
  cash,
  contractsOf,
  dollars,
  FOK,
  factsOf,
  IOC,
  position,
  price,
  refusal,
  START,
  order as testOrder,
} from './support/small-world.ts';

function order(side: Side, cents: number, contracts: number, extra: Parameters<typeof testOrder>[3] = {}) {
  return testOrder(side, cents, contracts, { ...extra, ticker: RECORDED });
}

/** 45 × 100 bid, 47 × 100 ask, then what is given. */
function world(...events: readonly EngineEvent[]): World {
  return recorded([
    snapshot(
      0,
      [
        [45, 100],
        [44, 50],
      ],
      [
        [47, 100],
        [48, 50],
      ],
    ),
    ...events,
  ]);
}

function filled(of: World, orderId: string): number {
  return (of.order('ann', orderId)?.filled ?? 0) / 100;
}

describe('a recorded market', () => {
  it('is initialized until its first snapshot, and then trades', () => {
    const of = recorded([snapshot(5, [[45, 100]], [[47, 100]])]);
    expect(of.market(RECORDED)?.market.status).toBe('initialized');
    expect(refusal(of.create('ann', order('bid', 45, 1)))).toBe('400 MARKET_INACTIVE');
    advanceTo(of, 5);
    expect(of.market(RECORDED)?.market.status).toBe('active');
    expect(bookText(of, RECORDED)).toBe('45×100 | 47×100');
  });

  it('publishes the recorded changes, and ours beside them', () => {
    const of = world(delta(1, 'bid', 45, -30), delta(2, 'ask', 46, 10));
    of.drain();
    const { orderId } = accepted(of.create('ann', order('bid', 45, 5)));
    advanceTo(of, 1);
    of.cancel('ann', orderId);
    advanceTo(of, 2);
    const told = factsOf(of.drain(), 'level').map(({ side, price, delta, accountId }) => [
      side,
      price,
      delta,
      accountId,
    ]);
    expect(told).toEqual([
      ['bid', 4_500, 500, 'ann'],
      ['bid', 4_500, -3_000, undefined],
      ['bid', 4_500, -500, 'ann'],
      ['ask', 4_600, 1_000, undefined],
    ]);
    expect(bookText(of, RECORDED)).toBe('45×70 44×50 | 46×10 47×100 48×50');
  });

  it('sends the book anew at a snapshot, our orders in it', () => {
    const of = world(snapshot(1, [[40, 1]], [[60, 1]]));
    of.create('ann', order('bid', 41, 5));
    of.drain();
    advanceTo(of, 1);
    expect(factsOf(of.drain(), 'book')).toEqual([{ type: 'book', at: START + 1_000, ticker: RECORDED }]);
    expect(bookText(of, RECORDED)).toBe('41×5 40×1 | 60×1');
  });

  it('never shows a level below nothing, whatever the recording says', () => {
    const of = world(delta(1, 'bid', 45, -130), delta(2, 'bid', 45, 10));
    advanceTo(of, 2);
    expect(bookText(of, RECORDED)).toBe('45×10 44×50 | 47×100 48×50');
  });

  it('tells recorded prints and totals', () => {
    const of = world(ticker(1, 45, 1_000), print(2, 47, 3, 'bid'), ticker(3, 47, 1_003));
    advanceTo(of, 4);
    const prints = factsOf(of.drain(), 'trade');
    expect(prints).toMatchObject([{ tradeId: 'print-2', price: 4_700, size: 300, takerSide: 'bid' }]);
    expect(of.trades(RECORDED)).toEqual(prints);
    expect(of.market(RECORDED)?.stats).toEqual({
      lastPrice: 4_700,
      lastSize: 300,
      volume: 100_300,
      openInterest: 50_150,
      dollarVolume: 1_410_000,
    });
  });

  it('counts volume by prints where the recording has no tickers', () => {
    const of = world(print(1, 47, 3, 'bid'), print(2, 45, 2, 'ask'));
    advanceTo(of, 3);
    expect(of.market(RECORDED)?.stats).toMatchObject({ volume: 500, dollarVolume: 2_310_000, lastPrice: 4_500 });
  });

  it('passes the recorded index on', () => {
    const windowEnd = epochMs(START + 60_000);
    const of = world(
      { type: 'reference_price', at: epochMs(START + 500), index: 'BRTI', value: 85_000.5 },
      {
        type: 'reference_price',
        at: epochMs(START + 1_000),
        index: 'BRTI',
        value: 85_001,
        window: { value: 85_000.75, count: 1, endsAt: windowEnd },
      },
    );
    advanceTo(of, 1);
    expect(factsOf(of.drain(), 'reference')).toEqual([
      { type: 'reference', at: START + 500, index: 'BRTI', value: 85_000.5, isSecond: true },
      {
        type: 'reference',
        at: START + 1_000,
        index: 'BRTI',
        value: 85_001,
        isSecond: true,
        window: { value: 85_000.75, count: 1, startsAt: START, endsAt: windowEnd },
      },
    ]);
  });

  it('passes over markets nobody defined and events that are no market data', () => {
    const other = { ...delta(1, 'bid', 45, 10), ticker: 'KXOTHER' } as EngineEvent;
    const of = world(other, { type: 'turn', at: epochMs(START + 1_000), turn: 1 });
    advanceTo(of, 2);
    expect(of.markets()).toHaveLength(1);
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 47×100 48×50');
  });
});

describe('an order in the background stands behind what is there', () => {
  it('the level’s size at joining; behind our own that came before', () => {
    const of = world();
    const first = accepted(of.create('ann', order('bid', 45, 5)));
    const second = accepted(of.create('bob', order('bid', 45, 5)));
    const alone = accepted(of.create('ann', order('bid', 46, 5)));
    expect(of.queueAhead('ann', first.orderId)).toBe(10_000);
    expect(of.queueAhead('bob', second.orderId)).toBe(10_500);
    expect(of.queueAhead('ann', alone.orderId)).toBe(0);
  });

  it('moves up only when the level becomes smaller than what was ahead', () => {
    const of = world(
      delta(1, 'bid', 45, 80),
      delta(2, 'bid', 45, -70),
      delta(3, 'bid', 45, -50),
      delta(4, 'bid', 45, 500),
    );
    const { orderId } = accepted(of.create('ann', order('bid', 45, 5)));
    const aheadAt = (second: number) => {
      advanceTo(of, second);
      return (of.queueAhead('ann', orderId) ?? Number.NaN) / 100;
    };
    expect([aheadAt(1), aheadAt(2), aheadAt(3), aheadAt(4)]).toEqual([100, 100, 60, 60]);
  });

  it('is no further back after a snapshot', () => {
    const of = world(snapshot(1, [[45, 20]], [[47, 1]]), snapshot(2, [[45, 200]], [[47, 1]]));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 5)));
    advanceTo(of, 1);
    expect(of.queueAhead('ann', orderId)).toBe(2_000);
    advanceTo(of, 2);
    expect(of.queueAhead('ann', orderId)).toBe(2_000);
  });

  it('keeps or loses its place by an amend as anywhere else', () => {
    const of = world(delta(1, 'bid', 45, -40), delta(2, 'bid', 45, 90));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 5)));
    advanceTo(of, 2);
    const change = { ticker: RECORDED, side: 'bid', price: price(45) } as const;
    of.amend('ann', orderId, { ...change, count: contractsOf(4) });
    expect(of.queueAhead('ann', orderId)).toBe(6_000);
    of.amend('ann', orderId, { ...change, count: contractsOf(9) });
    expect(of.queueAhead('ann', orderId)).toBe(15_000);
  });
});

describe('an order in the background is filled', () => {
  it('in full at its own price, as maker, when the opposite best touches it', () => {
    const of = world(delta(1, 'ask', 45, 1));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    of.drain();
    advanceTo(of, 1);
    expect(of.order('ann', orderId)).toMatchObject({
      status: 'executed',
      filled: 2_000,
      makerCost: 9_000_000,
      makerFees: 0,
    });
    expect([position(of, 'ann'), cash(of, 'ann')]).toEqual([20, 991]);
    const facts = of.drain();
    expect(factsOf(facts, 'trade')).toMatchObject([{ price: 4_500, size: 2_000, takerSide: 'ask' }]);
    expect(factsOf(facts, 'fill')).toMatchObject([{ fill: { isTaker: false, accountId: 'ann', size: 2_000 } }]);
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 45×1 47×100 48×50');
  });

  it('when the opposite best passes it, by a delta or a snapshot, on either side', () => {
    const passed = world(delta(1, 'bid', 49, 1), snapshot(2, [[40, 1]], [[41, 1]]));
    const ask = accepted(passed.create('ann', order('ask', 48, 5)));
    const bid = accepted(passed.create('ann', order('bid', 45, 5)));
    advanceTo(passed, 1);
    expect([filled(passed, ask.orderId), filled(passed, bid.orderId)]).toEqual([5, 0]);
    expect(passed.order('ann', ask.orderId)?.price).toBe(4_800);
    advanceTo(passed, 2);
    expect(filled(passed, bid.orderId)).toBe(5);
  });

  it('not by what comes close', () => {
    const of = world(delta(1, 'ask', 46, 1), delta(2, 'bid', 45, -100));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    advanceTo(of, 3);
    expect(filled(of, orderId)).toBe(0);
  });

  it('by the growth of the volume traded at its price, beyond the queue ahead', () => {
    const of = world(ticker(1, 45, 1_000), ticker(2, 45, 1_060), ticker(3, 45, 1_110), ticker(4, 45, 1_130));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    const after = (second: number) => {
      advanceTo(of, second);
      return [filled(of, orderId), of.queueAhead('ann', orderId)];
    };
    expect(after(1)).toEqual([0, 10_000]);
    expect(after(2)).toEqual([0, 4_000]);
    expect(after(3)).toEqual([10, 0]);
    expect(after(4)).toEqual([20, undefined]);
  });

  it('or traded through its price, but not at a price that does not reach it', () => {
    const of = world(ticker(1, 45, 1_000), ticker(2, 46, 1_500), ticker(3, 44, 1_610));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    advanceTo(of, 2);
    expect(filled(of, orderId)).toBe(0);
    advanceTo(of, 3);
    expect(filled(of, orderId)).toBe(10);
  });

  it('counting a trade once: the level that shrank by it and the volume that grew by it are the same contracts', () => {
    const of = world(ticker(0.5, 45, 1_000), delta(1, 'bid', 45, -60), ticker(2, 45, 1_060), ticker(3, 45, 1_100));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    advanceTo(of, 2);
    expect([filled(of, orderId), of.queueAhead('ann', orderId)]).toEqual([0, 4_000]);
    advanceTo(of, 3);
    expect([filled(of, orderId), of.queueAhead('ann', orderId)]).toEqual([0, 0]);
  });

  it('cancels ahead of it between two tickers without trades count as moving up', () => {
    const of = world(ticker(0.5, 45, 1_000), delta(1, 'bid', 45, -60), ticker(2, 45, 1_000), ticker(3, 45, 1_050));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    advanceTo(of, 3);
    expect(filled(of, orderId)).toBe(10);
  });

  it('shares a growth among our orders by price and time, and gives each contract once', () => {
    const of = world(ticker(1, 45, 1_000), ticker(2, 45, 1_125));
    const first = accepted(of.create('ann', order('bid', 45, 20)));
    const second = accepted(of.create('bob', order('bid', 45, 20)));
    const better = accepted(of.create('ann', order('bid', 46, 3)));
    advanceTo(of, 2);
    expect(filled(of, better.orderId)).toBe(3);
    expect(filled(of, first.orderId)).toBe(20);
    expect((of.order('bob', second.orderId)?.filled ?? 0) / 100).toBe(2);
  });

  it('but not for cash that was withdrawn by hand: the order is cancelled (MarginCancel)', () => {
    const events = [snapshot(0, [[45, 100]], [[47, 100]]), delta(1, 'ask', 45, 1), ticker(2, 45, 1)];
    const { world: of, exchange } = recordedExchange(events);
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    moveCash(exchange.accounts.get('ann') as Account, 2, dollars(-995));
    advanceTo(of, 1);
    expect(of.order('ann', orderId)).toMatchObject({ status: 'canceled', reason: 'MarginCancel', filled: 0 });
    expect(cash(of, 'ann')).toBe(5);
  });

  it('the first ticker only says where the volume stands', () => {
    const of = world(ticker(1, 45, 1_000_000));
    const { orderId } = accepted(of.create('ann', order('bid', 45, 20)));
    advanceTo(of, 1);
    expect(filled(of, orderId)).toBe(0);
  });
});

describe('a taker in the background', () => {
  it('takes what is on show, level by level, and it stays taken', () => {
    const of = world(delta(1, 'ask', 48, 10), delta(2, 'ask', 48, -45), delta(3, 'ask', 48, 5));
    const result = of.create('ann', order('bid', 48, 120, IOC));
    expect(result).toMatchObject({ filled: 12_000, averagePrice: 471_667 });
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 48×30');
    expect(accepted(of.create('ann', order('bid', 48, 100, IOC))).filled).toBe(3_000);
    advanceTo(of, 1);
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 48×10');
    advanceTo(of, 3);
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 48×5');
    expect(cash(of, 'ann')).toBeLessThan(1_000 - 150 * 0.47);
    expect(position(of, 'ann')).toBe(150);
  });

  it('level facts rebuild the book through all of it', () => {
    const of = world(
      delta(1, 'ask', 48, 10),
      delta(2, 'ask', 48, -45),
      delta(3, 'bid', 45, -100),
      ticker(4, 44, 10),
      ticker(5, 44, 90),
    );
    const asks = new Map([
      [4_700, 10_000],
      [4_800, 5_000],
    ]);
    const bids = new Map([
      [4_500, 10_000],
      [4_400, 5_000],
    ]);
    of.drain();
    of.create('bob', order('bid', 44, 5));
    of.create('ann', order('bid', 48, 120, IOC));
    for (let second = 0; second <= 6; second += 1) {
      advanceTo(of, second);
      for (const fact of factsOf(of.drain(), 'level')) {
        const levels = fact.side === 'bid' ? bids : asks;
        levels.set(fact.price, (levels.get(fact.price) ?? 0) + fact.delta);
      }
      const shown = (levels: Map<number, number>) =>
        [...levels].filter(([, size]) => size !== 0).sort(([a], [b]) => a - b);
      expect(
        shown(bids)
          .map(([price, size]) => ({ price, size }))
          .toReversed(),
      ).toEqual(of.book(RECORDED)?.bids);
      expect(shown(asks).map(([price, size]) => ({ price, size }))).toEqual(of.book(RECORDED)?.asks);
    }
    expect(of.fills('bob')).toHaveLength(1);
  });

  it('meets orders of accounts in their place in the queue', () => {
    const of = world(delta(1, 'ask', 47, 50));
    const maker = accepted(of.create('bob', order('ask', 47, 10)));
    advanceTo(of, 1);
    accepted(of.create('ann', order('bid', 47, 60, IOC)));
    expect(of.queueAhead('bob', maker.orderId)).toBe(4_000);
    accepted(of.create('ann', order('bid', 47, 45, IOC)));
    expect(of.order('bob', maker.orderId)?.filled).toBe(500);
    accepted(of.create('ann', order('bid', 47, 45, IOC)));
    expect(of.order('bob', maker.orderId)?.status).toBe('executed');
    expect(bookText(of, RECORDED)).toBe('45×100 44×50 | 47×10 48×50');
  });

  it('fill-or-kill counts the background and the orders in it', () => {
    const of = world();
    of.create('bob', order('ask', 47, 10));
    expect(refusal(of.create('ann', order('bid', 47, 111, FOK)))).toContain('fill_or_kill');
    expect(accepted(of.create('ann', order('bid', 47, 110, FOK))).status).toBe('executed');
  });

  it('post-only looks at the recorded opposite best, and at orders of accounts', () => {
    const of = world();
    expect(refusal(of.create('ann', order('bid', 47, 1, { isPostOnly: true })))).toContain('post only cross');
    of.create('bob', order('ask', 46, 1));
    expect(refusal(of.create('ann', order('bid', 46, 1, { isPostOnly: true })))).toContain('post only cross');
    expect(accepted(of.create('ann', order('bid', 45, 1, { isPostOnly: true }))).status).toBe('resting');
  });

  it('does not meet its own orders', () => {
    const of = world();
    of.create('ann', order('ask', 46, 5));
    expect(accepted(of.create('ann', order('bid', 47, 5, IOC)))).toMatchObject({
      filled: 0,
      reason: 'SelfTradeCancel',
    });
  });
});

describe('the end of a recorded market', () => {
  it('closes at its close time whatever the recording goes on to say, and settles as it was told', () => {
    const of = recorded([snapshot(0, [[45, 100]], [[47, 100]]), snapshot(61, [[45, 1]], [[47, 1]])], {
      result: 'yes',
      expirationValue: '85000.12',
      strike: { type: 'greater_or_equal', floor: 84_000 },
    });
    const resting = accepted(of.create('ann', order('bid', 40, 10)));
    of.create('ann', order('bid', 47, 10, IOC));
    of.advanceTo(RECORDED_CLOSE);
    expect(of.order('ann', resting.orderId)?.reason).toBe('CloseCancel');
    expect(of.market(RECORDED)?.market).toMatchObject({ status: 'closed', strike: { floor: 84_000 } });
    of.drain();
    advanceTo(of, 62);
    expect(bookText(of, RECORDED)).toBe('|');
    expect(of.drain().map((fact) => fact.type)).toEqual(['stats']);
    expect(of.nextAt()).toBe(RECORDED_CLOSE + 5_000);
    advanceTo(of, 70);
    expect(of.market(RECORDED)).toMatchObject({
      result: 'yes',
      settlementValue: PRICE_ONE,
      expirationValue: '85000.12',
    });
    expect(of.settlements('ann')).toMatchObject([{ yesCount: 1_000, revenue: 10_000_000 }]);
    expect(of.nextAt()).toBeUndefined();
  });

  it('without a result stays closed', () => {
    const of = world();
    advanceTo(of, 3_600);
    expect(of.market(RECORDED)?.market.status).toBe('closed');
  });

  it('takes what the caller defines, and the rest from the series', () => {
    const of = recorded([], {
      title: 'Mine',
      shard: 1,
      eventTicker: 'E',
      openAt: epochMs(START - 5_000),
      result: 'no',
    });
    expect(of.market(RECORDED)?.market).toMatchObject({
      title: 'Mine',
      shard: 1,
      eventTicker: 'E',
      openAt: START - 5_000,
      seriesTicker: 'KXBTC15M',
      fees: { type: 'quadratic' },
    });
    expect(recorded([]).market(RECORDED)?.market.eventTicker).toBe('KXBTC15M-26SEP282045');
    expect(of.seriesList().map((series) => series.ticker)).toEqual(['KXBTC15M']);
    expect(of.events()).toMatchObject([{ eventTicker: 'E', seriesTicker: 'KXBTC15M' }]);
    expect(() => recorded([], { result: 'scalar' })).toThrow('has a value');
  });
});

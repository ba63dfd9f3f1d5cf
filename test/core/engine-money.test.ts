import { describe, expect, it } from 'vitest';
import type { FillSeen } from '../../src/lib/core/events.ts';
import { centicents, centicontracts, type Side } from '../../src/lib/core/units.ts';
import { dollars, emptyStory, lineOf, MINUTE_MS, quotingStory, type Story, story } from '../support/engine.ts';
import { after, ownOrder, TICKER } from '../support/orders.ts';

const T2 = 'KXTEST-26NOV20-T2';
const OTHER = 'KXOTHER-26NOV20-T1';
const SHOWN = ['create bid 4800 × 1000', 'create ask 5200 × 1000'];

let count = 0;
function trade(side: Side, price: number, size: number, over: Partial<FillSeen> = {}) {
  count += 1;
  return {
    type: 'fill',
    ...{ tradeId: `hand-${count}`, orderId: 'by hand', ticker: TICKER, side, price: centicents(price) },
    ...{ size: centicontracts(size), isTaker: true, fee: dollars(0) },
    ...over,
  } as const;
}

function settled(value: number, over: { readonly ticker?: string; readonly settledAt?: number } = {}) {
  const { ticker = TICKER, settledAt = 0 } = over;
  const result = value === 10_000 ? 'yes' : value === 0 ? 'no' : 'scalar';
  return { type: 'settlement', ticker, settledAt: after(settledAt), value: centicents(value), result } as const;
}

const used = (teller: Story) => Object.fromEntries(teller.view().limits.map(({ name, used }) => [name, used / 1e6]));

describe('the limits', () => {
  it('count a bid and an ask as what the worse of them can cost', () => {
    expect(used(quotingStory())).toEqual({ total: 4.8, event: 4.8, market: 4.8, day: 0 });
  });

  it.each([
    ['market_loss', { marketLoss: dollars(4.79) }, 'market loss would be $4.800000 of $4.790000'],
    ['event_loss', { eventLoss: dollars(4.79) }, 'event loss would be $4.800000 of $4.790000'],
    ['total_loss', { totalLoss: dollars(4.79) }, 'total loss would be $4.800000 of $4.790000'],
    ['position', { position: centicontracts(999) }, 'position would be 10.00 of 9.99'],
    ['order_size', { orderSize: centicontracts(999) }, 'order size would be 10.00 of 9.99'],
  ] as const)('refuse at %s, and the reason is said', (_, risk, reason) => {
    const teller = story({ risk }).book();
    expect(teller.lines()).toEqual([]);
    expect([teller.reason('bid'), teller.reason('ask')]).toEqual([reason, reason]);
  });

  it('are not stretched by what is in flight: it is not counted twice, nor left out', () => {
    const risk = { position: centicontracts(1_000) };
    const teller = story({ risk }).book();
    expect(teller.lines()).toEqual(SHOWN);
    expect(teller.wait(1_000).moveTo(4_300, 5_500).lines()).toEqual([]);
    expect(teller.reason('bid')).toBe('waiting: create in flight');
  });

  it('do not make an order that is being amended be cancelled', () => {
    const teller = quotingStory({ risk: { position: centicontracts(1_000) } })
      .wait(1_000)
      .moveTo(4_100, 5_300);
    expect(teller.lines()).toEqual(['amend bid 4500 × 1000', 'amend ask 4900 × 1000']);
    expect(teller.wait(100).moveTo(4_100, 5_300).lines()).toEqual([]);
    expect(teller.reason('bid')).toBe('waiting: amend in flight');
  });

  it('add up over markets, and what one gives back another may use', () => {
    const teller = quotingStory({ risk: { totalLoss: dollars(8) } });
    teller.market({ ticker: OTHER, eventTicker: 'KXOTHER-26NOV20' }).book([[2_400, 1_000]], [[3_600, 1_000]], OTHER);
    // Of $8 there is room for buying ten at 28 ¢, but not for the $6.80 that selling ten at 32 ¢ may cost.
    expect(teller.quote().map(({ ticker, side }) => `${side} ${ticker}`)).toEqual([`bid ${OTHER}`]);
    expect(teller.reason('ask', OTHER)).toMatch(/^total loss would be/);
    teller.wait(1_000).tell({ type: 'control', verb: 'pause', ticker: TICKER, by: 'test' });
    teller.quote();
    expect(
      teller
        .wait(1_000)
        .turn()
        .map(({ ticker, side }) => `${side} ${ticker}`),
    ).toEqual([`ask ${OTHER}`]);
  });

  it('of an event whose markets exclude one another count one of them as YES at most', () => {
    const limited = (isMutuallyExclusive: boolean) => {
      const teller = emptyStory({ risk: { eventLoss: dollars(6) } });
      for (const ticker of [TICKER, T2]) {
        teller.market({ ticker, isMutuallyExclusive }).book([[400, 1_000]], [[1_600, 1_000]], ticker);
        // Sold ten at 40 ¢: $6 lost if it ends YES, $4 won if it ends NO.
        teller.tell(trade('ask', 4_000, 1_000, { ticker }));
      }
      return teller;
    };
    expect(used(limited(false)).event).toBe(12);
    expect(used(limited(true)).event).toBe(2);
    expect(
      limited(true)
        .turn()
        .map(({ side }) => side),
    ).toContain('bid');
  });

  it('of cash look at the shard of the market alone', () => {
    const teller = story({ cash: 4 });
    expect(teller.book().lines()).toEqual([]);
    expect(teller.reason('bid')).toBe("cash would be $4.800000 of $4.000000 on the market's shard");
    const rich = emptyStory({ cash: 4 });
    rich.tell({ type: 'ledger_restored', openingCash: [{ shard: 3, cash: dollars(5) }], fills: [], settlements: [] });
    expect(rich.market({ shard: 3 }).book().turn()).toHaveLength(1);
  });

  it('let a position that is over them be worked down, never up', () => {
    const teller = story({ risk: { marketLoss: dollars(40) } }).tell(trade('bid', 4_800, 9_000));
    const [only, ...more] = teller.book([[3_600, 10_000]], [[4_800, 10_000]]).turn();
    expect([only?.side, more]).toEqual(['ask', []]);
    expect(teller.reason('bid')).toMatch(/^market loss would be/);
  });
});

describe('a statement of the exchange', () => {
  const balance = (teller: Story, cash: number, shard = 0) =>
    teller.tell({ type: 'balance', askedAt: teller.at, shards: [{ shard, cash: dollars(cash) }] });
  const positions = (teller: Story, position: number, ticker = TICKER) =>
    teller.tell({
      type: 'positions',
      askedAt: teller.at,
      positions: [{ ticker, position: centicontracts(position) }],
    });

  it('that agrees changes nothing', () => {
    const teller = quotingStory().tell(trade('bid', 4_000, 300));
    for (let n = 0; n < 4; n += 1) positions(balance(teller.wait(6_000), 998.8), 300);
    expect(teller.halts()).toEqual([]);
  });

  it('that differs once, or shortly after a fill, changes nothing: its read side lags', () => {
    const teller = quotingStory()
      .wait(10_000)
      .tell(trade('bid', 4_000, 300));
    positions(balance(teller.wait(500), 1_000), 0);
    positions(balance(teller.wait(5_100), 1_000), 0);
    expect(teller.halts()).toEqual([]);
    positions(balance(teller.wait(6_000), 998.8), 300);
    positions(balance(teller.wait(6_000), 1_000), 0);
    expect(teller.halts()).toEqual([]);
  });

  it.each([
    ['cash', 'everything', balance, 998.8, 998.799_999, 'cash differs: shard 0: ours $998.800000, theirs $998.799999'],
    ['a position', 'its market', positions, 300, 299, 'the position differs: ours 3.00, theirs 2.99'],
  ] as const)(
    'of %s that goes on differing, to the last digit, halts %s (F41)',
    (_, scope, state, right, wrong, reason) => {
      const teller = quotingStory().tell(trade('bid', 4_000, 300));
      state(teller.wait(6_000), right);
      state(teller.wait(6_000), wrong);
      expect(teller.halts()).toEqual([]);
      state(teller.wait(5_000), wrong);
      const covered = scope === 'everything' ? '*' : TICKER;
      expect(teller.engine.halts.all()).toMatchObject([{ name: 'RECONCILE', scope: covered, reason }]);
      expect(teller.lines().every((line) => line.startsWith('cancel'))).toBe(true);
    },
  );

  it('of a market or a shard that we know nothing of counts as well', () => {
    const teller = quotingStory();
    for (let n = 0; n < 2; n += 1) teller.wait(6_000).tell(statement(teller));
    expect(teller.engine.halts.all()[0]?.reason).toBe('cash differs: shard 7: ours $0.000000, theirs $5.000000');
    for (let n = 0; n < 2; n += 1) positions(teller.wait(6_000), 100, 'KXELSE');
    expect(teller.engine.halts.all()[1]).toMatchObject({
      scope: 'KXELSE',
      reason: 'the position differs: ours 0.00, theirs 1.00',
    });
  });

  const statement = (teller: Story) =>
    ({
      type: 'balance',
      askedAt: teller.at,
      shards: [
        { shard: 0, cash: dollars(1_000) },
        { shard: 7, cash: dollars(5) },
      ],
    }) as const;
});

describe('a settlement', () => {
  it('pays the position once, however often it is told', () => {
    const teller = quotingStory()
      .tell(trade('bid', 4_000, 1_000))
      .wait(20 * MINUTE_MS);
    teller.tell(settled(10_000)).tell(settled(10_000));
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_006));
    expect(teller.engine.ledger.realized).toBe(dollars(6));
    expect(teller.engine.ledger.holding(TICKER).position).toBe(0);
  });

  it('pays a short position its collateral back', () => {
    const teller = story().tell(trade('ask', 4_000, 1_000));
    expect(teller.engine.ledger.totalCash()).toBe(dollars(994));
    teller.tell(settled(0));
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_004));
  });

  it('pays a fill that is told late at once', () => {
    const teller = story()
      .tell(trade('bid', 4_000, 1_000))
      .tell(settled(10_000))
      .tell(trade('bid', 4_500, 200));
    expect(teller.engine.ledger.holding(TICKER).position).toBe(0);
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_000 + 6 + 1.1));
  });

  it('takes the loss out of the limits and puts it into the day', () => {
    const teller = story()
      .book()
      .tell(trade('bid', 4_000, 1_000));
    teller.tell({ type: 'markets_selected', tickers: [] }).turn();
    expect(used(teller)).toMatchObject({ total: 4, day: 0 });
    teller.tell(settled(0)).wait(1_000).turn();
    expect(used(teller)).toMatchObject({ total: 0, day: 4 });
  });
});

describe('a market that is over', () => {
  /** It has been quoted, traded and left. */
  function left(): Story {
    const teller = quotingStory();
    teller.fill('bid', 1_000);
    teller.tell({ type: 'markets_selected', tickers: [] });
    teller.quote();
    return teller.wait(20 * MINUTE_MS);
  }

  it('is forgotten when it is paid, flat and not quoted: market, book and orders', () => {
    const teller = left();
    expect(teller.engine.market(TICKER)).toBeDefined();
    const [firstId] = teller.asked.map(({ clientOrderId }) => clientOrderId) as [string];
    teller.tell(settled(10_000));
    expect(teller.engine.market(TICKER)).toBeUndefined();
    expect([...teller.engine.markets()]).toEqual([]);
    expect(teller.engine.books.get(TICKER)).toBeUndefined();
    expect(teller.engine.orders.byClientId(firstId)).toBeUndefined();
    expect(teller.view().markets).toEqual([]);
  });

  it('is remembered while something of it may still rest', () => {
    const teller = quotingStory().tell(trade('bid', 4_000, 1_000));
    teller.tell({ type: 'markets_selected', tickers: [] }, settled(10_000));
    expect(teller.engine.market(TICKER)).toBeDefined();
    teller.quote();
    teller.tell({ type: 'markets_selected', tickers: [] });
    expect(teller.engine.market(TICKER)).toBeUndefined();
  });

  it('that was never traded goes when it is final', () => {
    const teller = story().book().tell({ type: 'markets_selected', tickers: [] });
    teller.tell({ type: 'market_status_changed', ticker: TICKER, status: 'finalized' });
    teller.tell({ type: 'markets_selected', tickers: [] });
    expect(teller.engine.market(TICKER)).toBeUndefined();
  });

  it('still has late fills and messages booked, and they cost nothing to remember', () => {
    const teller = left()
      .tell(settled(10_000))
      .tell(trade('bid', 4_500, 200));
    teller.tell({ type: 'own_order', order: ownOrder({ status: 'canceled' }), source: 'stream' }).turn();
    expect(teller.engine.ledger.holding(TICKER).position).toBe(0);
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_000 + 5.2 + 1.1));
    expect(teller.resting()).toEqual([]);
  });

  it('leaves no more behind than the ledger after a hundred of them', () => {
    const teller = emptyStory();
    for (let n = 0; n < 100; n += 1) {
      const ticker = `KXTEST-${n}`;
      teller.market({
        ticker,
        eventTicker: `${ticker}-E`,
        openAt: teller.at,
        closeAt: after(teller.at + 9e6 - after(0)),
      });
      teller.tell({ type: 'markets_selected', tickers: [ticker] }).book([[4_400, 1_000]], [[5_600, 1_000]], ticker);
      teller.quote();
      teller.fill('ask', 1_000, { ticker });
      teller.tell({ type: 'markets_selected', tickers: [] });
      teller.quote();
      teller.tell(settled(0, { ticker, settledAt: n }));
    }
    expect([...teller.engine.markets()]).toEqual([]);
    expect([...teller.engine.books.markets()]).toEqual([]);
    expect([...teller.engine.orders.live()]).toEqual([]);
    expect(teller.asked.filter(({ clientOrderId }) => teller.engine.orders.byClientId(clientOrderId))).toEqual([]);
    expect(teller.engine.ledger.realized).toBe(dollars(520));
  });
});

describe('a ledger that is restored', () => {
  it('is where the session begins: cash, positions and what was paid', () => {
    const teller = emptyStory({ cash: 1_000 });
    teller.tell({
      type: 'ledger_restored',
      openingCash: [],
      fills: [
        { ...trade('bid', 4_000, 1_000), at: after(0) },
        { ...trade('bid', 3_000, 500, { ticker: T2 }), at: after(0) },
      ],
      settlements: [{ ...settled(0), ticker: T2, at: after(0) }],
    });
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_000 - 4 - 1.5));
    const first = teller.market().book().turn();
    expect(first.map(lineOf)).toEqual(['create bid 4500 × 1000', 'create ask 5000 × 1000']);
    expect(teller.view().limits[0]?.used).toBe(dollars(8.5));
  });
});

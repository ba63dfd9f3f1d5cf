import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ledger, unrealizedOf } from '../../../src/lib/core/money/ledger.ts';
import { type AccountPnl, GROUPINGS, pnlOf } from '../../../src/lib/core/pnl/account-pnl.ts';
import type { PnlFacts, PnlFill, PnlSettlement } from '../../../src/lib/core/pnl/facts.ts';
import { cutsOf, dayOf } from '../../../src/lib/core/pnl/periods.ts';
import { formatHalves, type HalfMicrodollars, HORIZONS_MS, splitOf } from '../../../src/lib/core/pnl/split.ts';
import type { Pnl } from '../../../src/lib/core/pnl/sums.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
} from '../../../src/lib/core/units.ts';

const cents = (value: number) => value as Centicents;
const size = (value: number) => value as Centicontracts;

/** New York, 2026-11-20 00:00 EST. */
const MIDNIGHT = 1_795_150_800_000;
const HOUR_MS = 3_600_000;
const EVER = { from: epochMs(MIDNIGHT), to: epochMs(MIDNIGHT + 72 * HOUR_MS) };

let counter = 0;
function fill(ticker: string, contracts: number, price: number, hours: number, more: Partial<PnlFill> = {}): PnlFill {
  counter += 1;
  const at = epochMs(MIDNIGHT + hours * HOUR_MS);
  return {
    ...{ tradeId: `t${counter}`, clientOrderId: 'kmm-b20383-1-cara-5', ticker, side: contracts > 0 ? 'bid' : 'ask' },
    ...{ size: size(Math.abs(contracts) * 100), price: cents(price), fee: 0 as Microdollars, exchangeAt: at, at },
    ...more,
  };
}

function facts(some: Partial<PnlFacts>): PnlFacts {
  return { fills: [], settlements: [], cash: [], marks: [], markets: [], exits: [], ...some };
}

function settled(ticker: string, value: number, hours: number): PnlSettlement {
  return { ticker, value: cents(value), settledAt: epochMs(MIDNIGHT + hours * HOUR_MS) };
}

describe('one fill', () => {
  test.each([
    ['bid', 1000, 4600, 9400, 4650, 10_000, ['0.100000', '-0.050000', '5.350000', '5.400000']],
    ['ask', 500, 9100, 18_101, 9300, 10_000, ['0.024750', '-0.124750', '-0.350000', '-0.450000']],
    ['bid', 300, 9100, 18_200, 9000, 0, ['0.000000', '-0.030000', '-2.700000', '-2.730000']],
  ] as const)('%s %i at %i is split as in math.md section 19', (side, contracts, price, first, later, end, parts) => {
    const mids = new Map([
      [0, first],
      [60_000, 2 * later],
    ]);
    const split = splitOf({ side, size: size(contracts), price: cents(price) }, mids, cents(end));
    const minute = split.horizons[2];
    const { markout = 0, residual = 0 } = minute ?? {};
    expect(
      [split.spread, markout, residual, split.gross].map((part) => formatHalves(part as HalfMicrodollars)),
    ).toEqual(parts);
    // The other two horizons were not noted.
    expect(split.horizons.map(({ unknownFills }) => unknownFills)).toEqual([1, 1, 0]);
  });

  test.each([
    [10, 4_600, 50_000, 10_000, 5_350_000],
    [-5, 9_100, 20_000, 10_000, -470_000],
    [3, 9_100, 10_000, 0, -2_740_000],
  ])('of %i contracts at %i with a fee of %i comes to its net in an account', (contracts, price, fee, end, net) => {
    const fills = [fill('A', contracts, price, 1, { fee: fee as Microdollars })];
    const { total } = pnlOf(facts({ fills, settlements: [settled('A', end, 5)] }), EVER, 'market');
    expect(total).toMatchObject({ net, gross: net + fee });
  });

  test('the split adds up exactly for any marks, known or not', () => {
    const mid = fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined });
    const whole = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 1, max: 1e7 }),
        whole,
        whole,
        fc.array(mid, { minLength: 4, maxLength: 4 }),
        (isBid, contracts, price, end, noted) => {
          const mids = new Map(
            [0, ...HORIZONS_MS].flatMap((ms, i) => (noted[i] === undefined ? [] : ([[ms, noted[i]]] as const))),
          );
          const split = splitOf(
            { side: isBid ? 'bid' : 'ask', size: size(contracts), price: cents(price) },
            mids,
            cents(end),
          );
          expect(split.gross === 2 * (isBid ? 1 : -1) * contracts * (end - price)).toBe(true);
          for (const { markout, residual, unknown } of split.horizons) {
            expect(split.spread + markout + residual + unknown).toBe(split.gross);
          }
        },
      ),
    );
  });

  test('half a microdollar is written with its seventh decimal', () => {
    expect([3, -3, 4, 0].map((halves) => formatHalves(halves as HalfMicrodollars))).toEqual([
      '0.0000015',
      '-0.0000015',
      '0.000002',
      '0.000000',
    ]);
  });
});

describe('an account', () => {
  test('a round trip and what is held to settlement are kept apart', () => {
    const fills = [fill('A', 10, 4000, 1), fill('A', -4, 4500, 2)];
    const { total } = pnlOf(facts({ fills, settlements: [settled('A', 10_000, 5)] }), EVER, 'market');
    expect(total).toMatchObject({ roundTrip: 200_000, held: 3_600_000, gross: 3_800_000, unrealized: 0, carried: 0 });
  });

  test('first in first out and average cost differ in what is realized, not in the sum', () => {
    const fills = [fill('A', 1, 4000, 1), fill('A', 2, 5000, 2), fill('A', -1, 6000, 3)];
    const exits = [{ ticker: 'A', at: epochMs(MIDNIGHT + 4 * HOUR_MS), bid: cents(5500), ask: cents(5700) }];
    const { total } = pnlOf(facts({ fills, exits }), EVER, 'market');
    expect(total).toMatchObject({ roundTrip: 200_000, unrealized: 100_000, gross: 300_000 });
    // 1.40 paid for three: .466666 of it goes with the one that is sold.
    expect(total.realizedAverage).toBe(600_000 - 466_666);
  });

  test('a day gets what it brought: positions are valued at both its ends', () => {
    const fills = [fill('A', 10, 4000, 10)];
    const exits = [
      { ticker: 'A', at: epochMs(MIDNIGHT + 24 * HOUR_MS - 1000), bid: cents(4200), ask: cents(4300) },
      { ticker: 'A', at: epochMs(MIDNIGHT + 48 * HOUR_MS - 1000), bid: cents(3900), ask: cents(4000) },
    ];
    const { rows } = pnlOf(facts({ fills, exits, settlements: [settled('A', 10_000, 60)] }), EVER, 'day');
    expect(rows.map(({ gross }) => gross)).toEqual([200_000, -300_000, 6_100_000]);
    expect(rows.map(({ carried }) => carried)).toEqual([0, -300_000, 6_100_000]);
    expect(rows.map(({ unrealized }) => unrealized)).toEqual([200_000, -100_000, 0]);
    expect(rows.map(({ held }) => held)).toEqual([0, 0, 6_000_000]);
  });

  test('another determination counts on the day on which it was made', () => {
    const fills = [fill('A', 10, 4000, 10)];
    const settlements = [settled('A', 10_000, 12), settled('A', 0, 30)];
    const { rows, total } = pnlOf(facts({ fills, settlements }), EVER, 'day');
    expect(rows.map(({ net }) => net)).toEqual([6_000_000, -10_000_000]);
    expect(total.net).toBe(-4_000_000);
  });

  test('a short position is marked at the ask, one whose book was never seen at our own last price', () => {
    const fills = [fill('A', -10, 4000, 1), fill('B', -10, 4000, 1), fill('B', 1, 4100, 2)];
    const exits = [{ ticker: 'A', at: epochMs(MIDNIGHT + 3 * HOUR_MS), bid: cents(3000), ask: cents(3500) }];
    const { rows } = pnlOf(facts({ fills, exits }), EVER, 'market');
    expect(rows.map(({ key, gross }) => [key, gross])).toEqual([
      ['A', 500_000],
      ['B', -100_000],
    ]);
  });

  test('fees, what gave back, incentives and adjustments are lines of their own; deposits are no profit', () => {
    const fills = [
      fill('A', 1, 4000, 1, { fee: 20_000 as Microdollars }),
      fill('A', -1, 4000, 2, { fee: -5_000 as Microdollars }),
    ];
    const at = epochMs(MIDNIGHT + HOUR_MS);
    const cash = (['incentive', 'adjustment', 'deposit', 'withdrawal', 'transfer'] as const).map((kind, i) => ({
      ...{ kind, at, amount: (10 ** i) as Microdollars },
    }));
    const { total, rows } = pnlOf(facts({ fills, cash }), EVER, 'market');
    expect(total).toMatchObject({ charged: 20_000, rebates: 5_000, incentives: 1, adjustments: 10, net: -14_989 });
    expect(rows.map(({ key, net }) => [key, net])).toEqual([
      ['A', -15_000],
      ['account', 11],
    ]);
  });

  test('by shard says what each has brought, rewards by the shard whose cash they moved', () => {
    const fills = [fill('A', 2, 4000, 1), fill('B', -3, 6000, 2), fill('B', 3, 5000, 3)];
    const settlements = [settled('A', 10_000, 5)];
    const cash = [
      { kind: 'incentive', amount: 70 as Microdollars, shard: 2, at: epochMs(MIDNIGHT + HOUR_MS) },
    ] as const;
    const shards = new Map([
      ['A', 0],
      ['B', 2],
    ]);
    const { rows, total } = pnlOf(facts({ fills, settlements, cash, shards }), EVER, 'shard');
    expect(rows.map(({ key, net }) => [key, net])).toEqual([
      ['shard 0', 1_200_000],
      ['shard 2', 300_070],
    ]);
    expect(total.net).toBe(1_500_070);
  });

  test('strategies, orders by hand and fills of nobody of ours are told apart', () => {
    const fills = [
      fill('A', 1, 4000, 1),
      fill('A', 1, 4000, 1, { clientOrderId: 'kmm-b20383-1-hand-6' }),
      fill('A', 1, 4000, 1, { clientOrderId: null }),
      fill('A', 1, 4000, 1, { clientOrderId: 'somebody' }),
    ];
    const { rows } = pnlOf(facts({ fills }), EVER, 'strategy');
    expect(rows.map(({ key, fills: count }) => [key, count])).toEqual([
      ['cara', 1],
      ['elsewhere', 2],
      ['hand', 1],
    ]);
  });

  test('an event is over when all of its markets are paid or flat', () => {
    const markets = ['A', 'B', 'C'].map((ticker) => ({
      ...{ ticker, eventTicker: ticker === 'C' ? 'OTHER' : 'EVENT', seriesTicker: 'S', title: '' },
    }));
    const fills = [fill('A', 1, 4000, 1), fill('B', 1, 4000, 1), fill('B', -1, 4500, 2), fill('C', 1, 4000, 1)];
    const { events } = pnlOf(facts({ fills, markets, settlements: [settled('A', 0, 3)] }), EVER, 'event');
    expect(events).toEqual([
      { eventTicker: 'EVENT', net: -350_000, isOver: true },
      { eventTicker: 'OTHER', net: 0, isOver: false },
    ]);
  });
});

test('a day of New York has 23 hours when clocks go forward, and 25 when they go back', () => {
  const hours = (iso: string) => cutsOf(dayOf(epochMs(Date.parse(iso))), 'hour').length - 1;
  expect(['2026-03-08T12:00Z', '2026-11-01T12:00Z', '2026-11-02T04:59Z', '2026-11-20T12:00Z'].map(hours)).toEqual([
    23, 25, 25, 24,
  ]);
});

describe('any history', () => {
  const PRICE = fc.integer({ min: 1, max: 9_999 });
  const ORDER = fc.constantFrom('kmm-aa-1-cara-1', 'kmm-aa-1-glft-2', 'kmm-aa-1-hand-3', null);
  const FILL = fc.record({
    ...{ ticker: fc.constantFrom('A', 'B', 'C'), isBid: fc.boolean(), contracts: fc.integer({ min: 1, max: 999 }) },
    ...{
      price: PRICE,
      fee: fc.integer({ min: -500, max: 20_000 }),
      minutes: fc.integer({ min: 0, max: 72 * 60 }),
      order: ORDER,
    },
    mids: fc.array(fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }), { minLength: 4, maxLength: 4 }),
  });
  const EXIT = fc.record({
    ticker: fc.constantFrom('A', 'B'),
    minutes: fc.integer({ min: 0, max: 72 * 60 }),
    bid: PRICE,
    ask: PRICE,
  });
  const PAID = fc.record({
    ticker: fc.constantFrom('A', 'C'),
    minutes: fc.integer({ min: 0, max: 72 * 60 }),
    value: fc.constantFrom(0, 4_000, 10_000),
  });
  /** One price and one result at one moment. */
  const keyOf = ({ ticker, minutes }: { ticker: string; minutes: number }) => `${ticker} ${minutes}`;
  const HISTORY = fc
    .record({
      fills: fc.array(FILL, { maxLength: 40 }),
      exits: fc.uniqueArray(EXIT, { maxLength: 10, selector: keyOf }),
      paid: fc.uniqueArray(PAID, { maxLength: 3, selector: keyOf }),
      incentive: fc.nat(1_000_000),
    })
    .map(({ fills, exits, paid, incentive }): PnlFacts => {
      const minute = (minutes: number) => epochMs(MIDNIGHT + minutes * 60_000);
      return {
        fills: fills.map(({ isBid, contracts, minutes, order, ...rest }, i) => ({
          ...{ ...rest, tradeId: `t${i}`, clientOrderId: order, side: isBid ? 'bid' : 'ask', size: size(contracts) },
          ...{
            price: cents(rest.price),
            fee: rest.fee as Microdollars,
            exchangeAt: minute(minutes),
            at: minute(minutes + 1),
          },
        })),
        marks: fills.flatMap(({ mids }, i) =>
          mids.flatMap((midDoubled, j) =>
            midDoubled === undefined ? [] : [{ tradeId: `t${i}`, horizonMs: [0, ...HORIZONS_MS][j] ?? 0, midDoubled }],
          ),
        ),
        exits: exits.map(({ minutes, ...rest }) => ({
          ...(rest as { ticker: string; bid: Centicents; ask: Centicents }),
          at: minute(minutes),
        })),
        settlements: paid.map(({ ticker, minutes, value }) => ({
          ticker,
          value: cents(value),
          settledAt: minute(minutes),
        })),
        cash: [{ kind: 'incentive', amount: incentive as Microdollars, at: minute(60) }],
        markets: [{ ticker: 'A', eventTicker: 'E', seriesTicker: 'S', title: '' }],
      };
    });

  const ADDED = [
    'fills',
    'contracts',
    'gross',
    'carried',
    'charged',
    'rebates',
    'incentives',
    'adjustments',
    'net',
  ] as const;

  function assertWhole(pnl: Pnl): void {
    const { gross, carried, roundTrip, held, unrealizedChange, charged, rebates, incentives, adjustments, net, split } =
      pnl;
    expect(2 * carried + split.gross).toBe(2 * gross);
    expect(roundTrip + held + unrealizedChange).toBe(gross);
    expect(gross - charged + rebates + incentives + adjustments).toBe(net);
    for (const { markout, residual, unknown } of split.horizons) {
      expect(split.spread + markout + residual + unknown).toBe(split.gross);
    }
  }

  test('the parts of each row are its net, and the rows are the total, however they are grouped', () => {
    fc.assert(
      fc.property(HISTORY, fc.constantFrom(...GROUPINGS), fc.nat(72), fc.nat(72), (history, by, a, b) => {
        const period = {
          from: epochMs(MIDNIGHT + Math.min(a, b) * HOUR_MS),
          to: epochMs(MIDNIGHT + Math.max(a, b) * HOUR_MS),
        };
        const { total, rows, events } = pnlOf(history, period, by);
        for (const pnl of [total, ...rows]) assertWhole(pnl);
        // What the fills brought is told to the end of each row, so it adds up where all rows end at once.
        const isOneSpan = by !== 'hour' && by !== 'day';
        for (const name of ADDED) {
          if (name === 'carried' && !isOneSpan) continue;
          expect(
            rows.reduce((sum, row) => sum + row[name], 0),
            name,
          ).toBe(total[name]);
        }
        const ofEvents = events.reduce((sum, { net }) => sum + net, 0);
        expect(ofEvents + total.incentives + total.adjustments).toBe(total.net);
      }),
    );
  });

  test('the order in which fills come to be known changes nothing, nor does one that comes twice', () => {
    fc.assert(
      fc.property(HISTORY, fc.constantFrom(...GROUPINGS), fc.infiniteStream(fc.nat()), (history, by, draws) => {
        const shuffled = [...history.fills, ...history.fills.slice(0, 3)]
          .map((one) => ({ one, draw: draws.next().value as number }))
          .sort((a, b) => a.draw - b.draw)
          .map(({ one }) => one);
        const mixed = {
          ...history,
          fills: shuffled,
          settlements: history.settlements.toReversed(),
          exits: history.exits.toReversed(),
        };
        expect(withoutOrder(pnlOf(mixed, EVER, by))).toEqual(withoutOrder(pnlOf(history, EVER, by)));
      }),
    );
  });

  test('consecutive periods add up to the whole', () => {
    fc.assert(
      fc.property(HISTORY, fc.nat(72), (history, hours) => {
        const cut = epochMs(MIDNIGHT + hours * HOUR_MS);
        const [before, after] = [
          { ...EVER, to: cut },
          { ...EVER, from: cut },
        ].map((period) => pnlOf(history, period, 'market').total);
        const { net, roundTrip, held } = pnlOf(history, EVER, 'market').total;
        expect([(before?.net ?? 0) + (after?.net ?? 0), (before?.roundTrip ?? 0) + (after?.roundTrip ?? 0)]).toEqual([
          net,
          roundTrip,
        ]);
        expect((before?.held ?? 0) + (after?.held ?? 0)).toBe(held);
      }),
    );
  });

  test('it is what the ledger has: realized, open positions at their mark, fees', () => {
    fc.assert(
      fc.property(HISTORY, (history) => {
        // Fills that were executed after the market had paid are none that a ledger would see in this order.
        const firstPaid = (ticker: string) =>
          Math.min(...history.settlements.filter((one) => one.ticker === ticker).map(({ settledAt }) => settledAt));
        const fills = history.fills.filter(({ ticker, at }) => at < firstPaid(ticker));
        const ledger = new Ledger();
        const sorted = fills.toSorted(
          (a, b) => (a.exchangeAt ?? 0) - (b.exchangeAt ?? 0) || (a.tradeId < b.tradeId ? -1 : 1),
        );
        for (const { clientOrderId: _, exchangeAt: __, ...one } of sorted) {
          ledger.fill({ type: 'fill', ...one, orderId: '', isTaker: false }, 0);
        }
        for (const one of history.settlements)
          ledger.settlement({ type: 'settlement', at: one.settledAt, result: 'yes', ...one }, 0);
        const to = epochMs(EVER.to + HOUR_MS);
        const { total } = pnlOf({ ...history, fills }, { ...EVER, to }, 'market');
        expect(total.roundTrip + total.held).toBe(ledger.realized);
        expect(total.charged - total.rebates).toBe(ledger.fees);
        const marked = [...ledger.tickers()].reduce((sum, ticker) => {
          const holding = ledger.holding(ticker);
          const exit = history.exits
            .filter((one) => one.ticker === ticker)
            .toSorted((a, b) => a.at - b.at)
            .at(-1);
          const lastPrice = sorted.findLast((one) => one.ticker === ticker)?.price ?? cents(0);
          const mark = exit === undefined ? lastPrice : holding.position > 0 ? exit.bid : exit.ask;
          return sum + unrealizedOf(holding, mark);
        }, 0);
        expect(total.unrealized).toBe(marked);
      }),
    );
  });

  function withoutOrder({ rows, total, events }: AccountPnl) {
    return { rows, total, events: events.toSorted((a, b) => (a.eventTicker < b.eventTicker ? -1 : 1)) };
  }
});

test('times are those of New York', () => {
  expect(cutsOf(EVER, 'day')).toEqual([0, 24, 48, 72].map((hours) => (MIDNIGHT + hours * HOUR_MS) as EpochMs));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/lib/core/units.ts';
import { CandleLog } from '../../src/lib/sim/candles.ts';
import { IOC, order, price, START, smallWorld, TICKER } from './support/small-world.ts';

/** START lies 20 s into a minute. */
const MINUTE = Math.floor(START / 60_000) * 60_000;

function at(minutes: number, ms = 0) {
  return epochMs(MINUTE + minutes * 60_000 + ms);
}

function quotes(bid: number, ask: number, openInterest = 0) {
  return { bid: price(bid), ask: price(ask), openInterest: openInterest as never };
}

describe('the candles of a market', () => {
  it('hold what stood and what traded in a minute, opened by what stood before it', () => {
    const { world } = smallWorld();
    world.create('ann', order('bid', 40, 5));
    world.create('bob', order('ask', 50, 5));
    world.advanceTo(at(1, 30_000));
    world.create('cat', order('bid', 50, 2, IOC));
    world.create('cat', order('bid', 45, 1));
    world.create('ann', order('ask', 45, 1, IOC));
    expect(world.candles(TICKER, 1)).toMatchObject([
      {
        endsAt: at(1),
        bid: { open: 0, low: 0, high: 4_000, close: 4_000 },
        ask: { open: 10_000, low: 5_000, high: 10_000, close: 5_000 },
        openInterest: 0,
      },
      {
        endsAt: at(2),
        bid: { open: 4_000, low: 4_000, high: 4_500, close: 4_000 },
        ask: { open: 5_000, low: 5_000, high: 5_000, close: 5_000 },
        trades: { open: 5_000, low: 4_500, high: 5_000, close: 4_500, size: 300, money: 1_450_000 },
        openInterest: 300,
      },
    ]);
    expect(world.candles(TICKER, 1)?.[0]).not.toHaveProperty('trades');
    expect(world.candles(TICKER, 1)?.[1]).not.toHaveProperty('previous');
    expect(world.candles('KXNONE', 1)).toBeUndefined();
  });

  it('count the end of a minute to it', () => {
    const log = new CandleLog();
    log.trade(at(1), price(40), 100 as never, quotes(39, 41));
    log.trade(at(1, 1), price(42), 100 as never, quotes(39, 41));
    expect(log.list(1).map(({ endsAt, trades, previous }) => [endsAt, trades?.close, previous])).toEqual([
      [at(1), 4_000, undefined],
      [at(2), 4_200, 4_000],
    ]);
  });

  it('leave quiet minutes out, and a quote that is said again starts none', () => {
    const log = new CandleLog();
    log.note(at(0, 1), quotes(40, 50));
    log.note(at(5, 1), quotes(40, 50));
    log.note(at(9, 1), quotes(41, 50));
    expect(log.list(1).map(({ endsAt, bid }) => [endsAt, bid.open, bid.close])).toEqual([
      [at(1), 4_000, 4_000],
      [at(10), 4_000, 4_100],
    ]);
  });

  it('of longer periods say what their minutes say together', () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 2_000_000 }),
      bid: fc.integer({ min: 1, max: 49 }),
      ask: fc.integer({ min: 50, max: 99 }),
      trade: fc.option(fc.record({ cents: fc.integer({ min: 1, max: 99 }), size: fc.integer({ min: 1, max: 900 }) })),
    });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 80 }),
        fc.constantFrom(60 as const, 1_440 as const),
        (steps, period) => {
          const log = new CandleLog();
          let now = MINUTE;
          for (const { wait, bid, ask, trade } of steps) {
            now += wait;
            log.note(epochMs(now), quotes(bid, ask));
            if (trade !== null) log.trade(epochMs(now), price(trade.cents), trade.size as never, quotes(bid, ask));
          }
          const ms = period * 60_000;
          const groups = Map.groupBy(log.list(1), ({ endsAt }) => Math.ceil(endsAt / ms) * ms);
          const expected = [...groups].map(([endsAt, minutes]) => ({
            endsAt,
            low: Math.min(...minutes.map(({ bid }) => bid.low)),
            high: Math.max(...minutes.map(({ ask }) => ask.high)),
            open: minutes[0]?.bid.open,
            close: minutes.at(-1)?.ask.close,
            size: minutes.reduce((total, { trades }) => total + (trades?.size ?? 0), 0),
            last: minutes.findLast(({ trades }) => trades !== undefined)?.trades?.close,
            previous: minutes[0]?.previous,
          }));
          const listed = log.list(period).map(({ endsAt, bid, ask, trades, previous }) => ({
            endsAt,
            low: bid.low,
            high: ask.high,
            open: bid.open,
            close: ask.close,
            size: trades?.size ?? 0,
            last: trades?.close,
            previous,
          }));
          expect(listed).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are bounded: of the minutes the newest 1,500', () => {
    const log = new CandleLog();
    for (let minute = 0; minute < 4_000; minute += 1) log.note(at(minute, 1), quotes(40 + (minute % 2), 50));
    expect(log.list(1)).toHaveLength(1_501);
    expect(log.list(1).at(-1)?.endsAt).toBe(at(4_000));
  });
});

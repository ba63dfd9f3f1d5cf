import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookForLookahead } from '../../../src/lib/app/backtest/lookahead.ts';
import type { FillMode } from '../../../src/lib/core/backtest/job.ts';
import type { BacktestResult } from '../../../src/lib/core/backtest/result.ts';
import type { Probability } from '../../../src/lib/core/units.ts';
import { runBacktest } from '../../../src/lib/sim/backtest/run.ts';
import { at, DAY_CLOSE, jobOfDay, RecordedDay } from '../../support/recorded-day.ts';

/** 40 / 60 ¢; every ten seconds somebody sells at 40 and, later, somebody buys at 60: both go through quotes within. */
function day(): RecordedDay {
  const recorded = new RecordedDay().snapshot(1, [[40, 500]], [[60, 500]]);
  for (let second = 10; second < 600; second += 10) {
    recorded
      .print(second, 'ask', 40, 5)
      .delta(second, 'bid', 40, -5)
      .delta(second + 1, 'bid', 40, 5);
    recorded
      .print(second + 5, 'bid', 60, 5)
      .delta(second + 5, 'ask', 60, -5)
      .delta(second + 6, 'ask', 60, 5);
  }
  return recorded;
}

/** Believes what is not so. */
const WRONG = { fair: { kind: 'fixed', probability: 0.85 as Probability, standardError: 0.01 } } as const;
const MODES: readonly FillMode[] = ['pessimistic', 'calibrated', 'optimistic'];

function expectSums({ totals, markets, equity, fills, job }: BacktestResult): void {
  for (const { pnl } of markets) {
    for (const { markout, residual, unknown } of pnl.split.horizons) {
      expect(pnl.split.spread + markout + residual + unknown).toBe(pnl.split.gross);
    }
    expect(pnl.split.gross / 2 - pnl.fees).toBe(pnl.net);
  }
  expect(fills.length).toBe(totals.fills);
  expect((equity.at(-1)?.equity ?? job.cash) - job.cash).toBe(totals.net);
}

describe('a backtest', () => {
  it('trades both ways inside a wide market, and its money adds up to the microdollar', () => {
    const result = runBacktest(jobOfDay('calibrated'), day().data('yes'));
    expect(result.isPartial).toBe(false);
    expect(new Set(result.fills.map(({ side }) => side))).toEqual(new Set(['bid', 'ask']));
    expect(result.totals.split.spread).toBeGreaterThan(0);
    expectSums(result);
  });

  it.each(MODES)('shows that a policy with a wrong fair value loses (%s)', (mode) => {
    const result = runBacktest(jobOfDay(mode, WRONG), day().data('no'));
    expect(result.fills.length).toBeGreaterThan(0);
    expect(result.fills.every(({ side }) => side === 'bid')).toBe(true);
    expect(result.totals.net).toBeLessThan(0);
    expect(result.totals.drawdown).toBeGreaterThanOrEqual(-result.totals.net);
    expectSums(result);
  });

  it('says the same again', () => {
    const once = () => JSON.stringify(runBacktest(jobOfDay('calibrated', { latencyMs: 20 }), day().data('yes')));
    expect(once()).toBe(once());
  });

  it('fills nothing before an order can have reached the exchange', () => {
    const story = new RecordedDay()
      .snapshot(1, [[40, 500]], [[60, 500]])
      .print(1.15, 'ask', 40, 5)
      .delta(30, 'bid', 40, 1);
    expect(runBacktest(jobOfDay('calibrated', { latencyMs: 0 }), story.data()).fills).toHaveLength(1);
    expect(runBacktest(jobOfDay('calibrated', { latencyMs: 100 }), story.data()).fills).toHaveLength(0);
  });

  it('lets the engine see the book no sooner than the feed brings it', () => {
    const story = new RecordedDay()
      .snapshot(1, [[40, 500]], [[60, 500]])
      .delta(20, 'bid', 46, 500)
      .delta(40, 'bid', 39, 1);
    const job = jobOfDay();
    const late = { ...job, latency: { ...job.latency, feed: { kind: 'fixed', ms: 700 } as const } };
    const moved: number[] = [];
    runBacktest(late, story.data(), {
      intents: (_, now) => {
        if (now >= at(19.9)) moved.push(now - at(20));
      },
    });
    expect(moved[0]).toBeGreaterThanOrEqual(700);
    expect(moved[0]).toBeLessThan(900);
  });

  it('fills nothing while the recording does not know the book, and takes its quotes away', () => {
    const story = new RecordedDay()
      .snapshot(1, [[40, 500]], [[60, 500]])
      .delta(4, 'bid', 39, 1)
      .lost(5)
      .print(6, 'ask', 40, 5)
      .delta(8, 'bid', 40, -5);
    const { fills, markets } = runBacktest(jobOfDay(), story.data());
    expect(fills).toHaveLength(0);
    expect(markets[0]?.counts.cancels).toBeGreaterThan(0);
    expect(markets[0]?.quoted.openMs).toBe(4_000);
  });

  it('leaves nothing resting in a closed market, and holds what it held to the recorded result', () => {
    const result = runBacktest(jobOfDay('calibrated', WRONG), day().data('yes'));
    const [market] = result.markets;
    expect(market?.endPrice).toBe(10_000);
    expect(market?.pnl.endPosition).toBeGreaterThan(0);
    expect(result.equity.at(-1)?.at).toBeGreaterThan(DAY_CLOSE);
    expectSums(result);
  });

  it('notes what a fill was worth at once and later, without our own orders in the mid', () => {
    const { fills } = runBacktest(jobOfDay(), day().data('yes'));
    expect(fills[0]?.midDoubled).toBe(10_000);
    expect(fills[0]?.laterMids).toEqual([10_000, 10_000, 10_000]);
    expect(fills[0]?.by).toBe('through');
    expect(fills[0]?.offsetDoubled).toBeGreaterThan(0);
  });

  it('ends where a strategy throws, says where, and keeps what came before', () => {
    const result = runBacktest(jobOfDay(), day().data('yes'), {
      turned: (_, now) => {
        if (now >= at(120)) throw new Error('division by zero');
      },
    });
    expect(result.isPartial).toBe(true);
    expect(result.failure?.message).toBe('division by zero');
    expect(result.failure?.at).toBeGreaterThanOrEqual(at(120));
    expect(result.fills.length).toBeGreaterThan(0);
    expect(result.fills.every((fill) => fill.at <= at(121))).toBe(true);
  });
});

describe('no decision knows the future', () => {
  const happening = fc.record({
    second: fc.integer({ min: 2, max: 299 }),
    isBid: fc.boolean(),
    cents: fc.integer({ min: 30, max: 70 }),
    contracts: fc.integer({ min: 1, max: 40 }),
    kind: fc.constantFrom('print', 'come', 'go'),
  });
  const happenings = fc.array(happening, { minLength: 5, maxLength: 60 });

  function told(events: readonly { second: number; isBid: boolean; cents: number; contracts: number; kind: string }[]) {
    const story = new RecordedDay().snapshot(1, [[30, 90]], [[70, 90]]);
    for (const { second, isBid, cents, contracts, kind } of [...events].sort((a, b) => a.second - b.second)) {
      const side = isBid ? 'bid' : 'ask';
      const price = isBid ? Math.min(cents, 49) : Math.max(cents, 51);
      if (kind === 'print') story.print(second, isBid ? 'ask' : 'bid', price, contracts);
      else story.delta(second, side, price, kind === 'come' ? contracts : -1);
    }
    return story;
  }

  it('whatever comes after a moment, what was asked for and filled before it stays as it was', () => {
    fc.assert(
      fc.property(happenings, happenings, fc.integer({ min: 10, max: 290 }), (one, other, cut) => {
        const mixed = [...one.filter(({ second }) => second < cut), ...other.filter(({ second }) => second >= cut)];
        const [a, b] = [one, mixed].map((events) => {
          const asked: string[] = [];
          const intents = (list: readonly object[], now: number) => {
            if (now < at(cut)) asked.push(`${now} ${JSON.stringify(list)}`);
          };
          const { fills } = runBacktest(jobOfDay('calibrated', { latencyMs: 30 }), told(events).data(), { intents });
          const before = fills
            .filter((fill) => fill.at < at(cut))
            .map(({ tradeId, price, size }) => [tradeId, price, size]);
          return { asked, before };
        });
        expect(a).toEqual(b);
      }),
      { numRuns: 25 },
    );
  });

  it('is what the check finds over data that is cut off', () => {
    const data = day().data('yes');
    const report = lookForLookahead(jobOfDay(), data, 3);
    expect(report.difference).toBeNull();
    expect(report.cuts).toHaveLength(3);
    expect(report.cuts.every(({ compared }) => compared > 0)).toBe(true);
  });
});

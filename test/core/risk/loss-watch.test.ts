/** Day and week of New York, the peak, and what of it a restart remembers. */
import { describe, expect, it } from 'vitest';
import { easternWeek } from '../../../src/lib/core/eastern.ts';
import type { FillSeen, LedgerRestored } from '../../../src/lib/core/events.ts';
import { LossWatch } from '../../../src/lib/core/risk/loss-watch.ts';
import { type BasisPoints, centicents, centicontracts, type EpochMs, type Side } from '../../../src/lib/core/units.ts';
import { dollars, emptyStory, RISK, type StoryOptions } from '../../support/engine.ts';
import { T0 } from '../../support/orders.ts';

const at = (text: string) => Date.parse(text) as EpochMs;
const share = (percent: number) => (percent * 100) as BasisPoints;
const LIMITS = { ...RISK, dayLoss: dollars(50), weekLoss: dollars(70) };

function fill(side: Side, price: number, when: EpochMs, n: number): FillSeen {
  return {
    type: 'fill',
    ...{
      at: when,
      exchangeAt: when,
      tradeId: `t${n}`,
      orderId: `o${n}`,
      ticker: 'KXOLD-1',
      side,
      price: centicents(price),
    },
    ...{ size: centicontracts(1_000), isTaker: true, fee: dollars(0), shard: 0 },
  };
}

function restored(when: EpochMs, fills: readonly FillSeen[], marks: LedgerRestored['marks'] = []): LedgerRestored {
  return {
    type: 'ledger_restored',
    at: when,
    fills,
    settlements: [],
    openingCash: [{ shard: 0, cash: dollars(1_000) }],
    marks,
  };
}

describe('the week', () => {
  it('turns on Monday at midnight in New York, also where the clocks change', () => {
    // Clocks go back on Sunday, 1 November 2026, and forward on Sunday, 14 March 2027.
    for (const [before, after] of [
      ['2026-11-02T04:59:59.999Z', '2026-11-02T05:00:00Z'],
      ['2026-10-26T03:59:59.999Z', '2026-10-26T04:00:00Z'],
      ['2027-03-15T03:59:59.999Z', '2027-03-15T04:00:00Z'],
      ['2027-03-08T04:59:59.999Z', '2027-03-08T05:00:00Z'],
    ] as const) {
      expect(easternWeek(at(after)) - easternWeek(at(before))).toBe(1);
    }
    expect(easternWeek(at('2026-11-01T06:30:00Z'))).toBe(easternWeek(at('2026-10-26T12:00:00Z')));
  });

  it('has what the days before have lost, and begins anew', () => {
    const watch = new LossWatch();
    const lost = (when: string, profit: number) => {
      watch.look(at(when), dollars(profit), true);
      const { day, week } = watch.uses(dollars(profit), dollars(1_000), LIMITS);
      return [day.lost / 1e6, week.lost / 1e6];
    };
    expect(lost('2026-11-18T15:00:00Z', 0)).toEqual([0, 0]);
    expect(lost('2026-11-18T20:00:00Z', -30)).toEqual([30, 30]);
    expect(lost('2026-11-19T15:00:00Z', -30)).toEqual([0, 30]);
    expect(lost('2026-11-19T20:00:00Z', -45)).toEqual([15, 45]);
    expect(lost('2026-11-23T04:59:00Z', -45)).toEqual([0, 45]);
    expect(lost('2026-11-23T05:00:00Z', -45)).toEqual([0, 0]);
  });
});

describe('a share of the capital', () => {
  it('is of what there was when the period began, and the smaller of two limits rules', () => {
    const watch = new LossWatch();
    watch.look(T0, dollars(200), true);
    const limits = { ...LIMITS, dayLossShare: share(5), weekLossShare: share(5), drawdownShare: share(10) };
    const allowed = (paidIn: number) => {
      const { day, week, drawdown } = watch.uses(dollars(150), dollars(paidIn), limits);
      return [day.allowed, week.allowed, drawdown.allowed].map((money) => money / 1e6);
    };
    expect(allowed(600)).toEqual([40, 40, 80]);
    expect(allowed(2_000)).toEqual([50, 70, 220]);
    // Taken out more than there was: nothing may be lost.
    expect(allowed(-500)).toEqual([0, 0, 0]);
  });
});

describe('a restart', () => {
  const monday = at('2026-11-16T15:00:00Z');
  const wednesday = at('2026-11-18T15:00:00Z');
  const fills = [
    ...[fill('bid', 6_000, monday, 1), fill('ask', 4_000, monday, 2)],
    ...[fill('bid', 6_000, wednesday, 3), fill('ask', 5_000, wednesday, 4)],
  ];

  it('gives back nothing of the day and the week by what was booked', () => {
    const watch = new LossWatch();
    watch.restore(restored(at('2026-11-18T18:00:00Z'), fills), dollars(-3));
    const { day, week } = watch.uses(dollars(-3), dollars(1_000), LIMITS);
    expect([day.lost, week.lost]).toEqual([dollars(1), dollars(3)]);
  });

  it('takes the marks of the same day and week where there are any, and of another none', () => {
    const watch = new LossWatch();
    const now = at('2026-11-18T18:00:00Z');
    watch.restore(
      restored(now, fills, [
        { name: 'day_start', value: dollars(-1.5), at: at('2026-11-18T05:00:01Z') },
        { name: 'week_start', value: dollars(7), at: at('2026-11-15T12:00:00Z') },
        { name: 'peak', value: dollars(20), at: monday },
      ]),
      dollars(-3),
    );
    const { day, week, peak } = watch.uses(dollars(-3), dollars(1_000), LIMITS);
    expect([day.lost, week.lost, peak]).toEqual([dollars(1.5), dollars(3), dollars(1_020)]);
  });

  it('remembers in an engine what the one before noted: peak, day, sends, time to cool off', () => {
    const options: StoryOptions = { risk: { drawdownShare: share(10), coolOffMs: 600_000, dayLoss: dollars(500) } };
    const first = emptyStory(options);
    const trade = (side: Side, price: number, n: number) => ({
      ...fill(side, price, T0, n),
      size: centicontracts(100_000),
    });
    first
      .tell(trade('bid', 4_000, 1), trade('ask', 5_000, 2))
      .wait(1_000)
      .turn();
    first
      .tell(trade('bid', 5_000, 3), trade('ask', 4_000, 4))
      .wait(1_000)
      .turn();
    expect(first.halts()).toEqual([]);
    const marks = first.engine.money.marks(first.at);
    expect(marks.find(({ name }) => name === 'peak')?.value).toBe(dollars(100));

    const second = emptyStory(options);
    const openingCash = [{ shard: 0, cash: dollars(0) }];
    const history = [trade('bid', 4_000, 1), trade('ask', 5_000, 2), trade('bid', 5_000, 3), trade('ask', 4_000, 4)];
    second.wait(5_000).tell({ type: 'ledger_restored', openingCash, fills: history, settlements: [], marks });
    second.wait(1_000).turn();
    expect(second.engine.money.uses().drawdown.lost).toBe(dollars(100));
    second
      .tell(trade('bid', 5_000, 5), trade('ask', 4_900, 6))
      .wait(1_000)
      .turn();
    expect(second.halts()).toEqual(['DRAWDOWN *']);

    // Whoever clears it accepts what is lost; then it is gone about carefully for a while.
    second.tell({ type: 'control', verb: 'clear', halt: 'DRAWDOWN', by: 'ann' }).wait(1_000).turn();
    expect(second.halts()).toEqual(['COOL_OFF *']);
    const cooling = second.engine.money.marks(second.at).filter(({ name }) => name === 'cool_off');
    expect(cooling).toHaveLength(1);
    const third = emptyStory(options);
    third.wait(second.at - third.at + 1_000);
    third.tell({ type: 'ledger_restored', openingCash, fills: [], settlements: [], marks: cooling }).turn();
    expect(third.halts()).toEqual(['COOL_OFF *']);
    third.wait(600_000).turn();
    expect(third.halts()).toEqual([]);
  });
});

describe('the peak', () => {
  it('is not believed before every position has a mark', () => {
    const watch = new LossWatch();
    watch.look(T0, dollars(0), true);
    watch.look((T0 + 1_000) as EpochMs, dollars(90), false);
    expect(watch.uses(dollars(0), dollars(1_000), LIMITS).peak).toBe(dollars(1_000));
  });
});

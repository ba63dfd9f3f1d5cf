/** How far a model is believed: the vectors of math.md section 18 over 30 events and more, and what holds of any rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EstimateRow,
  type FilledRow,
  type StandingRules,
  standingsOf,
} from '../../../src/lib/core/honesty/standing.ts';
import { estimate, filled } from '../../support/standings.ts';

const RULES: StandingRules = { calibrationErrorMax: 0.05, from: 0 };

function only(estimates: readonly EstimateRow[], fills: readonly FilledRow[] = [], rules = RULES) {
  const [standing, ...others] = standingsOf(estimates, fills, rules);
  if (standing === undefined || others.length > 0) throw new Error('one model in one series was expected');
  return standing;
}

const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));
/** E and R of math.md 18: H = .6, se = .391418, size × 0. */
const PROMISED = [4, 2.5, 3, 1, 5, 2];
const BROUGHT = [6, -3, 4, 0.5, 2, 1];
const vector = (n: number) => filled(n, PROMISED[n % 6] ?? 0, BROUGHT[n % 6] ?? 0);

describe('what fills have earned', () => {
  it('clamps the size of their bin to what is shown of it, five times the vector: .6 − 1.645 · .162527', () => {
    const { bins, benched } = only([], times(30, vector));
    expect(bins).toEqual([
      {
        ...{ from: 0.5, to: 0.6, sizePermille: 332, isOff: false },
        why: 'fills earned 0.60 ± 0.16 of what they promised (30 events)',
      },
    ]);
    expect(benched).toBe(null);
  });

  it('is no verdict before 30 events', () => {
    expect(only([], times(29, vector))).toMatchObject({ events: 29, bins: [], benched: null });
    // Estimates of other events make up the number of the model, not that of the bin.
    const [bin] = only(
      times(40, (n) => estimate(n, 0.55, n % 20 < 11)),
      times(29, vector),
    ).bins;
    expect(bin).toMatchObject({ sizePermille: 1_000, isOff: false, why: null });
  });

  it('of less than half of what was promised turns the bin off, and the model when that is all there is', () => {
    const poor = (n: number) => filled(n, 2, n % 2 === 0 ? 0.5 : -0.1);
    const { bins, benched } = only([], times(40, poor));
    expect(bins).toMatchObject([{ sizePermille: 0, isOff: true }]);
    expect(benched).toBe('every bin of its probabilities is off (40 events)');
    const good = (n: number) => filled(n, 2, n % 2 === 0 ? 2.1 : 1.9, 0.25);
    const mixed = only([], [...times(40, poor), ...times(40, good)]);
    expect(mixed.bins.map(({ from, isOff }) => [from, isOff])).toEqual([
      [0.2, false],
      [0.5, true],
    ]);
    expect(mixed.benched).toBe(null);
  });
});

describe('what was said beforehand', () => {
  it('turns a bin off when it is shown to be further off than is allowed', () => {
    // Wilson of 30/60: .3774 to .6226.
    const half = (p: number) => only(times(60, (n) => estimate(n, p, n % 2 === 0))).bins[0];
    expect(half(0.73)).toMatchObject({ isOff: true, why: '73 % was said and 50 % of 60 came true' });
    // Off by its interval, and by less than what is allowed.
    expect(half(0.66)).toMatchObject({ sizePermille: 1_000, isOff: false });
    const strict = { ...RULES, calibrationErrorMax: 0.03 };
    const rows = times(60, (n) => estimate(n, 0.66, n % 2 === 0));
    expect(only(rows, [], strict).bins[0]?.isOff).toBe(true);
  });

  it('counts a market once, however often it was asked about, and events for the verdict', () => {
    const often = times(29, (n) => [600, 60].map((horizonS) => estimate(n, 0.9, false, { horizonS }))).flat();
    expect(only(often)).toMatchObject({ events: 29, bins: [], drift: 'none', benched: null });
    // So too of a bin by itself: 20 events at 90 % and 20 at 50 %.
    const [, bin] = only([...often.slice(0, 40), ...times(20, (n) => estimate(40 + n, 0.5, n % 2 === 0))]).bins;
    expect(bin).toMatchObject({ from: 0.9, isOff: false });
    const enough = [...often, estimate(30, 0.9, false)];
    expect(only(enough).bins[0]?.why).toBe('90 % was said and 0 % of 30 came true');
  });

  it('is off on average by the distance of its bins, weighted by their markets', () => {
    const rows = [...times(10, (n) => estimate(n, 0.1, n < 1)), ...times(10, (n) => estimate(10 + n, 0.7, n < 6))];
    expect(only(rows).calibrationError).toBeCloseTo(0.05, 12);
    expect(only([], [vector(1)]).calibrationError).toBe(null);
  });
});

describe('drift', () => {
  /** At p = .6 a market that comes out NO adds .269294 to the sum of "less comes true", YES takes .230706 off. */
  const wrong = times(30, (n) => estimate(n, 0.6, false));

  it('benches the model when its sum passes 7, with 30 events at least', () => {
    expect(only(wrong.slice(0, 29)).drift).toBe('none');
    expect(only(wrong)).toMatchObject({
      drift: 'down',
      benched: 'it has begun to drift: less comes true than it says (30 events)',
    });
    // 25 · .269294 = 6.73: not yet, though nothing came true.
    const few = [...times(5, (n) => estimate(n, 0.001, false)), ...times(25, (n) => estimate(5 + n, 0.6, false))];
    expect(only(few).drift).toBe('none');
    expect(only(times(30, (n) => estimate(n, 0.4, true))).drift).toBe('up');
  });

  it('holds until the sum has come back to nothing', () => {
    // 30 · .269294 / .230706 = 35.02
    const after = (right: number) => only([...wrong, ...times(right, (n) => estimate(30 + n, 0.6, true))]).drift;
    expect([after(1), after(35), after(36)]).toEqual(['down', 'down', 'none']);
  });

  it('takes the markets of one event, and the times at which one was asked, for one step', () => {
    const many = wrong.flatMap((row, n) => times(12, (m) => ({ ...row, ticker: `M-${n}-${m}`, horizonS: 600 })));
    // 25 · .269294 = 6.73 again, and not twelve times that.
    const calm = times(5, (n) => estimate(30 + n, 0.001, false));
    expect(only([...many.slice(0, 12 * 25), ...calm]).drift).toBe('none');
    expect(only(many).drift).toBe('down');
  });

  it('is rare where nothing drifts, also on ladders of which one leg comes true', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const legs = [0.05, 0.15, 0.3, 0.3, 0.15, 0.05];
    const alarms = times(40, () => {
      const rows = times(150, (n) => {
        let left = random();
        return legs.map((p, leg) => {
          const yes = left >= 0 && left < p;
          left -= p;
          return estimate(n, p, yes, { ticker: `M-${n}-${leg}` });
        });
      });
      return only(rows.flat()).drift;
    });
    // At least 1,096 events lie between false alarms of a side, and these are 6,000.
    expect(alarms.filter((side) => side !== 'none').length).toBeLessThanOrEqual(2);
  });
});

describe('a standing', () => {
  it('is of a model in a series, and of what is not too old', () => {
    const rows = [
      ...times(40, (n) => estimate(n, 0.6, false)),
      ...times(40, (n) => estimate(n, 0.6, n % 5 < 3, { series: 'KXOTHER' })),
      ...times(40, (n) => estimate(n, 0.6, n % 5 < 3, { model: 'average' })),
    ];
    const said = (rules: StandingRules) =>
      standingsOf(rows, [], rules).map(({ model, series, events, drift }) => [model, series, events, drift]);
    expect(said(RULES)).toEqual([
      ['average', 'KXTEST', 40, 'none'],
      ['mid', 'KXOTHER', 40, 'none'],
      ['mid', 'KXTEST', 40, 'down'],
    ]);
    const from = 5 * 86_400_000;
    expect(said({ ...RULES, from })).toContainEqual(['mid', 'KXTEST', 35, 'down']);
    // A model that was changed begins anew.
    const since = { mid: 20 * 86_400_000 };
    expect(said({ ...RULES, from, since })).toEqual([
      ['average', 'KXTEST', 35, 'none'],
      ['mid', 'KXOTHER', 20, 'none'],
      ['mid', 'KXTEST', 20, 'none'],
    ]);
  });

  const rows = fc.record({
    said: fc.array(fc.tuple(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 120 }),
    fills: fc.array(fc.tuple(fc.nat(60), fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.nat(19)), {
      maxLength: 80,
    }),
  });

  it('does not hang on the order of its rows, keeps sizes between nothing and whole, and says nothing early', () => {
    fc.assert(
      fc.property(rows, ({ said, fills }) => {
        const estimates = said.map(([n, p, yes], m) => estimate(n, p, yes, { ticker: `M-${n}-${m}` }));
        const bets = fills.map(([n, fair, brought]) => filled(n, 2, brought + 0.5, fair));
        const found = standingsOf(estimates, bets, RULES);
        const turned = standingsOf(estimates.toReversed(), bets.toReversed(), RULES);
        for (const [index, { events, drift, bins, benched }] of found.entries()) {
          expect(turned[index]).toMatchObject({ events, drift, benched });
          expect(turned[index]?.bins.map(({ isOff }) => isOff)).toEqual(bins.map(({ isOff }) => isOff));
          for (const { sizePermille, isOff, why } of bins) {
            expect(Number.isInteger(sizePermille) && sizePermille >= 0 && sizePermille <= 1_000).toBe(true);
            expect(why === null).toBe(sizePermille === 1_000);
            if (isOff) expect(sizePermille).toBe(0);
          }
          if (events < 30) expect([drift, bins, benched]).toEqual(['none', [], null]);
        }
      }),
    );
  });
});

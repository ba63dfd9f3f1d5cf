import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CancelModel, cancel, replay, trade } from '../../../src/lib/core/book/queue.ts';
import { boundsOf, compoundFill, poissonFill, touch } from '../../../src/lib/core/book/queue-odds.ts';
import { filledBy, kaplanMeier } from '../../../src/lib/core/fill-model/kaplan-meier.ts';
import { expectVector } from '../../support/vector.ts';

const RISK_AVERSE: CancelModel = { kind: 'riskAverse' };
const PRO_RATA: CancelModel = { kind: 'power', n: 1 };
const MODELS: readonly CancelModel[] = [
  RISK_AVERSE,
  PRO_RATA,
  { kind: 'power', n: 3 },
  { kind: 'log' },
  { kind: 'share', ahead: 0.3 },
  { kind: 'share', ahead: 1 },
];
const models = fc.constantFrom(...MODELS);
const sizes = fc.integer({ min: 0, max: 100_000 });

describe('a cancel at our level', () => {
  it.each([
    [50, 290, 60, '50', '41.176471', '49.694052', '25.439263'],
    [200, 40, 100, '140', '116.666667', '100.793651', '140'],
    [10, 0, 4, '6', '6', '6', '6'],
    [0, 120, 30, '0', '0', '0', '0'],
  ])('front %d, back %d, %d gone: %s, %s, %s, %s before us', (front, back, x, averse, one, three, log) => {
    const by = (model: CancelModel) => cancel({ front, back }, x, model).front;
    expectVector(by(RISK_AVERSE), averse);
    expectVector(by(PRO_RATA), one);
    expectVector(by({ kind: 'power', n: 3 }), three);
    expectVector(by({ kind: 'log' }), log);
  });

  it('leaves no more before us than there was, and takes no more than went', () => {
    fc.assert(
      fc.property(sizes, sizes, sizes, models, (front, back, x, model) => {
        const after = cancel({ front, back }, x, model);
        expect(after.front).toBeGreaterThanOrEqual(Math.max(0, front - x) - 1e-9);
        expect(after.front).toBeLessThanOrEqual(front);
        expect(after.front + after.back).toBeCloseTo(Math.max(0, front + back - x), 6);
      }),
    );
  });

  it('is the same by every model when nobody stands behind us', () => {
    fc.assert(
      fc.property(sizes, sizes, models, (front, x, model) => {
        expect(cancel({ front, back: 0 }, x, model).front).toBeCloseTo(Math.max(0, front - x), 9);
      }),
    );
  });
});

describe('an order in its queue', () => {
  const DAY = [
    { kind: 'trade', size: 150 },
    { kind: 'add', size: 290 },
    { kind: 'cancel', size: 60 },
    { kind: 'trade', size: 45 },
    { kind: 'trade', size: 10 },
  ] as const;

  it('behind 200 is filled by what trades leave over', () => {
    expect(replay(200, 10, DAY, RISK_AVERSE)).toEqual([0, 0, 0, 0, 5]);
    const shared = replay(200, 10, DAY, PRO_RATA);
    expect(shared.slice(0, 3)).toEqual([0, 0, 0]);
    expectVector(shared[3] as number, '3.823529');
    expect(shared[4]).toBe(10);
  });

  it('is never filled earlier by the risk-averse model than by another', () => {
    const event = fc.record({ kind: fc.constantFrom('trade', 'add', 'cancel'), size: sizes });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 50_000 }), fc.array(event), models, (ahead, size, events, model) => {
        const averse = replay(ahead, size, events as never, RISK_AVERSE);
        const other = replay(ahead, size, events as never, model);
        for (const [i, filled] of averse.entries()) expect(filled).toBeLessThanOrEqual((other[i] as number) + 1e-6);
        expect(other.at(-1) ?? 0).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('gets what is left of a trade once those before it have theirs, and those behind the rest', () => {
    expect(trade({ front: 10, back: 20 }, 5, 22)).toEqual({ front: 0, back: 13, filled: 5 });
  });
});

describe('the chance of a fill', () => {
  it.each([
    [600, 0.35, 200, 10, '.741832', '.509177', '6.288273'],
    [600, 0.3, 200, 10, '.065206', '.015596', '.361733'],
    [60, 0.5, 20, 5, '.964715', '.842758', '4.557815'],
    [60, 0.5, 0, 1, '1.000000', '1.000000', '1.000000'],
  ])(
    '%d one-lot prints an hour over %d h, %d ahead, size %d',
    (printsPerHour, hours, ahead, size, any, all, expected) => {
      const odds = poissonFill({ printsPerHour, hours, ahead, size });
      if (odds.kind !== 'odds') throw new Error(odds.reason);
      expectVector(odds.any, any);
      expectVector(odds.all, all);
      expectVector(odds.expected, expected);
    },
  );

  it('by prints of random size, and by the price coming to us', () => {
    const sized = { meanSize: 8, meanSquare: 260, ahead: 400, size: 10 };
    const compound = compoundFill({ printsPerHour: 120, hours: 0.5, ...sized });
    const reached = touch(2, 5, 0.25);
    if (compound.kind !== 'chance' || reached.kind !== 'chance') throw new Error('refused');
    expectVector(compound.chance, '.713777');
    expectVector(reached.chance, '.423711');
    expect(boundsOf(compound.chance, reached.chance)).toEqual([compound.chance, 1]);
  });

  it('falls in what stands ahead and in our size, and rises with the horizon', () => {
    const lots = fc.integer({ min: 0, max: 300 });
    const few = fc.integer({ min: 1, max: 20 });
    const hours = fc.double({ min: 0.01, max: 2, noNaN: true });
    fc.assert(
      fc.property(lots, few, hours, (ahead, size, horizon) => {
        const odds = (a: number, s: number, h: number) => {
          const found = poissonFill({ printsPerHour: 100, hours: h, ahead: a, size: s });
          if (found.kind !== 'odds') throw new Error(found.reason);
          return found;
        };
        const here = odds(ahead, size, horizon);
        expect(odds(ahead + 1, size, horizon).any).toBeLessThanOrEqual(here.any + 1e-12);
        expect(odds(ahead, size + 1, horizon).all).toBeLessThanOrEqual(here.all + 1e-12);
        expect(odds(ahead, size, horizon * 1.5).expected).toBeGreaterThanOrEqual(here.expected - 1e-12);
        expect(here.expected).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('by prints of random size falls in what stands ahead and in our size and rises with the horizon; so does touch', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const chanceOf = (found: ReturnType<typeof touch>) => (found.kind === 'chance' ? found.chance : Number.NaN);
    fc.assert(
      fc.property(number(0, 500), number(1, 50), number(0.01, 5), number(1.01, 3), (ahead, size, hours, more) => {
        const at = (change: object) =>
          chanceOf(compoundFill({ printsPerHour: 120, meanSize: 8, meanSquare: 260, ahead, size, hours, ...change }));
        expect(at({ ahead: ahead * more })).toBeLessThanOrEqual(at({}));
        expect(at({ size: size * more })).toBeLessThanOrEqual(at({}));
        expect(at({ hours: hours * more })).toBeGreaterThanOrEqual(at({}));
        expect(at({})).toBeLessThanOrEqual(1);
        const reached = (distance: number, horizon: number) => chanceOf(touch(distance, 5, horizon));
        expect(reached(ahead * more, hours)).toBeLessThanOrEqual(reached(ahead, hours));
        expect(reached(ahead, hours * more)).toBeGreaterThanOrEqual(reached(ahead, hours));
        const [least, most] = boundsOf(at({}), reached(ahead, hours));
        expect(least <= most && most <= 1).toBe(true);
      }),
    );
  });

  it('is refused from fewer than thirty prints', () => {
    const rate = { printsPerHour: 60, hours: 1, ahead: 0, size: 1, printsSeen: 29 };
    expect(poissonFill(rate)).toMatchObject({ kind: 'refused', code: 'too_few_prints' });
    expect(compoundFill({ ...rate, meanSize: 1, meanSquare: 1 })).toMatchObject({ code: 'too_few_prints' });
  });
});

describe('times until a fill', () => {
  const orders = [5, -8, 12, 12, -20, 25, -30].map((time) => ({ time: Math.abs(time), isFilled: time > 0 }));

  it('count orders that were taken away as long as they stood', () => {
    const steps = kaplanMeier(orders);
    expectVector(filledBy(steps, 5), '.142857');
    expectVector(filledBy(steps, 12), '.485714');
    expectVector(filledBy(steps, 25), '.742857');
    expect(filledBy(steps, 4)).toBe(0);
  });

  it('are shorter when the ones that were taken away are left out', () => {
    const filled = kaplanMeier(orders.filter(({ isFilled }) => isFilled));
    expect(filledBy(filled, 12)).toBeGreaterThan(filledBy(kaplanMeier(orders), 12));
  });
});

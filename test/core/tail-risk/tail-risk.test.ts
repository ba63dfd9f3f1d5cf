import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holding } from '../../../src/lib/core/money/ledger.ts';
import { normalInverse } from '../../../src/lib/core/normal.ts';
import { type Outcomes, outcomesOf, withCandidate, worstOfEvent } from '../../../src/lib/core/risk/exposure.ts';
import { bivariateNormalCdf } from '../../../src/lib/core/tail-risk/bivariate.ts';
import { type Family, familyOf, pnlByOutcome } from '../../../src/lib/core/tail-risk/family.ts';
import { jointProfits } from '../../../src/lib/core/tail-risk/joint.ts';
import { tailOf } from '../../../src/lib/core/tail-risk/tail.ts';
import { centicents, centicontracts, microdollars } from '../../../src/lib/core/units.ts';
import { restingOrder } from '../../support/orders.ts';
import { expectVector } from '../../support/vector.ts';

const DOLLAR = 1_000_000;
const dollars = (amount: number) => microdollars(Math.round(amount * DOLLAR));

/** Legs of so many contracts (NO negative) that cost so much together, the whole cost booked to the first. */
function legs(contracts: readonly number[], cost: number): Outcomes[] {
  return contracts.map((count, index) => {
    // A long YES pays on YES; a NO pays on NO. What was paid is gone either way.
    const paid = index === 0 ? cost : 0;
    return { ifNo: dollars(Math.max(0, -count) - paid), ifYes: dollars(Math.max(0, count) - paid) };
  });
}

function family(markets: readonly Outcomes[], chances: readonly number[], none = 0): Family {
  const made = familyOf(markets, { chances, none }, true);
  if (made.kind === 'refused') throw new Error(made.reason);
  return made;
}

const binary = (chance: number, contracts: number, cost: number) =>
  family(legs([contracts], cost), [chance], 1 - chance);

const inDollars = (pnl: ArrayLike<number>) => Array.from(pnl, (value) => value / DOLLAR);

describe('VaR and expected shortfall of one ladder', () => {
  // pmf; q; cost; chance of none; PnL by outcome; mean; VaR95; ES95; VaR99: the table of math.md 17.
  it.each([
    [
      [0.05, 0.15, 0.3, 0.3, 0.15, 0.05],
      [0, -40, 60, -20, 0, 0],
      58,
      0,
      [2, -38, 62, -18, 2, 2],
      '8',
      '38',
      '38',
      '38',
    ],
    [[0.2, 0.5, 0.3], [-100, -100, -100], 210, 0, [-10, -10, -10], '-10', '10', '10', '10'],
    [
      [0.01, 0.03, 0.22, 0.46, 0.22, 0.04, 0.02],
      [-60, -30, 0, 40, 0, -30, -60],
      154,
      0,
      [-34, -4, 26, 66, 26, -4, -34],
      '40.5',
      '4',
      '22',
      '34',
    ],
    [[0.3, 0.25, 0.2, 0.15], [40, 0, 0, -60], 66, 0.1, [34, -6, -6, -66, -6], '-3', '66', '66', '66'],
  ] as const)('is that of the vector of %j holding %j', (pmf, contracts, cost, none, pnl, mean, var95, es95, var99) => {
    const event = family(legs(contracts, cost), pmf, none);
    const shown = none === 0 ? event.pnl.slice(0, -1) : event.pnl;
    expect(inDollars(shown)).toEqual(pnl);
    const [at95, at99] = [0.95, 0.99].map((level) => tailOf(event.pnl, event.chances, level)) as [Tail, Tail];
    expectVector(at95.mean / DOLLAR, mean);
    expectVector(at95.valueAtRisk / DOLLAR, var95);
    expectVector(at95.shortfall / DOLLAR, es95);
    expectVector(at99.valueAtRisk / DOLLAR, var99);
    expect(at95.worst / DOLLAR).toBe(-Math.min(...pnl));
  });

  // math.md 18: 100√(p(1 − p)).
  it.each([
    [0.02, '14'],
    [0.1, '30'],
    [0.3, '45.826'],
    [0.5, '50'],
  ])('has one contract of %f held to settlement scatter by %s ¢', (chance, cents) => {
    const { pnl, chances } = binary(chance, 1, chance);
    const { mean, deviation } = tailOf(pnl, chances, 0.95);
    expectVector((deviation / DOLLAR) * 100, cents);
    expect(mean).toBeCloseTo(0, 6);
  });

  it('is refused where exclusivity is not stated: each market ends as badly as it can instead', () => {
    const markets = legs([10, 10], 8);
    expect(familyOf(markets, { chances: [0.5, 0.5], none: 0 }, false)).toMatchObject({ code: 'not_exclusive' });
    expect(worstOfEvent(markets, false)).toBe(dollars(8));
    // One market alone excludes itself.
    expect(familyOf(legs([10], 4), { chances: [0.4], none: 0.6 }, false)).toMatchObject({ kind: 'family' });
  });

  it.each([
    ['do not add up to 1', [0.2, 0.5], 0.2, 'chances_sum'],
    ['add up to more', [0.6, 0.5], 0, 'chances_sum'],
    ['are too few', [1], 0, 'chances'],
    ['are below 0', [-0.2, 0.5], 0.7, 'chances'],
    ['are no numbers', [Number.NaN, 0.5], 0.5, 'chances'],
  ] as const)('is refused for chances that %s', (_, chances, none, code) => {
    expect(familyOf(legs([1, 1], 1), { chances, none }, true)).toMatchObject({ kind: 'refused', code });
  });

  it('looks at equal profits as one outcome, whatever their order', () => {
    const pnl = [-10, 5, -10, 5].map(dollars);
    expect(tailOf(pnl, [0.03, 0.4, 0.03, 0.54], 0.95)).toMatchObject({
      valueAtRisk: dollars(10),
      shortfall: dollars(10),
    });
  });

  const anyLadder = fc.integer({ min: 1, max: 8 }).chain((count) =>
    fc.record({
      weights: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: count + 1, maxLength: count + 1 }),
      positions: fc.array(fc.integer({ min: -500, max: 500 }), { minLength: count, maxLength: count }),
      others: fc.array(fc.integer({ min: -500, max: 500 }), { minLength: count, maxLength: count }),
      cost: fc.integer({ min: -500, max: 500 }),
      level: fc.constantFrom(0.5, 0.9, 0.95, 0.99),
    }),
  );
  const chancesOf = (weights: readonly number[]) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return sum === 0 ? undefined : weights.map((weight) => weight / sum);
  };

  it('has VaR ≤ ES ≤ the worst, and a shortfall that is subadditive', () => {
    fc.assert(
      fc.property(anyLadder, ({ weights, positions, others, cost, level }) => {
        const chances = chancesOf(weights);
        fc.pre(chances !== undefined);
        const one = pnlByOutcome(legs(positions, cost));
        const other = pnlByOutcome(legs(others, -cost));
        const both = one.map((value, index) => value + (other[index] ?? 0));
        const [a, b, sum] = [one, other, both].map((pnl) => tailOf(pnl, chances, level)) as [Tail, Tail, Tail];
        const slack = 1e-3;
        expect(a.valueAtRisk).toBeLessThanOrEqual(a.shortfall + slack);
        expect(a.shortfall).toBeLessThanOrEqual(a.worst + slack);
        expect(sum.shortfall).toBeLessThanOrEqual(a.shortfall + b.shortfall + slack);
      }),
      { numRuns: 300 },
    );
  });

  it('gains n in every outcome of an exhaustive set when n are added to every leg', () => {
    fc.assert(
      fc.property(anyLadder, fc.integer({ min: -200, max: 200 }), ({ positions, cost }, n) => {
        const before = pnlByOutcome(legs(positions, cost)).slice(0, -1);
        // n of each leg for nothing.
        const added = legs(positions, cost).map(({ ifNo, ifYes }) => ({
          ifNo,
          ifYes: microdollars(ifYes + n * DOLLAR),
        }));
        const after = pnlByOutcome(added).slice(0, -1);
        expect(after).toEqual(before.map((value) => value + n * DOLLAR));
      }),
    );
  });
});

describe('the worst over outcomes with resting orders', () => {
  const holding = (position = 0, cost = 0): Holding => ({
    ...{ position: centicontracts(position), cost: dollars(cost), realized: dollars(0), fees: dollars(0) },
    ...{ bought: centicontracts(0), sold: centicontracts(0) },
  });

  it('is the vector of math.md 17, outcome by outcome', () => {
    const markets = [
      outcomesOf(holding(5_000, 15), [restingOrder('bid', 2_800, 2_000)], []),
      outcomesOf(holding(), [restingOrder('ask', 4_500, 3_000)], []),
      outcomesOf(holding(), [restingOrder('bid', 2_200, 4_000)], []),
    ];
    expect(inDollars(pnlByOutcome(markets))).toEqual([26.2, -45.9, -20.6, -29.4]);
    expect(worstOfEvent(markets, true)).toBe(dollars(45.9));
  });

  it('is never improved by one more order, in any outcome', () => {
    const order = fc.tuple(
      fc.constantFrom('bid' as const, 'ask' as const),
      fc.integer({ min: 1, max: 9_999 }),
      fc.integer({ min: 1, max: 5_000 }),
    );
    fc.assert(
      fc.property(fc.array(order, { maxLength: 5 }), order, fc.integer({ min: -500, max: 500 }), (list, one, held) => {
        const resting = list.map(([side, price, size]) => restingOrder(side, price, size));
        const [side, price, size] = one;
        const more = withCandidate(resting, { side, price: centicents(price), size: centicontracts(size) });
        const [before, after] = [resting, more].map((orders) =>
          pnlByOutcome([outcomesOf(holding(held), orders, []), { ifNo: dollars(1), ifYes: dollars(-3) }]),
        ) as unknown as [number[], number[]];
        for (const [index, value] of after.entries()) expect(value).toBeLessThanOrEqual(before[index] ?? 0);
      }),
    );
  });
});

describe('several events drawn together', () => {
  // p₁ p₂ ρ; q₁ q₂; cost; P of 11 10 01 00; mean; sd; sd if independent; VaR95; ES95: the second table of math.md 17.
  it.each([
    [
      0.6,
      0.55,
      0.9,
      100,
      -100,
      101,
      ['.501757', '.098243', '.048243', '.351757'],
      '4',
      '37.945541',
      '69.821200',
      '1',
      '97.486408',
    ],
    [
      0.6,
      0.55,
      0.9,
      100,
      100,
      115,
      ['.501757', '.098243', '.048243', '.351757'],
      '0',
      '91.159947',
      '69.821200',
      '115',
      '115.000000',
    ],
    [
      0.04,
      0.03,
      0.85,
      -200,
      -200,
      386,
      ['.018215', '.021785', '.011785', '.948215'],
      '0',
      '63.727712',
      '51.961524',
      '186',
      '258.861065',
    ],
  ] as const)(
    'has the exact joint row of %f and %f at ρ %f',
    (p1, p2, rho, q1, q2, cost, joint, mean, sd, apart, var95, es95) => {
      const exact = (correlation: number) => {
        const both = bivariateNormalCdf(normalInverse(p1), normalInverse(p2), correlation);
        return [both, p1 - both, p2 - both, 1 - p1 - p2 + both];
      };
      for (const [index, chance] of exact(rho).entries()) expectVector(chance, joint[index] ?? '');
      const [first, second] = [binary(p1, q1, cost), binary(p2, q2, 0)];
      const at = (one: 0 | 1, other: 0 | 1) => (first.pnl[one] ?? 0) + (second.pnl[other] ?? 0);
      const pnl = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
      const tail = tailOf(pnl, exact(rho), 0.95);
      expectVector(tail.mean / DOLLAR, mean);
      expectVector(tail.deviation / DOLLAR, sd);
      expectVector(tailOf(pnl, exact(0), 0.95).deviation / DOLLAR, apart);
      expectVector(tail.valueAtRisk / DOLLAR, var95);
      expectVector(tail.shortfall / DOLLAR, es95);
      // A VaR of 1 in the first row, beside a chance of 4.8 % to lose all of 101.
      expect(tail.worst / DOLLAR).toBe(cost);

      const drawn = jointProfits([first, second], { paths: 16_384, correlation: rho });
      if (drawn.kind === 'refused') throw new Error(drawn.reason);
      const sampled = tailOf(drawn.pnl, undefined, 0.95);
      expect(Math.abs(sampled.mean - tail.mean) / DOLLAR).toBeLessThan(0.2);
      expect(sampled.valueAtRisk).toBe(tail.valueAtRisk);
      expect(Math.abs(sampled.shortfall / tail.shortfall - 1)).toBeLessThan(0.02);
    },
  );

  it('hits the first joint row 2,053 times in 4,096 points', () => {
    const [first, second] = [binary(0.6, 100, 0), binary(0.55, 1, 0)];
    const drawn = jointProfits([first, second], { paths: 4_096, correlation: 0.9 });
    if (drawn.kind === 'refused') throw new Error(drawn.reason);
    expect(drawn.pnl.filter((value) => value === 101 * DOLLAR)).toHaveLength(2_053);
  });

  it('settles all outcomes of an event with one draw, and each as often as its chance says', () => {
    const chances = [0.05, 0.15, 0.3, 0.3, 0.15, 0.05];
    const event = family(legs([1, 2, 3, 4, 5, 6], 0), chances);
    const drawn = jointProfits([event, binary(0.5, 0, 0), binary(0.3, 0, 0)], { paths: 20_000, correlation: 0.4 });
    if (drawn.kind === 'refused') throw new Error(drawn.reason);
    for (const [index, chance] of chances.entries()) {
      const hits = drawn.pnl.filter((value) => value === (index + 1) * DOLLAR).length;
      expect(Math.abs(hits / 20_000 - chance)).toBeLessThan(0.003);
    }
  });

  it('takes a correlation for each two events, and refuses what no normals can have', () => {
    const three = [binary(0.5, 1, 0), binary(0.5, 1, 0), binary(0.5, 1, 0)];
    const common = jointProfits(three, { paths: 64, correlation: 0.3 });
    const rows = [
      [1, 0.3, 0.3],
      [0.3, 1, 0.3],
      [0.3, 0.3, 1],
    ];
    expect(jointProfits(three, { paths: 64, correlation: rows })).toEqual(common);
    expect(jointProfits(three, { paths: 64, correlation: -0.6 })).toMatchObject({ code: 'correlation' });
    expect(jointProfits(three, { paths: 64, correlation: 1.2 })).toMatchObject({ code: 'correlation' });
    expect(jointProfits(three.slice(0, 2), { paths: 64, correlation: Number.NaN })).toMatchObject({
      code: 'correlation',
    });
    expect(jointProfits([], { paths: 64, correlation: 0 })).toMatchObject({ code: 'families' });
    const same = jointProfits(three, { paths: 64, correlation: 1 });
    if (same.kind === 'refused') throw new Error(same.reason);
    expect(new Set(inDollars(same.pnl))).toEqual(new Set([0, 3]));
  });
});

describe('the bivariate normal', () => {
  it.each<readonly [number, number, number, number]>([
    // Sheppard: Φ₂(0, 0; ρ) = ¼ + arcsin ρ/2π.
    ...[-0.999999, -0.9, -0.5, 0, 0.3, 0.85, 0.99, 0.999999].map(
      (rho) => [0, 0, rho, 0.25 + Math.asin(rho) / (2 * Math.PI)] as const,
    ),
    [1, -1, 1, 0.15865525393145707],
    [1, -1, -1, 0],
    [1, Infinity, 0.5, 0.8413447460685429],
    [-Infinity, 3, 0.5, 0],
  ])('of %f and %f at ρ %f is %f', (h, k, rho, expected) => {
    expect(Math.abs(bivariateNormalCdf(h, k, rho) - expected)).toBeLessThan(1e-12);
  });

  it('adds up to its margin, and comes to the smaller one as ρ nears 1', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (h, k, rho) => {
          const sum = bivariateNormalCdf(h, k, rho) + bivariateNormalCdf(h, -k, -rho);
          expect(Math.abs(sum - bivariateNormalCdf(h, Infinity, rho))).toBeLessThan(1e-12);
        },
      ),
    );
    expect(Math.abs(bivariateNormalCdf(0.3, 1.2, 1 - 1e-9) - bivariateNormalCdf(0.3, 1.2, 1))).toBeLessThan(1e-9);
  });
});

type Tail = ReturnType<typeof tailOf>;

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LadderLeg } from '../../../src/lib/core/quoter/cells.ts';
import { ladderReservation } from '../../../src/lib/core/quoter/ladder.ts';
import { expectVector } from '../../support/vector.ts';

const GAMMA = 0.01;

type Placed = Required<LadderLeg>;
/** A distribution as chances between the edges 0, 10, 20 …, open at both ends. */
type Chances = readonly number[];

const lowOf = (cell: number) => (cell === 0 ? -Infinity : cell * 10);
const leg = (chances: Chances, from: number, to: number, contracts = 0): Placed => ({
  probability: chances.slice(from, to).reduce((sum, chance) => sum + chance, 0),
  contracts,
  bin: { low: lowOf(from), high: to === chances.length ? Infinity : to * 10 },
});
const above = (chances: Chances, from: number, contracts = 0) => leg(chances, from, chances.length, contracts);
const below = (chances: Chances, to: number, contracts = 0) => leg(chances, 0, to, contracts);
const range = (chances: Chances, at: number, contracts = 0) => leg(chances, at, at + 1, contracts);

function reservationOf(own: LadderLeg, others: readonly LadderLeg[], gamma = GAMMA): number {
  const reservation = ladderReservation(
    own,
    others.filter(({ contracts }) => contracts !== 0),
    gamma,
  );
  if (typeof reservation !== 'number') throw new Error(reservation.reason);
  return reservation;
}

const pays = ({ bin }: Placed, cell: number) => lowOf(cell) >= bin.low && lowOf(cell) < bin.high;
const wealthIn = (cell: number, held: readonly Placed[]) =>
  held.reduce((sum, each) => sum + (pays(each, cell) ? each.contracts : 0), 0);

/** E[X·e^(−γW)]/E[e^(−γW)] by going through every cell of the distribution. */
function expected(chances: Chances, own: Placed, others: readonly Placed[], gamma = GAMMA): number {
  let [yes, all] = [0, 0];
  for (const [cell, chance] of chances.entries()) {
    const weight = chance * Math.exp(-gamma * wealthIn(cell, [own, ...others]));
    all += weight;
    if (pays(own, cell)) yes += weight;
  }
  return yes / all;
}

const distributions = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 4, maxLength: 12 }).map((weights) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
});
/** Ranges, thresholds above and below of one distribution, with what is held of each. */
const books = distributions.chain((chances) => {
  const last = chances.length - 1;
  const contracts = fc.integer({ min: -150, max: 150 });
  const market = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: last }), contracts).map(([at, q]) => above(chances, at, q)),
    fc.tuple(fc.integer({ min: 1, max: last }), contracts).map(([at, q]) => below(chances, at, q)),
    fc.tuple(fc.integer({ min: 1, max: last - 1 }), contracts).map(([at, q]) => range(chances, at, q)),
    fc.tuple(fc.integer({ min: 1, max: last - 2 }), contracts).map(([at, q]) => leg(chances, at, at + 2, q)),
  );
  return fc.record({ chances: fc.constant(chances), own: market, others: fc.array(market, { maxLength: 8 }) });
});

describe('the reservation price of a market among others on the same figure', () => {
  const P = [0.2, 0.5, 0.3];

  it.each([
    // Long 100 of the threshold at 10: the range 10–20 is part of it, what lies below is its hedge.
    ['range in a threshold', range(P, 1), [above(P, 1, 100)], '.372119'],
    ['range beside a threshold', leg(P, 0, 1), [above(P, 1, 100)], '.404610'],
    ['threshold above a held range', above(P, 2), [range(P, 1, 100)], '.438635'],
    ['threshold around a held range', above(P, 1), [range(P, 1, 100)], '.707577'],
    // Short below 20 is long above it, and a dollar in any case.
    ['short what pays below', above(P, 1), [below(P, 2, -100)], '.753197'],
    ['long the threshold above', above(P, 1), [above(P, 2, 100)], '.753197'],
  ] as const)('%s', (_, own, others, printed) => {
    const reservation = reservationOf(own, others);
    expect(reservation).toBeCloseTo(expected(P, own, others), 12);
    expectVector(reservation, printed);
  });

  it('is the expectation over every value of the figure, whatever is held of ranges and thresholds', () => {
    fc.assert(
      fc.property(books, ({ chances, own, others }) => {
        // Wide ranges that cross each other have no chances of their own for the crossing.
        const isLaminar = others.concat(own).every((a, _, all) => all.every((b) => isNestedOrApart(a, b)));
        fc.pre(isLaminar);
        expect(reservationOf(own, others)).toBeCloseTo(expected(chances, own, others), 9);
      }),
    );
  });

  it('is that of the exclusive ladder where all that is held are other ranges of it', () => {
    fc.assert(
      fc.property(
        distributions,
        fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 12, maxLength: 12 }),
        (chances, held) => {
          const ranges = chances.map((_, at) => leg(chances, at, at + 1, held[at]));
          const [own, ...others] = ranges.slice(1, -1) as [Placed, ...Placed[]];
          const plain = ({ probability, contracts }: Placed) => ({ probability, contracts });
          expect(reservationOf(own, others)).toBeCloseTo(reservationOf(plain(own), others.map(plain)), 12);
        },
      ),
    );
  });

  it('is the fair value where the positions cancel: long a threshold, short the range and the threshold that make it', () => {
    fc.assert(
      fc.property(distributions, fc.integer({ min: 1, max: 200 }), (chances, q) => {
        const hedged = [above(chances, 1, q), range(chances, 1, -q), above(chances, 2, -q)];
        for (const own of [range(chances, 2), above(chances, 3), below(chances, 2)])
          expect(reservationOf(own, hedged)).toBeCloseTo(own.probability, 9);
      }),
    );
  });

  it('keeps the ladders consistent: a range is the difference of its thresholds, higher thresholds are worth less', () => {
    fc.assert(
      fc.property(books, ({ chances, others }) => {
        fc.pre(others.every((a, _, all) => all.every((b) => isNestedOrApart(a, b) && !isWide(a))));
        const priced = (own: Placed) => {
          // What is held of the market itself counts as its own.
          const same = others.filter(({ bin }) => bin.low === own.bin.low && bin.high === own.bin.high);
          const rest = others.filter((other) => !same.includes(other));
          return reservationOf({ ...own, contracts: same.reduce((sum, { contracts }) => sum + contracts, 0) }, rest);
        };
        for (let at = 1; at < chances.length - 1; at += 1) {
          const [low, high] = [priced(above(chances, at)), priced(above(chances, at + 1))];
          expect(high).toBeLessThan(low);
          expect(priced(range(chances, at))).toBeCloseTo(low - high, 9);
          expect(priced(below(chances, at))).toBeCloseTo(1 - low, 9);
        }
      }),
    );
  });

  it('falls with what is bought of a market that contains it or lies in it, and rises with what is bought beside it', () => {
    fc.assert(
      fc.property(books, fc.integer({ min: 1, max: 100 }), ({ chances, others }, more) => {
        fc.pre(others.every((a, _, all) => all.every((b) => isNestedOrApart(a, b) && !isWide(a))));
        const own = range(chances, 1);
        const before = reservationOf(own, others);
        expect(reservationOf(own, [...others, above(chances, 1, more)])).toBeLessThan(before);
        expect(reservationOf(own, [...others, above(chances, 2, more)])).toBeGreaterThan(before);
      }),
      { numRuns: 60 },
    );
  });

  it('leans towards a trade that hedges only as far as it is worth it: bought below it, certainty is never worth less', () => {
    const certainty = (chances: Chances, held: readonly Placed[]) =>
      -Math.log(chances.reduce((sum, chance, cell) => sum + chance * Math.exp(-GAMMA * wealthIn(cell, held)), 0)) /
      GAMMA;
    fc.assert(
      fc.property(books, ({ chances, own, others }) => {
        fc.pre(others.concat(own).every((a, _, all) => all.every((b) => isNestedOrApart(a, b))));
        const price = reservationOf(own, others);
        const small = 1e-4;
        const bought = certainty(chances, [...others, { ...own, contracts: own.contracts + small }]);
        const change = (bought - certainty(chances, [...others, own])) / small;
        expect(change).toBeCloseTo(price, 5);
      }),
    );
  });

  it('leans towards a hedge, and a hedge bought at that price never makes the worst outcome worse', () => {
    const worst = (chances: Chances, held: readonly Placed[]) =>
      Math.min(...chances.map((_, cell) => wealthIn(cell, held)));
    const longs = fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 100 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(distributions, longs, fc.double({ min: 0, max: 1, noNaN: true }), (chances, list, share) => {
        // Long what lies above some strikes: it pays least below the lowest of them.
        const held = list.map(([at, q]) => above(chances, 1 + (at % (chances.length - 1)), q));
        const lowest = Math.min(...held.map(({ bin }) => bin.low));
        const hedge = below(chances, lowest / 10);
        const price = reservationOf(hedge, held);
        expect(price).toBeGreaterThan(hedge.probability);
        const gap = Math.min(...held.filter(({ bin }) => bin.low === lowest).map(({ contracts }) => contracts));
        const size = share * gap;
        const hedged = worst(chances, [...held, { ...hedge, contracts: size }]) - price * size;
        expect(hedged).toBeGreaterThanOrEqual(worst(chances, held));
      }),
    );
  });

  it('stays a price, and its own fair value with nothing held, where values contradict each other or ranges cross', () => {
    const bins = fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 5 })).map(([from, width]) => ({
        ...{ low: from === 0 ? -Infinity : from * 7, high: (from + width) * 7 },
      })),
      fc.integer({ min: 0, max: 8 }).map((from) => ({ low: from * 7, high: Infinity })),
    );
    const any = fc.record({
      probability: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      contracts: fc.integer({ min: -200, max: 200 }),
      bin: bins,
    });
    fc.assert(
      fc.property(any, fc.array(any, { maxLength: 8 }), (own, others) => {
        const reservation = reservationOf(own, others);
        expect(reservation > 0 && reservation < 1).toBe(true);
        const flat = others.map((other) => ({ ...other, contracts: 0 }));
        expect(ladderReservation({ ...own, contracts: 0 }, flat, GAMMA)).toBeCloseTo(own.probability, 9);
      }),
    );
  });
});

function isNestedOrApart({ bin: a }: Placed, { bin: b }: Placed): boolean {
  // Below a strike is what is not above it, and lies with everything as that does.
  const [one, other] = [upper(a), upper(b)];
  const isIn = one.low >= other.low && one.high <= other.high;
  const isAround = other.low >= one.low && other.high <= one.high;
  return isIn || isAround || one.high <= other.low || other.high <= one.low;
}

const upper = (bin: Placed['bin']) =>
  bin.low === -Infinity && bin.high < Infinity ? { low: bin.high, high: Infinity } : bin;
const isWide = ({ bin }: Placed) => Number.isFinite(bin.high - bin.low) && bin.high - bin.low > 10;

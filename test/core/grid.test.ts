import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOnGrid,
  LINEAR_CENT,
  type PriceGrid,
  priceGrid,
  snap,
  TAPERED_DECI_CENT,
  tickAbove,
  tickBelow,
} from '../../src/lib/core/grid.ts';
import { centicents, complement } from '../../src/lib/core/units.ts';

const bands = (...list: readonly (readonly [number, number, number])[]) =>
  list.map(([start, end, step]) => ({ start: centicents(start), end: centicents(end), step: centicents(step) }));

const CENTI_EDGES = priceGrid(bands([0, 100, 1], [100, 9_900, 10], [9_900, 10_000, 1])) as PriceGrid;
const HALF_EDGES = priceGrid(bands([0, 1_000, 50], [1_000, 9_000, 100], [9_000, 10_000, 50])) as PriceGrid;

const grids = fc.constantFrom(LINEAR_CENT, TAPERED_DECI_CENT, CENTI_EDGES, HALF_EDGES);
const raws = fc.oneof(
  fc.double({ min: -500, max: 10_500, noNaN: true }),
  fc.integer({ min: -500, max: 10_500 }),
  // A hair beside a price of some grid, where the tolerance decides.
  fc
    .tuple(
      fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0, 100, 1_000, 9_000, 9_900, 10_000)),
      fc.double({ min: -2e-4, max: 2e-4, noNaN: true }),
    )
    .map(([price, offset]) => price + offset),
);
/** A millionth of the widest tick, and the noise of doubles near 10,000. */
const SLACK = 1e-4 + 1e-9;

describe('snapping a raw price', () => {
  it.each([
    [9.57, 9.5, 9.6],
    [10.49, 10, 11],
    [89.99, 89, 90],
    [90.04, 90, 90.1],
    [9.995, 9.9, 10],
    [0.04, undefined, 0.1],
    [99.95, 99.9, undefined],
  ])('puts %d ¢ on the tapered grid: bid %d, ask %d', (raw, bid, ask) => {
    const cents = (price: number | undefined) => (price === undefined ? undefined : price / 100);
    expect(cents(snap(raw * 100, 'bid', TAPERED_DECI_CENT))).toBe(bid);
    expect(cents(snap(raw * 100, 'ask', TAPERED_DECI_CENT))).toBe(ask);
  });

  it('shows the last tick to whom asked for more than it, and nothing to whom asked for less than the first', () => {
    expect([snap(10_300, 'bid', LINEAR_CENT), snap(10_300, 'ask', LINEAR_CENT)]).toEqual([9_900, undefined]);
    expect([snap(-300, 'bid', LINEAR_CENT), snap(-300, 'ask', LINEAR_CENT)]).toEqual([undefined, 100]);
  });

  it('takes a price within a millionth of a tick as that price', () => {
    expect(snap(4_799.999_999, 'bid', LINEAR_CENT)).toBe(4_800);
    expect(snap(4_800.000_006, 'ask', LINEAR_CENT)).toBe(4_800);
    expect(snap(4_799.99, 'bid', LINEAR_CENT)).toBe(4_700);
    expect(snap(4_800.01, 'ask', LINEAR_CENT)).toBe(4_900);
  });

  it('measures that millionth by the wider of the two ticks at the border of two bands', () => {
    expect(snap(999.999_95, 'bid', TAPERED_DECI_CENT)).toBe(1_000);
    expect(snap(999.999_85, 'bid', TAPERED_DECI_CENT)).toBe(990);
    expect(snap(9_000.000_05, 'ask', TAPERED_DECI_CENT)).toBe(9_000);
    expect(snap(9_000.000_15, 'ask', TAPERED_DECI_CENT)).toBe(9_010);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d', (raw) => {
    expect([snap(raw, 'bid', LINEAR_CENT), snap(raw, 'ask', LINEAR_CENT)]).toEqual([undefined, undefined]);
  });

  it('mirrors: a bid is the complement of the ask at the complement, none where that is none', () => {
    fc.assert(
      fc.property(raws, grids, (raw, grid) => {
        const mirrored = 10_000 - raw;
        fc.pre(10_000 - mirrored === raw);
        const ask = snap(mirrored, 'ask', grid);
        return snap(raw, 'bid', grid) === (ask === undefined ? undefined : complement(ask));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays on the grid, on the passive side of the raw price, within one tick of it', () => {
    fc.assert(
      fc.property(raws, grids, (raw, grid) => {
        const bid = snap(raw, 'bid', grid);
        const ask = snap(raw, 'ask', grid);
        if (bid !== undefined) {
          expect(isOnGrid(bid, grid)).toBe(true);
          expect(bid).toBeLessThanOrEqual(raw + SLACK);
          expect(tickAbove(bid, grid) ?? Infinity).toBeGreaterThan(raw - SLACK);
        }
        if (ask !== undefined) {
          expect(isOnGrid(ask, grid)).toBe(true);
          expect(ask).toBeGreaterThanOrEqual(raw - SLACK);
          expect(tickBelow(ask, grid) ?? -Infinity).toBeLessThan(raw + SLACK);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(raws, grids, (raw, grid) => {
        const price = snap(raw, 'bid', grid);
        return price === undefined || (snap(price, 'bid', grid) === price && snap(price, 'ask', grid) === price);
      }),
    );
  });
});

describe('ticks', () => {
  it('walk up the whole grid and down again', () => {
    for (const grid of [LINEAR_CENT, TAPERED_DECI_CENT, CENTI_EDGES, HALF_EDGES]) {
      const up = [grid.first];
      for (let next = tickAbove(grid.first, grid); next !== undefined; next = tickAbove(next, grid)) up.push(next);
      const down = [grid.last];
      for (let next = tickBelow(grid.last, grid); next !== undefined; next = tickBelow(next, grid)) down.push(next);
      expect(up).toEqual(down.reverse());
      expect(up.at(-1)).toBe(grid.last);
      const legal = Array.from({ length: 10_001 }, (_, price) => centicents(price)).filter((p) => isOnGrid(p, grid));
      expect(up).toEqual(legal);
    }
  });

  it('are counted as the exchange lists them', () => {
    const count = (grid: PriceGrid) =>
      Array.from({ length: 10_001 }, (_, p) => centicents(p)).filter((p) => isOnGrid(p, grid)).length;
    expect(count(LINEAR_CENT)).toBe(99);
    expect(count(TAPERED_DECI_CENT)).toBe(99 + 80 + 81 + 19);
  });

  it('step from a price that is off the grid to the next one on it', () => {
    expect(tickAbove(centicents(4_833), TAPERED_DECI_CENT)).toBe(4_900);
    expect(tickBelow(centicents(4_833), TAPERED_DECI_CENT)).toBe(4_800);
    expect(tickAbove(centicents(0), TAPERED_DECI_CENT)).toBe(10);
    expect(tickBelow(centicents(10_000), TAPERED_DECI_CENT)).toBe(9_990);
  });

  it('take the step of the band they walk into', () => {
    expect([tickBelow(centicents(1_000), TAPERED_DECI_CENT), tickAbove(centicents(1_000), TAPERED_DECI_CENT)]).toEqual([
      990, 1_100,
    ]);
    expect([tickBelow(centicents(9_000), TAPERED_DECI_CENT), tickAbove(centicents(9_000), TAPERED_DECI_CENT)]).toEqual([
      8_900, 9_010,
    ]);
  });
});

describe('a price grid', () => {
  it('is built from bands in any order', () => {
    expect(priceGrid(bands([9_000, 10_000, 10], [0, 1_000, 10], [1_000, 9_000, 100]))).toEqual(TAPERED_DECI_CENT);
  });

  it.each([
    ['no band', bands()],
    ['a hole', bands([0, 1_000, 10], [1_100, 10_000, 100])],
    ['an overlap', bands([0, 1_000, 10], [900, 10_000, 100])],
    ['an end below $1', bands([0, 9_000, 100])],
    ['a start above 0', bands([100, 10_000, 100])],
    ['a step that does not divide its band', bands([0, 10_000, 300])],
    ['a step of zero', bands([0, 10_000, 0])],
    ['an empty band', bands([0, 0, 10], [0, 10_000, 100])],
  ])('is refused for %s', (_, list) => {
    expect(priceGrid(list)).toBeUndefined();
  });

  it('does not hold 0, $1 or a fraction of a centicent', () => {
    expect(isOnGrid(centicents(0), LINEAR_CENT) || isOnGrid(centicents(10_000), LINEAR_CENT)).toBe(false);
    expect(isOnGrid(4_800.5 as ReturnType<typeof centicents>, LINEAR_CENT)).toBe(false);
  });
});

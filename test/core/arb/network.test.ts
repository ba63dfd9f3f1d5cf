import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Circle, circlesOf, dollarOf, type Offer } from '../../../src/lib/core/arb/network.ts';

const offer = (low: number, high: number, bid?: number, ask?: number, size = 10): Offer => ({
  bin: { low, high },
  bids: bid === undefined ? [] : [{ dollars: bid, size }],
  asks: ask === undefined ? [] : [{ dollars: ask, size }],
});

/** Edges at 0, 1 … 6: where the figure may come to lie. */
const PLACES = [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5];
const pays = ({ bin }: Offer, place: number) => (place >= bin.low && place < bin.high ? 1 : 0);

/** Worst outcome of one contract of each that is taken, cost included. */
function worstOf(offers: readonly Offer[], acts: readonly ('buy' | 'sell' | undefined)[]): number {
  return Math.min(
    ...PLACES.map((place) =>
      offers.reduce((sum, each, index) => {
        const act = acts[index];
        if (act === undefined) return sum;
        const price = (act === 'buy' ? each.asks : each.bids)[0]?.dollars ?? Number.NaN;
        return sum + (act === 'buy' ? pays(each, place) - price : price - pays(each, place));
      }, 0),
    ),
  );
}

const actsOf = ({ taken }: Circle, offers: readonly Offer[]) =>
  offers.map((_, index) => taken.find((one) => one.offer === index)?.act);

const edge = fc.integer({ min: 0, max: 5 });
const cents = fc.integer({ min: 1, max: 99 });
const offers = fc.array(
  fc
    .record({
      from: edge,
      to: edge,
      kind: fc.constantFrom('range', 'above', 'below'),
      mid: cents,
      half: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ from, to, kind, mid, half }) => {
      const [low, high] = [Math.min(from, to), Math.max(from, to) + (from === to ? 1 : 0)];
      const [bid, ask] = [Math.max(1, mid - half) / 100, Math.min(99, mid + half) / 100];
      if (kind === 'above') return offer(low, Infinity, bid, ask);
      return kind === 'below' ? offer(-Infinity, high, bid, ask) : offer(low, high, bid, ask);
    }),
  { minLength: 1, maxLength: 5 },
);

describe('circles of profit on the line of a figure', () => {
  it('are there exactly when some combination of the offers can lose nothing, and pay that much at least', () => {
    let found = 0;
    fc.assert(
      fc.property(offers, (list) => {
        const [first] = circlesOf(list, 1);
        let best = -Infinity;
        for (let code = 1; code < 3 ** list.length; code += 1) {
          const acts = list.map((_, index) => ([undefined, 'buy', 'sell'] as const)[Math.floor(code / 3 ** index) % 3]);
          best = Math.max(best, worstOf(list, acts));
        }
        expect(first !== undefined).toBe(best > 1e-9);
        if (first === undefined) return;
        found += 1;
        expect(worstOf(list, actsOf(first, list))).toBeGreaterThanOrEqual(first.profit - 1e-9);
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(20);
  });

  it('take no more than there is, one after the other, until nothing is left', () => {
    const list = [
      offer(0, Infinity, undefined, 0.4, 7),
      offer(1, Infinity, 0.5, undefined, 5),
      offer(2, Infinity, 0.45, undefined, 9),
    ];
    const circles = circlesOf(list, 10);
    expect(circles.map(({ size }) => size).reduce((sum, size) => sum + size, 0)).toBe(7);
    expect(circles.map(({ profit }) => profit)).toEqual([expect.closeTo(0.1, 9), expect.closeTo(0.05, 9)]);
    expect(circlesOf(list, 1)).toHaveLength(1);
  });

  it('are none in books that no trade can improve: the dearest dollar that can be bought is above a dollar', () => {
    const list = [offer(-Infinity, 1, 0.3, 0.34), offer(1, 2, 0.3, 0.34), offer(2, Infinity, 0.3, 0.35)];
    expect(circlesOf(list, 10)).toEqual([]);
    expect(dollarOf(list)).toEqual({ cost: expect.closeTo(1.03, 9), brings: expect.closeTo(0.9, 9) });
    expect(dollarOf(list.slice(1))).toEqual({ brings: expect.closeTo(0.6, 9) });
  });
});

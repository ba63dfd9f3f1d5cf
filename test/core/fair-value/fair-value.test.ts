import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutOwn } from '../../../src/lib/core/book/signals.ts';
import type { Level } from '../../../src/lib/core/events.ts';
import { fairValue } from '../../../src/lib/core/fair-value/fair-value.ts';
import type { FairValue } from '../../../src/lib/core/fair-value/types.ts';
import type { FairSource } from '../../../src/lib/core/parameters.ts';
import { centicents, centicontracts, epochMs, type Probability } from '../../../src/lib/core/units.ts';
import { MARKET } from '../../support/engine.ts';
import { expectVector } from '../../support/vector.ts';

const AT = epochMs(1_780_000_000_000);
const level = (cents: number, contracts: number): Level => ({
  price: centicents(cents * 100),
  size: centicontracts(contracts * 100),
});
const NOBODY = { bids: [], asks: [] };
const BOOK = { bids: [level(45, 300), level(44, 10)], asks: [level(47, 100)] };
const fixed = (probability: number, standardError = 0): FairSource => ({
  kind: 'fixed',
  probability: probability as Probability,
  standardError,
});

function fairOf(source: FairSource, levels = BOOK, own: typeof BOOK | typeof NOBODY = NOBODY): FairValue {
  const result = fairValue(source, { others: withoutOwn(levels, own), at: AT, market: MARKET });
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.value;
}

describe('fair value', () => {
  it('is the mid of the best levels', () => {
    expect(fairOf({ kind: 'mid' })).toMatchObject({ probability: 0.46, source: 'mid', at: AT });
  });

  it('is the microprice: the mid weighted by the sizes of the others', () => {
    expectVector(fairOf({ kind: 'micro' }).probability, '.465');
    const ours = { bids: [level(45, 280)], asks: [] };
    expectVector(fairOf({ kind: 'micro' }, BOOK, ours).probability, '.45333333');
  });

  it('says what it was made of', () => {
    expect(fairOf({ kind: 'micro' }).inputs).toEqual({
      bidCents: 45,
      bidContracts: 300,
      askCents: 47,
      askContracts: 100,
      imbalance: 0.75,
    });
  });

  it('is uncertain by half the spread over √3 when it comes from the book', () => {
    for (const kind of ['mid', 'micro'] as const) expectVector(fairOf({ kind }).standardError, '.005773503');
    expectVector(fairOf({ kind: 'mid' }, { bids: [level(30, 1)], asks: [level(70, 1)] }).standardError, '.115470');
  });

  it('is what it is fixed at, whatever the book', () => {
    expect(fairValue(fixed(0.3, 0.02), { others: withoutOwn(NOBODY, NOBODY), at: AT, market: MARKET })).toEqual({
      kind: 'value',
      value: { probability: 0.3, standardError: 0.02, source: 'fixed', at: AT, inputs: {} },
    });
  });

  it.each([NaN, Infinity, -0.1, 0, 1, 45])('is refused when fixed at %d', (probability) => {
    expect(fairValue(fixed(probability), { others: withoutOwn(BOOK, NOBODY), at: AT, market: MARKET })).toMatchObject({
      kind: 'refused',
      code: 'fair_out_of_range',
    });
  });

  it.each([NaN, -0.01, 1, Infinity])('is refused when fixed with a standard error of %d', (standardError) => {
    expect(
      fairValue(fixed(0.5, standardError), { others: withoutOwn(BOOK, NOBODY), at: AT, market: MARKET }),
    ).toMatchObject({
      code: 'fair_out_of_range',
    });
  });

  it.each([
    ['one_sided_book', { bids: BOOK.bids, asks: [] }, NOBODY],
    ['one_sided_book', BOOK, { bids: [], asks: [level(47, 100)] }],
    ['crossed_book', { bids: [level(47, 1)], asks: [level(47, 1)] }, NOBODY],
    ['own_exceeds_level', BOOK, { bids: [level(45, 301)], asks: [] }],
  ])('is refused as %s', (code, levels, own) => {
    for (const kind of ['mid', 'micro'] as const) {
      expect(fairValue({ kind }, { others: withoutOwn(levels, own), at: AT, market: MARKET })).toMatchObject({
        kind: 'refused',
        code,
      });
    }
  });

  it('does not move with our own orders, however large they are', () => {
    const own = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }));
    fc.assert(
      fc.property(own, ([ourBid, ourAsk]) => {
        const levels = { bids: [level(45, 300 + ourBid)], asks: [level(47, 100 + ourAsk)] };
        const ours = { bids: ourBid > 0 ? [level(45, ourBid)] : [], asks: ourAsk > 0 ? [level(47, ourAsk)] : [] };
        return fairOf({ kind: 'micro' }, levels, ours).probability === fairOf({ kind: 'micro' }).probability;
      }),
    );
  });
});

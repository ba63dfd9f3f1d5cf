import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReferencePrice } from '../../../src/lib/core/events.ts';
import { References, SECONDS_MIN, usable } from '../../../src/lib/core/reference/references.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const START = epochMs(1_790_000_000_000);
const later = (seconds: number): EpochMs => epochMs(START + seconds * 1_000);
const print = (seconds: number, value: number, over: Partial<ReferencePrice> = {}): ReferencePrice => ({
  ...{ type: 'reference_price', at: later(seconds), exchangeAt: later(seconds), index: 'BRTI', value },
  ...over,
});

/** Values one second apart, from `from` seconds on. */
function heard(values: readonly number[], references = new References(), from = 0): References {
  for (const [second, value] of values.entries()) references.apply(print(from + second, value));
  return references;
}
/** A walk of ±`step` in turn: its variance a second is step². */
const walk = (seconds: number, step: number) =>
  Array.from({ length: seconds }, (_, n) => 100_000 * (n % 2 === 0 ? 1 : Math.exp(step)));

describe('a reference price', () => {
  it('says how much it moves once enough was seen of it', () => {
    expect(heard(walk(SECONDS_MIN, 1e-4)).get('BRTI')?.variance).toBeUndefined();
    const { variance = 0 } = heard(walk(400, 1e-4)).get('BRTI') ?? {};
    expect(Math.sqrt(variance)).toBeCloseTo(1e-4, 7);
  });

  it('counts a jump as a few deviations, not as what it was', () => {
    const references = heard(walk(400, 1e-4));
    references.apply(print(400, 100_500));
    const { variance = 0, value } = references.get('BRTI') ?? {};
    expect(value).toBe(100_500);
    expect(Math.sqrt(variance)).toBeLessThan(1.1e-4);
  });

  it('after a silence is one value, not as many as there were seconds: how it moves is to be learned again', () => {
    const references = heard(walk(400, 1e-4));
    references.apply(print(1_400, 100_300));
    expect(references.get('BRTI')).toMatchObject({ value: 100_300, variance: undefined });
    heard(walk(SECONDS_MIN + 1, 1e-4), references, 1_401);
    expect(references.get('BRTI')?.variance).toBeGreaterThan(0);
  });

  it('is not believed when it leaps, before two more values agree', () => {
    const references = heard(walk(60, 1e-4));
    expect(references.apply(print(60, 50_000))).toBe(false);
    expect(usable(references.get('BRTI'), 'BRTI', later(60), 5_000)).toMatchObject({ code: 'reference_doubted' });
    expect(references.apply(print(61, 50_001))).toBe(false);
    expect(references.apply(print(62, 50_002))).toBe(true);
    expect(references.get('BRTI')).toMatchObject({ value: 50_002, doubt: undefined });
  });

  it('that leaps and comes back is one print that was wrong', () => {
    const references = heard(walk(60, 1e-4));
    references.apply(print(60, 50_000));
    expect(references.apply(print(61, 100_000))).toBe(true);
    expect(usable(references.get('BRTI'), 'BRTI', later(61), 5_000)).toMatchObject({ value: 100_000 });
  });

  it.each([
    ['is no number', print(60, Number.NaN)],
    ['is not above zero', print(60, 0)],
    ['is infinite', print(60, Infinity)],
    ['comes from the future', print(60, 100_000, { exchangeAt: later(63) })],
    ['is older than the one before', print(60, 100_000, { exchangeAt: later(58) })],
  ])('that %s changes nothing and is doubted until a good one comes', (_, bad) => {
    const references = heard(walk(60, 1e-4));
    const before = references.get('BRTI');
    expect(references.apply(bad)).toBe(false);
    expect(references.get('BRTI')).toMatchObject({ value: before?.value, variance: before?.variance });
    expect(usable(references.get('BRTI'), 'BRTI', later(60), 5_000)).toMatchObject({ code: 'reference_doubted' });
    references.apply(print(61, 100_000));
    expect(usable(references.get('BRTI'), 'BRTI', later(61), 5_000)).toMatchObject({ value: 100_000 });
  });

  it('keeps the last value of each of the newest minutes, of those that were believed', () => {
    const references = new References();
    for (let second = 0; second < 40 * 60; second += 20) references.apply(print(second, 100_000 + second));
    references.apply(print(40 * 60, 200_000));
    const minutes = references.get('BRTI')?.minutes ?? [];
    expect(minutes).toHaveLength(31);
    expect(minutes.at(-1)).toEqual({ minute: Math.floor(later(2_380) / 60_000), value: 102_380 });
    const steps = minutes.slice(1).map(({ minute }, n) => minute - (minutes[n]?.minute ?? 0));
    expect(new Set(steps)).toEqual(new Set([1]));
  });

  it('is believed by nobody once its sources are lost, until the next value', () => {
    const references = heard([100_000]);
    references.lose({ type: 'reference_lost', at: later(1), index: 'BRTI', reason: 'no source is fresh' });
    expect(usable(references.get('BRTI'), 'BRTI', later(1), 5_000)).toMatchObject({ code: 'reference_doubted' });
    references.apply(print(2, 100_001));
    expect(usable(references.get('BRTI'), 'BRTI', later(2), 5_000)).toMatchObject({ value: 100_001 });
  });

  it('that was never heard is unknown for the reason that was given last, until it is', () => {
    const references = new References();
    const reasonOf = () => references.heard('BRTI');
    expect(reasonOf()).toMatchObject({ code: 'reference_unknown', reason: 'no value of BRTI has been heard' });
    references.lose({ type: 'reference_lost', at: later(1), index: 'BRTI', reason: 'kraken answers HTML' });
    expect(usable(reasonOf(), 'BRTI', later(1), 5_000)).toMatchObject({
      code: 'reference_unknown',
      reason: 'kraken answers HTML',
    });
    references.apply(print(2, Number.NaN));
    expect(reasonOf()).toMatchObject({ reason: 'BRTI was stated as NaN, which is no level' });
    references.apply(print(3, 100_000));
    expect(reasonOf()).toMatchObject({ value: 100_000, doubt: undefined });
  });

  it('is of no use when it is old, or was never heard', () => {
    const references = heard(walk(60, 1e-4));
    expect(usable(references.get('BRTI'), 'BRTI', later(64), 5_000)).toMatchObject({ value: 100_000 * Math.exp(1e-4) });
    expect(usable(references.get('BRTI'), 'BRTI', later(65), 5_000)).toMatchObject({ code: 'reference_stale' });
    expect(usable(references.get('SPX'), 'SPX', later(65), 5_000)).toMatchObject({ code: 'reference_unknown' });
  });

  it('never holds a variance that is negative or no number, whatever comes', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 5_000 }),
      value: fc.oneof(fc.double(), fc.double({ min: 90_000, max: 110_000, noNaN: true })),
      skew: fc.integer({ min: -5_000, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const references = heard(walk(40, 1e-4));
        let at = 40_000;
        for (const { wait, value, skew } of steps) {
          at += wait;
          references.apply(print(at / 1_000, value, { exchangeAt: epochMs(START + at + skew) }));
          const known = references.get('BRTI');
          expect(known?.value).toBeGreaterThan(0);
          expect(known?.variance === undefined || (known.variance >= 0 && known.variance < Infinity)).toBe(true);
        }
      }),
    );
  });
});

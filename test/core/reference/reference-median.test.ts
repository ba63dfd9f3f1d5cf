import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceMedian } from '../../../src/lib/core/reference/reference-median.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const T = 1_790_000_000_000;
const at = (ms: number) => epochMs(T + ms);
const RULES = { sourcesMin: 2, ageMsMax: 2_000, outlierShare: 0.005 };

function told(...values: readonly (readonly [string, number, number])[]): ReferenceMedian {
  const median = new ReferenceMedian('BRTI');
  for (const [name, value, ms] of values) median.take(name, value, at(ms), at(ms));
  return median;
}

describe('one value out of several sources', () => {
  it('is their median, at the time of the newest', () => {
    const median = told(['coinbase', 100_010, 0], ['kraken', 100_000, 300], ['bitstamp', 100_040, 100]);
    expect(median.combined(at(500), RULES)).toEqual({
      ...{ kind: 'combined', value: 100_010, valueAt: at(300) },
      sources: ['coinbase', 'kraken', 'bitstamp'],
    });
  });

  it('leaves out a source that is silent, and is none when too few are left', () => {
    const median = told(['coinbase', 100_010, 0], ['kraken', 100_000, 1_500], ['bitstamp', 100_040, 1_600]);
    expect(median.combined(at(2_001), RULES)).toMatchObject({ value: 100_020, sources: ['kraken', 'bitstamp'] });
    expect(median.combined(at(3_600), RULES)).toMatchObject({ kind: 'refused', code: 'sources_stale' });
  });

  it('is as old as a value says it is, even when it has just come', () => {
    const median = new ReferenceMedian('BRTI');
    median.take('coinbase', 100_000, at(-2_500), at(0));
    median.take('kraken', 100_000, at(0), at(0));
    expect(median.combined(at(0), RULES)).toMatchObject({ code: 'sources_stale' });
  });

  it('leaves out an outlier, and is none when two stand against each other', () => {
    const three = told(['coinbase', 100_000, 0], ['kraken', 100_010, 0], ['bitstamp', 101_000, 0]);
    expect(three.combined(at(0), RULES)).toMatchObject({ value: 100_005, sources: ['coinbase', 'kraken'] });
    const two = told(['coinbase', 100_000, 0], ['bitstamp', 102_000, 0]);
    expect(two.combined(at(0), RULES)).toMatchObject({ code: 'sources_disagree' });
  });

  it('does not carry on what a link said that is gone', () => {
    const median = told(['coinbase', 100_000, 0], ['kraken', 100_000, 0]);
    median.forget('kraken');
    expect(median.combined(at(0), RULES)).toMatchObject({ code: 'sources_stale' });
  });

  it.each([
    ['NaN', Number.NaN, 100, 'no level'],
    ['zero', 0, 100, 'no level'],
    ['infinity', Number.POSITIVE_INFINITY, 100, 'no level'],
    ['the future', 100_000, 2_101, 'ahead of our clock'],
    ['the past', 100_000, -1, 'older than the one before it'],
    ['no time', 100_000, Number.NaN, 'no time'],
    ['a jump', 103_000, 50, 'jumps from 100000 to 103000'],
  ])('does not take in %s', (_, value, valueAt, fault) => {
    const median = told(['coinbase', 100_000, 0], ['kraken', 100_000, 0]);
    expect(median.take('coinbase', value, T + valueAt, at(100))).toContain(fault);
    expect(median.combined(at(100), RULES)).toMatchObject({ value: 100_000 });
  });

  it('believes a jump that two more values confirm', () => {
    const median = told(['coinbase', 100_000, 0]);
    const alone = { ...RULES, sourcesMin: 1 };
    expect(median.take('coinbase', 103_000, at(10), at(10))).toBeDefined();
    expect(median.take('coinbase', 103_010, at(20), at(20))).toBeDefined();
    expect(median.combined(at(20), alone)).toMatchObject({ value: 100_000 });
    expect(median.take('coinbase', 103_020, at(30), at(30))).toBeUndefined();
    expect(median.combined(at(30), alone)).toMatchObject({ value: 103_020 });
  });

  it('lies between sources that agree, and one wild source of three never moves it beyond them', () => {
    const near = fc.double({ min: 99_900, max: 100_100, noNaN: true });
    fc.assert(
      fc.property(near, near, fc.double({ min: 1, max: 1e6, noNaN: true }), (a, b, wild) => {
        const found = told(['a', a, 0], ['b', b, 0], ['c', wild, 0]).combined(at(0), RULES);
        if (found.kind === 'refused') return;
        expect(found.value).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-9);
        expect(found.value).toBeLessThanOrEqual(Math.max(a, b) + 1e-9);
      }),
    );
  });
});

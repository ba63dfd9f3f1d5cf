import { describe, expect, it } from 'vitest';
import { chance, exponential, integer, normal, seededStream } from '../../src/lib/sim/random.ts';

const DRAWS = 20_000;

function drawn(draw: (stream: ReturnType<typeof seededStream>) => number): number[] {
  const stream = seededStream(1);
  return Array.from({ length: DRAWS }, () => draw(stream));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
}

describe('a seeded stream', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const numbers = (seed: number | string) => {
      const stream = seededStream(seed);
      return [stream.next(), stream.next(), stream.next()];
    };
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(numbers('7')).toEqual(numbers(7));
  });

  it('is pinned to its first numbers, so that recorded seeds keep their worlds', () => {
    const stream = seededStream(42);
    const first = [stream.next(), stream.next(), stream.next()];
    expect(first).toMatchInlineSnapshot(`
      [
        0.24305238541702,
        0.27666985504940433,
        0.5591659535405681,
      ]
    `);
  });

  it('is uniform in [0, 1)', () => {
    const values = drawn((stream) => stream.next());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(meanOf(values)).toBeCloseTo(0.5, 1);
    expect(varianceOf(values)).toBeCloseTo(1 / 12, 2);
    const tenths = new Array<number>(10).fill(0);
    for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] as number) + 1;
    for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(5 * Math.sqrt(DRAWS / 10));
  });

  it('splits by name: independent of how much was drawn, different for every name and path', () => {
    const untouched = seededStream(3).split('a');
    const parent = seededStream(3);
    parent.next();
    const later = parent.split('a');
    expect(later.next()).toBe(untouched.next());
    const firsts = ['a', 'b', 'c'].map((label) => seededStream(3).split(label).next());
    firsts.push(seededStream(3).split('a').split('b').next(), seededStream(3).split('b').split('a').next());
    expect(new Set(firsts).size).toBe(5);
  });
});

describe('draws', () => {
  it('exponential has its mean and never a negative wait', () => {
    const values = drawn((stream) => exponential(stream, 250));
    expect(meanOf(values) / 250).toBeCloseTo(1, 1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });

  it('normal has its mean and deviation', () => {
    const values = drawn((stream) => normal(stream, 10, 3));
    expect(meanOf(values)).toBeCloseTo(10, 0);
    expect(Math.sqrt(varianceOf(values)) / 3).toBeCloseTo(1, 1);
    expect(values.filter((value) => value < 10 - 1.96 * 3).length / DRAWS).toBeCloseTo(0.025, 2);
  });

  it('integer draws every number between its ends, both included', () => {
    const values = new Set(drawn((stream) => integer(stream, -1, 2)));
    expect([...values].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
  });

  it('chance is true as often as asked', () => {
    const hits = drawn((stream) => (chance(stream, 0.2) ? 1 : 0));
    expect(meanOf(hits)).toBeCloseTo(0.2, 1);
  });
});

/** Half days: what is learned of them from past ones, and from how many. */
import { describe, expect, it } from 'vitest';
import { easternWallTime } from '../../../../src/lib/core/eastern.ts';
import { HALF_SESSION_MINUTES } from '../../../../src/lib/core/fair-value/index-ladder/calibration.ts';
import { fitHalfDay } from '../../../../src/lib/core/fair-value/index-ladder/fit-half-day.ts';
import type { IndexSession } from '../../../../src/lib/core/fair-value/index-ladder/sessions.ts';
import { assumedShares } from '../../../../src/lib/core/fair-value/index-ladder/shape.ts';
import { normal, type SplittableStream, seededStream } from '../../../../src/lib/sim/random.ts';

const HALF = assumedShares(HALF_SESSION_MINUTES);
const WHOLE = assumedShares();
const LEVEL = 0.4;
const DOUBT = 0.2;

function session(random: SplittableStream, day: number, shares: readonly number[], variance: number): IndexSession {
  const own = variance * Math.exp(2 * DOUBT * normal(random, 0, 1) - 2 * DOUBT ** 2);
  let log = Math.log(6_900);
  const levels = [6_900];
  for (const share of shares) {
    log += Math.sqrt(own * share) * normal(random, 0, 1);
    levels.push(Math.exp(log));
  }
  return { day, opensAt: easternWallTime(day, 570), levels };
}

/** Each half day after eight whole ones. */
function years(halfDays: number, seed: string) {
  const random = seededStream(seed);
  const days = [...Array(halfDays).keys()].map((n) => 17_000 + n * 100);
  return {
    halves: days.map((day) => session(random, day, HALF, LEVEL * 1e-4)),
    wholes: days.flatMap((day) => [8, 7, 6, 5, 4, 3, 2, 1].map((back) => session(random, day - back, WHOLE, 1e-4))),
  };
}

function offBy(shares: readonly number[]): number {
  const squares = shares.map((share, minute) => Math.log(share / (HALF[minute] ?? Number.NaN)) ** 2);
  return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / shares.length);
}

describe('half days', () => {
  it.each([
    [12, 0.09],
    [22, 0.09],
  ])('are known from %i of them: their shape, their level and how far it was off', (count, offMax) => {
    const seen: number[] = [];
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { halves, wholes } = years(count, `${seed} ${count}`);
      const fit = fitHalfDay(halves, wholes, 5);
      if (fit.kind === 'refused') throw new Error(fit.reason);
      expect(fit.days).toBe(count);
      expect(fit.shares).toHaveLength(HALF_SESSION_MINUTES);
      expect(fit.shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(Math.abs(Math.log(fit.level / LEVEL))).toBeLessThan(0.4);
      expect(fit.doubt).toBeGreaterThan(0.1);
      expect(fit.doubt).toBeLessThan(0.45);
      seen.push(offBy(fit.shares));
    }
    const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
    expect(mean).toBeLessThan(offMax);
  });

  it('are not known from fewer, from such as have holes, or where nothing is known of the days before', () => {
    const { halves, wholes } = years(12, 'few');
    const reasonOf = (some: readonly IndexSession[], before = wholes) => {
      const fit = fitHalfDay(some, before, 5);
      return fit.kind === 'refused' ? `${fit.code}: ${fit.reason.split(',')[0]}` : fit.kind;
    };
    expect(reasonOf(halves)).toBe('half_day');
    expect(reasonOf(halves.slice(1))).toBe('too_few_half_days: 11 of 11 half days are whole');
    const [first, ...others] = halves;
    if (first === undefined) throw new Error('there is one');
    const holed = { ...first, levels: first.levels.map((level, minute) => (minute % 9 === 4 ? Number.NaN : level)) };
    expect(reasonOf([holed, ...others])).toBe('too_few_half_days: 11 of 12 half days are whole');
    const later = wholes.filter(({ day }) => day > first.day);
    expect(reasonOf(halves, later)).toBe('too_few_half_days: 11 of 12 half days are whole');
    expect(reasonOf([])).toBe('too_few_half_days: 0 of 0 half days are whole');
  });
});

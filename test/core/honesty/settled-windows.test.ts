import { describe, expect, it } from 'vitest';
import { checkSettled, type SettledWindow } from '../../../src/lib/core/honesty/settled-windows.ts';
import { studentCdf, studentReach } from '../../../src/lib/core/honesty/student.ts';
import type { EpochMs } from '../../../src/lib/core/units.ts';
import { normal, seededStream } from '../../../src/lib/sim/random.ts';

/** A chain of windows whose moves are normal with the deviation that `sdAt` says. */
function chain(count: number, sdAt: (n: number) => number): SettledWindow[] {
  const stream = seededStream('chain');
  let value = 80_000;
  return Array.from({ length: count }, (_, n): SettledWindow => {
    const strike = value;
    value = Math.round(normal(stream, strike, sdAt(n)) * 100) / 100;
    const result = value >= strike ? 'yes' : 'no';
    return { ticker: `W-${n}`, closeAt: (n * 900_000) as EpochMs, result, strike, value };
  });
}

describe('settled windows', () => {
  it('names the strike that is not the value before it, and the result that breaks the rule', () => {
    const windows = chain(5, () => 100);
    const [second, fourth] = [windows[1] as SettledWindow, windows[3] as SettledWindow];
    windows[1] = { ...second, strike: (second.strike ?? 0) + 0.02 };
    windows[3] = { ...fourth, result: fourth.result === 'yes' ? 'no' : 'yes' };
    const { chain: links, rule, volatility } = checkSettled(windows);
    expect(links).toEqual({ pairs: 4, broken: ['W-1'] });
    expect(rule).toMatchObject({ checked: 5, broken: ['W-3'] });
    expect(volatility).toBeNull();
  });

  it('a tie is a yes, and counted', () => {
    const tie: SettledWindow = { ticker: 'T', closeAt: 0 as EpochMs, result: 'yes', strike: 100, value: 100 };
    expect(checkSettled([tie]).rule).toEqual({ checked: 1, ties: 1, broken: [] });
  });

  it('finds a volatility that changes slowly calibrated, and moves of two sizes at random not normal', () => {
    const slow = checkSettled(chain(1_200, (n) => 100 * (1.5 + Math.sin(n / 150)))).volatility;
    expect(slow?.pit.isUniform).toBe(true);
    expect(Math.abs((slow?.meanSquare ?? 0) - 1)).toBeLessThan(0.15);
    const coin = seededStream('coin');
    const mixed = checkSettled(chain(1_200, () => (coin.next() < 0.2 ? 400 : 60))).volatility;
    expect(mixed?.pit.isUniform).toBe(false);
    expect(mixed?.meanFourth).toBeGreaterThan(6);
  });

  it('learns nothing across a hole', () => {
    const windows = chain(3, () => 100).map((one) => ({ ...one, closeAt: (one.closeAt * 2) as EpochMs }));
    expect(checkSettled(windows).chain.pairs).toBe(0);
  });
});

it.each([1, 2, 3, 4, 5, 8, 9, 20])('Student’s distribution with %i degrees has 2.5 %% beyond its reach', (freedom) => {
  expect(studentCdf(studentReach(freedom), freedom)).toBeCloseTo(0.975, 5);
  expect(studentCdf(0, freedom)).toBe(0.5);
  expect(studentCdf(-1.3, freedom) + studentCdf(1.3, freedom)).toBeCloseTo(1, 12);
});

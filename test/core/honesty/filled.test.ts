import { describe, expect, it } from 'vitest';
import { type FilledBet, filledHonesty } from '../../../src/lib/core/honesty/filled.ts';

/** A fill of ten contracts at 0.40 that was thought to be worth 0.45, a market an event. */
function bet(n: number, isTrue: boolean, over: Partial<FilledBet> = {}): FilledBet {
  return {
    ...{ ticker: `A-${n}`, event: `A-${n}`, series: 'A', settledAt: n, secondsToClose: 100, sign: 1, contracts: 10 },
    ...{ price: 0.4, fair: 0.45, mid: 0.42, isTrue, fee: 0.1, ...over },
  };
}

describe('what was filled', () => {
  it('is honest where what was expected came: 45 of 100', () => {
    const bets = Array.from({ length: 100 }, (_, n) => bet(n, n % 20 < 9));
    const { ev, calibrationError, isDrifting, scores } = filledHonesty(bets);
    // Predicted and realized: 10 × (0.45 − 0.40) − 0.10 an event.
    expect(ev?.ratio).toBeCloseTo(1, 9);
    expect(ev?.isVerdict).toBe(true);
    expect(calibrationError).toBeCloseTo(0, 9);
    expect([isDrifting, scores.count]).toEqual([false, 100]);
  });

  it('is not where what fills is what is about to be worth nothing', () => {
    const bets = Array.from({ length: 100 }, (_, n) => bet(n, n % 20 < 4));
    const { ev, calibrationError, isDrifting, rivals } = filledHonesty(bets);
    expect(ev).toMatchObject({ sizeFactor: 0, isOff: true });
    expect(calibrationError).toBeCloseTo(0.25, 9);
    expect(isDrifting).toBe(true);
    expect(rivals.find(({ name }) => name === 'fair')?.logLossBeyond?.mean).toBeGreaterThan(0);
  });

  it('a sale earns when the market comes out at nothing', () => {
    const sale = { sign: -1, price: 0.5, fair: 0.45 } as const;
    const bets = Array.from({ length: 40 }, (_, n) => bet(n, n % 20 < 9, sale));
    expect(filledHonesty(bets).ev?.ratio).toBeCloseTo(1, 9);
  });

  it('a hundred fills of one event are one observation, and nothing filled is nothing said', () => {
    const many = Array.from({ length: 100 }, () => bet(1, true));
    expect(filledHonesty(many)).toMatchObject({ fills: 100, markets: 1, ev: null });
    expect(filledHonesty([])).toMatchObject({ fills: 0, calibrationError: null, ev: null, rivals: [] });
  });
});

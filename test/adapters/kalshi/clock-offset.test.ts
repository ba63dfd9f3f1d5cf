import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsOfArrival,
  boundsOfDate,
  boundsOfStamp,
  ClockOffset,
} from '../../../src/lib/adapters/kalshi/clock-offset.ts';

const WALL = 1_790_000_000_000;

/** One answer of an exchange whose clock is `offset` ahead; it stamps `toThere` ms after we sent. */
function dateSeen(offset: number, sentAt: number, toThere: number, back: number) {
  const stampedAt = sentAt + toThere + offset;
  return boundsOfDate(Math.floor(stampedAt / 1_000) * 1_000, sentAt, sentAt + toThere + back);
}

describe('the offset of the exchange’s clock', () => {
  it('is unknown before anything was heard', () => {
    expect(new ClockOffset().estimate(WALL)).toBeUndefined();
    expect(new ClockOffset().verdict(WALL)).toBe('unknown');
  });

  it('is always within the stated uncertainty, whatever the offset, the delays and the phase', () => {
    const observation = fc.record({
      gap: fc.integer({ min: 0, max: 20_000 }),
      toThere: fc.integer({ min: 0, max: 800 }),
      back: fc.integer({ min: 0, max: 800 }),
      kind: fc.constantFrom('date', 'stamp', 'frame'),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.array(observation, { minLength: 1, maxLength: 40 }),
        (offset, observations) => {
          const estimator = new ClockOffset();
          let at = WALL;
          estimator.observe(dateSeen(offset, at, 20, 20), at + 40);
          at += 40;
          for (const { gap, toThere, back, kind } of observations) {
            at += gap;
            const received = at + toThere + back;
            const stampedAt = at + toThere + offset;
            const bounds = {
              date: () => dateSeen(offset, at, toThere, back),
              stamp: () => boundsOfStamp(stampedAt, at, received),
              frame: () => boundsOfArrival(stampedAt, received),
            }[kind]();
            estimator.observe(bounds, received);
            at = received;
            const estimate = estimator.estimate(at);
            if (estimate === undefined) throw new Error('no estimate');
            expect(Math.abs(estimate.offsetMs - offset)).toBeLessThanOrEqual(estimate.uncertaintyMs);
          }
        },
      ),
    );
  });

  it('gets sharper than one second from many headers of whole seconds', () => {
    const estimator = new ClockOffset();
    for (let i = 0; i < 40; i++) estimator.observe(dateSeen(137, WALL + i * 1_373, 5, 5), WALL + i * 1_373 + 10);
    const estimate = estimator.estimate(WALL + 55_000);
    expect(estimate?.uncertaintyMs).toBeLessThan(60);
    expect(Math.abs((estimate?.offsetMs ?? 0) - 137)).toBeLessThan(60);
  });

  it('warns from one second and refuses from five, uncertainty counted in', () => {
    const verdictAt = (offset: number) => {
      const estimator = new ClockOffset();
      estimator.observe(boundsOfStamp(WALL + offset, WALL, WALL), WALL);
      return estimator.verdict(WALL);
    };
    expect([0, 900, -900].map(verdictAt)).toEqual(['good', 'good', 'good']);
    expect([1_100, -1_100, 4_900].map(verdictAt)).toEqual(['warn', 'warn', 'warn']);
    expect([5_000, -6_000, 120_000].map(verdictAt)).toEqual(['refuse', 'refuse', 'refuse']);

    const vague = new ClockOffset();
    vague.observe(boundsOfDate(WALL, WALL - 8_000, WALL + 2_000), WALL + 2_000);
    expect(vague.verdict(WALL + 2_000)).toBe('refuse');
  });

  it('disregards one answer out of line, and follows a clock that was set anew', () => {
    const estimator = new ClockOffset();
    for (let i = 0; i < 5; i++) estimator.observe(boundsOfStamp(WALL + i, WALL + i, WALL + i), WALL + i);
    estimator.observe(boundsOfStamp(WALL - 15_000, WALL + 5, WALL + 5), WALL + 5);
    expect(estimator.verdict(WALL + 6)).toBe('good');
    for (let i = 10; i < 13; i++) estimator.observe(boundsOfStamp(WALL + i + 30_000, WALL + i, WALL + i), WALL + i);
    expect(estimator.estimate(WALL + 13)?.offsetMs).toBeCloseTo(30_000, -2);
    expect(estimator.verdict(WALL + 13)).toBe('refuse');
  });

  it('believes at once what comes with the refusal of a stamp', () => {
    const estimator = new ClockOffset();
    for (let i = 0; i < 5; i++) estimator.observe(boundsOfStamp(WALL + i, WALL + i, WALL + i), WALL + i);
    estimator.observe(boundsOfDate(WALL + 30_000, WALL + 5, WALL + 25), WALL + 25, true);
    expect(Math.abs((estimator.estimate(WALL + 25)?.offsetMs ?? 0) - 30_500)).toBeLessThan(600);
    estimator.observe({ low: 500, high: -500 }, WALL + 30, true);
    expect(estimator.verdict(WALL + 30)).toBe('refuse');
  });

  it('is sharpened by frames of the stream, and never moved by late ones', () => {
    const estimator = new ClockOffset();
    estimator.observe(boundsOfArrival(WALL, WALL), WALL);
    expect(estimator.estimate(WALL)).toBeUndefined();
    estimator.observe(boundsOfDate(WALL, WALL, WALL), WALL);
    const before = estimator.estimate(WALL);
    estimator.observe(boundsOfArrival(WALL - 20_000, WALL), WALL);
    expect(estimator.estimate(WALL)).toEqual(before);
    estimator.observe(boundsOfArrival(WALL + 800, WALL + 5), WALL + 5);
    expect(estimator.estimate(WALL + 5)?.uncertaintyMs).toBeLessThan(120);
  });

  it('follows a clock that was set anew, however many frames agree with the old one', () => {
    for (const step of [-30_000, 30_000]) {
      const estimator = new ClockOffset();
      estimator.observe(boundsOfStamp(WALL, WALL, WALL), WALL);
      for (let i = 1; i <= 3; i++) {
        const at = WALL + i * 1_000;
        for (let n = 0; n < 50; n++) estimator.observe(boundsOfArrival(at + step - 5, at), at);
        expect(Math.abs(estimator.estimate(at)?.offsetMs ?? 0)).toBeLessThan(100);
        estimator.observe(boundsOfStamp(at + step, at, at), at);
      }
      expect(estimator.estimate(WALL + 3_000)?.offsetMs).toBeCloseTo(step, -2);
    }
  });

  it('knows less as time goes by, and ignores bounds that are none', () => {
    const estimator = new ClockOffset();
    estimator.observe({ low: Number.NaN, high: 5 }, WALL);
    estimator.observe({ low: 500, high: -500 }, WALL);
    expect(estimator.estimate(WALL)).toBeUndefined();
    estimator.observe({ low: -5, high: 5 }, WALL);
    const fresh = estimator.estimate(WALL)?.uncertaintyMs ?? 0;
    expect(estimator.estimate(WALL + 3_600_000)?.uncertaintyMs).toBeGreaterThan(fresh + 300);
  });
});

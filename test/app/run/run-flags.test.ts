import { describe, expect, it } from 'vitest';
import { durationSeconds, speedOf } from '../../../src/lib/app/run/run-flags.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['2h', 7_200],
    ['45', 45],
  ])('%s is %d seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it('that was not given is none', () => {
    expect(durationSeconds(undefined)).toBeUndefined();
  });

  it.each(['', '0s', '-5s', '1.5m', '5w', 's', '10 m', '99999999s'])('is not "%s"', (text) => {
    expect(() => durationSeconds(text)).toThrow(expect.objectContaining({ code: 'KMM_USAGE', exit: 2 }));
  });
});

describe('a speed', () => {
  it.each([
    ['1', 1],
    ['0.5', 0.5],
    ['1000', 1_000],
    ['max', 'max'],
  ])('%s is %s', (text, speed) => {
    expect(speedOf(text)).toBe(speed);
  });

  it.each(['', '0', '0.0', '-1', '1001', 'MAX', '1e3', 'fast'])('is not "%s"', (text) => {
    expect(() => speedOf(text)).toThrow(expect.objectContaining({ code: 'KMM_USAGE', exit: 2 }));
  });
});

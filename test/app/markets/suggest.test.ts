import { describe, expect, test } from 'vitest';
import { didYouMean, nearestName } from '../../../src/lib/app/markets/suggest.ts';

const KNOWN = ['lease_seconds', 'freeze_seconds', 'hysteresis_cents'];

describe('did you mean', () => {
  test.each([
    ['lease_second', 'lease_seconds'],
    ['LEASE_SECONDS', 'lease_seconds'],
    ['hysteresis_cent', 'hysteresis_cents'],
    ['frezee_seconds', 'freeze_seconds'],
    ['leverage', undefined],
    ['', undefined],
    ['x', undefined],
  ])('%j: %s', (typed, expected) => expect(nearestName(typed, KNOWN)).toBe(expected));

  test('among equals the first is taken', () => expect(nearestName('ac', ['ab', 'ad'])).toBe('ab'));
  test('nothing is near when nothing is known', () => expect(nearestName('a', [])).toBeUndefined());

  test('is a remark in brackets, or nothing', () => {
    expect(didYouMean('lease_second', KNOWN)).toBe(' (did you mean lease_seconds?)');
    expect(didYouMean('zzz', KNOWN)).toBe('');
  });
});

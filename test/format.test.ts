import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ageText,
  amountText,
  barText,
  clockText,
  contractsText,
  dateTimeText,
  dollarsText,
  glyphs,
  isAsciiWanted,
  positionText,
  priceText,
  probabilityText,
  shortened,
  stampText,
} from '../src/format.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../src/lib/core/units.ts';

const signs = glyphs(false);
const price = (value: number) => value as Centicents;
const size = (value: number) => value as Centicontracts;
const money = (value: number) => value as Microdollars;

describe('prices are ¢ of YES with the decimals they need', () => {
  test.each([
    [4500, '45'],
    [4680, '46.8'],
    [4675, '46.75'],
    [10, '0.1'],
    [1, '0.01'],
    [0, '0'],
    [10000, '100'],
  ])('%d centicents: %s', (value, text) => expect(priceText(price(value), signs)).toBe(text));

  test('an unknown one is a dash', () => {
    expect(priceText(undefined, signs)).toBe('—');
    expect(priceText(undefined, glyphs(true))).toBe('-');
  });

  test.each([
    [0.4683, '46.8'],
    [0.00421, '0.42'],
    [0.9959, '99.59'],
    [0.01, '1.0'],
    [-0.2, '-20.0'],
    [1.3, '130.0'],
    [Number.NaN, '—'],
    [undefined, '—'],
  ])('probability %d: %s', (value, text) => expect(probabilityText(value, signs)).toBe(text));
});

describe('contracts and positions', () => {
  test.each([
    [500, '5'],
    [150, '1.5'],
    [1, '0.01'],
    [120_400, '1,204'],
    [123_456_789, '1,234,567.89'],
    [0, '0'],
  ])('%d centicontracts: %s', (value, text) => expect(contractsText(size(value), signs)).toBe(text));

  test.each([
    [3500, '+35'],
    [-250, '-2.5'],
    [-123_400, '-1,234'],
    [0, '0'],
  ])('a position of %d: %s', (value, text) => expect(positionText(size(value))).toBe(text));
});

describe('money', () => {
  test.each([
    [840_000, '+0.84'],
    [-12_300_000, '-12.30'],
    [0, '0.00'],
    [4_999, '0.00'],
    [5_000, '+0.01'],
    [-4_999, '0.00'],
    [-5_000, '-0.01'],
    [1_234_567_890_000, '+1,234,567.89'],
    [999_995_000, '+1,000.00'],
  ])('%d µ$: %s', (value, text) => expect(dollarsText(money(value))).toBe(text));

  test.each([
    [112_000_000, '112'],
    [96_500_000, '96.50'],
    [0, '0'],
    [-1_000_000, '-1'],
  ])('%d µ$ as an amount: %s', (value, text) => expect(amountText(money(value))).toBe(text));

  test('is never off by more than half a cent (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (value) => {
        const read = Number(dollarsText(money(value)).replaceAll(',', ''));
        expect(Math.abs(read * 1e6 - value)).toBeLessThanOrEqual(5_000.01);
      }),
    );
  });
});

describe('time', () => {
  test.each([
    [-5, '0.0 s'],
    [300, '0.3 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [38_000, '38 s'],
    [59_499, '59 s'],
    [59_500, '1m00'],
    [161_000, '2m41'],
    [3_599_400, '59m59'],
    [3_599_500, '1h00'],
    [11_520_000, '3h12'],
    [48 * 3_600_000, '2d 0h'],
    [100 * 3_600_000, '4d 4h'],
  ])('%d ms: %s', (value, text) => expect(ageText(value)).toBe(text));

  test('is Eastern, in winter and in summer', () => {
    expect(clockText(Date.UTC(2026, 0, 15, 19, 2, 11) as EpochMs)).toBe('14:02:11 ET');
    expect(clockText(Date.UTC(2026, 6, 15, 19, 2, 11) as EpochMs)).toBe('15:02:11 ET');
    expect(dateTimeText(Date.UTC(2026, 10, 21, 3, 0, 0) as EpochMs)).toBe('2026-11-20 22:00:00 ET');
  });

  test('stale data is stamped', () => {
    const last = Date.UTC(2026, 10, 20, 19, 2, 11) as EpochMs;
    expect(stampText(last, (last + 38_000) as EpochMs)).toBe('last 14:02:11, 38 s');
  });
});

describe('bars', () => {
  test.each([
    [0, '░░░░'],
    [0.001, '█░░░'],
    [0.5, '██░░'],
    [0.999, '███░'],
    [1, '████'],
    [7, '████'],
    [-1, '░░░░'],
    [Number.NaN, '████'],
  ])('%d: %s', (part, text) => expect(barText(part, 4, signs)).toBe(text));
});

describe('shortening', () => {
  test.each([
    ['KXBTC15M-26NOV201415-15', 23, 'KXBTC15M-26NOV201415-15'],
    ['KXBTC15M-26NOV201415-15', 15, 'KXBTC15…1415-15'],
    ['abcdef', 2, 'a…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
  ])('%s to %d: %s', (text, width, expected) => expect(shortened(text, width, signs)).toBe(expected));

  test('is never wider than asked (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, width) => {
        expect(shortened(text, width, signs).length).toBe(Math.min(text.length, width));
      }),
    );
  });
});

test('KMM_ASCII=1 asks for plain signs, each one ASCII', () => {
  expect([isAsciiWanted({ KMM_ASCII: '1' }), isAsciiWanted({ KMM_ASCII: '0' }), isAsciiWanted({})]).toEqual([
    true,
    false,
    false,
  ]);
  expect(Object.values(glyphs(true)).join('')).toMatch(/^[ -~]*$/);
});

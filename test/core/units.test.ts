import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  centicents,
  centicontracts,
  complement,
  epochMs,
  formatMoney,
  formatPrice,
  formatScaled,
  formatSize,
  microdollars,
  moneyOf,
  oppositeOf,
  PRICE_ONE,
  parseMoney,
  parsePrice,
  parseScaled,
  parseSize,
  signOf,
} from '../../src/lib/core/units.ts';

const prices = fc.integer({ min: 0, max: 10_000 }).map(centicents);
const sizes = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map(centicontracts);

describe('money', () => {
  it.each([
    ['0.3301', '0.03', 9_903],
    ['0.055', '1', 55_000],
    ['0.999', '1.55', 1_548_450],
  ])('is price × size exactly: $%s × %s', (price, size, money) => {
    expect(moneyOf(parsePrice(price)!, parseSize(size)!)).toBe(money);
  });

  it('splits a contract between YES and NO without a remainder', () => {
    fc.assert(
      fc.property(prices, sizes, (p, q) => moneyOf(p, q) + moneyOf(complement(p), q) === moneyOf(PRICE_ONE, q)),
    );
  });

  it('adds up to the same whatever the order of the fills', () => {
    const fills = fc.array(fc.tuple(prices, sizes), { maxLength: 30 });
    const shuffled = fills.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    const total = (list: readonly (readonly [ReturnType<typeof centicents>, ReturnType<typeof centicontracts>])[]) =>
      list.reduce((sum, [p, q]) => sum + moneyOf(p, q), 0);
    fc.assert(fc.property(shuffled, ([list, other]) => total(list) === total(other)));
  });
});

describe('decimal text', () => {
  it('comes back as it went, with all its decimals', () => {
    fc.assert(fc.property(prices, (p) => parsePrice(formatPrice(p)) === p));
    fc.assert(fc.property(sizes, (q) => parseSize(formatSize(q)) === q));
    fc.assert(fc.property(fc.maxSafeInteger(), (m) => parseMoney(formatMoney(microdollars(m))) === m));
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer({ min: 1, max: 9 }),
        (v, d) => parseScaled(formatScaled(v, d), d) === v,
      ),
    );
  });

  it('reads every whole cent right, 29, 57 and 58 too', () => {
    for (let cents = 1; cents < 100; cents++)
      expect(parsePrice(`0.${String(cents).padStart(2, '0')}`)).toBe(cents * 100);
  });

  it('is written with the decimals of the exchange', () => {
    expect(formatPrice(centicents(5_500))).toBe('0.5500');
    expect(formatSize(centicontracts(-1_350))).toBe('-13.50');
    expect(formatSize(centicontracts(-5))).toBe('-0.05');
    expect(formatMoney(microdollars(12_345_678))).toBe('12.345678');
    expect(formatMoney(microdollars(-1))).toBe('-0.000001');
  });

  it('may have more digits only when they are zero', () => {
    expect(parsePrice('0.550000')).toBe(5_500);
    expect(parsePrice('0.55001')).toBeUndefined();
    expect(parseSize('1.50000')).toBe(150);
    expect(parseSize('1.505')).toBeUndefined();
    expect(parseMoney('0.0000010')).toBe(1);
    expect(parseMoney('0.0000001')).toBeUndefined();
  });

  it('knows no negative zero', () => {
    expect(Object.is(parseSize('-0.00'), 0)).toBe(true);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '1e3',
    '.5',
    '1.',
    '0x1',
    'NaN',
    'Infinity',
    '1,000',
    '--1',
    '١',
    '99999999999999999999',
  ])('refuses %j', (text) => {
    expect(parseMoney(text)).toBeUndefined();
  });

  it('refuses a price outside [0, 1] and a number that doubles cannot hold', () => {
    expect([parsePrice('1'), parsePrice('0')]).toEqual([10_000, 0]);
    expect([parsePrice('1.0001'), parsePrice('-0.0001')]).toEqual([undefined, undefined]);
    expect(parseMoney('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseMoney('9007199254.740992')).toBeUndefined();
  });
});

describe('units', () => {
  it('throw on what is not whole', () => {
    for (const unit of [centicents, centicontracts, microdollars, epochMs]) {
      expect(() => unit(0.5)).toThrow(RangeError);
      expect(() => unit(NaN)).toThrow(RangeError);
      expect(() => unit(2 ** 53)).toThrow(RangeError);
    }
  });

  it('have sides of opposite sign', () => {
    expect([signOf('bid'), signOf('ask')]).toEqual([1, -1]);
    expect([oppositeOf('bid'), oppositeOf('ask')]).toEqual(['ask', 'bid']);
  });
});

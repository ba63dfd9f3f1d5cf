import { describe, expect, it } from 'vitest';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import { ReferencePath } from '../../src/lib/sim/reference.ts';

const QUARTER = 900_000;
const START = epochMs(2_000_000 * QUARTER);
const CLOSE = epochMs(START + QUARTER);

function path(seed = 1): ReferencePath {
  return new ReferencePath({ stream: seededStream(seed), startAt: START, price: 85_000, annualVolatility: 0.5 });
}

function seconds(count: number): EpochMs {
  return epochMs(START + count * 1_000);
}

/** Prints at the whole seconds from…to, both included. */
function prints(of: ReferencePath, from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => of.printAt(seconds(from + index)));
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

describe('the reference', () => {
  it('is the same path whoever looks, in whatever order', () => {
    const once = path();
    const ahead = path();
    const far = ahead.priceAt(seconds(600));
    expect(ahead.priceAt(seconds(3))).toBe(once.priceAt(seconds(3)));
    expect(once.priceAt(seconds(600))).toBe(far);
    expect(path(2).priceAt(seconds(600))).not.toBe(far);
  });

  it('moves five times a second and prints two decimals', () => {
    const of = path();
    expect(of.priceAt(epochMs(START + 399))).toBe(of.priceAt(epochMs(START + 200)));
    expect(of.priceAt(epochMs(START + 400))).not.toBe(of.priceAt(epochMs(START + 399)));
    for (const print of prints(of, 0, 50)) expect(Math.round(print * 100) / 100).toBe(print);
  });

  it('settles on the plain mean of the sixty prints in (close − 60 s, close], to the cent', () => {
    const of = path();
    const sixty = prints(of, 841, 900);
    expect(sixty).toHaveLength(60);
    const cents = sixty.reduce((total, print) => total + Math.round(print * 100), 0);
    expect(of.settlementAverage(CLOSE)).toBe(Math.round(cents / 60) / 100);
    expect(of.settlementAverage(CLOSE)).toBeCloseTo(mean(sixty), 2);
  });

  it('says in a fact at a second: the print, the trailing average before it, and no window outside the last minute', () => {
    const of = path();
    const fact = of.factAt(seconds(300), 'BRTI');
    expect(fact).toMatchObject({ type: 'reference', index: 'BRTI', isSecond: true, value: of.printAt(seconds(300)) });
    expect(fact.average60).toMatchObject({ count: 60, startsAt: seconds(240), endsAt: seconds(300) });
    expect(fact.average60?.value).toBeCloseTo(mean(prints(of, 240, 299)), 6);
    expect(fact.window).toBeUndefined();
    expect(of.factAt(seconds(840), 'BRTI').window).toBeUndefined();
  });

  it('between seconds says the value alone', () => {
    const fact = path().factAt(epochMs(START + 200), 'BRTI');
    expect(fact).toEqual({ type: 'reference', at: START + 200, index: 'BRTI', value: fact.value, isSecond: false });
  });

  it('in the last minute tells the settlement average in the making, growing from 1 to 60 prints', () => {
    const of = path();
    for (const [second, count] of [
      [841, 1],
      [854, 14],
      [899, 59],
      [900, 60],
    ] as const) {
      const { window } = of.factAt(seconds(second), 'BRTI');
      expect(window).toMatchObject({ count, startsAt: CLOSE - 60_000, endsAt: CLOSE });
      expect(window?.value).toBeCloseTo(mean(prints(of, 841, second)), 6);
    }
    expect(of.factAt(seconds(900), 'BRTI').window?.value).toBeCloseTo(of.settlementAverage(CLOSE), 2);
    expect(of.factAt(seconds(901), 'BRTI').window).toBeUndefined();
  });

  it('at its beginning averages what there is', () => {
    const of = path();
    expect(of.factAt(START, 'BRTI').average60).toMatchObject({ count: 0 });
    expect(of.factAt(seconds(10), 'BRTI').average60).toMatchObject({ count: 9, startsAt: seconds(1) });
  });

  it('has the volatility it was given', () => {
    const moves: number[] = [];
    for (let seed = 0; seed < 400; seed += 1) moves.push(path(seed).priceAt(seconds(600)) / 85_000 - 1);
    const deviation = Math.sqrt(mean(moves.map((move) => move * move)));
    expect(deviation / (0.5 * Math.sqrt(600 / 31_557_600))).toBeCloseTo(1, 0);
    expect(Math.abs(mean(moves))).toBeLessThan(3 * (deviation / 20));
  });

  it('keeps half an hour and refuses what is older, or before its beginning', () => {
    const of = path();
    of.priceAt(seconds(4_000));
    expect(() => of.priceAt(seconds(1_000))).toThrow('half an hour');
    expect(() => path().priceAt(epochMs(START - 1))).toThrow('half an hour');
    expect(() => path().printedBetween(START, epochMs(START + 1))).toThrow('whole seconds');
  });
});

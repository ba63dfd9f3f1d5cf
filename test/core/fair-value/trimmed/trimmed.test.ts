/** The trimmed mean against walks drawn here, with a generator and a seed of the test's own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { before, inside, probabilityAbove } from '../../../../src/lib/core/fair-value/settlement-average.ts';
import { trimmedMean, trimmedWithin } from '../../../../src/lib/core/fair-value/trimmed/inside.ts';
import { Merged, risingFrom, type TrimmedWindow } from '../../../../src/lib/core/fair-value/trimmed/merged.ts';
import { walksOf } from '../../../../src/lib/core/fair-value/trimmed/shapes.ts';
import { SECONDS_ERROR, windowMoments } from '../../../../src/lib/core/fair-value/trimmed/window-moments.ts';
import { normalCdf } from '../../../../src/lib/core/normal.ts';
import { normal, seededStream } from '../../../../src/lib/sim/random.ts';

const NO_DOUBT = { volatility: 0, offset: 0 };
const WALKS = 20_000;
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const above = (window: TrimmedWindow, edge: number) => trimmedWithin(window, edge, Infinity, NO_DOUBT);

/** Trimmed means of so many walks that go on from what was seen. */
function drawn(window: TrimmedWindow, walks = WALKS, ahead = 0): Float64Array {
  const { lastPrint, sigma, seen, secondsSincePrint, dropped, proxySd } = window;
  const stream = seededStream(`trimmed ${seen.length} ${dropped}`);
  const prints = new Float64Array(60);
  return Float64Array.from({ length: walks }, () => {
    let at = lastPrint;
    for (let n = 0; n < 60; n++) {
      const seconds = n === seen.length ? 1 - secondsSincePrint + ahead : 1;
      if (n >= seen.length) at = normal(stream, at, sigma * Math.sqrt(seconds));
      prints[n] = n < seen.length ? (seen[n] as number) : at;
    }
    const mean = trimmedMean(prints, dropped);
    return proxySd === 0 ? mean : normal(stream, mean, proxySd);
  });
}

/** A window of which so many prints were seen, on a walk of the test's. */
function windowOf(count: number, dropped: number, over: Partial<TrimmedWindow> = {}): TrimmedWindow {
  const stream = seededStream(`seen ${count} ${dropped}`);
  const seen: number[] = [];
  let lastPrint = 100_000;
  for (let n = 0; n < count; n++) {
    lastPrint = normal(stream, lastPrint, 10);
    seen.push(lastPrint);
  }
  return { ...{ lastPrint, sigma: 10, seen, secondsSincePrint: 0, dropped, proxySd: 0 }, ...over };
}

describe('a trimmed average', () => {
  it.each([
    [0, 12, {}],
    [20, 12, { secondsSincePrint: 0.5 }],
    [30, 12, {}],
    [30, 12, { proxySd: 20 }],
    [45, 6, { secondsSincePrint: 0.2 }],
    [50, 12, {}],
    [30, 29, {}],
    [58, 1, {}],
  ])('agrees with walks drawn by force: %d seen, %d dropped, %o', (count, dropped, over) => {
    const window = windowOf(count, dropped, over);
    const means = drawn(window).sort();
    for (const quantile of [0.05, 0.3, 0.5, 0.7, 0.95]) {
      // Many walks may end on one value, when all prints to come are dropped.
      const edge = (means[Math.floor(quantile * WALKS)] as number) - 1e-6;
      const part = means.filter((mean) => mean >= edge).length / WALKS;
      const { probability, simulationError } = above(window, edge);
      const drawnError = Math.sqrt((part * (1 - part)) / WALKS);
      expect(Math.abs(probability - part), `${part}`).toBeLessThanOrEqual(3 * Math.hypot(drawnError, simulationError));
      expect(Math.abs(probability - part), `${part}`).toBeLessThan(0.015);
      expect(simulationError).toBeLessThan(0.025);
    }
  });

  it('is exact with one print to come: where that must lie is a question of the seen alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), real(0, 0.99), real(-4, 4), (dropped, age, away) => {
        const window = windowOf(59, dropped, { secondsSincePrint: age });
        const sd = 10 * Math.sqrt(1 - age);
        const last = window.lastPrint + away * sd;
        const edge = trimmedMean([...Array.from(window.seen), last], dropped);
        const rising = Array.from(window.seen).sort((a, b) => a - b);
        const [least, most] = [rising[dropped - 1] as number, rising[59 - dropped] as number];
        // At a print that is dropped the mean stands still, and on its edge nothing is to be said.
        fc.pre(last > least + 1e-6 && last < most - 1e-6);
        const { probability, simulationError } = above(window, edge);
        expect(probability).toBeCloseTo(1 - normalCdf(away), 7);
        expect(simulationError).toBeLessThan(1e-7);
      }),
    );
  });

  it('is no further from the very walks of its shapes than it says', () => {
    let worst = 0;
    for (const count of [1, 10, 30, 45, 55]) {
      // Overdue, the first print stands still, and the direction is the mean of the others.
      const window = windowOf(count, 12, { secondsSincePrint: 1 });
      const { walks, meanSd } = walksOf(60 - count);
      const seen = risingFrom(window);
      for (const dropped of [1, 12, 29]) {
        const merged = new Merged({ ...window, dropped }, seen);
        for (const [shape, { loads, rests }] of walks.entries()) {
          merged.take(shape);
          expect(rests.reduce((sum, rest) => sum + rest, 0)).toBeCloseTo(0, 9);
          for (const y of [-8, -3.3, -1.23, -0.05, 0.125, 0.4, 2.71, 3.6]) {
            const found = merged.valueAt(y);
            const heights = loads.map((load, n) => load * y + (rests[n] as number));
            const exact = trimmedMean([...seen, ...heights], dropped);
            expect(Math.abs(found - exact), `${count} ${dropped} ${shape} ${y}`).toBeLessThanOrEqual(
              merged.stray * 1.000_001 + 1e-11,
            );
            if (dropped === 12 && Math.abs(y) < 3) worst = Math.max(worst, merged.stray / meanSd);
          }
        }
      }
    }
    expect(worst).toBeLessThan(0.02);
  });

  it('moves with σ and with the offset by what it says that it does', () => {
    const window = windowOf(30, 12);
    const edge = above(window, 0).mean + 8;
    const { volatilityError, offsetError } = trimmedWithin(window, edge, Infinity, { volatility: 0.05, offset: 1 });
    const by = (over: Partial<TrimmedWindow>) => above({ ...window, ...over }, edge).probability;
    expect(volatilityError).toBeCloseTo(Math.abs(by({ sigma: 10.5 }) - by({ sigma: 9.5 })) / 2, 3);
    expect(offsetError).toBeCloseTo((above(window, edge - 1).probability - above(window, edge + 1).probability) / 2, 3);
    expect(volatilityError).toBeGreaterThan(1e-3);
  });

  it('is the plain average of math.md 8 when nothing is dropped, whatever was seen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 59 }),
        real(0, 1),
        real(-60, 60),
        fc.constantFrom(0, 12),
        (count, age, away, proxySd) => {
          const window = windowOf(count, 0, { secondsSincePrint: age, proxySd });
          const { lastPrint, sigma } = window;
          const sumSeen = Array.from(window.seen).reduce((sum, print) => sum + print, 0);
          const plain = inside({
            ...{ lastPrint, sigma, sumSeen, secondsSincePrint: age },
            ...{ printsSeen: count, printsToCome: 60 - count },
          });
          if (plain.kind === 'refused') throw new Error(plain.reason);
          const found = above(window, plain.forecast.mean + away);
          expect(found.probability).toBeCloseTo(
            probabilityAbove(plain.forecast, plain.forecast.mean + away, proxySd),
            9,
          );
          expect(found.simulationError).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('falls as the edge rises, stays between 0 and 1, and adds up over edges', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 1, max: 29 }),
        real(-100, 100),
        real(0.01, 50),
        (count, dropped, away, step) => {
          const window = windowOf(count, dropped);
          const edge = window.lastPrint + away;
          const [low, high] = [above(window, edge).probability, above(window, edge + step).probability];
          expect(low).toBeLessThanOrEqual(1);
          expect(high).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(low + 1e-12);
          const between = trimmedWithin(window, edge, edge + step, NO_DOUBT).probability;
          expect(between).toBeCloseTo(low - high, 9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('knows what can no longer change: prints to come that will all be dropped, and an overdue last one', () => {
    // 59 seen, one to come: whatever it is, the mean stays between those without it.
    const window = windowOf(59, 6);
    const rising = Array.from(window.seen).sort((a, b) => a - b);
    const least = rising.slice(5, -6).reduce((sum, print) => sum + print, 0) / 48;
    const most = rising.slice(6, -5).reduce((sum, print) => sum + print, 0) / 48;
    expect(above(window, least - 0.01).probability).toBe(1);
    expect(above(window, most + 0.01).probability).toBe(0);
    const overdue = { ...window, secondsSincePrint: 1.5 };
    const settled = trimmedMean([...Array.from(window.seen), window.lastPrint], 6);
    expect([settled - 0.01, settled + 0.01].map((edge) => above(overdue, edge).probability)).toEqual([1, 0]);
  });

  it('never turns row 4 of math.md 8 into what it is not: dropped fifths of flat prints leave nothing of .80', () => {
    const seen = Array.from({ length: 45 }, () => 100_040);
    const window = { lastPrint: 100_100, sigma: 10, seen, secondsSincePrint: 0, dropped: 12, proxySd: 0 };
    expect(above({ ...window, dropped: 0 }, 100_050).probability).toBeCloseTo(0.802877, 5);
    expect(above(window, 100_050).probability).toBeLessThan(0.01);
  });
});

describe('a whole window without its extremes', () => {
  it('has the variance and the fourth moment that walks drawn by force have, whatever is dropped', () => {
    const stream = seededStream('whole windows');
    const prints = new Float64Array(60);
    const squares = Array.from({ length: 30 }, () => new Float64Array(WALKS));
    for (let walk = 0; walk < WALKS; walk++) {
      let [at, sum] = [0, 0];
      for (let n = 0; n < 60; n++) {
        at = normal(stream, at, 1);
        prints[n] = at;
        sum += at;
      }
      prints.sort();
      for (const [dropped, own] of squares.entries()) {
        own[walk] = (sum / (60 - 2 * dropped)) ** 2;
        sum -= (prints[dropped] as number) + (prints[59 - dropped] as number);
      }
    }
    const { seconds: plain, excessKurtosis: none } = windowMoments(0);
    expect([plain, none]).toEqual([20.502778, 0]);
    // Against the plain average of the same walks, which is known: most of what is drawn falls out.
    const [plainSquares] = squares as [Float64Array];
    for (const [dropped, own] of squares.entries()) {
      const { seconds, excessKurtosis } = windowMoments(dropped);
      const [beyond, error] = meanAndError(own.map((square, walk) => square - (plainSquares[walk] as number)));
      expect(Math.abs(beyond - (seconds - plain)), `${dropped}`).toBeLessThanOrEqual(3 * error + SECONDS_ERROR);
      const fourths = own.map(
        (square, walk) => (square / seconds) ** 2 - ((plainSquares[walk] as number) / plain) ** 2,
      );
      const [excess, excessError] = meanAndError(fourths);
      expect(Math.abs(excess - excessKurtosis), `${dropped}`).toBeLessThanOrEqual(3 * excessError);
    }
  });

  it('varies a little more than the plain average, the more is dropped', () => {
    const plain = before({ lastPrint: 1, sigma: 1, secondsToClose: 60 });
    if (plain.kind === 'refused') throw new Error(plain.reason);
    const variances = [...Array(30).keys()].map((dropped) => windowMoments(dropped).seconds);
    expect(variances).toEqual(variances.toSorted((a, b) => a - b));
    expect(variances[0]).toBeCloseTo(plain.forecast.variance, 6);
    expect(variances[29]).toBeLessThan(22.4);
  });
});

function meanAndError(values: Float64Array): readonly [mean: number, error: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares) / values.length];
}

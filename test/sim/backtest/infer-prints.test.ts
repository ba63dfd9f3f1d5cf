import { describe, expect, it } from 'vitest';
import { RECORD } from '../../../src/lib/sim/backtest/data.ts';
import { countedTimesOf, inferPrints } from '../../../src/lib/sim/backtest/infer-prints.ts';
import { pairPrints, type Row, rowOf } from '../../../src/lib/sim/backtest/rows.ts';

const book = () =>
  rowOf(RECORD.snapshot, 0, 0, {
    snapshot: { bids: [{ price: 4_500, size: 10_000 }], asks: [{ price: 4_700, size: 10_000 }] } as never,
  });
const less = (at: number, side: 0 | 1, price: number, size: number) =>
  rowOf(RECORD.delta, at, 0, { side, price, size: -size });
const prints = (rows: readonly Row[]) =>
  rows.filter(({ kind }) => kind === RECORD.print).map(({ at, side, price, size }) => [at, side, price, size]);

describe('prints inferred from a ticker', () => {
  it('are the decreases that make up the growth of the volume, the last trade among them', () => {
    const rows = [book(), less(100, 0, 4_500, 700), less(200, 1, 4_700, 303), less(300, 0, 4_500, 400)];
    const tickers = [
      { at: 0, lastPrice: 0, volume: 5_000 },
      { at: 999, lastPrice: 4_500, lastSize: 400, volume: 5_703 },
    ];
    const inferred = inferPrints(rows, tickers);
    expect(prints(inferred.rows)).toEqual([
      [200, 0, 4_700, 303],
      [300, 1, 4_500, 400],
    ]);
    expect(inferred).toMatchObject({ prints: 2, volume: 703, unexplained: 0 });
    const [first, second] = inferred.rows.slice(-2);
    expect([first?.kind, second?.traded]).toEqual([RECORD.print, 400]);
  });

  it('take nothing from behind the best level, where nobody can have traded', () => {
    const behind = rowOf(RECORD.delta, 50, 0, { side: 0, price: 4_400, size: 900 });
    const rows = [book(), behind, less(100, 0, 4_400, 200), less(200, 0, 4_500, 150)];
    const tickers = [
      { at: 0, lastPrice: 0, volume: 0 },
      { at: 999, lastPrice: 4_500, volume: 200 },
    ];
    const { rows: told, unexplained } = inferPrints(rows, tickers);
    expect(prints(told)).toEqual([
      [200, 1, 4_500, 150],
      [999, 1, 4_500, 50],
    ]);
    expect(unexplained).toBe(50);
  });

  it('know from seconds with one trade whether the volume counts a contract twice', () => {
    const ticker = (volume: number, lastSize: number) => ({ at: 0, lastPrice: 1, volume, lastSize });
    expect(countedTimesOf([ticker(0, 5), ticker(10, 5), ticker(30, 10), ticker(31, 1)])).toBe(2);
    expect(countedTimesOf([ticker(0, 5), ticker(5, 5), ticker(15, 10)])).toBe(1);
  });

  it('know it from the decreases of the book where no ticker states the size of its last trade', () => {
    const rows = [book(), less(100, 0, 4_500, 200), less(1_100, 0, 4_500, 150), less(1_200, 0, 4_500, 10)];
    const tickers = (times: number) =>
      [0, 200, 350].map((volume, index) => ({ at: index * 1_000 - 1, lastPrice: 4_500, volume: times * volume }));
    expect([1, 2].map((times) => countedTimesOf(tickers(times), rows))).toEqual([1, 2]);
  });
});

describe('a recorded print', () => {
  it('stands before the decrease it is, which comes first in the recording, and counts once', () => {
    const print = rowOf(RECORD.print, 100, 0, { side: 1, price: 4_500, size: 250 });
    const rows = pairPrints([book(), less(100, 0, 4_500, 100), less(100, 0, 4_500, 250), print]);
    expect(rows.map(({ kind, traded }) => [kind, traded])).toEqual([
      [RECORD.snapshot, 0],
      [RECORD.delta, 0],
      [RECORD.print, 0],
      [RECORD.delta, 250],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { freezesOf } from '../../../src/lib/core/clock/freezes.ts';
import type { Market } from '../../../src/lib/core/market.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { parametersOf } from '../../support/engine.ts';

const CLOSE = 1_790_000_000_000;
const market = (ticker: string, closeIn: number) =>
  ({
    ticker,
    seriesTicker: ticker.split('-')[0],
    openAt: epochMs(CLOSE - 9e6),
    closeAt: epochMs(CLOSE + closeIn),
  }) as Market;
const markets = [market('A-2', 900_000), market('A-1', 0), market('B-1', 0)];
const clock = { news: [], series: { B: { freezeMs: 2_000, postMs: 60_000 } } } as never;
const parameters = { ...parametersOf(), clock };
const at = (before: number) => freezesOf(markets, parameters, epochMs(CLOSE - before));

describe('freezes', () => {
  it('are the general one, or that of the series’ own clock', () => {
    expect(at(120_000)).toEqual([
      {
        seriesTicker: 'A',
        beforeMs: 60_000,
        afterMs: 60_000,
        isOwn: false,
        next: { ticker: 'A-1', at: CLOSE - 60_000 },
        frozen: 0,
      },
      {
        seriesTicker: 'B',
        beforeMs: 2_000,
        afterMs: 60_000,
        isOwn: true,
        next: { ticker: 'B-1', at: CLOSE - 2_000 },
        frozen: 0,
      },
    ]);
  });

  it('count what is frozen now, and name the next that will be', () => {
    const [a, b] = at(30_000);
    expect([a?.frozen, a?.next?.ticker, b?.frozen, b?.next?.ticker]).toEqual([1, 'A-2', 0, 'B-1']);
    const [, fixed] = at(-30_000);
    expect([fixed?.frozen, fixed?.next]).toEqual([1, undefined]);
    expect(at(-61_000)[1]?.frozen).toBe(0);
  });

  it('are told of a series that is named and of which no market is known', () => {
    expect(
      freezesOf([], parameters, epochMs(CLOSE), ['B', 'C']).map(({ seriesTicker, beforeMs }) => [
        seriesTicker,
        beforeMs,
      ]),
    ).toEqual([
      ['B', 2_000],
      ['C', 60_000],
    ]);
  });
});

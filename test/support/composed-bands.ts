/** A run with all three bands, put together by hand: nine markets of a quarter hour, some filled, one without a result. */
import { FILL_MODES, type FillMode } from '../../src/lib/core/backtest/job.ts';
import type { BacktestResult, OfferCell } from '../../src/lib/core/backtest/result.ts';
import { type ComposedFill, type ComposedMarket, composedBacktest } from './composed-backtest.ts';

const SIZES = { pessimistic: 200, calibrated: 300, optimistic: 500 } as const satisfies Record<FillMode, number>;

export function composedBands(): readonly BacktestResult[] {
  return FILL_MODES.map((mode) =>
    composedBacktest({
      mode,
      markets: Array.from({ length: 9 }, (_, index) => marketOf(index, mode)),
      offers: OFFERS,
      rest: {
        runId: `${mode.slice(0, 4)}0123456789abcdef`,
        gaps: [
          {
            ticker: 'KXBTC15M-03',
            from: 1_778_511_600_000 as never,
            to: 1_778_511_615_000 as never,
            reason: 'no snapshot yet',
          },
        ],
        notes: ['KXBTC15M-08: no result is recorded'],
      },
    }),
  );
}

function marketOf(index: number, mode: FillMode): ComposedMarket {
  const path = (second: number) => 5_000 + Math.round(1_500 * Math.sin((second + 97 * index) / 130));
  const fills: ComposedFill[] = Array.from({ length: index % 4 === 3 ? 0 : 6 + index }, (_, number) => {
    const [second, side] = [60 + 50 * number, number % 2 === 0 ? 'bid' : 'ask'] as const;
    const sign = side === 'bid' ? 1 : -1;
    const mids = [0, 1, 10, 60].map((after) => 2 * path(second + after));
    return {
      ...{ side, size: SIZES[mode], price: path(second) - sign * 100, mids, fee: 0, afterMs: second * 1_000 },
      ...{ fair: path(second) / 10_000, by: number % 3 === 0 ? 'through' : 'print' },
    } as const;
  });
  return {
    ...{ result: index === 8 ? null : index % 2 === 0 ? 'no' : 'yes', fills },
    ...(index === 8 && { endPrice: 4_200 }),
    samples: Array.from({ length: 900 }, (_, second) => ({
      fair: path(second) / 10_000,
      midDoubled: (2 * path(second)) as never,
      position: ((second % 300) * 2) as never,
    })),
  };
}

const OFFERS: readonly OfferCell[] = [0, 1, 2, 3, 4].flatMap((offsetCents) =>
  [60_000, 300_000, 600_000, null].map((closeMsMax) => ({
    ...{ offsetCents, closeMsMax, offers: 40, touched: 20 - 4 * offsetCents, restingMs: 800_000 },
    ...{ size: 20_000 as never, filled: (8_000 - 1_500 * offsetCents) as never },
  })),
);

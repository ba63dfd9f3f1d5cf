/**
 * Whether what was said to be likely came true as often (math.md section 18): probabilities in bins beside the share that
 * paid, with Wilson intervals. Here of what was filled: one observation a market, the mean fair value at our fills, weighted
 * by size. All decisions, filled or not, are another curve and come with `kmm report calibration`.
 */
import type { FillMarkRow, FillRow, SettlementRow } from '../../adapters/store/money-rows.ts';
import { type Forecast, type ReliabilityBin, scoresOf } from '../../core/honesty/scores.ts';
import { PRICE_ONE } from '../../core/units.ts';
import type { Period } from './period.ts';

export interface Reliability {
  readonly count: number;
  /** Mean of (p − y)²; null: nothing to score. */
  readonly brier: number | null;
  readonly bins: readonly ReliabilityBin[];
  /** Below 30 markets nothing is concluded. */
  readonly isVerdict: boolean;
}

export function reliabilityOf(forecasts: readonly Forecast[]): Reliability {
  const { count, parts, bins, isVerdict } = scoresOf(forecasts);
  return { count, brier: parts?.brier ?? null, bins, isVerdict };
}

/** Of the markets that paid all or nothing in the period. */
export function forecastsOfFills(
  fills: readonly FillRow[],
  marks: readonly FillMarkRow[],
  settlements: readonly Pick<SettlementRow, 'ticker' | 'settledAt' | 'value'>[],
  { from, to }: Pick<Period, 'from' | 'to'>,
): readonly Forecast[] {
  const paid = new Map<string, boolean>();
  for (const { ticker, settledAt, value } of settlements) {
    if (settledAt < from || settledAt >= to) continue;
    if (value === 0 || value === PRICE_ONE) paid.set(ticker, value === PRICE_ONE);
    else paid.delete(ticker);
  }
  const fairAt = new Map<string, number>();
  for (const { tradeId, horizonMs, fair } of marks) if (horizonMs === 0 && fair !== null) fairAt.set(tradeId, fair);
  const sums = new Map<string, { weight: number; fair: number }>();
  for (const { tradeId, ticker, size } of fills) {
    const fair = fairAt.get(tradeId);
    if (fair === undefined || !paid.has(ticker)) continue;
    const sum = sums.get(ticker) ?? { weight: 0, fair: 0 };
    sums.set(ticker, { weight: sum.weight + size, fair: sum.fair + size * fair });
  }
  return [...sums].map(([ticker, { weight, fair }]) => ({
    probability: fair / weight / PRICE_ONE,
    isTrue: paid.get(ticker) === true,
  }));
}

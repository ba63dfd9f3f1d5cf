/**
 * Whether what was said to be likely came true as often (math.md section 18): probabilities in bins beside the share that
 * paid, with Wilson intervals. Here of what was filled: one observation a market, the mean fair value at our fills, weighted
 * by size. All decisions, filled or not, are another curve and come with `kmm report calibration`.
 */
import type { FillMarkRow, FillRow, SettlementRow } from '../../adapters/store/money-rows.ts';
import { wilson } from '../../core/pnl/wilson.ts';
import { PRICE_ONE } from '../../core/units.ts';
import type { Period } from './period.ts';

/** One market that was over: what it was held to be worth, and what it paid. */
export interface Forecast {
  readonly probability: number;
  readonly isTrue: boolean;
}

export interface ReliabilityBin {
  /** Mean of the probabilities in it. */
  readonly probability: number;
  readonly count: number;
  readonly hits: number;
  /** Wilson, 95 %, of hits / count. */
  readonly low: number;
  readonly high: number;
  /** The interval leaves the mean probability out. */
  readonly isOff: boolean;
}

export interface Reliability {
  readonly count: number;
  /** Mean of (p − y)²; null: nothing to score. */
  readonly brier: number | null;
  readonly bins: readonly ReliabilityBin[];
  /** Below 30 markets nothing is concluded. */
  readonly isVerdict: boolean;
}

const BINS = 10;
const VERDICT_MIN = 30;

export function reliabilityOf(forecasts: readonly Forecast[]): Reliability {
  const count = forecasts.length;
  const square = ({ probability, isTrue }: Forecast) => (probability - (isTrue ? 1 : 0)) ** 2;
  const inBins = Map.groupBy(forecasts, ({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS)));
  const bins = [...inBins].sort(([a], [b]) => a - b).map(([, some]) => binOf(some));
  const brier = count === 0 ? null : forecasts.reduce((sum, one) => sum + square(one), 0) / count;
  return { count, brier, bins, isVerdict: count >= VERDICT_MIN };
}

function binOf(some: readonly Forecast[]): ReliabilityBin {
  const [count, hits] = [some.length, some.filter(({ isTrue }) => isTrue).length];
  const probability = some.reduce((sum, one) => sum + one.probability, 0) / count;
  const { low, high } = wilson(hits, count) ?? { low: 0, high: 1 };
  return { probability, count, hits, low, high, isOff: probability < low || probability > high };
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

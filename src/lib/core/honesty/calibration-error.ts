/**
 * How far what was said lies from what came, over bins (A-FR2.5): and how far it would lie by chance alone, had everything been
 * said rightly. With thirty markets in ten bins chance alone makes some fifteen per cent of it; an alarm that did not know would
 * never be silent.
 */
import type { ReliabilityBin } from './scores.ts';

type Scored = Pick<ReliabilityBin, 'probability' | 'count' | 'hits'>;

/** Mean distance of bins from what came, weighted by their markets, in [0, 1]; null: nothing to score. */
export function calibrationErrorOf(bins: readonly Scored[]): number | null {
  const markets = marketsOf(bins);
  if (markets === 0) return null;
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.probability - bin.hits / bin.count), 0) / markets;
}

const Z_ONE_SIDED = 1.645;

/**
 * What it exceeds by chance in one case of twenty: Σ n·|D| / N with D normal of variance p(1−p)/n in each bin, so that |D| has
 * the mean √(2/π)·σ and the variance (1 − 2/π)·σ². Null: nothing to score.
 */
export function errorByChance(bins: readonly Scored[]): number | null {
  const markets = marketsOf(bins);
  if (markets === 0) return null;
  let [mean, variance] = [0, 0];
  for (const { count, probability: p } of bins) {
    const sd = Math.sqrt(count * p * (1 - p)) / markets;
    mean += Math.sqrt(2 / Math.PI) * sd;
    variance += (1 - 2 / Math.PI) * sd ** 2;
  }
  return mean + Z_ONE_SIDED * Math.sqrt(variance);
}

function marketsOf(bins: readonly Scored[]): number {
  return bins.reduce((sum, { count }) => sum + count, 0);
}

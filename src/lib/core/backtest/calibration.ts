/**
 * Whether the fair value was right about the markets whose result is known: over all decisions at regular moments, over what
 * was filled alone, and beside the mid of the same moments, which anybody has. All and filled differ by adverse selection
 * (math.md section 18). A market is one observation in every interval.
 */
import { type Scores, scoresOf, type WeightedForecast } from '../honesty/scores.ts';
import { PRICE_ONE } from '../units.ts';
import type { BacktestResult, MarketResult } from './result.ts';

export interface Calibration {
  readonly all: Scores;
  /** The fair value behind the quote that was filled, weighted by size. */
  readonly filled: Scores;
  /** The mid at the moments of `all` at which there was one. */
  readonly mid: Scores;
  /** The fair value at those same moments, to be held against it. */
  readonly besideMid: Scores;
}

export function calibrationOf({ samples, fills, markets }: BacktestResult): Calibration {
  const known = samples.flatMap((one) => (one.outcome === null ? [] : [{ ...one, isTrue: one.outcome === 1 }]));
  const results = new Map(markets.map(({ ticker, result }) => [ticker, result]));
  const withMid = known.flatMap((one) => (one.midDoubled === null ? [] : [{ ...one, midDoubled: one.midDoubled }]));
  const forecast = ({ ticker, fair, isTrue }: (typeof known)[number]): WeightedForecast => ({
    ...{ probability: fair, isTrue, group: ticker },
  });
  return {
    all: scoresOf(known.map(forecast)),
    filled: scoresOf(fills.flatMap((fill) => forecastOf(fill, results.get(fill.ticker)))),
    mid: scoresOf(
      withMid.map(({ ticker, midDoubled, isTrue }) => ({
        ...{ probability: midDoubled / (2 * PRICE_ONE), isTrue, group: ticker },
      })),
    ),
    besideMid: scoresOf(withMid.map(forecast)),
  };
}

function forecastOf(
  { fair, size, ticker }: BacktestResult['fills'][number],
  result: MarketResult['result'] | undefined,
): readonly WeightedForecast[] {
  if (fair === null || result == null) return [];
  return [{ probability: fair, isTrue: result === 'yes', weight: size, group: ticker }];
}

/**
 * What the settlement average says of a market, and what the formula says that takes the close for a single print,
 * Φ((S − E)/(σ·√τ)): from the same reference, the same volatility, at the same moment. The second is a rival to be held
 * against, and no source of quotes.
 */
import { type AverageInput, averageFairValue } from '../fair-value/average-market.ts';
import { probabilityOfYes, sigmaPerRootSecond } from '../fair-value/settlement-average.ts';
import type { ModelRefusal } from '../fair-value/types.ts';
import { isRefusal } from '../reference/references.ts';
import { refused } from '../refused.ts';

export type AverageRivals =
  | {
      readonly kind: 'chances';
      readonly average: number;
      readonly naive: number;
      /** The average at settlement as the model expects it: dollars. */
      readonly mean: number;
      /** Its deviation with that of the proxy. */
      readonly sd: number;
    }
  | ModelRefusal;

export function averageRivals(input: AverageInput): AverageRivals {
  const { market, reference, at, terms } = input;
  const found = averageFairValue(input);
  if (found.kind === 'refused') return found;
  const { probability, inputs } = found.value;
  const { annualVolatility, mean = NaN, sdDollars = NaN } = inputs;
  if (reference === undefined || isRefusal(reference) || annualVolatility === undefined)
    return refused('reference_unknown', 'no reference');
  const sigma = sigmaPerRootSecond(reference.value, annualVolatility);
  const seconds = (market.closeAt - at) / 1_000;
  const naive = probabilityOfYes({ mean: reference.value, variance: sigma * sigma * seconds }, market.strike);
  if (naive.kind === 'refused') return naive;
  const sd = Math.sqrt(sdDollars ** 2 + terms.proxySdDollars ** 2);
  return { kind: 'chances', average: probability, naive: naive.probability, mean, sd };
}

/**
 * A model and the market in one estimate: their log-odds averaged with a weight (a logarithmic opinion pool). Weight 0 is
 * the market's own price, 1 the model alone.
 *
 * The error is both errors carried through the average, and the disagreement besides: two that differ widely cannot both
 * be known as well as they say.
 */
import { refused } from '../refused.ts';
import type { Probability } from '../units.ts';
import type { FairValue, FairValueResult } from './types.ts';

export function blended(market: FairValue, model: FairValue, weight: number): FairValueResult {
  if (!(weight >= 0 && weight <= 1)) return refused('weight_out_of_range', `${weight} is no weight between 0 and 1`);
  const [ofMarket, ofModel] = [logit(market.probability), logit(model.probability)];
  const odds = (1 - weight) * ofMarket + weight * ofModel;
  const probability = 1 / (1 + Math.exp(-odds));
  const variance =
    ((1 - weight) * market.standardError * slope(market.probability)) ** 2 +
    (weight * model.standardError * slope(model.probability)) ** 2 +
    weight * (1 - weight) * (ofModel - ofMarket) ** 2;
  return {
    kind: 'value',
    value: {
      probability: probability as Probability,
      standardError: Math.sqrt(variance) * probability * (1 - probability),
      source: `blend of ${market.source} and ${model.source}`,
      at: model.at < market.at ? model.at : market.at,
      inputs: {
        ...model.inputs,
        ...{ weight, marketProbability: market.probability, modelProbability: model.probability },
      },
      ...(model.reasons !== undefined && { reasons: model.reasons }),
    },
  };
}

function logit(probability: number): number {
  return Math.log(probability) - Math.log1p(-probability);
}

/** Log-odds per probability. */
function slope(probability: number): number {
  return 1 / (probability * (1 - probability));
}

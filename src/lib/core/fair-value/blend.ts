/**
 * A model and the market in one estimate: their log-odds averaged with a weight (a logarithmic opinion pool). Weight 0 is
 * the market's own price, 1 the model alone.
 *
 * The error is both errors carried through the average, and the disagreement besides: two that differ widely cannot both
 * be known as well as they say. A chance counts as inside the prices that trade (honesty/held.ts): a model that says 1 would
 * else outweigh the market whatever its weight.
 */
import { pooled } from '../honesty/blend-weight.ts';
import { heldChance } from '../honesty/held.ts';
import { logit } from '../normal.ts';
import { refused } from '../refused.ts';
import type { Probability } from '../units.ts';
import type { FairValue, FairValueResult } from './types.ts';

export function blended(market: FairValue, model: FairValue, weight: number): FairValueResult {
  if (!(weight >= 0 && weight <= 1)) return refused('weight_out_of_range', `${weight} is no weight between 0 and 1`);
  const [heldMarket, heldModel] = [heldChance(market.probability), heldChance(model.probability)];
  const probability = pooled(heldMarket, heldModel, weight);
  const variance =
    ((1 - weight) * market.standardError * slope(heldMarket)) ** 2 +
    (weight * model.standardError * slope(heldModel)) ** 2 +
    weight * (1 - weight) * (logit(heldModel) - logit(heldMarket)) ** 2;
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

/** Log-odds per probability. */
function slope(probability: number): number {
  return 1 / (probability * (1 - probability));
}

/**
 * Guéant, Lehalle & Fernandez-Tapia's asymptotic quotes (math.md 5; Guéant 2016, 4.6 and 4.7): the limit of a long horizon,
 * so no time is in them. Fills arrive at the rate A·e^(−kδ) at the distance δ.
 *
 * Refuses an intensity that nobody fitted on thirty fills, and an inventory at which the linear skew has left the prices.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { Quoter } from './types.ts';

/** A fit on fewer fills says nothing of k. */
const FITTED_FILLS_MIN = 30;

export const glftQuoter: Quoter = ({ fair, position, parameters }) => {
  const { glft } = parameters;
  if (glft === undefined) return refused('intensity_unknown', 'A and k of glft were never fitted or configured');
  const quote = glftQuote({ ...glft, fairCents: fair.probability * 100, contracts: position / 100 });
  if (quote.kind === 'refused') return quote;
  return {
    kind: 'quote',
    reservation: (fair.probability * 100 - (position / 100) * quote.shift) / 100,
    rawBid: quote.rawBid * 100,
    rawAsk: quote.rawAsk * 100,
    sides: 'both',
    numbers: { halfSpreadCents: quote.half, shiftCentsPerContract: quote.shift },
  };
};

export interface GlftInput {
  readonly fairCents: number;
  /** Signed position, + is long YES. */
  readonly contracts: number;
  readonly gammaPerCent: number;
  readonly kPerCent: number;
  /** A: fills an hour at the mid. */
  readonly fillsPerHour: number;
  readonly sigmaCentsPerRootHour: number;
  /** Fills that A and k were fitted on. */
  readonly fittedFills: number;
}

/** All in cents; `half` is half the spread, `shift` the skew per contract. */
export interface GlftQuote {
  readonly kind: 'quote';
  readonly half: number;
  readonly shift: number;
  readonly rawBid: number;
  readonly rawAsk: number;
}

export function glftQuote(input: GlftInput): GlftQuote | ModelRefusal {
  const { fairCents, contracts, gammaPerCent: gamma, kPerCent: k, fillsPerHour, fittedFills } = input;
  const { sigmaCentsPerRootHour: sigma } = input;
  if (!(fairCents > 0 && fairCents < 100)) {
    return refused('fair_out_of_range', `a fair value of ${fairCents} ¢ is not between 0 and 100`);
  }
  for (const [name, value] of Object.entries({ gamma, k, fillsPerHour, sigma })) {
    if (!(value > 0 && value < Infinity)) return refused('parameter_out_of_range', `${name} is ${value}, not positive`);
  }
  if (!(fittedFills >= FITTED_FILLS_MIN)) {
    return refused('intensity_unknown', `A and k rest on ${fittedFills} fills; ${FITTED_FILLS_MIN} are the least`);
  }
  const shift = inventoryShare(gamma, k, fillsPerHour) * sigma;
  const half = Math.log1p(gamma / k) / gamma + shift / 2;
  const most = Math.min(fairCents, 100 - fairCents);
  if (Math.abs(contracts) * shift >= most) {
    return refused('skew_too_large', `${contracts} contracts shift the price by more than the ${most} ¢ it has`);
  }
  return {
    kind: 'quote',
    half,
    shift,
    rawBid: fairCents - half - contracts * shift,
    rawAsk: fairCents + half - contracts * shift,
  };
}

/** c₂ of the formula: √(γ/(2Ak)·(1+γ/k)^(k/γ+1)). The power tends to e as γ falls, and would overflow on the way. */
function inventoryShare(gamma: number, k: number, fillsPerHour: number): number {
  const power = Math.exp((k / gamma + 1) * Math.log1p(gamma / k));
  return Math.sqrt((gamma / (2 * fillsPerHour * k)) * power);
}

/**
 * γ, κ and σ of the quoters from recorded books (A-FR3.2). A and k of λ(δ) = A·e^(−kδ) are measured, and so is σ; γ is not in the
 * data, it is what somebody wants: here so much that at a position of `limitContracts` the reservation price has moved by 1/k,
 * one mean distance of fills.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { glftQuote } from '../quoter/glft.ts';
import { refused } from '../refused.ts';
import { type MidVolatility, midVolatility } from './mid-volatility.ts';
import type { Intensity } from './model.ts';

export interface QuoterFitInput {
  readonly intensity: Intensity | undefined;
  /** By market, from `midChanges`. */
  readonly changes: readonly (readonly number[])[];
  readonly limitContracts: number;
  /** Until a position must be flat. */
  readonly horizonHours: number;
}

/** In the units of the configuration: γ and k per cent, or per dollar for cara; σ in cents per root hour; A in fills an hour. */
export interface FittedQuoter {
  readonly sigmaCentsPerRootHour: number;
  readonly as: { readonly gammaPerCent: number; readonly kappaPerCent: number };
  readonly cara: { readonly gammaPerDollar: number; readonly kPerDollar: number };
  readonly glft: {
    readonly gammaPerCent: number;
    readonly kPerCent: number;
    readonly fillsPerHour: number;
    readonly fittedFills: number;
  };
}

export type QuoterFit =
  | { readonly kind: 'fit'; readonly fitted: FittedQuoter; readonly volatility: MidVolatility }
  | ModelRefusal;

export function fitQuoter({ intensity, changes, limitContracts, horizonHours }: QuoterFitInput): QuoterFit {
  if (intensity === undefined) return refused('intensity_unknown', 'too few sweeps reach 1 ¢ from the mid for A and k');
  const volatility = midVolatility(changes);
  if (volatility.kind === 'refused') return volatility;
  const { perCent: k, perHour, sweeps } = intensity;
  const sigma = volatility.centsPerRootHour;
  const glft = { kPerCent: k, fillsPerHour: perHour, fittedFills: sweeps };
  const fitted: FittedQuoter = {
    sigmaCentsPerRootHour: sigma,
    as: { gammaPerCent: 1 / (k * limitContracts * sigma * sigma * horizonHours), kappaPerCent: k },
    // A reservation price at ½ moves by γq/4 dollars.
    cara: { gammaPerDollar: 4 / (100 * k * limitContracts), kPerDollar: 100 * k },
    glft: { gammaPerCent: glftGamma(1 / (k * limitContracts), { ...glft, sigmaCentsPerRootHour: sigma }), ...glft },
  };
  return { kind: 'fit', fitted, volatility };
}

/** The γ whose shift per contract is `shift` cents: it rises with γ, so halving the interval finds it. */
function glftGamma(
  shift: number,
  known: {
    readonly kPerCent: number;
    readonly fillsPerHour: number;
    readonly fittedFills: number;
    readonly sigmaCentsPerRootHour: number;
  },
): number {
  let [low, high] = [Math.log(GAMMA_MIN), Math.log(GAMMA_MAX)];
  for (let n = 0; n < HALVINGS; n += 1) {
    const middle = (low + high) / 2;
    const quote = glftQuote({ ...known, fairCents: 50, contracts: 0, gammaPerCent: Math.exp(middle) });
    if (quote.kind === 'quote' && quote.shift < shift) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

const GAMMA_MIN = 1e-9;
const GAMMA_MAX = 1;
const HALVINGS = 60;

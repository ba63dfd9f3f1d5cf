/**
 * Avellaneda & Stoikov's quotes around an inventory-skewed price (math.md 4), as KMM-v1 uses them.
 *
 * Arithmetic in cents, so it may leave (0, 100) near the ends: the grid suppresses such a side. Refuses a fair value
 * outside (0, 100), and more variance than a price that must end at 0 or 100 can have left.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { Quoter } from './types.ts';

export const avellanedaStoikovQuoter: Quoter = ({ fair, position, hoursToFlat, parameters }) => {
  const { gammaPerCent, kappaPerCent, sigmaCentsPerRootHour } = parameters.as;
  const quote = avellanedaStoikov({
    fairCents: fair.probability * 100,
    contracts: position / 100,
    gammaPerCent,
    kappaPerCent,
    sigmaCentsPerRootHour,
    hours: hoursToFlat,
  });
  if (quote.kind === 'refused') return quote;
  return {
    kind: 'quote',
    reservation: quote.reservation / 100,
    rawBid: quote.rawBid * 100,
    rawAsk: quote.rawAsk * 100,
    sides: 'both',
    numbers: { reservationCents: quote.reservation, spreadCents: quote.spread, hoursToFlat },
  };
};

export interface AvellanedaStoikovInput {
  readonly fairCents: number;
  /** Signed position, + is long YES. */
  readonly contracts: number;
  readonly gammaPerCent: number;
  readonly kappaPerCent: number;
  readonly sigmaCentsPerRootHour: number;
  /** Until we must be flat. */
  readonly hours: number;
}

/** All in cents; `spread` is the whole of it. */
export interface AvellanedaStoikovQuote {
  readonly kind: 'quote';
  readonly reservation: number;
  readonly spread: number;
  readonly rawBid: number;
  readonly rawAsk: number;
}

export function avellanedaStoikov(input: AvellanedaStoikovInput): AvellanedaStoikovQuote | ModelRefusal {
  const { fairCents, contracts, gammaPerCent: gamma, kappaPerCent: kappa, sigmaCentsPerRootHour: sigma, hours } = input;
  if (!(fairCents > 0 && fairCents < 100)) {
    return refused('fair_out_of_range', `a fair value of ${fairCents} ¢ is not between 0 and 100`);
  }
  for (const [name, value] of Object.entries({ gamma, kappa, sigma, hours })) {
    if (!(value > 0 && value < Infinity)) return refused('parameter_out_of_range', `${name} is ${value}, not positive`);
  }
  const variance = sigma * sigma * hours;
  if (variance > fairCents * (100 - fairCents)) {
    const most = fairCents * (100 - fairCents);
    return refused('variance_too_large', `σ²·T is ${variance} ¢², and a price of ${fairCents} ¢ has ${most} left`);
  }
  const reservation = fairCents - contracts * gamma * variance;
  const spread = gamma * variance + (2 / gamma) * Math.log1p(gamma / kappa);
  return { kind: 'quote', reservation, spread, rawBid: reservation - spread / 2, rawAsk: reservation + spread / 2 };
}

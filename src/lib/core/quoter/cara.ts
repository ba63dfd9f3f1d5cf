/**
 * The default quoter: indifference prices of a trader with exponential utility who holds a binary payoff (math.md 6).
 *
 * Exact and always inside (0, 1), whatever the inventory. What is held of the other
 * markets on the same figure, or outcomes of the event, counts as well. Where we will be flat
 * before the market pays, γ counts only the risk until then (risk-share.ts). Refuses a fair value that is certain.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import { caraReservation } from './cara-reservation.ts';
import { type Ladder, ladderReservation } from './ladder.ts';
import type { Quoter } from './types.ts';

export const caraQuoter: Quoter = ({
  fair,
  position,
  makerFeeDollars,
  ladder = NO_LADDER,
  riskShare = 1,
  parameters,
}) => {
  const { gammaPerDollar, kPerDollar, adverseDollars, edgeDollars } = parameters.cara;
  const quote = caraQuote({
    probability: fair.probability,
    contracts: position / 100,
    ladder,
    gammaPerDollar: gammaPerDollar * riskShare,
    kPerDollar,
    costDollars: makerFeeDollars + adverseDollars + edgeDollars,
  });
  if (quote.kind === 'refused') return quote;
  const { reservation, alone, margin, rawBid, rawAsk } = quote;
  const numbers: Record<string, number> = { marginDollars: margin, makerFeeDollars, adverseDollars, edgeDollars };
  if (riskShare < 1) numbers.riskShare = riskShare;
  if (ladder.legs.length > 0) {
    numbers.ladderLegs = ladder.legs.length;
    numbers.ladderShiftDollars = reservation - alone;
  }
  return {
    kind: 'quote',
    reservation,
    rawBid: rawBid * 10_000,
    rawAsk: rawAsk * 10_000,
    sides: 'both',
    numbers,
  };
};

const NO_LADDER: Ladder = { legs: [] };

export interface CaraInput {
  readonly probability: number;
  /** Signed position, + is long YES. */
  readonly contracts: number;
  /** What is held of the markets that settle with this one. */
  readonly ladder?: Ladder;
  readonly gammaPerDollar: number;
  readonly kPerDollar: number;
  /** Per contract: fee, adverse move and least edge together. */
  readonly costDollars: number;
}

/** All in dollars. */
export interface CaraQuote {
  readonly kind: 'quote';
  readonly reservation: number;
  /** The reservation price that this market's own position would make. */
  readonly alone: number;
  readonly margin: number;
  readonly rawBid: number;
  readonly rawAsk: number;
}

export function caraQuote(input: CaraInput): CaraQuote | ModelRefusal {
  const { probability, contracts, ladder = NO_LADDER, gammaPerDollar: gamma, kPerDollar: k, costDollars } = input;
  if (!(k > 0 && k < Infinity)) return refused('parameter_out_of_range', `k is ${k}, not positive`);
  if (!Number.isFinite(costDollars)) return refused('parameter_out_of_range', `cost per contract is ${costDollars}`);
  const alone = caraReservation(probability, contracts, gamma);
  if (typeof alone !== 'number') return alone;
  const own = ladder.bin === undefined ? { probability, contracts } : { probability, contracts, bin: ladder.bin };
  const reservation = ladder.legs.length === 0 ? alone : ladderReservation(own, ladder.legs, gamma);
  if (typeof reservation !== 'number') return reservation;
  const margin = Math.log1p(gamma / k) / gamma;
  return {
    kind: 'quote',
    reservation,
    alone,
    margin,
    rawBid: caraBid(reservation, gamma, 1) - margin - costDollars,
    rawAsk: caraAsk(reservation, gamma, 1) + margin + costDollars,
  };
}

/** The most to pay per contract for a clip of n, given the reservation price r; below r. */
export function caraBid(reservation: number, gamma: number, n: number): number {
  return -Math.log1p(reservation * Math.expm1(-gamma * n)) / (gamma * n);
}

/** The least to take per contract for a clip of n; above r. Selling YES is buying NO, which keeps e^(γn) from overflowing. */
export function caraAsk(reservation: number, gamma: number, n: number): number {
  if (gamma * n > EXPONENT_MAX) return 1 - caraBid(1 - reservation, gamma, n);
  return Math.log1p(reservation * Math.expm1(gamma * n)) / (gamma * n);
}

/** e^x is finite up to 709. */
const EXPONENT_MAX = 700;

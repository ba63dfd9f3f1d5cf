/**
 * The default quoter: indifference prices of a trader with exponential utility who holds a binary payoff (math.md 6).
 *
 * Exact and always inside (0, 1), whatever the inventory. Works in logits, so that no exponential overflows. Refuses a
 * fair value that is certain, and a ladder that is not exclusive or does not add up to one.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { logistic, logit } from '../normal.ts';
import { refused } from '../refused.ts';
import type { Quoter } from './types.ts';

export const caraQuoter: Quoter = ({ fair, position, makerFeeDollars, parameters }) => {
  const { gammaPerDollar, kPerDollar, adverseDollars, edgeDollars } = parameters.cara;
  const quote = caraQuote({
    probability: fair.probability,
    contracts: position / 100,
    gammaPerDollar,
    kPerDollar,
    costDollars: makerFeeDollars + adverseDollars + edgeDollars,
  });
  if (quote.kind === 'refused') return quote;
  return {
    kind: 'quote',
    reservation: quote.reservation,
    rawBid: quote.rawBid * 10_000,
    rawAsk: quote.rawAsk * 10_000,
    sides: 'both',
    numbers: { marginDollars: quote.margin, makerFeeDollars, adverseDollars, edgeDollars },
  };
};

export interface CaraInput {
  readonly probability: number;
  /** Signed position, + is long YES. */
  readonly contracts: number;
  readonly gammaPerDollar: number;
  readonly kPerDollar: number;
  /** Per contract: fee, adverse move and least edge together. */
  readonly costDollars: number;
}

/** All in dollars. */
export interface CaraQuote {
  readonly kind: 'quote';
  readonly reservation: number;
  readonly margin: number;
  readonly rawBid: number;
  readonly rawAsk: number;
}

export function caraQuote(input: CaraInput): CaraQuote | ModelRefusal {
  const { probability, contracts, gammaPerDollar: gamma, kPerDollar: k, costDollars } = input;
  if (!(k > 0 && k < Infinity)) return refused('parameter_out_of_range', `k is ${k}, not positive`);
  if (!Number.isFinite(costDollars)) return refused('parameter_out_of_range', `cost per contract is ${costDollars}`);
  const reservation = caraReservation(probability, contracts, gamma);
  if (typeof reservation !== 'number') return reservation;
  const margin = Math.log1p(gamma / k) / gamma;
  return {
    kind: 'quote',
    reservation,
    margin,
    rawBid: caraBid(reservation, gamma, 1) - margin - costDollars,
    rawAsk: caraAsk(reservation, gamma, 1) + margin + costDollars,
  };
}

/** The price of the next infinitesimal contract: logit r = logit p − γq. */
export function caraReservation(probability: number, contracts: number, gamma: number): number | ModelRefusal {
  if (!(gamma > 0 && gamma < Infinity)) return refused('parameter_out_of_range', `γ is ${gamma}, not positive`);
  if (!isOpenProbability(probability)) return certain(probability);
  return logistic(logit(probability) - gamma * contracts);
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

export interface CaraLadderInput {
  /** Of every outcome; a "none" leg included where the listed ones are not exhaustive. */
  readonly probabilities: readonly number[];
  /** Signed contracts held of each, in the same order. */
  readonly contracts: readonly number[];
  readonly gammaPerDollar: number;
  /** As the exchange states it of the event. */
  readonly isMutuallyExclusive: boolean;
}

export type CaraLadder = { readonly kind: 'ladder'; readonly reservations: readonly number[] } | ModelRefusal;

/** Reservation prices of all legs at once: they sum to one, and inventory in one leg raises all the others. */
export function caraLadder(input: CaraLadderInput): CaraLadder {
  const { probabilities, contracts, gammaPerDollar: gamma, isMutuallyExclusive } = input;
  if (!isMutuallyExclusive) return refused('not_exclusive', 'the event does not say that only one outcome pays');
  if (!(gamma > 0 && gamma < Infinity)) return refused('parameter_out_of_range', `γ is ${gamma}, not positive`);
  if (contracts.length !== probabilities.length) throw new RangeError('one position per leg');
  const unlikely = probabilities.find((probability) => !isOpenProbability(probability));
  if (unlikely !== undefined) return certain(unlikely);
  const total = sum(probabilities);
  if (Math.abs(total - 1) > SUM_TOLERANCE) {
    return refused('ladder_sum', `the probabilities add up to ${total}, not 1: an outcome is missing or counted twice`);
  }
  const exponents = probabilities.map((probability, leg) => Math.log(probability) - gamma * (contracts[leg] ?? 0));
  const largest = Math.max(...exponents);
  const weights = exponents.map((exponent) => Math.exp(exponent - largest));
  const weight = sum(weights);
  return { kind: 'ladder', reservations: weights.map((each) => each / weight) };
}

/** e^x is finite up to 709. */
const EXPONENT_MAX = 700;
const SUM_TOLERANCE = 1e-9;

function isOpenProbability(probability: number): boolean {
  return probability > 0 && probability < 1;
}

function certain(probability: number): ModelRefusal {
  return refused('fair_out_of_range', `a fair value of ${probability} is not a chance between 0 and 1`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

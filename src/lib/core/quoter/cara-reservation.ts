/**
 * Reservation prices of a trader with exponential utility who holds binary payoffs (math.md 6): of one market, and of all legs
 * of an event of which only one pays. Works in logits and log-sum-exp, so that no exponential overflows. Refuses a fair value
 * that is certain, and a ladder that is not exclusive or does not add up to one.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { logistic, logit } from '../normal.ts';
import { refused } from '../refused.ts';

/** The price of the next infinitesimal contract: logit r = logit p − γq. */
export function caraReservation(probability: number, contracts: number, gamma: number): number | ModelRefusal {
  if (!(gamma > 0 && gamma < Infinity)) return refused('parameter_out_of_range', `γ is ${gamma}, not positive`);
  if (!isOpenProbability(probability)) return certain(probability);
  return logistic(logit(probability) - gamma * contracts);
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
  const reservations: number[] = [];
  let largest = -Infinity;
  for (let leg = 0; leg < probabilities.length; leg += 1) {
    const exponent = Math.log(probabilities[leg] as number) - gamma * (contracts[leg] as number);
    reservations.push(exponent);
    if (exponent > largest) largest = exponent;
  }
  let weight = 0;
  for (let leg = 0; leg < reservations.length; leg += 1) {
    const each = Math.exp((reservations[leg] as number) - largest);
    reservations[leg] = each;
    weight += each;
  }
  for (let leg = 0; leg < reservations.length; leg += 1) reservations[leg] = (reservations[leg] as number) / weight;
  return { kind: 'ladder', reservations };
}

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

/**
 * The reservation price of one leg of an event of which only one outcome pays (math.md 6): what is held of the others raises
 * it, what is held of itself lowers it.
 *
 * Legs of which nothing is held weigh alike, so they need no value of their own: together they are the rest that makes the sum
 * one, and so is the outcome that no market names where the listed ones are not exhaustive. Fair values from books of their own
 * may add up to more than one: then this leg's stands, and the others are scaled into what it leaves.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { caraLadder, caraReservation } from './cara-reservation.ts';

export interface LadderLeg {
  readonly probability: number;
  /** Signed, + is long YES. */
  readonly contracts: number;
}

/** @param others the legs of which something is held, this one left out */
export function ladderReservation(own: LadderLeg, others: readonly LadderLeg[], gamma: number): number | ModelRefusal {
  const { probability, contracts } = own;
  const alone = caraReservation(probability, contracts, gamma);
  if (others.length === 0 || typeof alone !== 'number') return alone;
  const room = 1 - probability;
  const stated = others.reduce((sum, leg) => sum + leg.probability, 0);
  const rest = room - stated;
  const hasRest = rest > REST_MIN;
  const scale = hasRest ? 1 : room / stated;
  const ladder = caraLadder({
    probabilities: [probability, ...others.map((leg) => leg.probability * scale), ...(hasRest ? [rest] : [])],
    contracts: [contracts, ...others.map((leg) => leg.contracts), ...(hasRest ? [0] : [])],
    gammaPerDollar: gamma,
    isMutuallyExclusive: true,
  });
  return ladder.kind === 'refused' ? ladder : (ladder.reservations[0] as number);
}

/** Less than this is what doubles leave of nothing. */
const REST_MIN = 1e-12;

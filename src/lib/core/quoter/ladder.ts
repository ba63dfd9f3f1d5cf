/**
 * The reservation price of one market among others on the same figure, or of an event of which only one outcome pays (math.md 6):
 * the cells that they cut (cells.ts) are an exclusive, exhaustive ladder, and a market is worth what its cells are. What is held
 * where this market pays lowers it, what is held where it does not raises it.
 *
 * Where nothing is held of the others it is the binary one. Its own fair value stands: with nothing held it is that.
 */
import type { Bin } from '../fair-value/strike-bins.ts';
import type { ModelRefusal } from '../fair-value/types.ts';
import { caraLadder, caraReservation } from './cara-reservation.ts';
import { cellsOf, type LadderLeg } from './cells.ts';

/** What is held of the other markets that settle with this one. */
export interface Ladder {
  /** Where the figure must lie for this market to pay; absent: only one of all pays. */
  readonly bin?: Bin;
  readonly legs: readonly LadderLeg[];
}

export function ladderReservation(own: LadderLeg, others: readonly LadderLeg[], gamma: number): number | ModelRefusal {
  const { probability, contracts } = own;
  const alone = caraReservation(probability, contracts, gamma);
  if (others.length === 0 || typeof alone !== 'number') return alone;
  const { ifYes, ifNo } = cellsOf(own, others);
  const probabilities: number[] = [];
  const held: number[] = [];
  for (const cell of ifYes) {
    probabilities.push(cell.chance * probability);
    held.push(cell.contracts + contracts);
  }
  for (const cell of ifNo) {
    probabilities.push(cell.chance * (1 - probability));
    held.push(cell.contracts);
  }
  const ladder = caraLadder({ probabilities, contracts: held, gammaPerDollar: gamma, isMutuallyExclusive: true });
  if (ladder.kind === 'refused') return ladder;
  let reservation = 0;
  for (let cell = 0; cell < ifYes.length; cell += 1) reservation += ladder.reservations[cell] as number;
  return reservation;
}

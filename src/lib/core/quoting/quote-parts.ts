/**
 * What a quote is made of, for people: how the reservation price lies off the fair value, and what each half-spread pays for.
 * Dollars per contract. The parts add up to the whole: what nothing else claims is the strategy's own margin.
 */

import { PRICE_ONE, signOf } from '../units.ts';
import type { Quote, QuoteSide } from './quote.ts';

export interface SpreadParts {
  /** Of the strategy: the aversion to risk, and how fast fills thin out with distance. */
  readonly margin: number;
  readonly fee: number;
  readonly adverse: number;
  readonly interval: number;
  readonly edge: number;
  readonly queue: number;
  /** What a programme takes off; ≤ 0. */
  readonly incentive: number;
  /** From the reservation price to the raw price. */
  readonly half: number;
}

/** Of strategies that price no fee, adverse move and edge in themselves, these are 0: the edge rule asks for them afterwards. */
export function spreadParts({ reservation, numbers }: Quote, side: QuoteSide): SpreadParts {
  const half = signOf(side.side) * (reservation - side.raw / PRICE_ONE);
  const fee = numbers.makerFeeDollars ?? 0;
  const adverse = (numbers.adverseDollars ?? 0) + (numbers.adverseSurchargeDollars ?? 0);
  const interval = numbers.intervalDollars ?? 0;
  const edge = numbers.edgeDollars ?? 0;
  const queue = side.queueDollars ?? 0;
  const incentive = -(side.incentiveDollars ?? 0) + 0;
  const margin = tidy(half - fee - adverse - interval - edge - queue - incentive);
  return { margin, fee, adverse, interval, edge, queue, incentive, half };
}

export interface ShiftParts {
  /** By what is held of the market itself. */
  readonly position: number;
  /** By what is held of other markets on the same figure, or outcomes of the event. */
  readonly ladder: number;
  /** By the operator's hand. */
  readonly external: number;
  /** By the steps of inventory. */
  readonly inventory: number;
}

/** Reservation price less fair value. */
export function shiftParts({ reservation, fair, numbers }: Quote): ShiftParts {
  const ladder = numbers.ladderShiftDollars ?? 0;
  const external = (numbers.externalSkewCents ?? 0) / 100;
  const inventory = (numbers.inventorySkewCents ?? 0) / 100;
  const position = tidy(reservation - fair.probability - ladder - external - inventory);
  return { position, ladder, external, inventory };
}

/** Without what doubles leave of nothing. */
function tidy(dollars: number): number {
  return Math.round(dollars * 1e12) / 1e12 + 0;
}

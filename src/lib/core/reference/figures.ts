/**
 * The figure that a market settles on, by the text of its rules: markets on one figure, of whatever event or series, pay by
 * one number, and what is held of one is a hedge of another, or more of the same (E-11). Never guessed from names: an event may
 * hold strikes on the figures of several people or places, so a rule that was not understood has no figure.
 */
import { type Bin, binOf } from '../fair-value/strike-bins.ts';
import type { Market } from '../market.ts';

/** Where a figure must lie for YES. */
export interface Place {
  readonly figure: string;
  readonly bin: Bin;
}

/** Indices are published with two decimals, temperatures in whole degrees. */
const LEVEL_GRID = 0.01;
const REPORTED_GRID = 1;

/** Undefined where the rules name no figure, or the strike no interval of it. */
export function placeOf({
  settles,
  strike,
  closeAt,
}: Pick<Market, 'settles' | 'strike' | 'closeAt'>): Place | undefined {
  if (settles === undefined || settles.kind === 'unpriced' || strike === undefined) return undefined;
  const bin = binOf(strike, settles.kind === 'reported' ? REPORTED_GRID : LEVEL_GRID);
  if ('kind' in bin) return undefined;
  switch (settles.kind) {
    case 'average':
      return { figure: `${settles.index} mean ${settles.seconds} ${closeAt}`, bin };
    case 'trimmed-average':
      return { figure: `${settles.index} mean ${settles.seconds} less ${settles.dropped} ${closeAt}`, bin };
    case 'level':
      return { figure: `${settles.index} level ${closeAt}`, bin };
    case 'reported':
      return { figure: `${settles.figure} ${settles.place} ${settles.source} ${closeAt}`, bin };
    default:
      return settles satisfies never;
  }
}

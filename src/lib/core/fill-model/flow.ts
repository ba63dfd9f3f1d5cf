/**
 * What happened at each level of a recorded market, in order: size that came, size that was cancelled, size that traded. A
 * trade also arrives as a book decrease (math.md section 15); here it is told once, as the decrease that it was.
 */
import type { Level } from '../events.ts';
import type { Side } from '../units.ts';

/** Times in ms that never fall, prices in centicents, sizes in centicontracts, > 0. `side`: of the level. */
export type FlowOp =
  | { readonly kind: 'snapshot'; readonly at: number; readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  /** Something was missed: the book is not to be believed until its next snapshot. */
  | { readonly kind: 'lost'; readonly at: number }
  | LevelOp;

export interface LevelOp {
  readonly kind: 'add' | 'cancel' | 'trade';
  readonly at: number;
  readonly side: Side;
  readonly price: number;
  readonly size: number;
}

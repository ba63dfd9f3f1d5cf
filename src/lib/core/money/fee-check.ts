/** What was found of the fee of one fill: types only. */
import type { Centicontracts, EpochMs, Microdollars } from '../units.ts';

/**
 * - `agreed`: charged as predicted;
 * - `doubted`: not as predicted, and a fill that is not known yet may explain it; found again within two minutes;
 * - `differs`: not as predicted;
 * - `unpredictable`: nothing could be predicted, for the reason given.
 */
export type FeeVerdict = 'agreed' | 'doubted' | 'differs' | 'unpredictable';

export interface FeeCheck {
  readonly tradeId: string;
  readonly ticker: string;
  /** Absent: the market was not known. */
  readonly seriesTicker?: string;
  readonly size: Centicontracts;
  /** Absent: not predictable. */
  readonly predicted?: Microdollars;
  readonly charged: Microdollars;
  readonly verdict: FeeVerdict;
  readonly reason?: string;
  /** When it was found. */
  readonly at: EpochMs;
}

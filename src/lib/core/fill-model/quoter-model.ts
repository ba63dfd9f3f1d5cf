/** What `kmm model fit quoter` writes: γ, κ, σ of the quoters, with what they were fitted on. Plain JSON values. */
import type { FittedQuoter } from './fit-quoter.ts';
import type { Intensity } from './model.ts';

export const QUOTER_SCHEMA = 'kmm-quoter/1';

export interface QuoterModel {
  readonly schema: typeof QUOTER_SCHEMA;
  /** Series that it was fitted on. */
  readonly series: readonly string[];
  /** ISO 8601. */
  readonly fittedAt: string;
  /** Version of kmm. */
  readonly code: string;
  readonly sources: readonly { readonly file: string; readonly sha256: string; readonly records: number }[];
  readonly markets: number;
  /** Of books with two sides. */
  readonly hours: number;
  /** What γ was chosen for. */
  readonly limitContracts: number;
  readonly horizonHours: number;
  readonly intensity: Pick<Intensity, 'perHour' | 'perHourError' | 'perCent' | 'perCentError' | 'sweeps'>;
  readonly volatilitySeconds: number;
  readonly fitted: FittedQuoter;
}

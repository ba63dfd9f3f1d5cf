/** Fair value as somebody else states it: the operator, or an external model. Refuses what is no probability. */
import type { FairSource } from '../parameters.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import type { FairValueResult } from './types.ts';

type Fixed = Extract<FairSource, { kind: 'fixed' }>;

/** Refuses `fair_out_of_range` unless 0 < probability < 1 and 0 ≤ standardError < 1 (NaN and 45 for 45 % included). */
export function fixedFairValue({ probability, standardError }: Fixed, at: EpochMs): FairValueResult {
  if (probability > 0 && probability < 1 && standardError >= 0 && standardError < 1) {
    return { kind: 'value', value: { probability, standardError, source: 'fixed', at, inputs: {} } };
  }
  return refused(
    'fair_out_of_range',
    `a fair value of ${probability} ± ${standardError} is not a probability between 0 and 1`,
  );
}

/** What ended a session: the catalogue's code, and the halt that it leaves behind. */

import { JournalFailure } from '../../../adapters/store/journal.ts';
import { InvariantBroken } from '../../../core/invariant.ts';
import { HALT_EVERYTHING, type Halt } from '../../../core/risk/halts.ts';
import type { EpochMs } from '../../../core/units.ts';
import { type ErrorCode, KmmError } from '../../errors/errors.ts';

export function faultCode(error: Error): ErrorCode {
  if (error instanceof KmmError) return error.code;
  if (error instanceof JournalFailure) return 'KMM_JOURNAL';
  return error instanceof InvariantBroken ? 'KMM_INVARIANT' : 'KMM_BUG';
}

/** Whatever was not the journal's is a case that must not happen: nothing trades before a person has looked. */
export function haltOf(error: Error, at: EpochMs): Halt {
  const name = faultCode(error) === 'KMM_JOURNAL' ? 'JOURNAL' : 'INVARIANT';
  return { name, scope: HALT_EVERYTHING, since: at, reason: error.message };
}

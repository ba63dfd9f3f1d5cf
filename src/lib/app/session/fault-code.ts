/** The catalogue's code for what ended a session. */

import { JournalFailure } from '../../adapters/store/journal.ts';
import { InvariantBroken } from '../../core/invariant.ts';
import { type ErrorCode, KmmError } from '../errors/errors.ts';

export function faultCode(error: Error): ErrorCode {
  if (error instanceof KmmError) return error.code;
  if (error instanceof JournalFailure) return 'KMM_JOURNAL';
  return error instanceof InvariantBroken ? 'KMM_INVARIANT' : 'KMM_BUG';
}

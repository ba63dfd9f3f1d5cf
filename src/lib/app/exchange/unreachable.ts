/** Bad news from the exchange as an error that names its cause: neither key nor clock is an unreachable exchange. */
import { STAMP_EXPIRED } from '../../adapters/kalshi/exchange-error.ts';
import { type CallError, isShutOut, sentenceOf } from '../../adapters/kalshi/result.ts';
import { NOTHING_SENT } from '../errors/error-entry.ts';
import { type ErrorDetails, KmmError } from '../errors/errors.ts';

export function unreachable(what: string, error: CallError, details: ErrorDetails = {}): KmmError {
  return new KmmError(codeOf(error), `${what}: ${sentenceOf(error)}`, details);
}

/** The same for whoever only looks: nothing of ours depends on the answer. */
export function notRead(what: string, error: CallError): KmmError {
  return unreachable(`${what} cannot be read`, error, ONLY_LOOKED);
}

/** For an exchange that is not there for a command that places nothing. */
export const ONLY_LOOKED: ErrorDetails = { position: NOTHING_SENT };

function codeOf(error: CallError): 'KMM_KEY_REFUSED' | 'KMM_CLOCK' | 'KMM_UNREACHABLE' {
  if (isShutOut(error)) return 'KMM_KEY_REFUSED';
  return error.kind === 'refused' && error.code === STAMP_EXPIRED ? 'KMM_CLOCK' : 'KMM_UNREACHABLE';
}

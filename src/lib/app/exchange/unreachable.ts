/** Bad news from the exchange as an error that names its cause: neither key nor clock is an unreachable exchange. */
import { STAMP_EXPIRED } from '../../adapters/kalshi/exchange-error.ts';
import { type CallError, isShutOut, sentenceOf } from '../../adapters/kalshi/result.ts';
import { NOTHING_SENT } from '../errors/error-entry.ts';
import { type ErrorDetails, KmmError } from '../errors/errors.ts';

/** For whoever trades: what rests is at stake. */
export function unreachable(what: string, error: CallError): KmmError {
  return new KmmError(codeOf(error), `${what}: ${sentenceOf(error)}`);
}

/** The same for whoever only looks: nothing of ours depends on the answer. */
export function notRead(what: string, error: CallError): KmmError {
  const code = codeOf(error);
  const details = code === 'KMM_UNREACHABLE' ? ONLY_LOOKED : {};
  return new KmmError(code, `${what}: ${sentenceOf(error)}`, details);
}

export const ONLY_LOOKED: ErrorDetails = { position: NOTHING_SENT, next: ['check the network', 'try again'] };

function codeOf(error: CallError): 'KMM_KEY_REFUSED' | 'KMM_CLOCK' | 'KMM_UNREACHABLE' {
  if (isShutOut(error)) return 'KMM_KEY_REFUSED';
  return error.kind === 'refused' && error.code === STAMP_EXPIRED ? 'KMM_CLOCK' : 'KMM_UNREACHABLE';
}

/** What "no" means when a name was looked up: not there, or nobody answered. */
import { type CallError, sentenceOf } from '../adapters/kalshi/result.ts';
import { KmmError } from './errors.ts';

export function unknownTicker(name: string, error: CallError): KmmError {
  if (error.kind === 'refused' && error.status === 404) {
    return new KmmError('KMM_TICKER_UNKNOWN', `there is no market, event or series ${name}`);
  }
  return new KmmError('KMM_UNREACHABLE', `${name} could not be looked up: ${sentenceOf(error)}`);
}

/** What is wrong with a file that holds a key or a passphrase, as an error that the user can mend. */
import type { KeyRefusal } from '../../adapters/kalshi/sign.ts';
import { type ErrorCode, type ErrorDetails, KmmError } from '../errors/errors.ts';

const CODES: Readonly<Record<KeyRefusal['code'], ErrorCode>> = {
  unreadable: 'KMM_KEY_UNREADABLE',
  not_a_file: 'KMM_KEY_UNREADABLE',
  symlink: 'KMM_KEY_MODE',
  mode: 'KMM_KEY_MODE',
  owner: 'KMM_KEY_MODE',
  not_a_key: 'KMM_KEY_INVALID',
  encrypted: 'KMM_KEY_PASSPHRASE',
  passphrase: 'KMM_KEY_PASSPHRASE',
  unsupported: 'KMM_KEY_INVALID',
};

export function refusedFile({ code, message }: KeyRefusal, file: string, details: ErrorDetails = {}): KmmError {
  const reason = message.replace(/\.$/, '');
  return new KmmError(CODES[code], reason.includes(file) ? reason : `${file}: ${reason}`, details);
}

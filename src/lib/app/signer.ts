/** The key of a link, ready to sign; what is wrong with its file is told as an error that the user can mend. */
import { loadKeyFile } from '../adapters/kalshi/key-file.ts';
import type { KeyRefusal, Signer } from '../adapters/kalshi/sign.ts';
import { type ErrorCode, KmmError } from './errors.ts';

const CODES: Readonly<Record<KeyRefusal['code'], ErrorCode>> = {
  unreadable: 'KMM_KEY_UNREADABLE',
  not_a_file: 'KMM_KEY_UNREADABLE',
  symlink: 'KMM_KEY_MODE',
  mode: 'KMM_KEY_MODE',
  owner: 'KMM_KEY_MODE',
  not_a_key: 'KMM_KEY_INVALID',
  encrypted: 'KMM_KEY_INVALID',
  unsupported: 'KMM_KEY_INVALID',
};

/** Throws KMM_KEY_UNREADABLE, KMM_KEY_MODE, KMM_KEY_INVALID. */
export function loadSigner({ keyId, keyFile }: { readonly keyId: string; readonly keyFile: string }): Signer {
  const key = loadKeyFile(keyId, keyFile);
  if (key.ok) return key.signer;
  const reason = key.error.message.replace(/\.$/, '');
  throw new KmmError(CODES[key.error.code], reason.includes(keyFile) ? reason : `${keyFile}: ${reason}`);
}

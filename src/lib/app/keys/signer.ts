/**
 * The key of a link, ready to sign; what is wrong with its file, its stamp or its passphrase is told as an error that the
 * user can mend. Every signature of kmm comes from here. Production takes no key that lies on a disk in the clear.
 */

import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { isEncrypted, Signer } from '../../adapters/kalshi/sign.ts';
import { assertStamps, keyStamp } from '../config/environment-stamps.ts';
import type { EnvironmentName } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { keeperOf } from './credentials.ts';
import { storedKey } from './key-store.ts';
import { passphraseOf } from './passphrase.ts';
import { refusedFile } from './refused-file.ts';
import { Secret } from './secret.ts';

export type KeyOfLink = Pick<ExchangeLink, 'keyId' | 'keyFile' | 'passphraseFile' | 'passphrase'>;

/** Throws KMM_KEY_UNREADABLE, KMM_KEY_MODE, KMM_KEY_INVALID, KMM_KEY_PASSPHRASE, KMM_KEY_PLAIN, KMM_KEY_ENV. */
export function loadSigner(env: EnvironmentName, link: KeyOfLink): Signer {
  const { keyId, keyFile } = link;
  assertStamps(env, keyStamp(keyFile));
  const keeper = keeperOf(keyFile);
  const read = readPrivate(keyFile, keeper);
  if (!read.ok) throw refusedFile(read.error, keyFile);
  // The text itself is not kept; the last hop knows its lines.
  new Secret(read.text);
  const isLocked = isEncrypted(read.text);
  if (env === 'prod' && !isLocked && keeper === 'ours')
    throw new KmmError('KMM_KEY_PLAIN', `${keyFile} is not encrypted`);
  const key = Signer.fromPem(keyId, read.text, isLocked ? passphraseOf(link)?.reveal() : undefined);
  if (!key.ok) throw refusedFile(key.error, keyFile);
  const stamp = storedKey(keyFile);
  if (stamp !== undefined && (stamp.fingerprint !== key.signer.fingerprint || stamp.keyId !== keyId)) {
    throw new KmmError('KMM_KEY_INVALID', `${keyFile} is another key than its stamp says`);
  }
  return key.signer;
}

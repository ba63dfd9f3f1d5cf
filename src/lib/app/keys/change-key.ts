/**
 * Replaces a stored key, or takes it away. Neither while a trader holds it: its next life would find no key. A new key is
 * stored, and the old one removed, only after the exchange has answered to the new one.
 */
import type { Signer } from '../../adapters/kalshi/sign.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { AccessPlaces } from '../config/access.ts';
import { KmmError } from '../errors/errors.ts';
import { removeKey, type StoredKey, storedKeys, storeKey } from './key-store.ts';
import type { Secret } from './secret.ts';

/** The key that is stored, or the one of this id. Throws KMM_KEY_MISSING. */
export function theStoredKey({ env, home }: AccessPlaces, keyId?: string): StoredKey {
  const keys = storedKeys(home).filter((key) => keyId === undefined || key.keyId === keyId);
  const [key, ...others] = keys;
  if (key === undefined) {
    throw new KmmError('KMM_KEY_MISSING', `no key${keyId === undefined ? '' : ` ${keyId}`} is stored for ${env}`, {
      next: [`kmm auth import FILE --key-id ID --env ${env}`],
    });
  }
  if (others.length === 0) return key;
  throw new KmmError(
    'KMM_KEY_MISSING',
    `several keys are stored for ${env}: ${keys.map((one) => one.keyId).join(', ')}`,
    {
      next: [`kmm auth forget --env ${env} --key-id ID`],
    },
  );
}

/** `signer` has been answered to by the exchange. Throws KMM_LOCKED, KMM_HOME. */
export function replaceKey(
  places: AccessPlaces,
  { old, signer, passphrase, now }: { old: StoredKey; signer: Signer; passphrase: Secret; now: number },
): StoredKey {
  assertNobodyTrades(places);
  const stored = storeKey(places.home, signer, passphrase, now);
  if (stored.file !== old.file) removeKey(old);
  return stored;
}

/** Throws KMM_LOCKED. */
export function forgetKey(places: AccessPlaces, key: StoredKey): void {
  assertNobodyTrades(places);
  removeKey(key);
}

/** Throws KMM_LOCKED. */
export function assertNobodyTrades({ env, home }: Pick<AccessPlaces, 'env' | 'home'>): void {
  const holder = readLock(home.lock);
  if (holder === undefined) return;
  throw new KmmError('KMM_LOCKED', `process ${holder.pid} trades on ${env} with a key of this store`, {
    next: ['stop it: ^C in its terminal, or kmm kill'],
  });
}

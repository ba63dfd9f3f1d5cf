/**
 * Takes a downloaded key in: checks the file, checks the key, keeps it encrypted. Refuses a file that others could have
 * read or put there, an id that is taken, and a key that is another environment's. Until all is well nothing is stored.
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { isEncrypted, Signer } from '../../adapters/kalshi/sign.ts';
import type { AccessPlaces } from '../config/access.ts';
import { KmmError } from '../errors/errors.ts';
import { assertKeyId, otherOwner, type StoredKey, storedKeys, storeKey } from './key-store.ts';
import { refusedFile } from './refused-file.ts';
import { Secret } from './secret.ts';

/** A file that was read and may be taken in. */
export interface FoundKey {
  readonly keyId: string;
  readonly file: string;
  /** It needs its own passphrase, which then keeps it in the store as well. */
  readonly isEncrypted: boolean;
  /** What else is not well about where it lies. */
  readonly warnings: readonly string[];
  readonly pem: Secret;
}

/** Throws KMM_USAGE, KMM_KEY_UNREADABLE, KMM_KEY_MODE, KMM_KEY_INVALID. */
export function findKey(file: string, keyId: string, now: number): FoundKey {
  assertKeyId(keyId);
  const path = resolve(file);
  const read = readPrivate(path);
  if (!read.ok) throw refusedFile(read.error, path, read.error.code === 'mode' ? { next: mending(path, now) } : {});
  const found = { keyId, file: path, isEncrypted: isEncrypted(read.text), warnings: warningsOf(path) };
  if (!found.isEncrypted) signerOf(read.text, found, undefined);
  return { ...found, pem: new Secret(read.text) };
}

/** Not yet stored. Throws KMM_KEY_PASSPHRASE, KMM_KEY_INVALID. */
export function openKey(found: FoundKey, passphrase: Secret): Signer {
  return signerOf(found.pem.reveal(), found, found.isEncrypted ? passphrase : undefined);
}

/** Throws KMM_KEY_EXISTS, KMM_KEY_ENV, KMM_HOME and what `openKey` throws. */
export function importKey(places: AccessPlaces, found: FoundKey, passphrase: Secret, now: number): StoredKey {
  assertFree(places, found.keyId);
  return storeKey(places.home, openKey(found, passphrase), passphrase, now);
}

/** Ask before anybody types a passphrase. Throws KMM_KEY_EXISTS, KMM_KEY_ENV. */
export function assertFree({ env, home }: AccessPlaces, keyId: string): void {
  const [present] = storedKeys(home);
  if (present !== undefined) {
    throw new KmmError('KMM_KEY_EXISTS', `the key ${present.keyId} is stored for ${env}, since ${present.importedAt}`, {
      next: [`kmm auth rotate FILE --key-id ${keyId} --env ${env}`, `kmm auth forget --env ${env}`],
    });
  }
  assertOfNobodyElse({ home }, keyId);
}

/** The same id in two environments is a slip: keys belong to one (kalshi/api.md 1). Throws KMM_KEY_ENV. */
export function assertOfNobodyElse({ home }: Pick<AccessPlaces, 'home'>, keyId: string): void {
  const other = otherOwner(home, keyId);
  if (other === undefined) return;
  throw new KmmError('KMM_KEY_ENV', `the key ${keyId} is stored for ${other}, and a key has one environment`);
}

function signerOf(
  pem: string,
  { keyId, file }: Pick<FoundKey, 'keyId' | 'file'>,
  passphrase: Secret | undefined,
): Signer {
  const key = Signer.fromPem(keyId, pem, passphrase?.reveal());
  if (!key.ok) throw refusedFile(key.error, file);
  return key.signer;
}

const FRESH_MS = 3_600_000;
const READABLE_BY_OTHERS = 0o044;
const OTHERS_MAY_LIST = 0o055;

/** A browser leaves downloads open to all: minutes of that are mended with a chmod, days are not. */
function mending(path: string, now: number): readonly string[] {
  const stats = statSync(path);
  const isFresh = now - stats.mtimeMs < FRESH_MS;
  const wasRead = (stats.mode & READABLE_BY_OTHERS) !== 0 && !isFresh;
  const chmod = `chmod 600 ${path}, then import it again`;
  return wasRead
    ? [
        `others could read it since ${new Date(stats.mtimeMs).toISOString()}: if anybody else uses this machine, make a new key`,
        chmod,
      ]
    : [chmod];
}

function warningsOf(path: string): readonly string[] {
  const directory = dirname(path);
  const isOpen = (statSync(directory).mode & OTHERS_MAY_LIST) !== 0;
  return isOpen
    ? [`${directory} is open to other users of this machine: remove the file there once the key is stored`]
    : [];
}

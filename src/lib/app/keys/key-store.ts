/**
 * Keys that `kmm auth import` took in: `<home>/<environment>/keys/<key id>.key.pem`, encrypted, and beside it a stamp in
 * JSON that says of which environment the key is, what it is, and who brought it when. Owner alone (0600), made whole.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Signer } from '../../adapters/kalshi/sign.ts';
import { ENVIRONMENTS, type EnvironmentName, type Home, prepareHome } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { operatorName } from '../operator.ts';
import type { Secret } from './secret.ts';

export type KeyStamp = z.infer<typeof stampSchema>;
export interface StoredKey extends KeyStamp {
  /** The encrypted key. */
  readonly file: string;
}

const stampSchema = z.object({
  schema: z.literal('kmm-key/1'),
  env: z.enum(ENVIRONMENTS),
  keyId: z.string(),
  kind: z.enum(['rsa', 'ed25519']),
  fingerprint: z.string(),
  /** ISO, UTC. */
  importedAt: z.string(),
  by: z.string(),
});

/** An id of a key as it may stand in a file name. */
const KEY_ID = /^[\w][\w-]{0,63}$/;

/** Throws KMM_USAGE. */
export function assertKeyId(keyId: string): void {
  if (!KEY_ID.test(keyId)) {
    throw new KmmError('KMM_USAGE', `"${keyId}" is no id of a key: it has letters, digits and dashes, 64 at most`);
  }
}

/** Newest first. Throws KMM_KEY_INVALID for a stamp that kmm did not write. */
export function storedKeys({ keys }: Pick<Home, 'keys'>): readonly StoredKey[] {
  if (!existsSync(keys)) return [];
  return readdirSync(keys)
    .filter((name) => name.endsWith(KEY_SUFFIX))
    .flatMap((name) => storedKey(join(keys, name)) ?? [])
    .sort((a, b) => b.importedAt.localeCompare(a.importedAt));
}

/** Another environment of the same data directory that holds a key of this id. */
export function otherOwner(
  { env, directory }: Pick<Home, 'env' | 'directory'>,
  keyId: string,
): EnvironmentName | undefined {
  const root = dirname(directory);
  return ENVIRONMENTS.find(
    (other) => other !== env && storedKeys({ keys: join(root, other, 'keys') }).some((key) => key.keyId === keyId),
  );
}

/** What is known of a key file that came through `kmm auth import`; undefined for any other file. Throws KMM_KEY_INVALID. */
export function storedKey(file: string): StoredKey | undefined {
  const path = stampPath(file);
  if (!file.endsWith(KEY_SUFFIX) || !existsSync(path)) return undefined;
  const stamp = stampSchema.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!stamp.success) throw new KmmError('KMM_KEY_INVALID', `${path} is no stamp of a key`);
  return { ...stamp.data, file };
}

/** What of a key is stored. */
export type Storable = Pick<Signer, 'keyId' | 'kind' | 'fingerprint' | 'encryptedPem'>;

/** Throws KMM_HOME. */
export function storeKey(home: Home, signer: Storable, passphrase: Secret, now: number): StoredKey {
  prepareHome(home);
  const { keyId, kind, fingerprint } = signer;
  const file = join(home.keys, keyId + KEY_SUFFIX);
  const stamp: KeyStamp = {
    ...{ schema: 'kmm-key/1', env: home.env, keyId, kind, fingerprint },
    ...{ importedAt: new Date(now).toISOString(), by: operatorName() },
  };
  try {
    // The stamp last: a key without one is not there yet.
    writeWhole(file, signer.encryptedPem(passphrase.reveal()));
    writeWhole(stampPath(file), `${JSON.stringify(stamp, undefined, 2)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_HOME', `the key cannot be written: ${reason}`, { cause: error });
  }
  return { ...stamp, file };
}

export function removeKey({ file }: Pick<StoredKey, 'file'>): void {
  rmSync(stampPath(file), { force: true });
  shred(file);
}

/**
 * Writes over the file, then removes it. A disk that never writes in place (SSD, copy on write) and a backup may still
 * hold the old bytes: it is a courtesy, no proof.
 */
export function shred(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, randomBytes(fstatSync(descriptor).size), 0, undefined, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  rmSync(file);
}

const KEY_SUFFIX = '.key.pem';

function stampPath(file: string): string {
  return file.replace(/\.pem$/, '.json');
}

/** On disk before it gets its name. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.draft`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

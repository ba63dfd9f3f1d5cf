/**
 * Reads a private key file into a signer. Refuses a file that others could have read or put there: a symbolic link, group
 * or other bits, another owner, a parent directory that others may write (reliability.md 8, S3).
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type KeyRefusal, Signer, type SignerResult } from './sign.ts';

/**
 * `ours`: a file that its owner alone may read. `credential`: one that the service manager put where only this service
 * can see it; it may belong to root, who then lets us read it by a list that shows as a bit for the group.
 */
export type Keeper = 'ours' | 'credential';

export interface LoadKeyOptions {
  /** Only for an encrypted key. */
  readonly passphrase?: string;
  readonly keeper?: Keeper;
}

export function loadKeyFile(keyId: string, path: string, { passphrase, keeper }: LoadKeyOptions = {}): SignerResult {
  const read = readPrivate(path, keeper);
  return read.ok ? Signer.fromPem(keyId, read.text, passphrase) : read;
}

export type ReadResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: KeyRefusal };

/** The text of a file that holds a secret, after the same checks as a key's. */
export function readPrivate(path: string, keeper: Keeper = 'ours'): ReadResult {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { ok: false, error: notOpened(path, error) };
  }
  try {
    const stats = fstatSync(descriptor);
    const error = keeper === 'ours' ? (fileRefusal(path, stats) ?? parentRefusal(path)) : lentRefusal(path, stats);
    if (error !== undefined) return { ok: false, error };
    return { ok: true, text: readFileSync(descriptor, 'utf8') };
  } catch (error) {
    return { ok: false, error: notOpened(path, error) };
  } finally {
    closeSync(descriptor);
  }
}

const GROUP_AND_OTHERS = 0o077;
const GROUP_WRITES_AND_OTHERS = 0o037;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const ROOT = 0;

function fileRefusal(path: string, stats: Stats): KeyRefusal | undefined {
  if (!stats.isFile()) return { code: 'not_a_file', message: `${path} is not a regular file.` };
  if (process.getuid !== undefined && stats.uid !== process.getuid()) {
    return { code: 'owner', message: `${path} belongs to another user.` };
  }
  if ((stats.mode & GROUP_AND_OTHERS) !== 0) {
    return { code: 'mode', message: `${path} can be read by others (mode ${octal(stats)}): chmod 600 ${path}` };
  }
  return undefined;
}

function lentRefusal(path: string, stats: Stats): KeyRefusal | undefined {
  if (!stats.isFile()) return { code: 'not_a_file', message: `${path} is not a regular file.` };
  if (process.getuid !== undefined && stats.uid !== process.getuid() && stats.uid !== ROOT) {
    return { code: 'owner', message: `${path} belongs to another user.` };
  }
  if ((stats.mode & GROUP_WRITES_AND_OTHERS) === 0) return undefined;
  return { code: 'mode', message: `${path} can be read by others (mode ${octal(stats)}).` };
}

/** In a directory like /tmp the sticky bit keeps others from replacing the file. */
function parentRefusal(path: string): KeyRefusal | undefined {
  const directory = dirname(path);
  const stats = statSync(directory);
  const isExposed = (stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0;
  return isExposed
    ? { code: 'mode', message: `${directory} can be written by others (mode ${octal(stats)}): chmod 700 ${directory}` }
    : undefined;
}

function notOpened(path: string, error: unknown): KeyRefusal {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return reason === 'ELOOP'
    ? { code: 'symlink', message: `${path} is a symbolic link; name the file itself.` }
    : { code: 'unreadable', message: `${path} cannot be read (${reason}).` };
}

function octal(stats: Stats): string {
  return (stats.mode & 0o777).toString(8).padStart(4, '0');
}

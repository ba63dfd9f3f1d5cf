/**
 * Reads a private key file into a signer. Refuses a file that others could have read or put there: a symbolic link, group
 * or other bits, another owner, a parent directory that others may write (reliability.md 8, S3).
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type KeyRefusal, Signer, type SignerResult } from './sign.ts';

export function loadKeyFile(keyId: string, path: string): SignerResult {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { ok: false, error: notOpened(path, error) };
  }
  try {
    const error = fileRefusal(path, fstatSync(descriptor)) ?? parentRefusal(path);
    if (error !== undefined) return { ok: false, error };
    return Signer.fromPem(keyId, readFileSync(descriptor, 'utf8'));
  } catch (error) {
    return { ok: false, error: notOpened(path, error) };
  } finally {
    closeSync(descriptor);
  }
}

const GROUP_AND_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

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

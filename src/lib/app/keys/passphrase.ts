/**
 * Where the passphrase of an encrypted key comes from: what a person has typed, a file for its owner alone, or a
 * credential of systemd. Never a flag's value, never a variable's: those are seen by others (reliability.md S3, S4).
 */
import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { isEncrypted } from '../../adapters/kalshi/sign.ts';
import { KmmError } from '../errors/errors.ts';
import { credentialsOf, keeperOf } from './credentials.ts';
import { refusedFile } from './refused-file.ts';
import { Secret } from './secret.ts';

/** What is needed to open one key. Plain values but for the passphrase, which only memory ever holds. */
export interface KeyPlace {
  readonly id: string;
  readonly file: string;
  readonly passphraseFile?: string;
  readonly passphrase?: Secret;
}

/** No word list holds all of this length and a rented machine cannot try them in a lifetime, scrypt being as dear as it is. */
const LENGTH_MIN = 8;

/** Throws KMM_KEY_UNREADABLE, KMM_KEY_MODE, KMM_KEY_PASSPHRASE. */
function passphraseIn(file: string): Secret {
  const read = readPrivate(file, keeperOf(file));
  if (!read.ok) throw refusedFile(read.error, file);
  return checkedPassphrase(read.text.replace(/\r?\n$/, ''), file);
}

/** Throws KMM_KEY_PASSPHRASE for one that protects nothing. */
export function checkedPassphrase(text: string, whence: string): Secret {
  if (text.length < LENGTH_MIN || text.includes('\n')) {
    throw new KmmError(
      'KMM_KEY_PASSPHRASE',
      `the passphrase of ${whence} is not one line of ${LENGTH_MIN} or more signs`,
      {
        next: ['choose a longer one: five random words'],
      },
    );
  }
  return new Secret(text);
}

/** Undefined: none was typed, none is configured and systemd lends none. Throws KMM_KEY_UNREADABLE, KMM_KEY_MODE, KMM_KEY_PASSPHRASE. */
export function passphraseOf({ passphrase, passphraseFile }: Omit<KeyPlace, 'id' | 'file'>): Secret | undefined {
  const file = passphraseFile ?? credentialsOf(process.env).passphrase;
  return passphrase ?? (file === undefined ? undefined : passphraseIn(file));
}

/** Only a person can open this key. False also for a file that cannot be read: whoever signs will say what is wrong. */
export function needsPerson({ file, passphrase, passphraseFile }: KeyPlace): boolean {
  if (passphrase !== undefined || passphraseFile !== undefined) return false;
  const read = readPrivate(file, keeperOf(file));
  return read.ok && isEncrypted(read.text);
}

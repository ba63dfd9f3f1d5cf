/**
 * `kmm db restore`: a backup put in the place of the database. What was there is kept beside it, its halts stay on, and its
 * session numbers go on, so that no order id repeats; nothing stays armed. What happened since is the exchange's to tell:
 * the next start reads it, and stands halted where it cannot be explained.
 *
 * Refused while anything holds the environment's lock. Nothing is moved before the backup has passed the full check.
 */
import { existsSync } from 'node:fs';
import { bequeath, copyDatabase, discard, heirloomOf, replaceDatabase } from '../../adapters/store/copy.ts';
import { type Examination, examine, faultIn } from '../../adapters/store/examine.ts';
import { reasonOf, StoreProblem } from '../../adapters/store/problem.ts';
import { isSealed, unseal } from '../../adapters/store/sealed-file.ts';
import { type Home, prepareHome } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import type { Secret } from '../keys/secret.ts';
import { operatorName } from '../operator.ts';
import { takeLock } from '../run/take-lock.ts';
import { newestTape } from '../session/tape/session-tapes.ts';

export interface Restored {
  readonly file: string;
  /** Where what was there is now; undefined: there was nothing. */
  readonly aside: string | undefined;
  readonly version: number;
  readonly sessions: number;
  /** The next session's number is above this. */
  readonly usedSession: number;
  /** Halts of the old database that stay on. */
  readonly haltsKept: number;
}

/** What a database that is gone may have used; a session a minute for a week. */
const UNKNOWN_SESSIONS = 10_000;

/** Whether a passphrase is needed. Throws KMM_BACKUP_UNREADABLE. */
export function isBackupSealed(file: string): boolean {
  try {
    return isSealed(file);
  } catch (error) {
    throw new KmmError('KMM_BACKUP_UNREADABLE', `${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Checked and ready beside the database, for the time between looking and agreeing. */
export class Restoring {
  readonly examined: Examination;
  readonly #home: Home;
  readonly #draft: string;
  readonly #lock: ReturnType<typeof takeLock>;

  /** Throws KMM_LOCKED, KMM_HOME, KMM_BACKUP_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
  constructor(home: Home, file: string, passphrase: Secret | undefined) {
    prepareHome(home);
    this.#home = home;
    this.#draft = `${home.database}.restoring`;
    this.#lock = takeLock(home);
    try {
      discard(this.#draft);
      this.examined = checkedDraft(home, file, this.#draft, passphrase);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Throws KMM_HOME when the file system refuses; the old database is then still whole under one of its two names. */
  carryOut(file: string, now: Date): Restored {
    const { database } = this.#home;
    const { version, sessions } = this.examined;
    const isThere = existsSync(database);
    const aside = `${database}.before-restore-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const old = isThere ? heirloomOf(database) : undefined;
    const backedUp = heirloomOf(this.#draft)?.usedSession ?? 0;
    const known = Math.max(backedUp, newestTape(this.#home), old?.usedSession ?? 0);
    const usedSession = old === undefined ? known + UNKNOWN_SESSIONS : known;
    const latches = old?.latches ?? [];
    try {
      bequeath(this.#draft, { usedSession, latches }, operatorName(), now.getTime());
      replaceDatabase(database, this.#draft, aside);
    } catch (error) {
      throw new KmmError('KMM_HOME', `the database cannot be put in its place: ${reasonOf(error)}`, { cause: error });
    }
    return { file, aside: isThere ? aside : undefined, version, sessions, usedSession, haltsKept: latches.length };
  }

  close(): void {
    discard(this.#draft);
    this.#lock.release();
  }
}

function checkedDraft({ env }: Home, file: string, draft: string, passphrase: Secret | undefined): Examination {
  const examined = drafted(file, draft, passphrase);
  const { version, newest, stamp } = examined;
  if (version > newest)
    throw new KmmError('KMM_DB_NEWER', `${file} is of version ${version}, this kmm knows up to ${newest}`);
  if (stamp !== env) throw new KmmError('KMM_DB_ENV', `${file} belongs to ${stamp ?? 'nobody'}, not to ${env}`);
  const fault = faultIn(examined);
  if (fault !== undefined) throw new KmmError('KMM_BACKUP_UNREADABLE', `${file} is not restored: ${fault}`);
  return examined;
}

/** A copy by SQLite's own means: a plain file may be a live database with a log beside it. */
function drafted(file: string, draft: string, passphrase: Secret | undefined): Examination {
  try {
    if (passphrase === undefined) copyDatabase(file, draft);
    else if (!unseal(file, draft, passphrase.reveal())) {
      throw new KmmError(
        'KMM_BACKUP_UNREADABLE',
        `${file} does not open: another passphrase, or it was changed or cut`,
      );
    }
  } catch (error) {
    if (error instanceof KmmError) throw error;
    throw new KmmError('KMM_BACKUP_UNREADABLE', `${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  const examined = examine(draft);
  if (examined instanceof StoreProblem)
    throw new KmmError('KMM_BACKUP_UNREADABLE', `${file}: ${kmmError(examined).what}`);
  return examined;
}

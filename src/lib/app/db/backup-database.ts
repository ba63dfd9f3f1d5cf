/**
 * `kmm db backup`: a whole copy of an environment's database, also while a trader writes to it. Nothing is called a backup
 * before it has passed the full check: until then it lies under another name, and an interrupted one leaves none.
 */
import { existsSync, linkSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { copyDatabase, discard, sync } from '../../adapters/store/copy.ts';
import { examine, faultIn } from '../../adapters/store/examine.ts';
import { reasonOf, StoreProblem } from '../../adapters/store/problem.ts';
import { seal } from '../../adapters/store/sealed-file.ts';
import { type Home, prepareDirectory } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import type { Secret } from '../keys/secret.ts';
import { backupFolder, backupName, prune } from './backups.ts';

export interface BackupOptions {
  readonly home: Home;
  readonly now: Date;
  /** Absent: into the folder of backups, where only the newest `kept` stay. */
  readonly out?: string;
  readonly kept: number;
  /** Encrypts. */
  readonly passphrase?: Secret;
}

export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly isEncrypted: boolean;
  readonly version: number;
  readonly sessions: number;
  /** Of the hash chain; null for a version whose turns this kmm cannot read as they are. */
  readonly turns: number | null;
  readonly removed: readonly string[];
}

/** Throws KMM_DB_UNREADABLE, KMM_DB_ENV, KMM_BACKUP_UNWRITABLE, KMM_HOME. */
export function backUpDatabase({ home, now, out, kept, passphrase }: BackupOptions): Backup {
  if (!existsSync(home.database)) throw noDatabase(home);
  const folder = out === undefined ? backupFolder(home) : dirname(resolve(out));
  if (out === undefined) prepareDirectory(folder);
  const file = out === undefined ? join(folder, backupName(home.env, now, passphrase !== undefined)) : resolve(out);
  if (existsSync(file))
    throw new KmmError('KMM_BACKUP_UNWRITABLE', `${file} is there already, and is not written over`);
  const drafts = [`${file}.partial`, `${file}.partial-sealed`] as const;
  try {
    const examined = copied(home, drafts[0]);
    if (passphrase !== undefined) seal(drafts[0], drafts[1], passphrase.reveal());
    // A link fails where a rename would write over what has come meanwhile.
    linkSync(passphrase === undefined ? drafts[0] : drafts[1], file);
    sync(folder);
    const { version, sessions, chain } = examined;
    const turns = chain?.isWhole ? chain.turns : null;
    const removed = out === undefined ? prune(folder, home.env, kept) : [];
    return {
      ...{ file, bytes: statSync(file).size, isEncrypted: passphrase !== undefined },
      ...{ version, sessions, turns, removed },
    };
  } catch (error) {
    if (error instanceof KmmError) throw error;
    throw new KmmError('KMM_BACKUP_UNWRITABLE', `${file} cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    discard(...drafts);
  }
}

function copied({ database, env }: Home, draft: string) {
  discard(draft, `${draft}-sealed`);
  copyDatabase(database, draft);
  const examined = examine(draft);
  if (examined instanceof StoreProblem) throw kmmError(examined);
  const { stamp } = examined;
  if (stamp !== env) throw new KmmError('KMM_DB_ENV', `${database} belongs to ${stamp ?? 'nobody'}, not to ${env}`);
  const fault = faultIn(examined);
  if (fault === undefined) return examined;
  throw new KmmError('KMM_DB_UNREADABLE', `no backup was made of ${database}: ${fault}`);
}

export function noDatabase({ env, database }: Pick<Home, 'env' | 'database'>): KmmError {
  return new KmmError('KMM_DB_UNREADABLE', `${env} has no database yet (${database})`, { next: ['kmm run'] });
}

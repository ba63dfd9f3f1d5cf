/**
 * Where kmm keeps what it knows: one directory per environment under `$KMM_HOME`, else under the XDG data directory.
 *
 * Refuses a directory that other users may write to: whoever can write there can trade.
 */
import { statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { KmmError } from '../errors/errors.ts';

export const ENVIRONMENTS = ['sim', 'demo', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export type Variables = Readonly<Record<string, string | undefined>>;

/** Absolute paths; nothing of it need exist. */
export interface Home {
  readonly env: EnvironmentName;
  readonly directory: string;
  readonly database: string;
  readonly lock: string;
  readonly tapes: string;
  readonly keys: string;
  /** Halts that the database could not take, a file each. */
  readonly latches: string;
  /** Fitted models, a folder a kind. */
  readonly calib: string;
  /** Public figures as they were last read, a folder a source. */
  readonly reference: string;
  /** What the trading loop writes while it turns. */
  readonly progress: string;
}

/** Looks at `KMM_HOME`, then `XDG_DATA_HOME`, then the user's own directory. Touches no disk. */
export function homeOf(env: EnvironmentName, variables: Variables = process.env, userHome: string = homedir()): Home {
  const directory = join(rootOf(variables, userHome), env);
  return {
    env,
    directory,
    database: join(directory, 'kmm.db'),
    lock: join(directory, 'lock'),
    tapes: join(directory, 'tape'),
    keys: join(directory, 'keys'),
    latches: join(directory, 'latches'),
    calib: join(directory, 'calib'),
    reference: join(directory, 'reference'),
    progress: join(directory, 'progress'),
  };
}

/** Makes the directories that are missing, for the owner alone (0700). Throws KMM_HOME. */
export function prepareHome(home: Home): void {
  for (const directory of [home.directory, home.tapes, home.keys]) prepareDirectory(directory);
}

/** For whoever only reads what lies there: it need not be made yet, and must be somewhere where it could be. Throws KMM_HOME. */
export function assertDirectory({ directory }: Pick<Home, 'directory'>): void {
  for (const place of [dirname(directory), directory]) {
    const found = statSync(place, { throwIfNoEntry: false });
    if (found === undefined) {
      assertMayBeMade(place);
      return;
    }
    if (!found.isDirectory()) {
      throw new KmmError('KMM_HOME', `${place} is a file, and the data directory is to be there`);
    }
  }
}

/** What the kernel shows of itself: no file can be made there. */
const KERNEL_FILE_SYSTEMS: Readonly<Record<number, string>> = { 40864: 'proc', 1650812274: 'sysfs' };

function assertMayBeMade(path: string): void {
  let above = dirname(path);
  while (statSync(above, { throwIfNoEntry: false }) === undefined && dirname(above) !== above) above = dirname(above);
  const kind = KERNEL_FILE_SYSTEMS[statfsSync(above).type];
  if (kind !== undefined) throw new KmmError('KMM_HOME', `${path} cannot be made: ${above} is the kernel's (${kind})`);
}

/** The same for one below it. Throws KMM_HOME. */
export function prepareDirectory(directory: string): void {
  try {
    makeFolders(directory);
  } catch (error) {
    throw new KmmError('KMM_HOME', `${directory} cannot be made: ${reasonOf(error)}`, { cause: error });
  }
  if ((statSync(directory).mode & OTHERS_MAY_WRITE) !== 0) {
    throw new KmmError('KMM_HOME', `${directory} may be written to by other users`);
  }
}

const OTHERS_MAY_WRITE = 0o022;

function rootOf(variables: Variables, userHome: string): string {
  const own = variables.KMM_HOME;
  if (own !== undefined && own !== '') return resolve(own);
  const data = variables.XDG_DATA_HOME;
  return join(data !== undefined && data !== '' ? data : join(userHome, '.local', 'share'), 'kmm');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `kmm db check`: what is found in an environment's database, and whether it may be trusted. */
import { existsSync } from 'node:fs';
import { examine, faultIn } from '../../adapters/store/examine.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { EnvironmentName, Home } from '../config/home.ts';
import { kmmError } from '../errors/errors.ts';
import { noDatabase } from './backup-database.ts';

export interface DatabaseReport {
  readonly env: EnvironmentName;
  readonly file: string;
  /** Why it must not be trusted; null: it may be. */
  readonly fault: string | null;
  readonly version: number;
  /** What the next start brings it to. */
  readonly newest: number;
  readonly bytes: number;
  readonly sessions: number;
  /** Of the hash chain that were verified; null: this kmm reads those of this version only after a start. */
  readonly turns: number | null;
  readonly tapesMissing: readonly string[];
}

/** Throws KMM_DB_UNREADABLE when there is none, or nothing of it can be read. */
export function checkDatabase(home: Home): DatabaseReport {
  const { env, database: file } = home;
  if (!existsSync(file)) throw noDatabase(home);
  const examined = examine(file);
  if (examined instanceof StoreProblem) throw kmmError(examined);
  const { version, newest, bytes, sessions, chain, tapesMissing, stamp } = examined;
  return {
    ...{ env, file, version, newest, bytes, sessions, tapesMissing },
    fault: strangeness(version, newest, stamp, env) ?? faultIn(examined) ?? null,
    turns: chain?.isWhole ? chain.turns : null,
  };
}

function strangeness(version: number, newest: number, stamp: string | undefined, env: string): string | undefined {
  if (version > newest) return `it is of version ${version}, this kmm knows up to ${newest}`;
  return stamp === env ? undefined : `it belongs to ${stamp ?? 'nobody'}, not to ${env}`;
}

/**
 * DuckDB, loaded when an archive is written or read and at no other time: it is an optional package, and whoever trades
 * does without it.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ArchiveFailure, firstLineOf } from './failure.ts';

export type DuckDb = typeof import('@duckdb/node-api');

/** The version that package.json names. */
const WANTED = '@duckdb/node-api@1.4.4-r.1';

/** Nothing is fetched from the network, and no code comes from elsewhere. */
const CLOSED = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
  custom_user_agent: 'kmm',
};

export interface DuckDbLimits {
  /** As DuckDB writes it: `1GB`. */
  readonly memory: string;
  readonly threads: number;
  /** Where it puts what does not fit into memory; an empty text: nowhere. */
  readonly spillTo: string;
}

/** Throws KMM_DUCKDB_MISSING. @param load for tests */
export async function loadDuckDb(load: () => Promise<DuckDb> = () => import('@duckdb/node-api')): Promise<DuckDb> {
  try {
    return await load();
  } catch (error) {
    const reason = firstLineOf(error);
    throw new ArchiveFailure('KMM_DUCKDB_MISSING', `archives need the package ${WANTED}: ${reason}`, error);
  }
}

/** A database in memory, for one purpose; closed by `closeSync`. Throws KMM_DUCKDB_MISSING. */
export async function openDuckDb(limits: DuckDbLimits): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await loadDuckDb();
  const { memory, threads, spillTo } = limits;
  return DuckDBInstance.create(':memory:', {
    ...CLOSED,
    ...{ memory_limit: memory, threads: String(threads), temp_directory: spillTo },
  });
}

/** The one number or text that a statement gives. */
export async function scalarOf(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const rows = await (await connection.run(sql)).getRows();
  return rows[0]?.[0];
}

/** A text as SQL has it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

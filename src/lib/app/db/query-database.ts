/** `kmm db sql`: one question to an environment's database. */
import { existsSync } from 'node:fs';
import { type Answer, query } from '../../adapters/store/query.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { noDatabase } from './backup-database.ts';

/** Throws KMM_DB_UNREADABLE when there is none, KMM_USAGE with SQLite's own words. */
export function queryDatabase(home: Home, sql: string, rowsMax: number): Answer {
  if (!existsSync(home.database)) throw noDatabase(home);
  const answer = query(home.database, sql, rowsMax);
  if ('refused' in answer) {
    const what = `the question was not answered: ${answer.refused}${tablesAfter(answer.refused, home)}`;
    throw new KmmError('KMM_USAGE', what);
  }
  return answer;
}

/** Nobody knows the tables by heart. */
function tablesAfter(refused: string, { database }: Home): string {
  if (!refused.startsWith('no such table')) return '';
  const tables = query(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", TABLES_MAX);
  return 'refused' in tables ? '' : `; there are: ${tables.rows.flat().join(', ')}`;
}

const TABLES_MAX = 100;

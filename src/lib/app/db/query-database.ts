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
  if ('refused' in answer) throw new KmmError('KMM_USAGE', `the question was not answered: ${answer.refused}`);
  return answer;
}

/** A database as an older kmm left it, with rows in it that a migration must keep. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { MIGRATIONS, migrate } from '../../src/lib/adapters/store/migrations.ts';

export const OLD_TABLES = ['sessions', 'turns', 'intents', 'outcomes'] as const;

const APPLICATION_ID = 0x6b6d6d6a;
const ROWS = 20;

/** With one session that placed orders long ago, and `version` of the schema: at least 1, and none but released ones. */
export function makeOldDatabase(path: string, version: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(
    database,
    MIGRATIONS.filter((step) => step.version <= version),
  );
  database.exec(`
    INSERT INTO meta VALUES ('env', 'sim'), ('instance', 'c0ffee');
    INSERT INTO sessions VALUES (1, 'someone', '0.1.0', '', 1, 2, '', '', '', '', 'old.tape');`);
  const outcome = database.prepare("INSERT INTO outcomes VALUES (?, 'create', ?, 1, 'accepted', '')");
  for (let n = 1; n <= ROWS; n += 1) outcome.run(`kmm-c0ffee-1-q-${n}`, n);
  database.close();
}

/**
 * What the jobs of sweeps have found, one row a job under the job's own id: a job that is run twice is there once. The same
 * job must find the same thing; when it does not, that is said and the first result stays.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { reasonOf, StoreProblem } from './problem.ts';

/** 'kmms' in SQLite's application_id. */
const APPLICATION_ID = 0x6b6d6d73;
const VERSION = 1;
/** Others may be writing: a sweep that is gone on with while the old process is still leaving. */
const PATIENCE_MS = 5_000;

const SCHEMA = `
CREATE TABLE sweep (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  setting TEXT NOT NULL,
  data TEXT NOT NULL,
  described TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'failed')),
  digest TEXT,
  result TEXT,
  code TEXT,
  message TEXT,
  milliseconds INTEGER NOT NULL,
  finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_setting ON job (data, setting);`;

export interface SweepRow {
  /** Of what is to be done: spec, code and data. */
  readonly id: string;
  readonly name: string;
  /** Its TOML. */
  readonly spec: string;
  readonly jobs: number;
}

/** What a job is, for whoever reads the file without kmm. */
export interface JobName {
  readonly id: string;
  /** Names strategy and parameters. */
  readonly setting: string;
  /** Names the recordings. */
  readonly data: string;
  /** JSON. */
  readonly described: string;
}

export type StoredJob = { readonly milliseconds: number } & (
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
);

/** `differs`: it was there already, with another result. */
export type Stored = 'new' | 'same' | 'differs';

/** Creates the file when it is not there; its folder must be. Problem: KMM_SWEEP_RESULTS. */
export function openSweepResults(path: string): SweepResults | StoreProblem {
  let database: Database.Database | undefined;
  try {
    const isNew = !existsSync(path);
    database = new Database(path, { timeout: PATIENCE_MS });
    const found = database.pragma('application_id', { simple: true });
    const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    if (!isNew && !isEmpty && found !== APPLICATION_ID) return refused(database, `${path} is no file of results`);
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > VERSION) return refused(database, `${path} is of version ${version}, this kmm knows ${VERSION}`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    if (version === 0) create(database);
    return new SweepResults(database);
  } catch (error) {
    database?.close();
    return new StoreProblem('KMM_SWEEP_RESULTS', `${path} cannot be opened: ${reasonOf(error)}`);
  }
}

/** Its methods throw what SQLite throws, for a full disk too. */
export class SweepResults {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Notes that a sweep is under way; one that was ended is so no more. */
  begin({ id, name, spec, jobs }: SweepRow, at: number): void {
    this.#database
      .prepare(
        `INSERT INTO sweep (id, name, spec, jobs, started_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET ended_at = NULL`,
      )
      .run(id, name, spec, jobs, at);
  }

  end(id: string, at: number): void {
    this.#database.prepare('UPDATE sweep SET ended_at = ? WHERE id = ?').run(at, id);
  }

  /** Sweeps that began here and did not end. */
  unfinished(): readonly { readonly id: string; readonly name: string; readonly jobs: number }[] {
    return this.#database
      .prepare<[], { id: string; name: string; jobs: number }>(
        'SELECT id, name, jobs FROM sweep WHERE ended_at IS NULL',
      )
      .all();
  }

  put({ id, setting, data, described }: JobName, job: StoredJob, at: number): Stored {
    const result = job.kind === 'done' ? JSON.stringify(job.result) : null;
    const digest = result === null ? null : createHash('sha256').update(result).digest('hex');
    const { code, message } = job.kind === 'failed' ? job : { code: null, message: null };
    return this.#database
      .transaction((): Stored => {
        const there = this.#database
          .prepare<[string], { state: string; digest: string | null }>('SELECT state, digest FROM job WHERE id = ?')
          .get(id);
        if (there?.state === 'done') return digest === null || digest === there.digest ? 'same' : 'differs';
        this.#database
          .prepare('INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
          .run(id, setting, data, described, job.kind, digest, result, code, message, job.milliseconds, at);
        return 'new';
      })
      .immediate();
  }

  get(id: string): StoredJob | undefined {
    const row = this.#database
      .prepare<[string], JobRow>('SELECT state, result, code, message, milliseconds FROM job WHERE id = ?')
      .get(id);
    if (row === undefined) return undefined;
    const { milliseconds } = row;
    return row.state === 'done'
      ? { kind: 'done', result: JSON.parse(row.result ?? 'null'), milliseconds }
      : { kind: 'failed', code: row.code ?? '', message: row.message ?? '', milliseconds };
  }

  /** Settings that were ever run over this data. */
  settingsTried(data: readonly string[]): number {
    const count = this.#database
      .prepare<[string], number>(
        'SELECT COUNT(DISTINCT setting) FROM job WHERE data IN (SELECT value FROM json_each(?))',
      )
      .pluck()
      .get(JSON.stringify(data));
    return count ?? 0;
  }

  close(): void {
    this.#database.close();
  }
}

interface JobRow {
  readonly state: string;
  readonly result: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly milliseconds: number;
}

function create(database: Database.Database): void {
  database.transaction(() => {
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${VERSION}`);
    database.exec(SCHEMA);
  })();
}

function refused(database: Database.Database, message: string): StoreProblem {
  database.close();
  return new StoreProblem('KMM_SWEEP_RESULTS', message);
}

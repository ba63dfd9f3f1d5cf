/** `kmm record query`: one question to the archive, its answer printed or written to a file, row by row. */
import { closeSync, existsSync, mkdtempSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { assertThere } from '../../adapters/archive/check.ts';
import { syncPath } from '../../adapters/archive/files.ts';
import { readManifests } from '../../adapters/archive/manifest.ts';
import { ArchiveQuery, type Cell, type ViewInfo } from '../../adapters/archive/query.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { csvText } from '../report/csv.ts';
import { FileDraft } from '../report/write-file.ts';
import { archiveOf } from './archive-home.ts';
import { telling } from './failures.ts';

export const QUERY_FORMATS = ['csv', 'json', 'parquet'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

export interface QueryRequest {
  readonly home: Home;
  readonly sql: string;
  readonly format: QueryFormat;
  /** Aborted: called off, or out of time; its reason is said. */
  readonly signal: AbortSignal;
}

export interface WrittenAnswer {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

export type { Cell, ViewInfo };

/**
 * Hands over the answer as text, a piece at a time, and waits until each is taken. JSON is a line a row. Returns the rows.
 * Throws KMM_ARCHIVE_*, KMM_QUERY_*, KMM_DUCKDB_MISSING.
 */
export function queryArchive(request: QueryRequest, take: (text: string) => void | Promise<void>): Promise<number> {
  const { sql, format } = request;
  return asking(request, undefined, async (query) => {
    let rows = 0;
    let isFirst = true;
    for await (const batch of query.rows(sql)) {
      rows += batch.rows.length;
      const head = isFirst && format === 'csv' ? csvText([batch.columns]) : '';
      isFirst = false;
      const text = format === 'csv' ? csvText(batch.rows.map(csvRow)) : jsonLines(batch.columns, batch.rows);
      await take(head + text);
    }
    return rows;
  });
}

/** The file is whole or not there. Throws the same, and KMM_OUT. */
export async function writeAnswer(request: QueryRequest, path: string): Promise<WrittenAnswer> {
  const draft = new FileDraft(path);
  try {
    if (request.format !== 'parquet') {
      const rows = await queryArchive(request, (text) => draft.write(text));
      return { file: draft.path, rows, bytes: draft.finish() };
    }
  } finally {
    draft.abandon();
  }
  return writeParquet(request, resolve(path));
}

/** DuckDB writes the file itself, beside its place; that draft is the one path that it may write to. */
async function writeParquet(request: QueryRequest, path: string): Promise<WrittenAnswer> {
  const draft = `${path}.partial-${process.pid}`;
  try {
    closeSync(openSync(draft, 'w', 0o600));
    const rows = await asking(request, draft, (query) => query.writeParquet(request.sql));
    syncPath(draft);
    renameSync(draft, path);
    syncPath(dirname(path));
    return { file: path, rows, bytes: statSync(path).size };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What there is to ask about. Throws KMM_ARCHIVE_*, KMM_DUCKDB_MISSING. */
export function archiveViews(home: Home): Promise<readonly ViewInfo[]> {
  const { signal } = new AbortController();
  return asking({ home, signal }, undefined, (query) => query.views());
}

function asking<Answer>(
  { home, signal }: Pick<QueryRequest, 'home' | 'signal'>,
  parquet: string | undefined,
  ask: (query: ArchiveQuery) => Promise<Answer>,
): Promise<Answer> {
  return telling(async () => {
    const { root } = archiveOf(home);
    const manifests = existsSync(root) ? readManifests(root) : [];
    if (manifests.length === 0) throw new KmmError('KMM_ARCHIVE_NOTHING', `there is no archive in ${home.directory}`);
    assertThere(root, manifests);
    const spillTo = mkdtempSync(join(tmpdir(), 'kmm-query-'));
    try {
      const query = await ArchiveQuery.open({
        root,
        manifests,
        spillTo,
        signal,
        ...(parquet !== undefined && { parquet }),
      });
      try {
        return await ask(query);
      } finally {
        query.close();
      }
    } finally {
      rmSync(spillTo, { recursive: true, force: true });
    }
  });
}

function csvRow(row: readonly Cell[]): readonly (string | number | null)[] {
  return row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell));
}

/** The question named the columns: they stand apart from the line's own fields. */
function jsonLines(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return rows
    .map((row) => {
      const cells = Object.fromEntries(columns.map((column, index) => [column, row[index]]));
      return `${JSON.stringify({ type: 'record_row', schemaVersion: 1, row: cells })}\n`;
    })
    .join('');
}

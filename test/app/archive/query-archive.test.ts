/** Questions to the archive: what is answered, and that nothing beyond it is read or written. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveTapes } from '../../../src/lib/app/archive/archive-tapes.ts';
import { type QueryFormat, queryArchive, writeAnswer } from '../../../src/lib/app/archive/query-archive.ts';
import { type Home, homeOf } from '../../../src/lib/app/config/home.ts';
import { AFTERWARDS, composedRecords, composedTape } from '../../support/composed-tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

let home: Home;
let folder: string;

beforeAll(async () => {
  folder = tempDir(afterAll);
  home = homeOf('sim', { KMM_HOME: join(folder, 'home') });
  const tape = await composedTape(folder, composedRecords(), 'made');
  await archiveTapes({ home, tapes: [tape], closedDays: false, keep: 'all', now: AFTERWARDS }, () => {});
  writeFileSync(join(folder, 'secret.csv'), 'a\n1\n');
});

async function ask(sql: string, format: QueryFormat = 'json', signal = new AbortController().signal): Promise<string> {
  let text = '';
  await queryArchive({ home, sql, format, signal }, (piece) => {
    text += piece;
  });
  return text;
}

async function codeOf(sql: string): Promise<string> {
  try {
    return await ask(sql);
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe('a question to the archive', () => {
  test('is answered exactly: integers, decimals as text, days and series as columns', async () => {
    const sql = `SELECT count(*) AS n, sum(delta) AS sum, min(price_dollars) AS low FROM deltas WHERE series = 'KXETH15M'`;
    const row = { n: 100, sum: 32_500, low: '0.3000' };
    expect(JSON.parse(await ask(sql))).toEqual({ type: 'record_row', schemaVersion: 1, row });
    expect(await ask(`${sql} -- with a remark`, 'csv')).toBe('n,sum,low\n100,32500,0.3000\n');
  });

  test.each(['csv', 'json', 'parquet'] as const)(
    'is written to a file as %s, whole and with nothing beside it',
    async (format) => {
      const path = join(tempDir(), `answer.${format}`);
      const sql = 'SELECT * FROM deltas ORDER BY n';
      const { signal } = new AbortController();
      const written = await writeAnswer({ home, sql, format, signal }, path);
      expect(written).toMatchObject({ file: path, rows: 300, bytes: readFileSync(path).length });
      expect(readdirSync(join(path, '..'))).toEqual([`answer.${format}`]);
      if (format === 'parquet') expect(readFileSync(path).subarray(0, 4).toString()).toBe('PAR1');
    },
  );

  test('that fails leaves no file behind', async () => {
    const path = join(tempDir(), 'answer.parquet');
    const { signal } = new AbortController();
    const request = { home, sql: 'SELECT nothing FROM deltas', format: 'parquet', signal } as const;
    await expect(writeAnswer(request, path)).rejects.toMatchObject({ code: 'KMM_QUERY_BAD' });
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test.each([
    ["COPY deltas TO 'out.csv'"],
    ["COPY (SELECT 1) TO '/tmp/kmm-out.csv'"],
    ["SELECT * FROM read_csv('/etc/passwd')"],
    ["SELECT * FROM read_text('/etc/passwd')"],
    ["SELECT * FROM glob('/etc/*')"],
    ["WITH x AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM x"],
    ["SELECT (SELECT content FROM read_text('/etc/passwd'))"],
    ["ATTACH '/tmp/other.db'"],
    ['INSTALL httpfs'],
    ['LOAD httpfs'],
    ['SET enable_external_access = true'],
    ['PRAGMA enable_profiling'],
    ["SELECT * FROM read_parquet('https://example.com/a.parquet')"],
    ['CREATE TABLE mine AS SELECT 1'],
    ['DROP VIEW deltas'],
    ["EXPORT DATABASE '/tmp/kmm-export'"],
    ["SELECT * FROM enable_logging('QueryLog', storage = 'file')"],
    ['SELECT 1; SELECT 2'],
    ['CHECKPOINT'],
  ])('%s is refused', async (sql) => {
    expect(await codeOf(sql)).toBe('KMM_QUERY_REFUSED');
    expect(existsSync('/tmp/kmm-out.csv') || existsSync('/tmp/kmm-export')).toBe(false);
  });

  test.each([
    ['SELEC 1'],
    ["SELECT * FROM '/etc/passwd'"],
    ['SELECT * FROM nothing'],
    [''],
    ['SELECT ?'],
    ["SELECT 'a'::INTEGER"],
  ])('“%s” is no question', async (sql) => {
    expect(await codeOf(sql)).toBe('KMM_QUERY_BAD');
  });

  test('reads no table of a file beside the archive, nor what lies in the archive under no manifest', async () => {
    expect(await codeOf(`SELECT * FROM '${join(folder, 'secret.csv')}'`)).toBe('KMM_QUERY_REFUSED');
  });

  test('that is called off is not answered', async () => {
    const stopped = AbortSignal.abort('it was not answered within 1 s');
    await expect(ask('SELECT 1', 'json', stopped)).rejects.toMatchObject({ code: 'KMM_QUERY_STOPPED' });
  });

  test('where nothing is archived says so', async () => {
    const nowhere = homeOf('sim', { KMM_HOME: tempDir() });
    const { signal } = new AbortController();
    const request = { home: nowhere, sql: 'SELECT 1', format: 'json', signal } as const;
    await expect(queryArchive(request, () => {})).rejects.toMatchObject({ code: 'KMM_ARCHIVE_NOTHING' });
  });
});

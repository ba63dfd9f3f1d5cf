/**
 * Values of an index from CSV files, plain or gzip: `ts` (ISO, of the value itself) and `spx`, `ndx` or `value`. A row that
 * cannot be read, is no level, or is older than the one before it ends the reading: passed over, it would change the answer.
 */
import type { IndexRow } from '../../core/fair-value/index-ladder/sessions.ts';
import { epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { linesOf } from '../recording/recorded-lines.ts';
import type { IndexName } from './index-model.ts';

export interface IndexRows {
  readonly index: IndexName;
  readonly rows: readonly IndexRow[];
}

/** `wanted`: of a column `value`, which does not say. Throws KMM_MODEL_DATA with file and line, KMM_RECORDING_BAD. */
export async function readIndexRows(files: readonly string[], wanted: IndexName | undefined): Promise<IndexRows> {
  const rows: IndexRow[] = [];
  let index: IndexName | undefined;
  for (const file of files) {
    const of = await readTable(file, ['ts'], ['spx', 'ndx', 'value'], (column, ts, text, where) => {
      const named = column === 'value' ? wanted : (column.toUpperCase() as IndexName);
      if (named === undefined)
        throw bad(where, 'a column "value" does not say of which index it is: name it with --index');
      if ((wanted ?? named) !== named) throw bad(where, `these are values of ${named}, not of ${wanted}`);
      const at = epochMs(timeOf(ts, where));
      if (at < (rows.at(-1)?.at ?? 0)) throw bad(where, `${ts} is before the row before it`);
      rows.push({ at, value: levelOf(text, where) });
      return named;
    });
    if (index !== undefined && of !== index) throw bad(file, `values of ${of}, after values of ${index}`);
    index = of;
  }
  if (index === undefined) throw bad(files.join(', '), 'there is no value in it');
  return { index, rows };
}

/** Official closes by date, `date,close`. Throws as above. */
export async function readCloses(file: string): Promise<ReadonlyMap<string, number>> {
  const closes = new Map<string, number>();
  await readTable(file, ['date'], ['close'], (_, date, text, where) => {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw bad(where, `"${date}" is no date`);
    closes.set(date, levelOf(text, where));
    return undefined;
  });
  return closes;
}

/** Calls `take` with the column of values that was found, the key, the value and where they stand; returns what it last said. */
async function readTable<Said>(
  file: string,
  keys: readonly [string],
  values: readonly string[],
  take: (column: string, key: string, value: string, where: string) => Said,
): Promise<Said | undefined> {
  let columns: { readonly key: number; readonly value: number; readonly name: string } | undefined;
  let said: Said | undefined;
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      const where = `${file}:${line.number}`;
      if ('damage' in line) throw bad(where, line.damage);
      const cells = line.bytes.toString().trim().split(',');
      if (columns === undefined) {
        const name = values.find((one) => cells.includes(one));
        const key = cells.indexOf(keys[0]);
        if (name === undefined || key < 0)
          throw bad(where, `needs a column ${keys[0]} and one of ${values.join(', ')}`);
        columns = { key, value: cells.indexOf(name), name };
      } else said = take(columns.name, cells[columns.key] ?? '', cells[columns.value] ?? '', where);
    }
  }
  return said;
}

function timeOf(text: string, where: string): number {
  const at = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw bad(where, `ts "${text}" is no time with its offset`);
  return at;
}

function levelOf(text: string, where: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0)) throw bad(where, `"${text}" is no level of an index`);
  return value;
}

function bad(where: string, what: string): KmmError {
  return new KmmError('KMM_MODEL_DATA', `${where}: ${what}`);
}

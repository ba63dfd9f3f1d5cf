/** Rows on their way into an archive and out of it: what fits a column, and how an empty cell is told. */
import { type Column, TABLES, type TableName } from './tables.ts';

export type Value = number | string | boolean | undefined;

/** One row of a table: its values in the order of the table's columns, the place (`n`) left out. */
export interface Row {
  readonly table: TableName;
  readonly at: number;
  readonly ticker: string | undefined;
  readonly values: readonly Value[];
}

/** A number of a column that is empty, while it is read; no column holds it. */
export const NO_NUMBER = -Number.MAX_SAFE_INTEGER;

const INT_MAX = 2_147_483_647;
const SMALL_MAX = 32_767;

/** Undefined when a value does not fit: then the item is kept as text, whole. `values`: from `at_ms` on. */
export function rowOf(table: TableName, values: readonly Value[]): Row | undefined {
  const columns = TABLES[table];
  let ticker: string | undefined;
  for (let index = 1; index < columns.length; index += 1) {
    const column = columns[index] as Column;
    const value = values[index - 1];
    if (!fits(value, column)) return undefined;
    if (column.type === 'ticker') ticker = value as string | undefined;
  }
  return { table, at: values[0] as number, ticker, values };
}

function fits(value: Value, { type, isOptional }: Column): boolean {
  if (value === undefined) return isOptional;
  switch (type) {
    case 'int':
      return isWhole(value) && value <= INT_MAX && value >= -INT_MAX;
    case 'small':
      return isWhole(value) && value <= SMALL_MAX && value >= -SMALL_MAX;
    case 'big':
      return isWhole(value) && value > NO_NUMBER;
    case 'real':
      return typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0);
    case 'flag':
      return typeof value === 'boolean';
    case 'side':
      return value === 'bid' || value === 'ask';
    case 'ticker':
    case 'text':
      return isPlainText(value);
  }
}

function isWhole(value: Value): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** Text that comes back as it went in: no zero byte, at which C ends a text, and no half of a character. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** A row that was read. Columns are those of its table; asking for one of another type is a mistake of ours. */
export interface ReadRow {
  number(column: number): number | undefined;
  text(column: number): string | undefined;
}

/**
 * Reads what files of one tape hold, all tables together, in the order of the tape. The files are taken as they are: whether
 * they are the right ones is the manifest's to say (check.ts).
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { DECODERS, type Decoded } from './decoder.ts';
import { openDuckDb, quoted } from './duckdb.ts';
import { ArchiveFailure, firstLineOf } from './failure.ts';
import { NO_NUMBER, type ReadRow } from './row.ts';
import { type Column, hasTicker, TABLES, type TableName } from './tables.ts';

export interface ReadFile {
  readonly path: string;
  readonly table: TableName;
  readonly tickers: readonly string[];
}

export interface ReadOptions {
  /** Rows of other tickers are left out; rows of no ticker stay. */
  readonly tickers?: ReadonlySet<string>;
  /** Where DuckDB puts what does not fit into memory. */
  readonly spillTo: string;
}

const LIMITS = { memory: '1GB', threads: 2 } as const;
/** Rows handed over at once. */
const BATCH = 4_096;

/** Throws KMM_ARCHIVE_DAMAGED, KMM_DUCKDB_MISSING. */
export async function* readFiles(
  files: readonly ReadFile[],
  { tickers, spillTo }: ReadOptions,
): AsyncGenerator<readonly Decoded[]> {
  const instance = await openDuckDb({ ...LIMITS, spillTo });
  const cursors: Cursor[] = [];
  try {
    for (const [table, of] of byTable(files)) {
      const cursor = await Cursor.open(instance, table, of, tickers);
      cursors.push(cursor);
    }
    yield* merged(cursors);
  } catch (error) {
    if (error instanceof ArchiveFailure) throw error;
    throw new ArchiveFailure('KMM_ARCHIVE_DAMAGED', `the archive cannot be read: ${firstLineOf(error)}`, error);
  } finally {
    for (const cursor of cursors) cursor.close();
    instance.closeSync();
  }
}

/** The one with the lowest place goes on as long as it is the lowest. */
async function* merged(open: readonly Cursor[]): AsyncGenerator<readonly Decoded[]> {
  let cursors = open.filter((cursor) => cursor.place !== Number.POSITIVE_INFINITY);
  let batch: Decoded[] = [];
  while (cursors.length > 0) {
    let lowest = cursors[0] as Cursor;
    let next = Number.POSITIVE_INFINITY;
    for (const cursor of cursors) {
      if (cursor.place < lowest.place) {
        next = lowest.place;
        lowest = cursor;
      } else if (cursor !== lowest && cursor.place < next) {
        next = cursor.place;
      }
    }
    while (lowest.place < next) {
      batch.push(lowest.item());
      if (!lowest.step()) await lowest.fetch();
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (lowest.place === Number.POSITIVE_INFINITY) cursors = cursors.filter((cursor) => cursor !== lowest);
  }
  if (batch.length > 0) yield batch;
}

function byTable(files: readonly ReadFile[]): Map<TableName, ReadFile[]> {
  const tables = new Map<TableName, ReadFile[]>();
  for (const file of files) {
    const of = tables.get(file.table);
    if (of === undefined) tables.set(file.table, [file]);
    else of.push(file);
  }
  return tables;
}

/** One table, row by row in the order of `n`. */
class Cursor implements ReadRow {
  /** Of the row it stands on; infinite behind the last one. */
  place = Number.NEGATIVE_INFINITY;
  readonly #connection: DuckDBConnection;
  readonly #result: DuckDBResult;
  readonly #decode: (row: ReadRow) => Decoded;
  readonly #columns: readonly Column[];
  /** Its columns are views into memory that is given back when it is forgotten. */
  #chunk: DuckDBDataChunk | null = null;
  #numbers: (Float64Array | undefined)[] = [];
  #texts: ((row: number) => string | null)[] = [];
  #row = 0;
  #rows = 0;

  static async open(
    instance: DuckDBInstance,
    table: TableName,
    files: readonly ReadFile[],
    tickers: ReadonlySet<string> | undefined,
  ): Promise<Cursor> {
    const connection = await instance.connect();
    const cursor = new Cursor(connection, await connection.stream(selectOf(table, files, tickers)), table);
    await cursor.fetch();
    return cursor;
  }

  private constructor(connection: DuckDBConnection, result: DuckDBResult, table: TableName) {
    this.#connection = connection;
    this.#result = result;
    this.#decode = DECODERS[table];
    this.#columns = TABLES[table];
  }

  close(): void {
    this.#chunk = null;
    this.#connection.closeSync();
  }

  item(): Decoded {
    return this.#decode(this);
  }

  /** False when the chunk is at its end: `fetch` then goes on. */
  step(): boolean {
    this.#row += 1;
    if (this.#row >= this.#rows) return false;
    this.#stand();
    return true;
  }

  async fetch(): Promise<void> {
    this.#chunk = await this.#result.fetchChunk();
    const chunk = this.#chunk;
    this.#row = 0;
    this.#rows = chunk?.rowCount ?? 0;
    if (chunk === null || this.#rows === 0) {
      this.place = Number.POSITIVE_INFINITY;
      return;
    }
    this.#numbers = [];
    this.#texts = [];
    for (const [index, column] of this.#columns.entries()) this.#open(chunk, index, column);
    this.#stand();
  }

  /** Places rise, or the files were not sorted as ours are. */
  #stand(): void {
    const place = (this.#numbers[0] as Float64Array)[this.#row] as number;
    if (place <= this.place)
      throw new ArchiveFailure('KMM_ARCHIVE_DAMAGED', 'rows of the archive are out of their order');
    this.place = place;
  }

  number(column: number): number | undefined {
    const value = (this.#numbers[column] as Float64Array)[this.#row];
    return value === NO_NUMBER ? undefined : value;
  }

  text(column: number): string | undefined {
    return (this.#texts[column] as (row: number) => string | null)(this.#row) ?? undefined;
  }

  #open(chunk: DuckDBDataChunk, index: number, column: Column): void {
    const vector = chunk.getColumnVector(index);
    if (isNumber(column)) {
      // What the vector gives value by value lies in one array; the select leaves no value out.
      this.#numbers[index] = (vector as unknown as { readonly items: Float64Array }).items;
      return;
    }
    this.#texts[index] = (row) => vector.getItem(row) as string | null;
  }
}

function isNumber({ type }: Column): boolean {
  return type !== 'text' && type !== 'ticker' && type !== 'side';
}

function selectOf(table: TableName, files: readonly ReadFile[], tickers: ReadonlySet<string> | undefined): string {
  const known = [...new Set(files.flatMap((file) => file.tickers))].sort();
  const wanted = tickers === undefined ? known : known.filter((ticker) => tickers.has(ticker));
  const [single] = wanted;
  if (single !== undefined && wanted.length === 1 && isInOrder(table)) return selectOne(table, files, single);
  const paths = files.map(({ path }) => quoted(path)).join(', ');
  const isAll = tickers === undefined || !hasTicker(table);
  const listed = wanted.map(quoted).join(', ');
  const only = isAll ? '' : `WHERE ticker IS NULL${listed === '' ? '' : ` OR ticker IN (${listed})`}`;
  const from = `FROM read_parquet([${paths}], hive_partitioning = false) ${only}`;
  const cells = TABLES[table].map((column) => cellOf(column, wanted));
  if (table !== 'levels') return `SELECT ${cells.join(', ')} ${from} ORDER BY n`;
  // A snapshot is one row of its levels.
  const one = cells.slice(0, SNAPSHOT_COLUMNS).join(', ');
  const levels = `coalesce(string_agg(side || ' ' || price || ' ' || size, ',' ORDER BY side = 'ask', level), '')`;
  const more = TABLES.levels.slice(SNAPSHOT_COLUMNS + 1).map(({ name }) => `${NO_NUMBER}::DOUBLE AS ${name}`);
  return `SELECT ${one}, ${levels} AS side, ${more.join(', ')} ${from} GROUP BY ALL ORDER BY n`;
}

/** Its files are sorted by ticker and place, so that one ticker's rows are in the order of the tape as they lie. */
function isInOrder(table: TableName): boolean {
  return table !== 'levels' && TABLES[table].some(({ type, isOptional }) => type === 'ticker' && !isOptional);
}

/** Nothing to sort: rows come while the rest is read. Days of a tape follow each other as their paths do. */
function selectOne(table: TableName, files: readonly ReadFile[], ticker: string): string {
  const paths = files.flatMap(({ path, tickers }) => (tickers.includes(ticker) ? [path] : [])).sort();
  const cells = TABLES[table].map((column) => cellOf(column, [ticker]));
  const from = `FROM read_parquet([${paths.map(quoted).join(', ')}], hive_partitioning = false)`;
  return `SELECT ${cells.join(', ')} ${from} WHERE ticker = ${quoted(ticker)}`;
}

/** Up to the ticker: what all levels of a snapshot share. */
const SNAPSHOT_COLUMNS = TABLES.levels.findIndex(({ name }) => name === 'side');

/** Numbers of every width as one kind that JavaScript reads at once, exact up to 2⁵³. */
function cellOf(column: Column, tickers: readonly string[]): string {
  const { name, type, isOptional } = column;
  if (type === 'text') return name;
  if (type === 'side') return `${name}::ENUM('bid', 'ask') AS ${name}`;
  if (type === 'ticker')
    return tickers.length === 0 ? name : `${name}::ENUM(${tickers.map(quoted).join(', ')}) AS ${name}`;
  const number = `${name}::DOUBLE`;
  return isOptional ? `coalesce(${number}, ${NO_NUMBER}) AS ${name}` : `${number} AS ${name}`;
}

/**
 * Takes rows in any order of tables and writes one Parquet file per table, day and series, sorted by ticker and place. Until
 * then the rows lie in DuckDB, which puts what does not fit into memory on disk, in the stage's own folder.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type DuckDb, loadDuckDb, openDuckDb, quoted } from './duckdb.ts';
import { ArchiveFailure, firstLineOf } from './failure.ts';
import { syncPath } from './files.ts';
import type { Row, Value } from './row.ts';
import { type Column, hasTicker, NO_SERIES, PARQUET_TYPES, TABLES, type TableName } from './tables.ts';

/** Where a file belongs. */
export interface Partition {
  readonly table: TableName;
  /** YYYY-MM-DD, UTC, of the receive time. */
  readonly date: string;
  readonly series: string;
}

export interface StagedFile extends Partition {
  readonly path: string;
  readonly rows: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly tickers: readonly string[];
}

/** A tape is a day, or a few; one whose clock jumps about is not laid out. */
const PARTITIONS_MAX = 4_000;
/** Rows of one chunk: DuckDB's own size. */
const CHUNK_ROWS = 2_048;
const DAY_MS = 86_400_000;
const LATEST_MS = 253_402_300_799_999;

/**
 * The second version of Parquet's encodings has steps between integers in as many bits as they need; zstd takes the rest.
 * A market of a day is a few row groups, so that one market of many is read without the others.
 */
const PARQUET = 'FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE 61440';

const LIMITS = { memory: '1GB', threads: 2 } as const;

export class Stage {
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #duck: DuckDb;
  readonly #parts = new Map<string, Part>();
  readonly #names = new Map<string, number>();

  /** @param folder exists, and nobody else uses it. Throws KMM_DUCKDB_MISSING. */
  static async open(folder: string): Promise<Stage> {
    const duck = await loadDuckDb();
    const spillTo = join(folder, 'spill');
    mkdirSync(spillTo, { recursive: true, mode: 0o700 });
    const instance = await openDuckDb({ ...LIMITS, spillTo });
    return new Stage(folder, instance, await instance.connect(), duck);
  }

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection, duck: DuckDb) {
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
    this.#duck = duck;
  }

  /** Full chunks wait for `settle`. Throws KMM_ARCHIVE_UNFIT. */
  put(n: number, row: Row): void {
    const { table, at, ticker, values } = row;
    const day = Math.floor(at / DAY_MS);
    const series = ticker === undefined ? NO_SERIES : seriesOf(ticker);
    const key = `${table} ${day} ${series}`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = this.#begin(key, table, day, series);
      this.#parts.set(key, part);
    }
    part.put(n, at, values, ticker === undefined ? undefined : this.#nameId(ticker));
    if (ticker !== undefined) part.tickers.add(ticker);
  }

  /** Hands full chunks to DuckDB. To be called every few thousand rows. Throws KMM_ARCHIVE_UNWRITABLE. */
  async settle(): Promise<void> {
    await this.#safely(async () => {
      for (const part of this.#parts.values()) if (part.hasFull) await this.#append(part, false);
    });
  }

  /** The files, synced, under names of no meaning in the stage's folder. Throws KMM_ARCHIVE_UNWRITABLE. */
  async write(): Promise<readonly StagedFile[]> {
    const files: StagedFile[] = [];
    await this.#safely(async () => {
      await this.#connection.run('CREATE TABLE names (id INTEGER, name VARCHAR)');
      const names = await this.#connection.createAppender('names');
      for (const [name, id] of this.#names) {
        names.appendInteger(id);
        names.appendVarchar(name);
        names.endRow();
      }
      names.closeSync();
      for (const part of this.#parts.values()) files.push(await this.#writePart(part));
    });
    return files;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  #nameId(ticker: string): number {
    let id = this.#names.get(ticker);
    if (id === undefined) {
      id = this.#names.size;
      this.#names.set(ticker, id);
    }
    return id;
  }

  #begin(key: string, table: TableName, day: number, series: string): Part {
    if (this.#parts.size >= PARTITIONS_MAX) {
      throw new ArchiveFailure('KMM_ARCHIVE_UNFIT', `its records are of more than ${PARTITIONS_MAX} days and series`);
    }
    const ms = day * DAY_MS;
    if (!(ms >= 0 && ms <= LATEST_MS))
      throw new ArchiveFailure('KMM_ARCHIVE_UNFIT', `${key}: no time of this calendar`);
    const date = new Date(ms).toISOString().slice(0, 10);
    return new Part(`part_${this.#parts.size}`, { table, date, series });
  }

  async #append(part: Part, isLast: boolean): Promise<void> {
    if (part.appender === undefined) {
      const columns = TABLES[part.partition.table].map((column) => `${column.name} ${stagedType(column)}`);
      await this.#connection.run(`CREATE TABLE ${part.name} (${columns.join(', ')})`);
      part.appender = await this.#connection.createAppender(part.name);
    }
    part.hand(part.appender, this.#duck, isLast);
  }

  async #writePart(part: Part): Promise<StagedFile> {
    const { name, partition, rows, firstAt, lastAt, tickers } = part;
    await this.#append(part, true);
    part.appender?.closeSync();
    const path = join(this.#folder, `${name}.parquet`);
    const isByTicker = hasTicker(partition.table);
    const cells = TABLES[partition.table].map(parquetCell).join(', ');
    const from = isByTicker ? `${name} LEFT JOIN names ON names.id = ${name}.ticker` : name;
    const order = [isByTicker ? 'names.name, n' : 'n', ...(partition.table === 'levels' ? ['side', 'level'] : [])];
    await this.#connection.run(
      `COPY (SELECT ${cells} FROM ${from} ORDER BY ${order.join(', ')}) TO ${quoted(path)} (${PARQUET})`,
    );
    await this.#connection.run(`DROP TABLE ${name}`);
    syncPath(path);
    return { path, ...partition, rows, firstAt, lastAt, tickers: [...tickers].sort() };
  }

  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ArchiveFailure) throw error;
      throw new ArchiveFailure('KMM_ARCHIVE_UNWRITABLE', `the archive cannot be written: ${firstLineOf(error)}`, error);
    }
  }
}

/** KXBTC15M-26MAY131915-15 → KXBTC15M */
export function seriesOf(ticker: string): string {
  return ticker.split('-', 1)[0] || NO_SERIES;
}

function stagedType({ type }: Column): string {
  if (type === 'big' || type === 'real') return 'DOUBLE';
  if (type === 'side' || type === 'flag') return 'BOOLEAN';
  return type === 'text' ? 'VARCHAR' : 'INTEGER';
}

function parquetCell({ name, type }: Column): string {
  if (type === 'side') return `CASE WHEN ${name} THEN 'ask' WHEN NOT ${name} THEN 'bid' END AS ${name}`;
  if (type === 'ticker') return `names.name AS ${name}`;
  return `CAST(${name} AS ${PARQUET_TYPES[type]}) AS ${name}`;
}

/** The rows of one file. */
class Part {
  readonly name: string;
  readonly partition: Partition;
  readonly tickers = new Set<string>();
  appender: DuckDBAppender | undefined;
  rows = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;
  readonly #columns: readonly Column[];
  #chunks: Value[][][] = [];
  #filling: Value[][];

  constructor(name: string, partition: Partition) {
    this.name = name;
    this.partition = partition;
    this.#columns = TABLES[partition.table];
    this.#filling = this.#columns.map(() => []);
  }

  get hasFull(): boolean {
    return this.#chunks.length > 0;
  }

  /** @param name the ticker's number */
  put(n: number, at: number, values: readonly Value[], name: number | undefined): void {
    const filling = this.#filling;
    (filling[0] as Value[]).push(n);
    for (let index = 1; index < this.#columns.length; index += 1) {
      const value = values[index - 1];
      const { type } = this.#columns[index] as Column;
      const cell = type === 'ticker' ? name : type === 'side' && value !== undefined ? value === 'ask' : value;
      (filling[index] as Value[]).push(cell);
    }
    this.rows += 1;
    if (at < this.firstAt) this.firstAt = at;
    if (at > this.lastAt) this.lastAt = at;
    if ((filling[0] as Value[]).length < CHUNK_ROWS) return;
    this.#chunks.push(filling);
    this.#filling = this.#columns.map(() => []);
  }

  /** Full chunks, and at the end the last one as well. */
  hand(appender: DuckDBAppender, duck: DuckDb, isLast: boolean): void {
    const chunks = isLast ? [...this.#chunks, this.#filling] : this.#chunks;
    this.#chunks = [];
    const types = this.#columns.map((column) => {
      const type = stagedType(column);
      if (type === 'DOUBLE') return duck.DOUBLE;
      if (type === 'BOOLEAN') return duck.BOOLEAN;
      return type === 'VARCHAR' ? duck.VARCHAR : duck.INTEGER;
    });
    for (const columns of chunks) {
      const count = (columns[0] as Value[]).length;
      if (count === 0) continue;
      const chunk = duck.DuckDBDataChunk.create(types, count);
      for (const [index, values] of columns.entries()) {
        chunk.setColumnValues(
          index,
          values.map((value) => value ?? null),
        );
      }
      appender.appendDataChunk(chunk);
    }
  }
}

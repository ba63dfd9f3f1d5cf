/**
 * One question to an archive, in a DuckDB of its own that can read the archive's files and nothing else: no other file, no
 * network, no extension, no setting, and no statement but one SELECT. What a question may use of the machine is bounded.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { loadDuckDb, openDuckDb, quoted } from './duckdb.ts';
import { ArchiveFailure, firstLineOf } from './failure.ts';
import type { Manifest } from './manifest.ts';
import { pathsOf, VIEW_TEXTS, viewsOf } from './views.ts';

export interface QueryOptions {
  readonly root: string;
  readonly manifests: readonly Manifest[];
  /** For what does not fit into memory; exists, and is nobody else's. */
  readonly spillTo: string;
  /** The one file that may be written: Parquet of the answer. */
  readonly parquet?: string;
  /** Called off, or out of time: the reason. */
  readonly signal: AbortSignal;
}

export interface ViewColumn {
  readonly name: string;
  readonly type: string;
}
export interface ViewInfo {
  readonly name: string;
  readonly text: string;
  readonly columns: readonly ViewColumn[];
}

const LIMITS = { memory: '1GB', threads: 2 } as const;
const SPILL_MAX = '8GB';

/** Rows of an answer: numbers that hold them exactly, else text. */
export type Cell = string | number | boolean | null;

export class ArchiveQuery {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal;
  readonly #parquet: string | undefined;

  /** Throws KMM_DUCKDB_MISSING, KMM_ARCHIVE_DAMAGED. */
  static async open({ root, manifests, spillTo, parquet, signal }: QueryOptions): Promise<ArchiveQuery> {
    const instance = await openDuckDb({ ...LIMITS, spillTo });
    const connection = await instance.connect();
    try {
      for (const view of viewsOf(root, manifests)) await connection.run(view);
      const paths = [...pathsOf(root, manifests), ...(parquet === undefined ? [] : [parquet])];
      await lock(connection, paths);
      return new ArchiveQuery(instance, connection, signal, parquet);
    } catch (error) {
      connection.closeSync();
      instance.closeSync();
      throw new ArchiveFailure('KMM_ARCHIVE_DAMAGED', `the archive cannot be read: ${firstLineOf(error)}`, error);
    }
  }

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    signal: AbortSignal,
    parquet: string | undefined,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#signal = signal;
    this.#parquet = parquet;
  }

  async views(): Promise<readonly ViewInfo[]> {
    const views: ViewInfo[] = [];
    for (const [name, text] of Object.entries(VIEW_TEXTS)) {
      const described = await (await this.#connection.run(`DESCRIBE ${name}`)).getRows();
      views.push({
        name,
        text,
        columns: described.map(([column, type]) => ({ name: String(column), type: String(type) })),
      });
    }
    return views;
  }

  /** Rows in batches, as they come. Throws KMM_QUERY_REFUSED, KMM_QUERY_BAD, KMM_QUERY_STOPPED, KMM_ARCHIVE_DAMAGED. */
  async *rows(sql: string): AsyncGenerator<{ readonly columns: readonly string[]; readonly rows: readonly Cell[][] }> {
    const { DuckDBTypeId, JsonDuckDBValueConverter } = await loadDuckDb();
    const { BIGINT, HUGEINT, UBIGINT } = DuckDBTypeId;
    const text = await this.#checked(sql);
    const result = await this.#running(() => this.#connection.stream(text));
    const columns = result.deduplicatedColumnNames();
    const wide = new Set<number>([BIGINT, HUGEINT, UBIGINT]);
    const isWide = columns.map((_, index) => wide.has(result.columnTypeId(index)));
    yield { columns, rows: [] };
    for (;;) {
      const chunk = await this.#running(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield {
        columns,
        rows: chunk
          .convertRows(JsonDuckDBValueConverter)
          .map((row) => row.map((value, index) => cellOf(value, isWide[index] === true))),
      };
    }
  }

  /** Writes the answer to the file that was named; returns its rows. Throws as `rows`. */
  async writeParquet(sql: string): Promise<number> {
    const text = await this.#checked(sql);
    const to = quoted(this.#parquet as string);
    // The line end closes a comment that the question may end with; it is one statement, so its brackets are its own.
    const copy = `COPY (${text.replace(/[;\s]+$/, '')}\n) TO ${to} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`;
    const result = await this.#running(() => this.#connection.run(copy));
    return Number((await result.getRows())[0]?.[0] ?? 0);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** One statement, and one that gives rows. */
  async #checked(sql: string): Promise<string> {
    const { StatementType } = await loadDuckDb();
    const extracted = await this.#running(() => this.#connection.extractStatements(sql));
    if (extracted.count !== 1) {
      throw new ArchiveFailure('KMM_QUERY_REFUSED', `one statement is asked for, and these are ${extracted.count}`);
    }
    const prepared = await this.#running(() => extracted.prepare(0));
    const { statementType, parameterCount } = prepared;
    prepared.destroySync();
    if (statementType !== StatementType.SELECT) {
      throw new ArchiveFailure('KMM_QUERY_REFUSED', `${StatementType[statementType] ?? 'this'} is no SELECT`);
    }
    await this.#assertOnlyViews(sql);
    if (parameterCount > 0)
      throw new ArchiveFailure('KMM_QUERY_BAD', 'there is nothing to put in the place of ? or $1');
    return sql;
  }

  /** Some functions of DuckDB that stand where a table does have effects (enable_logging writes files), so few are let in. */
  async #assertOnlyViews(sql: string): Promise<void> {
    const result = await this.#running(() => this.#connection.run('SELECT json_serialize_sql($1::VARCHAR)', [sql]));
    const tree = JSON.parse(String((await result.getRows())[0]?.[0])) as { readonly error: boolean };
    if (tree.error) throw new ArchiveFailure('KMM_QUERY_REFUSED', 'it is no plain SELECT');
    for (const name of tableFunctionsIn(tree)) {
      if (!HARMLESS.has(name)) {
        throw new ArchiveFailure('KMM_QUERY_REFUSED', `beyond the archive nothing is read or written: ${name}`);
      }
    }
  }

  async #running<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const stop = () => this.#connection.interrupt();
    if (this.#signal.aborted) throw this.#stopped();
    this.#signal.addEventListener('abort', stop, { once: true });
    try {
      return await work();
    } catch (error) {
      if (error instanceof ArchiveFailure) throw error;
      throw this.#signal.aborted ? this.#stopped() : failureOf(error);
    } finally {
      this.#signal.removeEventListener('abort', stop);
    }
  }

  #stopped(): ArchiveFailure {
    return new ArchiveFailure('KMM_QUERY_STOPPED', String(this.#signal.reason));
  }
}

const HARMLESS: ReadonlySet<string> = new Set(['range', 'generate_series', 'unnest', 'repeat_row']);

/** Every function of the question that gives a table, wherever it stands. */
function* tableFunctionsIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  const { type, function: called } = node as { type?: unknown; function?: { function_name?: unknown } };
  if (type === 'TABLE_FUNCTION') yield String(called?.function_name).toLowerCase();
  for (const inner of Object.values(node)) yield* tableFunctionsIn(inner);
}

/** In this order: what is locked last cannot be undone by a question. */
async function lock(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  await connection.run(`SET max_temp_directory_size = ${quoted(SPILL_MAX)}`);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = [${paths.map(quoted).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

/** DuckDB says what kind of trouble it is in the words before the first colon. */
function failureOf(error: unknown): ArchiveFailure {
  const text = firstLineOf(error).replace(/^Failed to extract statements: /, '');
  if (/native callback/.test(text)) return new ArchiveFailure('KMM_QUERY_BAD', 'there is no question in it', error);
  if (/^Permission Error|^Not implemented Error: .*external|configuration has been locked/i.test(text)) {
    return new ArchiveFailure('KMM_QUERY_REFUSED', `beyond the archive nothing is read or written: ${text}`, error);
  }
  if (/^Out of Memory Error/i.test(text)) return new ArchiveFailure('KMM_QUERY_STOPPED', text, error);
  if (/parquet|^IO Error/i.test(text) && !/^(Parser|Binder|Catalog) Error/.test(text)) {
    return new ArchiveFailure('KMM_ARCHIVE_DAMAGED', `the archive cannot be read: ${text}`, error);
  }
  return new ArchiveFailure('KMM_QUERY_BAD', `the question was not answered: ${text}`, error);
}

/** Integers that JavaScript holds exactly are numbers; decimals stay text, so that no digit is lost. */
function cellOf(value: unknown, isWide: boolean): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value as Cell;
  if (typeof value !== 'string') return JSON.stringify(value);
  return isWide && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

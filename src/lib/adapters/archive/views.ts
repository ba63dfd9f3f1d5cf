/**
 * The views that a question sees: the tables with readable columns beside the exact ones. Prices, sizes and money are integers
 * and the same in DECIMAL dollars or contracts; no view makes a float of them. An index value is a real number as it came.
 */
import { join } from 'node:path';
import { quoted } from './duckdb.ts';
import { filePathOf, type Manifest } from './manifest.ts';
import { type Column, PARQUET_TYPES, TABLE_NAMES, TABLES, type TableName } from './tables.ts';

/** Columns in these units, by name. */
const PRICES = new Set(['price', 'bid', 'ask', 'last_price']);
const SIZES = new Set([
  ...['delta', 'size', 'bid_size', 'ask_size', 'volume', 'open_interest', 'filled', 'remaining', 'initial_size'],
]);
const MONEY = new Set(['fee']);

/** CREATE VIEW for each table, and for what is derived from several. */
export function viewsOf(root: string, manifests: readonly Manifest[]): readonly string[] {
  return [...TABLE_NAMES.map((table) => viewOf(table, pathsOf(root, manifests, table))), ...DERIVED];
}

/** Every file that a view reads. */
export function pathsOf(root: string, manifests: readonly Manifest[], table?: TableName): readonly string[] {
  return manifests.flatMap(({ source, files }) =>
    files
      .filter((file) => table === undefined || file.table === table)
      .map((file) => join(root, filePathOf(file, source))),
  );
}

function viewOf(table: TableName, paths: readonly string[]): string {
  const cells = TABLES[table].flatMap(({ name }) => [name, ...readable(name)]);
  const from = paths.length === 0 ? emptyOf(TABLES[table]) : filesOf(paths);
  const source = paths.length === 0 ? "''" : `parse_filename(filename, true)`;
  return `CREATE VIEW ${table} AS SELECT date, series, ${source} AS source, ${cells.join(', ')} FROM ${from}`;
}

function filesOf(paths: readonly string[]): string {
  const types = "{'date': DATE, 'series': VARCHAR}";
  return `read_parquet([${paths.map(quoted).join(', ')}], filename = true, hive_partitioning = true, hive_types = ${types})`;
}

/** A table that no file has yet still has its columns. */
function emptyOf(columns: readonly Column[]): string {
  const cells = columns.map(({ name, type }) => `NULL::${PARQUET_TYPES[type]} AS ${name}`);
  return `(SELECT NULL::DATE AS date, NULL::VARCHAR AS series, ${cells.join(', ')} WHERE false)`;
}

/** An integer times an exact decimal is an exact decimal. */
function readable(name: string): readonly string[] {
  if (name === 'at_ms') return ['epoch_ms(at_ms) AS received'];
  if (PRICES.has(name)) return [`(${name}::DECIMAL(5, 0) * 0.0001::DECIMAL(5, 4))::DECIMAL(9, 4) AS ${name}_dollars`];
  if (SIZES.has(name)) return [`(${name}::DECIMAL(16, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2) AS ${name}_contracts`];
  if (MONEY.has(name))
    return [`(${name}::DECIMAL(18, 0) * 0.000001::DECIMAL(7, 6))::DECIMAL(24, 6) AS ${name}_dollars`];
  return [];
}

const DERIVED = [
  // A record of the tape, so its amounts are text in JSON until here.
  `CREATE VIEW intents AS SELECT date, series, source, n, at_ms, received, turn, i->>'kind' AS kind, i->>'ticker' AS ticker,
    i->>'side' AS side, (i->>'price')::INTEGER AS price, (i->>'size')::BIGINT AS size, i->>'clientOrderId' AS client_order_id
    FROM (SELECT *, unnest(from_json(json->'intents', '["JSON"]')) AS i FROM turns WHERE intents > 0)`,
  `CREATE VIEW gaps AS
    SELECT date, source, n, at_ms, received, kind, conn, sid, expected_seq, seq, records, reason FROM feed
      WHERE kind IN ('gap', 'lost', 'broken', 'down')
    UNION ALL SELECT date, source, n, at_ms, received, 'silence', conn, NULL, NULL, NULL, NULL, body FROM records WHERE kind = 'gap'`,
];

/** What each view holds, in a line, for people. */
export const VIEW_TEXTS: Readonly<Record<TableName | 'intents' | 'gaps', string>> = {
  deltas: 'signed changes of one level',
  levels: 'snapshots, a row per level; of an empty book one row without a side',
  trades: 'public prints',
  tickers: 'top of book and totals, about once a second',
  reference_prices: 'values of an index; window: the settlement average in the making',
  feed: 'connections, subscriptions and the steps of their sequences',
  orders: 'our orders as the exchange states them',
  fills: 'our executions',
  turns: 'turns of a session, with what each asked for as JSON',
  events: 'every other event the engine was told, as JSON',
  records: 'what else is on the tapes: REST answers, commands, notes, frames without an event',
  intents: 'what turns asked for, a row each',
  gaps: 'where something is missing: steps of a sequence, records lost, links down, silence',
};

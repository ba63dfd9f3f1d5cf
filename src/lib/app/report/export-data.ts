/** `kmm export`: one table of an account as text, a piece at a time, however long it is. */
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { csvText } from './csv.ts';
import {
  type ExportSpan,
  type ExportTable,
  fillsTable,
  ledgerTable,
  ordersTable,
  settlementsTable,
  tapeTable,
} from './export-tables.ts';
import { accountOf, type ReportSources, withSources } from './report-account.ts';

const TABLES = {
  fills: fillsTable,
  orders: ordersTable,
  settlements: settlementsTable,
  ledger: ledgerTable,
  tape: tapeTable,
} as const satisfies Readonly<
  Record<string, (sources: ReportSources, account: string, span?: ExportSpan) => ExportTable>
>;

export type ExportName = keyof typeof TABLES;
export const EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportRequest {
  readonly home: Home;
  readonly what: ExportName;
  readonly format: ExportFormat;
  readonly account?: string;
  readonly span?: ExportSpan;
}

export interface Exported {
  readonly what: ExportName;
  readonly account: string;
  readonly rows: number;
}

/**
 * Hands over the text piece by piece, the head of a CSV first; waits for each piece to be taken. JSON is a line a row.
 * Throws KMM_EXPORT_FORMAT, KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED, KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV, and what `take` throws.
 */
export async function exportData(
  { home, what, format, account: name, span }: ExportRequest,
  take: (text: string) => void | Promise<void>,
): Promise<Exported> {
  if (format === 'parquet')
    throw new KmmError('KMM_EXPORT_FORMAT', 'parquet comes with the archive of tapes, which this kmm does not have');
  return withSources(home, async (sources) => {
    const account = accountOf(sources.rows.sessions(), { name, ...span });
    const { columns, batches } = TABLES[what](sources, account, span);
    const keys = columns.map(camelCase);
    const type = LINE_TYPES[what];
    let rows = 0;
    if (format === 'csv') await take(csvText([columns]));
    for (const batch of batches) {
      rows += batch.length;
      const text =
        format === 'csv'
          ? csvText(batch.map((row) => row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell))))
          : batch.map((row) => `${JSON.stringify(lineOf(type, keys, row))}\n`).join('');
      await take(text);
    }
    return { what, account, rows };
  });
}

const LINE_TYPES = {
  fills: 'export_fill',
  orders: 'export_order',
  settlements: 'export_settlement',
  ledger: 'export_posting',
  tape: 'export_sample',
} as const satisfies Readonly<Record<ExportName, string>>;

function lineOf(type: string, keys: readonly string[], row: readonly unknown[]): object {
  return { type, schemaVersion: 1, ...Object.fromEntries(keys.map((key, index) => [key, row[index]])) };
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

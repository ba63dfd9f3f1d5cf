/** The archive, for people: what a tape became, what is wrong with a file, what can be asked. */
import type { ArchivedTape } from '../../lib/app/archive/archive-tape.ts';
import type { ArchivedAlone } from '../../lib/app/archive/is-archived.ts';
import type { ViewInfo } from '../../lib/app/archive/query-archive.ts';
import type { ArchiveReport } from '../../lib/app/archive/verify-archive.ts';
import { bytesText } from '../../lib/app/doctor/words.ts';

export function archivedLine(tape: ArchivedTape): string {
  const { source, isThere, files, bytes, deltas, tapeBytes, lost, deleted, keptBecause } = tape;
  const sizes = `${bytesText(tapeBytes)} → ${bytesText(bytes)} in ${files} files`;
  const each = deltas === 0 ? '' : `, ${(bytes / deltas).toFixed(2)} bytes per change of a book`;
  const what = isThere ? `archived before as ${source}` : `archived as ${source}: ${sizes}${each}`;
  const missing = lost === 0 ? '' : `; ${lost} records are missing on it`;
  const end = deleted
    ? '; read back whole, tape deleted'
    : keptBecause === undefined
      ? ''
      : `; tape kept: ${keptBecause}`;
  return `${tape.tape}: ${what}${missing}${end}`;
}

/** Tapes that only the archive has, a line each. */
export function aloneLines(alone: readonly ArchivedAlone[]): readonly string[] {
  if (alone.length === 0) return [];
  const lines = alone.map(({ name, from, to, series }) => `  ${name}: archive:${series.join(',')}@${from}..${to}`);
  return [`in the archive alone (kmm backtest run --data, kmm record query):`, ...lines];
}

export function archiveLines({ directory, sources, files, bytes, rows, faults }: ArchiveReport): readonly string[] {
  const sum = `${sources} tapes in ${files} files, ${bytesText(bytes)}, ${rows} rows`;
  const judged = faults.length === 0 ? 'every byte as it was written' : `${faults.length} faults`;
  return [
    `${directory}: ${sum}; ${judged}`,
    ...faults.map(({ kind, path, text }) => `  ${kind.padEnd(8)} ${path}: ${text}`),
  ];
}

export function viewLines(views: readonly ViewInfo[]): readonly string[] {
  return views.flatMap(({ name, text, columns }) => [
    `${name}: ${text}`,
    ...columns.map((column) => `  ${column.name.padEnd(24)} ${column.type}`),
  ]);
}

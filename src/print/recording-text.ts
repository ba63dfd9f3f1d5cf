/** What a recording came to, for people. */
import type { RecordSummary } from '../lib/app/recording/record-live.ts';

export function recordingLines({
  tape,
  files,
  markets,
  counts,
  lost,
  bytes,
  startedAt,
  endedAt,
}: RecordSummary): readonly string[] {
  const { frames, snapshots, deltas, trades, references, gaps, unknown, malformed } = counts;
  const seconds = Math.round((endedAt - startedAt) / 1_000);
  const odd = [
    ...(unknown > 0 ? [`${unknown} frames of a type that is new to this kmm`] : []),
    ...(malformed > 0 ? [`${malformed} frames that made no sense`] : []),
  ];
  return [
    `recorded ${seconds} s of ${markets.length} markets: ${frames} frames (${deltas} changes, ${snapshots} books, ${trades} trades, ${references} index values)`,
    `gaps    ${gaps === 0 ? 'none' : `${gaps}, each marked on the tape`}${lost > 0 ? `; ${lost} records LOST` : ''}`,
    ...odd.map((text) => `odd     ${text}, kept as they came`),
    `tape    ${tape}, ${sizeText(bytes)}${files > 1 ? ` in ${files} files` : ''}`,
  ];
}

/** "812 B", "1.4 MB": powers of 1,000, as disks are sold. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** What a recording came to, for people. */
import { bytesText } from '../../lib/app/doctor/words.ts';
import type { RecordSummary } from '../../lib/app/recording/record-live.ts';

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
    `tape    ${tape}, ${bytesText(bytes)}${files > 1 ? ` in ${files} files` : ''}`,
  ];
}

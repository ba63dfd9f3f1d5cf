/** When kmm ran in a period, and when it did not: what no figure of the period can know of. */
import type { AccountSampleRow } from '../../adapters/store/money-rows.ts';
import type { SessionRow } from '../../adapters/store/report-rows.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

export interface Stretch {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface UpTime {
  readonly sessions: number;
  /** Sessions that never said that they ended, and do not run: they died. */
  readonly died: number;
  readonly upMs: number;
  /** Of the period, as far as it has been. */
  readonly share: number;
  /** From first to last moment of the period, where nothing ran for longer than `gapMs`. */
  readonly gaps: readonly Stretch[];
}

/** A restart takes less. */
const GAP_MS = 60_000;

/**
 * @param samples of the account in the period: a session without an end ran until its last one
 * @param period cut at the present, if it is not over
 */
export function upTimeOf(
  sessions: readonly SessionRow[],
  samples: readonly AccountSampleRow[],
  { from, to }: Stretch,
  gapMs = GAP_MS,
): UpTime {
  const lastSeen = new Map<number, EpochMs>();
  for (const { session, at } of samples) lastSeen.set(session, at);
  const runs = sessions.flatMap(({ session, startedAt, endedAt }) => {
    const end = endedAt ?? lastSeen.get(session) ?? startedAt;
    const stretch = { from: epochMs(Math.max(from, startedAt)), to: epochMs(Math.min(to, end)) };
    return stretch.to >= stretch.from && end >= from ? [{ ...stretch, isOpen: endedAt === null }] : [];
  });
  runs.sort((a, b) => a.from - b.from);
  const gaps: Stretch[] = [];
  let [upMs, reached] = [0, from];
  for (const run of runs) {
    if (run.from - reached > gapMs) gaps.push({ from: reached, to: run.from });
    upMs += Math.max(0, run.to - Math.max(run.from, reached));
    reached = epochMs(Math.max(reached, run.to));
  }
  if (to - reached > gapMs) gaps.push({ from: reached, to });
  const died = runs.filter(({ isOpen, to: end }) => isOpen && to - end > gapMs).length;
  return { sessions: runs.length, died, upMs, share: to > from ? upMs / (to - from) : 0, gaps };
}

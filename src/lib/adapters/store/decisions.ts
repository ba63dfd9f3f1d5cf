/** What each market decided, as text, for people to ask about later. Kept apart from what money depends on, and not for ever. */
import type Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';

export interface DecisionRow {
  readonly ticker: string;
  readonly turn: number;
  readonly at: EpochMs;
  /** JSON. */
  readonly decision: string;
}

/**
 * A question about a decision comes within days, and what comes later is answered by replaying the tape. A week of the
 * simulator's pace, which is busier than most (200 orders and changes a minute), is 2 GB.
 */
const KEPT_MS = 7 * 86_400_000;

export function insertDecision(database: Database.Database) {
  return database.prepare(
    'INSERT INTO decisions (session, ticker, turn, at, decision) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
}

/** Takes away what was decided in sessions that were over so long before `now`; `meta` keeps which was the last of them. */
export function pruneDecisions(database: Database.Database, now: EpochMs): void {
  // Sessions come one after another: each was over when the next began.
  const kept = database
    .prepare<[number], number | null>('SELECT max(session) FROM sessions WHERE started_at < ?')
    .pluck()
    .get(now - KEPT_MS);
  if (kept == null || kept <= 1) return;
  const { changes } = database.prepare('DELETE FROM decisions WHERE session < ?').run(kept);
  if (changes === 0) return;
  database
    .prepare(
      "INSERT INTO meta (key, value) VALUES ('decisions_pruned', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .run(String(kept - 1));
}

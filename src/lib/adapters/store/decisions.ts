/**
 * What each market decided, as text, for people to ask about later. Kept apart from what money depends on, and not for ever.
 *
 * What one market decided between two flushes is one row, deflated against a text that is like all of them: an order that
 * is moved and then kept says nearly the same twice. A row can be read by itself.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';

export interface DecisionRow {
  readonly ticker: string;
  readonly turn: number;
  readonly at: EpochMs;
  /** JSON. */
  readonly decision: string;
}

/** A row of the table: when the first of its decisions was taken, and all of them. */
export interface DecisionGroup {
  readonly ticker: string;
  readonly turn: number;
  readonly at: EpochMs;
  readonly decision: Buffer;
}

/** By line: milliseconds and turns after the first of its row, and the decision. */
type Line = readonly [ms: number, turns: number, decision: string];

/**
 * A question about a decision comes within days, and what comes later is answered by replaying the tape. A week of the
 * simulator's pace, which is busier than most (200 orders and changes a minute), is 0.4 GB at most.
 */
const KEPT_MS = 7 * 86_400_000;

export function insertDecision(database: Database.Database): Database.Statement {
  return database.prepare(
    'INSERT INTO decisions (session, ticker, turn, at, decision) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
}

/** Rows as the table takes them, in the order in which their markets came; decisions are given in that of time. */
export function groupsOf(rows: readonly DecisionRow[]): DecisionGroup[] {
  const byTicker = new Map<string, DecisionRow[]>();
  for (const row of rows) {
    const known = byTicker.get(row.ticker);
    if (known === undefined) byTicker.set(row.ticker, [row]);
    else known.push(row);
  }
  return [...byTicker.values()].map((some) => {
    const { ticker, turn, at } = some[0] as DecisionRow;
    const lines = some.map((row): Line => [row.at - at, row.turn - turn, row.decision]);
    return { ticker, turn, at, decision: deflateRawSync(JSON.stringify(lines), DEFLATE) };
  });
}

/** The last decision of the row by then. */
export function lastOf({ ticker, turn, at, decision }: DecisionGroup, by: EpochMs): DecisionRow | undefined {
  const lines = JSON.parse(inflateRawSync(decision, DEFLATE).toString()) as readonly Line[];
  const line = lines.findLast(([ms]) => at + ms <= by);
  return line === undefined
    ? undefined
    : { ticker, turn: turn + line[1], at: (at + line[0]) as EpochMs, decision: line[2] };
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
  if (changes > 0) note(database, 'decisions_pruned', kept - 1);
}

/** Whether anything in a session that began then can be as old: for a week there is nothing to look for. */
export function mayBePruned(startedAt: EpochMs, now: EpochMs): boolean {
  return startedAt < now - KEPT_MS;
}

/**
 * Takes away what is as old in a session that runs on, of the market that comes after `ticker`; which one that was. One market
 * at a time, by the key: trading waits for a few milliseconds at most. Undefined: all have had their turn.
 */
export function pruneNext(
  database: Database.Database,
  session: number,
  ticker: string,
  now: EpochMs,
): string | undefined {
  const next = database
    .prepare<[number, string], string | null>('SELECT min(ticker) FROM decisions WHERE session = ? AND ticker > ?')
    .pluck()
    .get(session, ticker);
  if (next == null) return undefined;
  const before = now - KEPT_MS;
  const { changes } = database
    .prepare('DELETE FROM decisions WHERE session = ? AND ticker = ? AND at < ?')
    .run(session, next, before);
  if (changes > 0) note(database, 'decisions_pruned_until', before);
  return next;
}

function note(database: Database.Database, key: string, value: number): void {
  database
    .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run(key, String(value));
}

/**
 * What deflate may point back into. Never to be changed: rows that were written with it are read with it. The window holds
 * it and a row; its small tables are made anew for each row.
 */
const LIKE_ALL = `[{"name":"STOPPING","scope":"*","since":1795186920388,"reason":"none","reduced","refilled","new","patient",\
"cancelled","waiting: amend in flight","lease renewed","kept: changed 12 ms ago","pull",["WINDOW","STALE","BOOK","cooling"\
"retreat","hold","reduce"[[0,0,"[1,\\"quote\\",0,0,0,[6700,13100,7200,5800],[0.704656,0.014434,\\"micro\\",0,{\\"imbalance\\":0.693122}],\
[0.704656,{\\"m\\":0.016665,\\"f\\":0,\\"a\\":0.004,\\"e\\":0.002,\\"i\\":0.007217,\\"s\\":0},\\"\\",0.001],[\\"moved\\",\\"moved 2 ¢\\",1,\
6737.3,500,6700,null,0,0.030656,[\\"kmm-b20383-1-cara-5\\",6500,500],null],[\\"kept\\",\\"kept: 0 ¢ < 1.2 ¢\\",1,7355.8,500,7400,null,\
0,0.031344,[\\"kmm-b20383-1-cara-6\\",7200,500],null]]"]]`;
const DEFLATE = { level: 9, memLevel: 5, windowBits: 12, dictionary: Buffer.from(LIKE_ALL) };

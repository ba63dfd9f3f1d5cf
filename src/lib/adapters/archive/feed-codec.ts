/** What became of connections and subscriptions, and where something is missing, as rows of `feed` and back. */

import type { SequenceStep } from '../../core/book/one-market.ts';
import type { ConnectionChanged, EngineEvent, FeedBroken, FeedPassed, FeedStarted } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import { type ArchiveItem, hasOnly, isPosition } from './item.ts';
import { type ReadRow, type Row, rowOf, type Value } from './row.ts';

/** `first` and `gap` are no items of the tape, but found in it, for those who read one market of many (core/book/one-market.ts). */
type FeedKind = 'started' | 'passed' | 'broken' | 'up' | 'down' | 'lost' | 'first' | 'gap';

export function startedRow(event: FeedStarted): Row | undefined {
  if (!hasOnly(event, STARTED_FIELDS) || event.channel === undefined) return undefined;
  return feedRow(event.at, 'started', { conn: event.conn, sid: event.sid, reason: event.channel });
}

const STARTED_FIELDS = new Set(['type', 'at', 'conn', 'sid', 'channel']);

export function passedRow(event: FeedPassed): Row | undefined {
  if (!hasOnly(event, PASSED_FIELDS) || !isPosition(event.feed)) return undefined;
  return feedRow(event.at, 'passed', event.feed);
}

const PASSED_FIELDS = new Set(['type', 'at', 'feed']);

export function brokenRow(event: FeedBroken): Row | undefined {
  if (!hasOnly(event, BROKEN_FIELDS) || event.reason === undefined) return undefined;
  return feedRow(event.at, 'broken', { conn: event.conn, sid: event.sid, reason: event.reason });
}

const BROKEN_FIELDS = new Set(['type', 'at', 'conn', 'sid', 'reason']);

export function connectionRow(event: ConnectionChanged): Row | undefined {
  if (!hasOnly(event, CONNECTION_FIELDS) || typeof event.isUp !== 'boolean') return undefined;
  return feedRow(event.at, event.isUp ? 'up' : 'down', { conn: event.conn, reason: event.reason });
}

const CONNECTION_FIELDS = new Set(['type', 'at', 'isUp', 'conn', 'reason']);

/** `json`: of a TapeLoss. */
export function lostRow(at: EpochMs, json: string): Row | undefined {
  try {
    const loss = JSON.parse(json) as { records: number; reason: string };
    return lossJson(loss.records, loss.reason) === json ? feedRow(at, 'lost', loss) : undefined;
  } catch {
    return undefined;
  }
}

function lossJson(records: unknown, reason: unknown): string {
  return JSON.stringify({ records, reason });
}

export function stepRow({ at, conn, sid, expected, seq }: SequenceStep): Row | undefined {
  return feedRow(at, expected === undefined ? 'first' : 'gap', { conn, sid, seq, expected });
}

interface FeedCells {
  readonly conn?: Value;
  readonly sid?: Value;
  readonly seq?: Value;
  readonly expected?: Value;
  readonly records?: Value;
  readonly reason?: Value;
}

function feedRow(at: number, kind: FeedKind, cells: FeedCells): Row | undefined {
  const { conn, sid, seq, expected, records, reason } = cells;
  if (kind !== 'lost' && conn === undefined) return undefined;
  if ((kind === 'started' || kind === 'passed') && sid === undefined) return undefined;
  if (kind === 'passed' && seq === undefined) return undefined;
  return rowOf('feed', [at, kind, conn, sid, seq, expected, records, reason]);
}

export function feedOf(row: ReadRow): ArchiveItem | SequenceStep {
  const at = row.number(1) as EpochMs;
  const kind = row.text(2) as FeedKind;
  const conn = row.number(3) as number;
  const sid = row.number(4);
  const reason = row.text(8);
  switch (kind) {
    case 'started':
      return told({ type: 'feed_started', at, conn, sid: sid as number, channel: reason as string });
    case 'passed':
      return told({ type: 'feed_passed', at, feed: { conn, sid: sid as number, seq: row.number(5) as number } });
    case 'broken':
      return told({ type: 'feed_broken', at, conn, ...(sid !== undefined && { sid }), reason: reason as string });
    case 'up':
    case 'down':
      return told({
        ...{ type: 'connection_changed', at, isUp: kind === 'up', conn },
        ...(reason !== undefined && { reason }),
      });
    case 'lost':
      return { kind, at, json: lossJson(row.number(7), reason) };
    case 'first':
      return { at, conn, sid: sid as number, seq: row.number(5) as number };
    case 'gap':
      return { at, conn, sid: sid as number, expected: row.number(6) as number, seq: row.number(5) as number };
  }
}

function told(event: EngineEvent): ArchiveItem {
  return { kind: 'event', event };
}

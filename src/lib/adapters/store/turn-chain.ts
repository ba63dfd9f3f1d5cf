/**
 * The hash chain over the turns of a journal: each turn's digest covers the digest before it and everything the turn asked
 * for, so that no stored intent can be changed, added or removed in the middle without breaking it.
 */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Intent } from '../../core/intents.ts';

/** What precedes the first turn. */
const CHAIN_START = Buffer.alloc(32);

/** The columns of `intents` that an intent fills, in the order of IntentValues. New ones are added at the end. */
export const INTENT_COLUMNS =
  'counter, kind, client_order_id, order_id, ticker, shard, side, price, size, filled, expires_at, takes, reduce_by';
/** The columns that the first version of the database had: all of them are in every digest. */
const FIRST_COLUMNS = 11;

export type IntentValues = readonly (string | number | null)[];

export function intentValues(intent: Intent): IntentValues {
  const orderId = intent.kind === 'create' ? null : intent.orderId;
  const filled = intent.kind === 'amend' ? intent.filled : null;
  const expiresAt = intent.kind === 'create' || intent.kind === 'amend' ? (intent.expiresAt ?? null) : null;
  const takes = intent.kind === 'create' ? (intent.takes ?? null) : null;
  const reduceBy = intent.kind === 'decrease' ? intent.reduceBy : null;
  const { counter, kind, clientOrderId, ticker, shard, side, price, size } = intent;
  return [counter, kind, clientOrderId, orderId, ticker, shard, side, price, size, filled, expiresAt, takes, reduceBy];
}

export interface ChainedTurn {
  readonly session: number;
  readonly turn: number;
  readonly at: number;
  /** By counter. */
  readonly intents: readonly IntentValues[];
}

export function digestOf(previous: Buffer, { session, turn, at, intents }: ChainedTurn): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([session, turn, at, intents.map(digested)]))
    .digest();
}

/** Without the later columns that an intent does not use: what was digested before there were any still verifies. */
function digested(values: IntentValues): IntentValues {
  const last = values.findLastIndex((value) => value !== null);
  return values.slice(0, Math.max(FIRST_COLUMNS, last + 1));
}

/** The digest of the last turn. */
export function chainHead(database: Database.Database): Buffer {
  return digestBefore(database, 0);
}

export type ChainCheck =
  | { readonly isWhole: true; readonly turns: number }
  /** The first turn whose digest does not follow from what is stored. */
  | { readonly isWhole: false; readonly session: number; readonly turn: number };

/** @param lastTurns how many of the newest turns to check; the digest before them is believed */
export function checkChain(database: Database.Database, lastTurns: number): ChainCheck {
  const turns = database
    .prepare<[number], ChainedRow>(
      `SELECT session, turn, at, digest FROM (SELECT * FROM turns ORDER BY id DESC LIMIT ?) ORDER BY id`,
    )
    .all(lastTurns);
  const intents = database
    .prepare<[number, number], IntentValues>(
      `SELECT ${INTENT_COLUMNS} FROM intents WHERE session = ? AND turn = ? ORDER BY counter`,
    )
    .raw();
  let previous = digestBefore(database, turns.length);
  for (const { session, turn, at, digest } of turns) {
    const expected = digestOf(previous, { session, turn, at, intents: intents.all(session, turn) });
    if (!expected.equals(digest)) return { isWhole: false, session, turn };
    previous = digest;
  }
  return { isWhole: true, turns: turns.length };
}

interface ChainedRow {
  readonly session: number;
  readonly turn: number;
  readonly at: number;
  readonly digest: Buffer;
}

/** The digest that the newest so many turns follow. */
function digestBefore(database: Database.Database, turns: number): Buffer {
  const select = database
    .prepare<[number], Buffer>('SELECT digest FROM turns ORDER BY id DESC LIMIT 1 OFFSET ?')
    .pluck();
  return select.get(turns) ?? CHAIN_START;
}

/** What is read back from the journal: sessions, orders that may still rest, and an account's history as events. */
import type Database from 'better-sqlite3';
import type { CashEntered, CashMoved, FillSeen, LedgerRestored, SettlementSeen } from '../../core/events.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../../core/units.ts';
import { feesOf } from './fee-check-rows.ts';

export interface SessionRecord {
  /** Counts the sessions of this database from 1. */
  readonly session: number;
  readonly account: string;
  readonly version: string;
  readonly configHash: string;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly keyId: string;
  readonly keyFile: string;
  readonly tape: string;
}

/** An order that may rest on the exchange, as far as this journal knows. */
export interface OpenOrder {
  readonly account: string;
  readonly clientOrderId: string;
  /** Absent until the exchange has answered. */
  readonly orderId?: string;
  /** The session that placed it; absent for one that was found on the exchange only. */
  readonly session?: number;
  readonly ticker: string;
  readonly shard?: number;
  readonly side: Side;
  readonly price: Centicents;
  readonly remaining: Centicontracts;
  readonly expiresAt?: EpochMs;
}

/** The payload of the LedgerRestored event. */
export type AccountHistory = Required<
  Pick<LedgerRestored, 'fills' | 'settlements' | 'openingCash' | 'moves' | 'entries' | 'fees' | 'marks'>
>;

/** An order past its expiry by this much does not rest: the exchange's clock and ours may differ, its sweep may be late. */
const EXPIRY_MARGIN_MS = 60_000;

export function lastSession(database: Database.Database): SessionRecord | undefined {
  const row = database.prepare<[], SessionRow>('SELECT * FROM sessions ORDER BY session DESC LIMIT 1').get();
  if (row === undefined) return undefined;
  return {
    session: row.session,
    account: row.account,
    version: row.version,
    configHash: row.config_hash,
    startedAt: row.started_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    restUrl: row.rest_url,
    wsUrl: row.ws_url,
    keyId: row.key_id,
    keyFile: row.key_file,
    tape: row.tape,
  };
}

/** @param account absent: of every account */
export function openOrders(database: Database.Database, now: EpochMs, account: string | undefined): OpenOrder[] {
  const rows = database
    .prepare<[string | null, number], OrderRow>(`
      SELECT * FROM orders
      WHERE state <> 'ended' AND account = coalesce(?, account) AND (expires_at IS NULL OR expires_at > ?)
      ORDER BY updated_at, client_order_id`)
    .all(account ?? null, now - EXPIRY_MARGIN_MS);
  return rows.map((row) => ({
    account: row.account,
    clientOrderId: row.client_order_id,
    ...(row.order_id !== null && { orderId: row.order_id }),
    ...(row.session !== null && { session: row.session }),
    ticker: row.ticker,
    ...(row.shard !== null && { shard: row.shard }),
    side: row.side,
    price: row.price,
    remaining: row.remaining,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
  }));
}

/** What is held by the journal's own fills, markets that have settled left out. */
export interface HeldPosition {
  readonly ticker: string;
  /** Signed YES contracts. */
  readonly position: Centicontracts;
}

export function positionsOf(database: Database.Database, account: string): HeldPosition[] {
  return database
    .prepare<[string, string], HeldPosition>(`
      SELECT ticker, sum(CASE side WHEN 'bid' THEN size ELSE -size END) AS position FROM fills
      WHERE account = ? AND ticker NOT IN (SELECT ticker FROM settlements WHERE account = ?)
      GROUP BY ticker HAVING position <> 0 ORDER BY ticker`)
    .all(account, account);
}

export function historyOf(database: Database.Database, account: string): Omit<AccountHistory, 'marks'> {
  const fills = database.prepare<[string], FillRow>(
    'SELECT * FROM fills WHERE account = ? ORDER BY coalesce(exchange_at, at), trade_id',
  );
  const settlements = database.prepare<[string], SettlementRow>(
    'SELECT * FROM settlements WHERE account = ? ORDER BY settled_at, ticker',
  );
  const cash = database.prepare<[string], { shard: number; cash: Microdollars }>(
    'SELECT shard, cash FROM opening_cash WHERE account = ? ORDER BY shard',
  );
  const moves = database.prepare<[string], MoveRow>(
    'SELECT * FROM cash_moves WHERE account = ? ORDER BY at, transfer_id',
  );
  const entries = database.prepare<[string], EntryRow>(
    'SELECT * FROM cash_entries WHERE account = ? ORDER BY at, entry_id',
  );
  return {
    fills: fills.all(account).map(fillOf),
    settlements: settlements.all(account).map(settlementOf),
    openingCash: cash.all(account),
    moves: moves.all(account).map(moveOf),
    fees: feesOf(database, account),
    entries: entries.all(account).map(entryOf),
  };
}

interface SessionRow {
  readonly session: number;
  readonly account: string;
  readonly version: string;
  readonly config_hash: string;
  readonly started_at: EpochMs;
  readonly ended_at: EpochMs | null;
  readonly rest_url: string;
  readonly ws_url: string;
  readonly key_id: string;
  readonly key_file: string;
  readonly tape: string;
}

interface OrderRow {
  readonly account: string;
  readonly client_order_id: string;
  readonly order_id: string | null;
  readonly session: number | null;
  readonly ticker: string;
  readonly shard: number | null;
  readonly side: Side;
  readonly price: Centicents;
  readonly remaining: Centicontracts;
  readonly expires_at: EpochMs | null;
}

interface FillRow {
  readonly trade_id: string;
  readonly order_id: string;
  readonly client_order_id: string | null;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly is_taker: number;
  readonly fee: Microdollars;
  readonly shard: number | null;
  readonly exchange_at: EpochMs | null;
  readonly at: EpochMs;
}

interface SettlementRow {
  readonly ticker: string;
  readonly settled_at: EpochMs;
  readonly value: Centicents;
  readonly result: SettlementSeen['result'];
  readonly shard: number | null;
  readonly at: EpochMs;
}

interface MoveRow {
  readonly transfer_id: string;
  readonly from_shard: number;
  readonly to_shard: number;
  readonly amount: Microdollars;
  readonly at: EpochMs;
}

interface EntryRow {
  readonly entry_id: string;
  readonly kind: CashEntered['kind'];
  readonly shard: number;
  readonly amount: Microdollars;
  readonly label: string;
  readonly at: EpochMs;
}

function entryOf({ entry_id: entryId, at, kind, shard, amount, label }: EntryRow): CashEntered {
  return { type: 'cash_entered', at, entryId, kind, shard, amount, label };
}

function moveOf({ at, transfer_id: transferId, from_shard: from, to_shard: to, amount }: MoveRow): CashMoved {
  return { type: 'cash_moved', at, transferId, from, to, amount };
}

function fillOf(row: FillRow): FillSeen {
  return {
    type: 'fill',
    at: row.at,
    tradeId: row.trade_id,
    orderId: row.order_id,
    ...(row.client_order_id !== null && { clientOrderId: row.client_order_id }),
    ticker: row.ticker,
    side: row.side,
    price: row.price,
    size: row.size,
    isTaker: row.is_taker === 1,
    fee: row.fee,
    ...(row.shard !== null && { shard: row.shard }),
    ...(row.exchange_at !== null && { exchangeAt: row.exchange_at }),
  };
}

function settlementOf({ at, ticker, settled_at: settledAt, value, result, shard }: SettlementRow): SettlementSeen {
  return { type: 'settlement', at, ticker, settledAt, value, result, ...(shard !== null && { shard }) };
}

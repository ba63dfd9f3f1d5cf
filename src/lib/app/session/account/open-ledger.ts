/**
 * What the account's cash and positions follow from: what the journal remembers of it, completed by the exchange's own
 * fills and settlements. On an account without a journal the opening cash is what it holds now less what its whole history
 * did, so what the exchange has moved into its archive is read as well. Fills, transfers and deposits made elsewhere are part
 * of it: of a known account they are adopted here (adopt-cash.ts).
 *
 * One look proves nothing: its parts are read one after the other, and each may be old in its own way. start-ledger.ts
 * compares looks.
 */

import { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { KalshiHistory } from '../../../adapters/kalshi/rest-history.ts';
import type { Result } from '../../../adapters/kalshi/result.ts';
import type { FillSeen, LedgerRestored, SettlementSeen } from '../../../core/events.ts';
import { fillKey, settlementKey } from '../../../core/money/bridge.ts';
import { Ledger } from '../../../core/money/ledger.ts';
import { completeUpTo } from '../../../core/orders/read-lag.ts';
import { type EpochMs, epochMs, microdollars } from '../../../core/units.ts';
import type { Clock, Wire } from '../../../ports.ts';
import { KNOWN_SHARDS } from '../../exchange/link.ts';
import { fillEvent } from '../orders/order-resolver.ts';
import { type CashNews, explainCash, listCash, openingNews } from './adopt-cash.ts';
import type { ExchangeState } from './compare.ts';

/** What the journal kept of the account; no opening cash means that it has never met it. */
export type AccountHistory = Pick<
  LedgerRestored,
  'openingCash' | 'fills' | 'settlements' | 'moves' | 'entries' | 'marks'
>;

/** The account as it was read between two moments. */
export interface AccountLook {
  /** Up to when its data was complete, told before anything was read; absent: not told. */
  readonly asOf?: EpochMs;
  readonly beganAt: EpochMs;
  readonly endedAt: EpochMs;
  /** All that is known by now, of this look and those before it. Opening cash as this look has it. */
  readonly history: AccountHistory;
  readonly exchange: ExchangeState;
  /** What the exchange itself lists, of this look and those before it: where it is not as in `history`, one of them is wrong. */
  readonly listed: Listed;
}

export type Listed = Pick<AccountHistory, 'fills' | 'settlements'>;

/** So far behind the look before it the next one reads again: far more than any read lags. */
const BACK_MS = 10 * 60_000;

export interface LookOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Whose transfers are ours; absent: the primary account's. */
  readonly subaccount?: number | undefined;
  /** What the journal kept. */
  readonly kept: AccountHistory;
  /** The archive is read as well, though the account was met before: the journal may lack what has gone there. */
  readonly isDeep?: boolean;
}

/** Reads the account once. Whole, or an error. */
export async function lookAtAccount(
  { wire, clock, kept, subaccount, isDeep = false }: LookOptions,
  before?: AccountLook,
): Promise<Result<AccountLook>> {
  const rest = new KalshiRest(wire);
  const isNew = kept.openingCash.length === 0;
  const beganAt = clock.now();
  // Not told is not fatal: then time alone has to do.
  const asOf = await rest.userDataTimestamp();
  const past = (isNew || isDeep) && before === undefined ? new KalshiHistory(wire) : rest;
  const period = before === undefined ? {} : { since: epochMs(before.beganAt - BACK_MS) };
  const fills = await past.fills(period);
  if (!fills.ok) return fills;
  const settlements = await past.settlements(period);
  if (!settlements.ok) return settlements;
  const listedCash = await listCash(wire, subaccount);
  if (!listedCash.ok) return listedCash;
  const positions = await rest.positions();
  if (!positions.ok) return positions;
  const balance = await rest.balance(KNOWN_SHARDS);
  if (!balance.ok) return balance;
  const endedAt = clock.now();
  const exchange: ExchangeState = {
    cash: new Map(balance.value.shards.map(({ shard, cash }) => [shard, cash])),
    positions: new Map(positions.value.map(({ ticker, position }) => [ticker, position])),
  };
  const theirs = {
    fills: fills.value.map((fill) => fillEvent(fill, endedAt)),
    settlements: settlements.value.map((one): SettlementSeen => ({ type: 'settlement', at: endedAt, ...one })),
  };
  const known = joined(before?.history ?? kept, theirs);
  const history = isNew
    ? begun(
        exchange,
        told(
          known,
          openingNews(
            listedCash.value,
            endedAt,
            completeUpTo({ askedAt: beganAt, asOf: asOf.ok ? asOf.value : undefined }),
          ),
        ),
      )
    : told(known, explainCash(ledgerOf(known), exchange.cash, listedCash.value, endedAt));
  const listed = before === undefined ? theirs : listedBy(before.listed, theirs);
  return { ok: true, value: { ...(asOf.ok && { asOf: asOf.value }), beganAt, endedAt, history, exchange, listed } };
}

/** The ledger that follows from what is known. */
export function ledgerOf({ openingCash, fills, settlements, moves = [], entries = [] }: AccountHistory): Ledger {
  const ledger = new Ledger();
  for (const { shard, cash } of openingCash) ledger.deposit(shard, cash);
  for (const move of moves) ledger.move(move);
  for (const entry of entries) ledger.enter(entry);
  for (const fill of fills) ledger.fill(fill, fill.shard ?? 0);
  for (const settlement of settlements) ledger.settlement(settlement, settlement.shard ?? 0);
  return ledger;
}

/** With the opening cash that follows from what there is now. */
function begun({ cash }: ExchangeState, history: AccountHistory): AccountHistory {
  const past = ledgerOf({ ...history, openingCash: [] });
  const shards = new Set([...cash.keys(), ...past.cashByShard().keys()]);
  const openingCash = [...shards].map((shard) => ({
    shard,
    cash: microdollars((cash.get(shard) ?? 0) - past.cash(shard)),
  }));
  return { ...history, openingCash };
}

function told(history: AccountHistory, news: readonly CashNews[]): AccountHistory {
  const { moves = [], entries = [] } = history;
  const moved = news.filter((one) => one.type === 'cash_moved');
  const entered = news.filter((one) => one.type === 'cash_entered');
  return {
    ...history,
    moves: union(moves, moved, (one) => one.transferId),
    entries: union(entries, entered, (one) => one.entryId),
  };
}

function joined(ours: AccountHistory, theirs: Pick<AccountHistory, 'fills' | 'settlements'>): AccountHistory {
  return {
    openingCash: ours.openingCash,
    fills: inOrder(union(withShards(ours.fills, theirs.fills), theirs.fills, fillKey)),
    settlements: union(ours.settlements, theirs.settlements, settlementKey),
    moves: ours.moves ?? [],
    marks: ours.marks ?? [],
    entries: ours.entries ?? [],
  };
}

/** Later words first: an exchange may correct itself. */
function listedBy(before: Listed, later: Listed): Listed {
  return {
    fills: union(later.fills, before.fills, fillKey),
    settlements: union(later.settlements, before.settlements, settlementKey),
  };
}

/** The stream says nothing of a fill's shard, REST does; a market stays on its shard. */
function withShards(ours: readonly FillSeen[], theirs: readonly FillSeen[]): readonly FillSeen[] {
  const shards = new Map(theirs.map(({ ticker, shard }) => [ticker, shard]));
  return ours.map((fill) => {
    const shard = fill.shard ?? shards.get(fill.ticker);
    return shard === undefined ? fill : { ...fill, shard };
  });
}

function union<Row>(ours: readonly Row[], theirs: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const known = new Set(ours.map(keyOf));
  return [...ours, ...theirs.filter((row) => !known.has(keyOf(row)))];
}

/** As they were executed: lots are closed in that order. */
function inOrder(fills: readonly FillSeen[]): readonly FillSeen[] {
  return fills.toSorted((a, b) => (a.exchangeAt ?? a.at) - (b.exchangeAt ?? b.at) || (a.tradeId < b.tradeId ? -1 : 1));
}

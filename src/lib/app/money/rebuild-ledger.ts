/**
 * The ledger once more, from the journal alone: everything that moved money, booked by the engine's own ledger in the order
 * in which it happened at the exchange, not in the order in which we heard of it. The same records give the same entries to
 * the last byte, in whatever order they were written down.
 *
 * Cash, positions and fees are the engine's to the last digit, and so is what a market has brought (realized − cost of the
 * open lots). How that splits into the two may differ while a position is open and fills came out of order: the engine
 * closes the oldest lot it has heard of.
 */
import { createHash } from 'node:crypto';
import type { MoneyRows } from '../../adapters/store/money-rows.ts';
import type { FillSeen, SettlementSeen } from '../../core/events.ts';
import type { Entry } from '../../core/money/entry.ts';
import { Ledger, type LedgerSinks } from '../../core/money/ledger.ts';
import type { EpochMs } from '../../core/units.ts';

/** What is read of the journal. */
export type LedgerRows = Pick<
  MoneyRows,
  'fills' | 'settlements' | 'openingCash' | 'cashEntries' | 'cashMoves' | 'shards'
>;
type FillRow = ReturnType<LedgerRows['fills']> extends IterableIterator<infer Row> ? Row : never;

/** What is booked between fills, and when it happened. */
interface Booking {
  readonly at: EpochMs;
  /** Of what happened in the same millisecond, cash comes before trades and trades before what pays them. */
  readonly isBeforeFills: boolean;
  readonly book: (ledger: Ledger) => void;
}

/** Books all of it; entries and closed lots go to the sinks as they are made. Nothing is kept but the ledger. */
export function rebuildLedger(rows: LedgerRows, account: string, sinks: LedgerSinks = {}): Ledger {
  const ledger = new Ledger(sinks);
  for (const _ of bookedInto(ledger, rows, account));
  return ledger;
}

/** The same a booking at a time, for whoever writes the entries out as they are made. */
export function* bookedInto(ledger: Ledger, rows: LedgerRows, account: string): Generator<undefined> {
  for (const { shard, cash, at } of rows.openingCash(account)) ledger.deposit(shard, cash, at);
  const shards = rows.shards(account);
  const bookings = bookingsOf(rows, account, shards);
  let next = 0;
  const bookUpTo = (at: EpochMs) => {
    for (; next < bookings.length; next += 1) {
      const booking = bookings[next] as Booking;
      if (booking.at > at || (booking.at === at && !booking.isBeforeFills)) return;
      booking.book(ledger);
    }
  };
  for (const row of rows.fills(account)) {
    bookUpTo(row.exchangeAt ?? row.at);
    // Records without any shard are from when there was one.
    ledger.fill(fillOf(row), row.shard ?? shards.get(row.ticker) ?? 0);
    yield;
  }
  for (; next < bookings.length; next += 1) {
    bookings[next]?.book(ledger);
    yield;
  }
}

/** The entries as one line each, the canonical text of a ledger: JSON, so that any program can read it. */
export function entryLine({ at, kind, cause, label, postings }: Entry): string {
  return `${JSON.stringify([at, kind, cause, label ?? null, ...postings.map(({ account, amount }) => [account, amount])])}\n`;
}

/** SHA-256 over the canonical text, and how many entries there are. */
export function ledgerHash(rows: LedgerRows, account: string): { readonly hash: string; readonly entries: number } {
  const hash = createHash('sha256');
  let entries = 0;
  const onEntry = (entry: Entry) => {
    hash.update(entryLine(entry));
    entries += 1;
  };
  rebuildLedger(rows, account, { onEntry });
  return { hash: hash.digest('hex'), entries };
}

function bookingsOf(rows: LedgerRows, account: string, shards: ReadonlyMap<string, number>): readonly Booking[] {
  const moves = rows.cashMoves(account).map(({ transferId, fromShard: from, toShard: to, amount, at }): Booking => {
    const move = { type: 'cash_moved', at, transferId, from, to, amount } as const;
    return { at, isBeforeFills: true, book: (ledger) => ledger.move(move) };
  });
  const entries = rows.cashEntries(account).map((row): Booking => {
    const entry = { type: 'cash_entered', ...row } as const;
    return { at: row.at, isBeforeFills: true, book: (ledger) => ledger.enter(entry) };
  });
  const settlements = rows.settlements(account).map(({ ticker, settledAt, value, result, shard, at }): Booking => {
    const settlement = { type: 'settlement', at, ticker, settledAt, value, result: result as Result } as const;
    const paidBy = shard ?? shards.get(ticker) ?? 0;
    return { at: settledAt, isBeforeFills: false, book: (ledger) => ledger.settlement(settlement, paidBy) };
  });
  // Sorting is stable and each list is sorted by its ids.
  return [...moves, ...entries, ...settlements].sort(
    (a, b) => a.at - b.at || Number(b.isBeforeFills) - Number(a.isBeforeFills),
  );
}

type Result = SettlementSeen['result'];

function fillOf(row: FillRow): FillSeen {
  const { tradeId, orderId, clientOrderId, ticker, side, price, size, isTaker, fee, exchangeAt, at } = row;
  return {
    type: 'fill',
    ...{ at, tradeId, orderId, ticker, side, price, size, fee },
    isTaker: isTaker === 1,
    ...(clientOrderId !== null && { clientOrderId }),
    ...(exchangeAt !== null && { exchangeAt }),
  };
}

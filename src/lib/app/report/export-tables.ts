/**
 * What `kmm export` writes: the columns of each table, and its rows a batch at a time. Exact decimals and UTC times; a cell
 * that is not known is empty. `tape` is the tape.csv of KMM-v1 (C-7): one line a market and moment, ready for an equity curve.
 */
import type { FillRow, MarketSampleRow, SettlementRow } from '../../adapters/store/money-rows.ts';
import type { OrderRow } from '../../adapters/store/report-rows.ts';
import type { Entry, Posting } from '../../core/money/entry.ts';
import { Ledger } from '../../core/money/ledger.ts';
import {
  type Centicents,
  type EpochMs,
  epochMs,
  formatMoney,
  formatPrice,
  formatScaled,
  formatSize,
  type Microdollars,
} from '../../core/units.ts';
import { subaccountOf } from '../exchange/account-name.ts';
import { bookedInto } from '../money/rebuild-ledger.ts';
import type { ReportSources } from './report-account.ts';

export type ExportCell = string | number | boolean | null;

export interface ExportColumn<Row> {
  /** In CSV; in JSON it is written in camel case. */
  readonly name: string;
  readonly cell: (row: Row) => ExportCell;
}

/** A stretch of time; without it everything. */
export interface ExportSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Rows come in batches, in order of time; none of them is held when the next one comes. */
export interface ExportTable {
  readonly columns: readonly string[];
  readonly batches: Iterable<readonly (readonly ExportCell[])[]>;
}

const BATCH = 1_000;
const time = (at: EpochMs | null) => (at === null ? null : new Date(at).toISOString());
const priceCell = (price: Centicents | null) => (price === null ? null : formatPrice(price));

const FILL_COLUMNS: readonly ExportColumn<FillRow>[] = [
  { name: 'ts', cell: ({ exchangeAt, at }) => time(exchangeAt ?? at) },
  { name: 'trade_id', cell: ({ tradeId }) => tradeId },
  { name: 'order_id', cell: ({ orderId }) => orderId },
  { name: 'client_order_id', cell: ({ clientOrderId }) => clientOrderId },
  { name: 'ticker', cell: ({ ticker }) => ticker },
  { name: 'side', cell: ({ side }) => side },
  { name: 'price', cell: ({ price }) => formatPrice(price) },
  { name: 'size', cell: ({ size }) => formatSize(size) },
  { name: 'fee_dollars', cell: ({ fee }) => formatMoney(fee) },
  { name: 'is_taker', cell: ({ isTaker }) => isTaker === 1 },
  { name: 'shard', cell: ({ shard }) => shard },
  { name: 'session', cell: ({ session }) => session },
  { name: 'seen_ts', cell: ({ at }) => time(at) },
];

const ORDER_COLUMNS: readonly ExportColumn<OrderRow>[] = [
  { name: 'updated_ts', cell: ({ updatedAt }) => time(updatedAt) },
  { name: 'client_order_id', cell: ({ clientOrderId }) => clientOrderId },
  { name: 'order_id', cell: ({ orderId }) => orderId },
  { name: 'ticker', cell: ({ ticker }) => ticker },
  { name: 'side', cell: ({ side }) => side },
  { name: 'price', cell: ({ price }) => formatPrice(price) },
  { name: 'filled', cell: ({ filled }) => formatSize(filled) },
  { name: 'remaining', cell: ({ remaining }) => formatSize(remaining) },
  { name: 'state', cell: ({ state }) => state },
  { name: 'reason', cell: ({ reason }) => reason },
  { name: 'expires_ts', cell: ({ expiresAt }) => time(expiresAt) },
  { name: 'shard', cell: ({ shard }) => shard },
  { name: 'session', cell: ({ session }) => session },
];

const SETTLEMENT_COLUMNS: readonly ExportColumn<SettlementRow>[] = [
  { name: 'ts', cell: ({ settledAt }) => time(settledAt) },
  { name: 'ticker', cell: ({ ticker }) => ticker },
  { name: 'result', cell: ({ result }) => result },
  { name: 'value', cell: ({ value }) => formatPrice(value) },
  { name: 'shard', cell: ({ shard }) => shard },
  { name: 'seen_ts', cell: ({ at }) => time(at) },
];

const TAPE_COLUMNS: readonly ExportColumn<MarketSampleRow>[] = [
  { name: 'ts', cell: ({ at }) => time(at) },
  { name: 'ticker', cell: ({ ticker }) => ticker },
  // Doubled mids are half centicents: five decimals.
  { name: 'mid', cell: ({ midDoubled }) => (midDoubled === null ? null : formatScaled(midDoubled * 5, 5)) },
  { name: 'my_bid', cell: ({ bid }) => priceCell(bid) },
  { name: 'my_ask', cell: ({ ask }) => priceCell(ask) },
  { name: 'inventory', cell: ({ position }) => formatSize(position) },
  { name: 'unrealized', cell: ({ unrealized }) => formatMoney(unrealized) },
  { name: 'realized', cell: ({ realized, fees }) => formatMoney((realized - fees) as Microdollars) },
  { name: 'latency_ms', cell: ({ latencyUs }) => (latencyUs === null ? null : formatScaled(latencyUs, 3)) },
];

export function fillsTable({ money }: ReportSources, account: string, span?: ExportSpan): ExportTable {
  return table(
    FILL_COLUMNS,
    within(money.fills(account), ({ exchangeAt, at }) => exchangeAt ?? at, span),
  );
}

export function ordersTable({ rows }: ReportSources, account: string, span?: ExportSpan): ExportTable {
  return table(
    ORDER_COLUMNS,
    within(rows.orders(account), ({ updatedAt }) => updatedAt, span),
  );
}

export function settlementsTable({ money }: ReportSources, account: string, span?: ExportSpan): ExportTable {
  return table(
    SETTLEMENT_COLUMNS,
    within(money.settlements(account), ({ settledAt }) => settledAt, span),
  );
}

export function tapeTable({ rows }: ReportSources, account: string, span?: ExportSpan): ExportTable {
  return table(TAPE_COLUMNS, samplesOf(rows, account, span ?? EVER));
}

/** One line a posting: the postings of one entry have its number in common and add up to zero. */
const LEDGER_COLUMNS: readonly ExportColumn<LedgerLine>[] = [
  { name: 'ts', cell: ({ at }) => time(at) },
  { name: 'entry', cell: ({ entry }) => entry },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'cause', cell: ({ cause }) => cause },
  { name: 'label', cell: ({ label }) => label ?? null },
  { name: 'account', cell: ({ account }) => account },
  { name: 'shard', cell: ({ shard }) => shard },
  // Of the key's own account, where none is configured, nobody has said a number.
  { name: 'subaccount', cell: ({ subaccount }) => subaccount ?? null },
  { name: 'amount_dollars', cell: ({ amount }) => formatMoney(amount) },
];

interface LedgerLine extends Omit<Entry, 'postings'>, Posting {
  readonly entry: number;
  readonly subaccount: number | undefined;
}

export function ledgerTable({ money }: ReportSources, account: string, span?: ExportSpan): ExportTable {
  return table(
    LEDGER_COLUMNS,
    within(postingsOf(money, account), ({ at }) => at, span),
  );
}

/** Written out while the ledger is rebuilt: what is kept is its balances. */
function* postingsOf(money: ReportSources['money'], account: string): Generator<LedgerLine> {
  const subaccount = subaccountOf(account);
  let entry = 0;
  let lines: LedgerLine[] = [];
  const onEntry = ({ postings, ...rest }: Entry) => {
    entry += 1;
    for (const posting of postings) lines.push({ ...rest, ...posting, entry, subaccount });
  };
  for (const _ of bookedInto(new Ledger({ onEntry }), money, account)) {
    yield* lines;
    lines = [];
  }
  yield* lines;
}

function table<Row>(columns: readonly ExportColumn<Row>[], rows: Iterable<Row>): ExportTable {
  return { columns: columns.map(({ name }) => name), batches: batched(columns, rows) };
}

function* batched<Row>(columns: readonly ExportColumn<Row>[], rows: Iterable<Row>): Generator<readonly ExportCell[][]> {
  let batch: ExportCell[][] = [];
  for (const row of rows) {
    batch.push(columns.map(({ cell }) => cell(row)));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function* within<Row>(rows: Iterable<Row>, at: (row: Row) => EpochMs, span: ExportSpan | undefined): Generator<Row> {
  for (const row of rows) if (span === undefined || (at(row) >= span.from && at(row) < span.to)) yield row;
}

const STRETCH_MS = 3_600_000;
const EVER: ExportSpan = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };

/** An hour at a time, and of that hour the markets that were sampled about then. */
function* samplesOf(rows: ReportSources['rows'], account: string, span: ExportSpan): Generator<MarketSampleRow> {
  const markets = rows.sampledMarkets(span).map((ticker) => ({ ticker, ...rows.sampledSpan(ticker) }));
  const first = Math.max(span.from, Math.min(...markets.map((one) => one.first)));
  const end = Math.min(span.to, Math.max(...markets.map((one) => one.last + 1)));
  const byStart = markets.sort((a, b) => a.first - b.first);
  let [next, there] = [0, [] as typeof markets];
  for (let from = first; from < end; from += STRETCH_MS) {
    const stretch = { from: epochMs(from), to: epochMs(Math.min(end, from + STRETCH_MS)) };
    there = there.filter(({ last }) => last >= from);
    for (let one = byStart[next]; one !== undefined && one.first < stretch.to; one = byStart[++next])
      if (one.last >= from) there.push(one);
    yield* rows.samples(
      account,
      there.map(({ ticker }) => ticker),
      stretch,
    );
  }
}

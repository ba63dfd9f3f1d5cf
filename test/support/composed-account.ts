/**
 * Databases with an account that was composed for tests, not recorded: sessions, fills, settlements, marks, samples, alerts,
 * written straight into the tables. What the exchange is said to have stated is worked out from the same rows, unless a test
 * says otherwise.
 */
import Database from 'better-sqlite3';
import { MoneyRows } from '../../src/lib/adapters/store/money-rows.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { rebuildLedger } from '../../src/lib/app/money/rebuild-ledger.ts';
import { openedJournal } from './journal.ts';

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

const ACCOUNT = 'composed';
const MINUTE_MS = 60_000;
/** Friday 2026-11-20, midnight in New York. */
export const DAY = Date.UTC(2026, 10, 20, 5);
const BTC = 'KXBTC15M-26NOV201015-15';
const HIGH = 'KXHIGHNY-26NOV20-T50';
const TEN = DAY + 10 * 3_600_000;

/** Tables of the database, each with rows; columns that are left out get what is plain. */
export interface Composed {
  readonly sessions?: readonly Row[];
  readonly [table: string]: readonly Row[] | undefined;
}

const DEFAULTS: Readonly<Record<string, Row>> = {
  sessions: {
    ...{ account: ACCOUNT, version: '0.2.0', config_hash: 'c0', ended_at: null, rest_url: '', ws_url: '', key_id: 'k' },
    ...{ key_file: '', tape: '' },
  },
  markets: { shard: 0, title: '', is_exclusive: 0, close_at: 0, seen_at: 0 },
  fills: {
    ...{ account: ACCOUNT, session: 1, order_id: 'o-1', client_order_id: 'kmm-c0ffee-1-cara-1', side: 'bid' },
    ...{ is_taker: 0, fee: 0, shard: 0 },
  },
  settlements: { account: ACCOUNT, session: 1, result: 'yes', shard: 0 },
  opening_cash: { account: ACCOUNT, shard: 0 },
  cash_entries: { account: ACCOUNT, session: 1, shard: 0, label: '' },
  cash_moves: { account: ACCOUNT, session: 1 },
  fee_checks: { account: ACCOUNT, ticker: BTC, series_ticker: 'KXBTC15M', verdict: 'agreed', reason: null },
  fill_marks: { account: ACCOUNT, fair: null, model: 'micro', at: 0 },
  estimated_markets: { account: ACCOUNT, result: null, value: null, settled_at: null },
  estimates: { account: ACCOUNT, model: 'micro', standard_error: 0.01, mid_doubled: null },
  market_samples: {
    ...{ session: 1, mid_doubled: null, bid: null, ask: null, exit_bid: null, exit_ask: null, position: 0 },
    ...{ unrealized: 0, realized: 0, fees: 0, latency_us: null },
  },
  account_samples: { session: 1, cash: 0, realized: 0, unrealized: 0, fees: 0, worst_loss: 0, resting: 0, unknown: 0 },
  alerts: { priority: 'low', change: 'raised', stage: '', session: 1, delivered_at: null, acknowledged_at: null },
  operations: { by: 'operator', detail: '' },
  orders: { account: ACCOUNT, order_id: null, session: 1, shard: 0, side: 'bid', expires_at: null, reason: null },
};

/** Makes the database if it is not there, and adds the rows. */
export function compose(path: string, tables: Composed): void {
  openedJournal(path).close();
  const database = new Database(path);
  database.pragma('foreign_keys = OFF');
  database.pragma('synchronous = OFF');
  database.transaction(() => {
    for (const [table, rows = []] of Object.entries(tables)) insert(database, table, rows);
  })();
  database.close();
}

/** Rows of one table, of which there may be a million. */
export function insert(database: Database.Database, table: string, rows: Iterable<Row>): void {
  let statement: Database.Statement | undefined;
  let columns: readonly string[] = [];
  for (const row of rows) {
    const whole = { ...DEFAULTS[table], ...row };
    if (table === 'fills' && whole.exchange_at === undefined) whole.exchange_at = whole.at ?? null;
    if (table === 'settlements' && whole.at === undefined) whole.at = whole.settled_at ?? null;
    if (statement === undefined) {
      columns = Object.keys(whole);
      const places = columns.map(() => '?').join(', ');
      statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
    }
    statement.run(columns.map((column) => whole[column]));
  }
}

/** The exchange stated what the ledger holds of it, as of `at`; or was so many microdollars off. */
export function reconciled(path: string, at: number, account = ACCOUNT, off = 0): void {
  const rows = MoneyRows.open(path, 'sim');
  if (rows instanceof StoreProblem) throw new Error(rows.message);
  const ledger = rebuildLedger(rows, account);
  const positions = [...new Set([...rows.fills(account)].map(({ ticker }) => ticker))]
    .map((ticker) => [ticker, ledger.holding(ticker).position] as const)
    .filter(([, position]) => position !== 0);
  const shards = new Set(rows.openingCash(account).map(({ shard }) => shard));
  const cash = [...shards].map((shard, index) => [shard, ledger.cash(shard) + (index === 0 ? off : 0)]);
  rows.close();
  const differences =
    off === 0 ? [] : [`cash of shard 0: ours ${ledger.cash(0)}, the exchange's ${ledger.cash(0) + off}`];
  const database = new Database(path);
  database
    .prepare("INSERT INTO reconciliations VALUES (?, ?, 1, 'running', ?, ?, ?)")
    .run(account, at, JSON.stringify(cash), JSON.stringify(positions), JSON.stringify(differences));
  database.close();
}

/**
 * A small day: the three fills of math.md section 19 and a round trip, two settlements, one market that stays open, an
 * incentive, a deposit, a halt, a session that ended and one that died.
 */
export const SMALL_DAY: Composed = {
  sessions: [
    { session: 1, started_at: DAY + 9.5 * 3_600_000, ended_at: DAY + 16 * 3_600_000 },
    { session: 2, started_at: DAY + 16.5 * 3_600_000 },
  ],
  opening_cash: [{ cash: 1_000_000_000, at: DAY - 86_400_000 }],
  markets: [
    { ticker: BTC, event_ticker: 'KXBTC15M-26NOV201015', series_ticker: 'KXBTC15M', title: 'BTC up in 15 minutes?' },
    { ticker: HIGH, event_ticker: 'KXHIGHNY-26NOV20', series_ticker: 'KXHIGHNY', title: '=HYPERLINK("http://evil")' },
    { ticker: 'KXBTC15M-26NOV201030-30', event_ticker: 'KXBTC15M-26NOV201030', series_ticker: 'KXBTC15M', title: '' },
  ],
  fills: [
    { trade_id: 't-1', ticker: BTC, price: 4_600, size: 1_000, fee: 50_000, at: TEN },
    { trade_id: 't-2', ticker: BTC, side: 'ask', price: 9_100, size: 500, fee: 20_000, at: TEN + 2 * MINUTE_MS },
    { trade_id: 't-3', ticker: HIGH, price: 9_100, size: 300, fee: 10_000, at: TEN + 30 * MINUTE_MS },
    { trade_id: 't-4', ticker: 'KXBTC15M-26NOV201030-30', price: 5_000, size: 400, fee: 0, at: TEN + 17 * MINUTE_MS },
    {
      trade_id: 't-5',
      ticker: 'KXBTC15M-26NOV201030-30',
      side: 'ask',
      price: 5_300,
      size: 250,
      fee: -1_000,
      at: TEN + 19 * MINUTE_MS,
    },
  ],
  fill_marks: [
    ...marks('t-1', [9_400, 9_350, 9_300, 9_300], 4_700),
    ...marks('t-2', [18_101, 18_300, 18_500, 18_600], 9_050),
    ...marks('t-3', [18_200, 18_150, 18_100, 18_000], 9_000),
    ...marks('t-4', [10_100, 10_100, 10_300, 10_500], 5_100),
  ],
  settlements: [
    { ticker: BTC, settled_at: TEN + 15 * MINUTE_MS, value: 10_000, result: 'yes' },
    { ticker: HIGH, settled_at: DAY + 20 * 3_600_000, value: 0, result: 'no' },
  ],
  cash_entries: [
    { entry_id: 'i-1', kind: 'incentive', amount: 1_250_000, label: 'liquidity', at: DAY + 18 * 3_600_000 },
    { entry_id: 'd-1', kind: 'deposit', amount: 50_000_000, label: 'ACH', at: DAY + 8 * 3_600_000 },
  ],
  fee_checks: [
    { trade_id: 't-1', size: 1_000, predicted: 50_000, charged: 50_000, at: TEN },
    {
      ...{ trade_id: 't-2', size: 500, predicted: 10_000, charged: 20_000, at: TEN + 2 * MINUTE_MS },
      ...{ verdict: 'differs', reason: null },
    },
  ],
  market_samples: [
    ...samples(BTC, TEN - 5 * MINUTE_MS, 20, 9_200, [0, 0, 0, 0, 0, 1_000, 1_000, 500]),
    ...samples(HIGH, TEN, 360, 18_100, [0, 0, 0, 300]),
    ...samples('KXBTC15M-26NOV201030-30', TEN + 10 * MINUTE_MS, 20, 10_050, [0, 400, 400, 150]),
  ],
  account_samples: Array.from({ length: 390 }, (_, minute) => ({
    at: DAY + 9.5 * 3_600_000 + minute * MINUTE_MS,
    cash: 1_000_000_000,
    realized: minute < 45 ? 0 : 7_650_000,
    unrealized: minute < 30 ? 0 : Math.round(400_000 * Math.sin(minute / 20)),
    fees: minute < 30 ? 0 : 70_000,
    worst_loss: Math.min(12_000_000, minute * 100_000),
    resting: minute % 5,
    unknown: 0,
  })),
  alerts: [
    { key: `halt STALE ${BTC}`, text: 'halt STALE: book 6 s old', at: TEN + 3 * MINUTE_MS },
    { key: `halt STALE ${BTC}`, text: 'book is back', change: 'cleared', at: TEN + 4 * MINUTE_MS },
    {
      key: 'halt LOSS_DAY *',
      priority: 'critical',
      text: 'halt LOSS_DAY: lost <b>51</b> of 50 | kmm resume',
      at: DAY + 15 * 3_600_000,
    },
  ],
  operations: [{ at: DAY + 15.2 * 3_600_000, verb: 'flatten', detail: `${HIGH} for 2 $` }],
  orders: [
    {
      client_order_id: 'kmm-c0ffee-1-cara-1',
      order_id: 'o-1',
      ticker: BTC,
      price: 4_600,
      remaining: 0,
      filled: 1_000,
      state: 'ended',
      reason: '+SUM(1)',
      updated_at: TEN,
    },
  ],
};

function marks(trade: string, mids: readonly number[], fair: number): Row[] {
  return [0, 1_000, 10_000, 60_000].map((horizon_ms, index) => ({
    ...{ trade_id: trade, horizon_ms, mid_doubled: mids[index] ?? null },
    fair: horizon_ms === 0 ? fair : null,
  }));
}

/** A mid that wanders by rule, quotes a cent and a half around it, held as told (the last position goes on). */
function samples(ticker: string, from: number, minutes: number, midDoubled: number, held: readonly number[]): Row[] {
  return Array.from({ length: minutes }, (_, minute) => {
    const mid = midDoubled + 2 * Math.round(150 * Math.sin(minute / 7));
    const isQuoted = minute % 6 !== 5;
    return {
      ...{ ticker, at: from + minute * MINUTE_MS, mid_doubled: mid, exit_bid: mid / 2 - 50, exit_ask: mid / 2 + 50 },
      ...{ bid: isQuoted ? mid / 2 - 150 : null, ask: isQuoted ? mid / 2 + 150 : null, latency_us: 850 },
      position: held[minute] ?? held.at(-1) ?? 0,
    };
  });
}

/** The small day in an environment's place, compared with the exchange after its end. */
export function smallDay(path: string): void {
  compose(path, SMALL_DAY);
  reconciled(path, DAY + 25 * 3_600_000);
}

/**
 * Three books side by side: the journal's, the exchange's, and those of the trader that runs here. Cash per shard, contracts
 * per market, and what rests, to the last digit.
 *
 * The three are not read in one moment, and the exchange's reads lag. So a difference counts only when the next look, later
 * than the lag, has the same figures; what differs otherwise each time is in motion.
 */

import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { OpenOrder } from '../../adapters/store/journal-queries.ts';
import { asStated } from '../../core/money/stated-cash.ts';
import { type EpochMs, formatMoney, formatSize, type Microdollars, NO_MONEY, NO_SIZE } from '../../core/units.ts';
import type { TraderMoney } from '../control/control-messages.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { notRead } from '../exchange/unreachable.ts';
import type { ExchangeState } from '../session/account/compare.ts';
import { ledgerOf } from '../session/account/open-ledger.ts';
import { wait } from '../session/orders/cancel-ours.ts';
import type { Kept, SettleDesk } from './settle-desk.ts';

/** One figure in three books, in dollars or contracts. Null: this book does not keep it, or is not there. */
export interface ThreeWayRow {
  readonly kind: 'cash' | 'position' | 'order';
  /** `shard 0`, a ticker, or a ticker and an order's id. */
  readonly name: string;
  readonly journal: string | null;
  readonly exchange: string | null;
  readonly trader: string | null;
  /** `moving`: it differed in this look, and not in the same way in the one before. */
  readonly state: 'equal' | 'differs' | 'moving';
}

export interface ThreeWay {
  readonly env: string;
  readonly holder?: SettleDesk['holder'];
  readonly hasTrader: boolean;
  readonly rows: readonly ThreeWayRow[];
  /** Null: what differs did not stand still. */
  readonly isReconciled: boolean | null;
}

export interface ThreeWayOptions {
  readonly desk: Pick<SettleDesk, 'env' | 'clock' | 'wire' | 'speed' | 'holder' | 'kept'>;
  /** Orders that may rest, by the journal. */
  readonly openOrders: () => readonly OpenOrder[];
  /** Undefined: no trader runs. */
  readonly money: () => Promise<TraderMoney | undefined>;
  /** Real time between two looks: above the exchange's lag, and above the second in which the journal follows its trader. */
  readonly spacingMs: number;
}

const LOOKS_MAX = 5;
/** Begins every client order id of kmm: the journal keeps no other orders. */
const OWN_PREFIX = 'kmm-';

/** Throws KMM_UNREACHABLE, KMM_KEY_REFUSED, KMM_LOCKED, KMM_DB_*. */
export async function threeWay(options: ThreeWayOptions): Promise<ThreeWay> {
  const { desk, spacingMs } = options;
  const { env, clock, speed, holder } = desk;
  let before: readonly ThreeWayRow[] | undefined;
  for (let look = 1; ; look += 1) {
    const { rows: now, hasTrader } = await lookOnce(options);
    const known = new Map(before?.filter(isOff).map((row) => [keyOf(row), row]));
    const rows = now.map((row): ThreeWayRow => {
      const earlier = known.get(keyOf(row));
      if (!isOff(row)) return row;
      return { ...row, state: earlier !== undefined && isSame(earlier, row) ? 'differs' : 'moving' };
    });
    const standing = now.filter((row) => isOff(row) && known.has(keyOf(row)));
    const end = { env, hasTrader, rows, ...(holder !== undefined && { holder }) };
    if (!now.some(isOff)) return { ...end, isReconciled: true };
    if (before !== undefined) {
      if (standing.length === 0) return { ...end, isReconciled: true };
      if (rows.some(({ state }) => state === 'differs')) return { ...end, isReconciled: false };
      if (look === LOOKS_MAX) return { ...end, isReconciled: null };
    }
    before = now;
    await wait(clock, spacingMs * speed);
  }
}

async function lookOnce({ desk, openOrders, money }: ThreeWayOptions) {
  const kept = desk.kept();
  const journalOrders = openOrders();
  const trader = await money();
  const exchange = await readAll(desk);
  const rows = [
    ...cashRows(kept, exchange.state, trader),
    ...positionRows(kept, exchange.state, trader),
    ...orderRows(journalOrders, exchange.orders, trader, desk.clock.now()),
  ];
  return { rows, hasTrader: trader !== undefined };
}

async function readAll({ wire }: Pick<SettleDesk, 'wire'>) {
  const rest = new KalshiRest(wire);
  const balance = await rest.balance(KNOWN_SHARDS);
  if (!balance.ok) throw notRead('the balance cannot be read', balance.error);
  const positions = await rest.positions();
  if (!positions.ok) throw notRead('the positions cannot be read', positions.error);
  const orders = await rest.orders({ status: 'resting' });
  if (!orders.ok) throw notRead('the orders cannot be read', orders.error);
  const state: ExchangeState = {
    cash: new Map(balance.value.shards.map(({ shard, cash }) => [shard, cash])),
    positions: new Map(positions.value.map(({ ticker, position }) => [ticker, position])),
  };
  return { state, orders: orders.value };
}

function cashRows({ history }: Kept, { cash }: ExchangeState, trader: TraderMoney | undefined): ThreeWayRow[] {
  const isKept = history.openingCash.length > 0;
  const ledger = ledgerOf(history);
  const theirs = new Map(trader?.cash.map((one) => [one.shard, one.cash]));
  const shards = new Set([...ledger.cashByShard().keys(), ...cash.keys(), ...theirs.keys()]);
  return [...shards]
    .toSorted((a, b) => a - b)
    .map((shard) => {
      const stated = cash.get(shard) ?? NO_MONEY;
      const ours = (figure: Microdollars) => formatMoney(asStated(figure, stated));
      return rowOf('cash', `shard ${shard}`, {
        journal: isKept ? ours(ledger.cash(shard)) : null,
        exchange: formatMoney(stated),
        trader: trader === undefined ? null : ours(theirs.get(shard) ?? NO_MONEY),
      });
    });
}

function positionRows({ history }: Kept, { positions }: ExchangeState, trader: TraderMoney | undefined): ThreeWayRow[] {
  const isKept = history.openingCash.length > 0;
  const ledger = ledgerOf(history);
  const held = [...ledger.tickers()].filter((ticker) => ledger.holding(ticker).position !== 0);
  const open = [...positions].filter(([, position]) => position !== 0).map(([ticker]) => ticker);
  const theirs = new Map(trader?.positions.map((one) => [one.ticker, one.position]));
  return [...new Set([...held, ...open, ...theirs.keys()])].toSorted().map((ticker) =>
    rowOf('position', ticker, {
      journal: isKept ? formatSize(ledger.holding(ticker).position) : null,
      exchange: formatSize(positions.get(ticker) ?? NO_SIZE),
      trader: trader === undefined ? null : formatSize(theirs.get(ticker) ?? NO_SIZE),
    }),
  );
}

type Resting = TraderMoney['orders'][number];

/** What rests of each. An order whose lease is over may be gone without a word: the journal is not held to it. */
function orderRows(
  journal: readonly OpenOrder[],
  exchange: readonly Resting[],
  trader: TraderMoney | undefined,
  now: EpochMs,
): ThreeWayRow[] {
  const [ours, theirs, ran] = [byId(journal), byId(exchange), byId(trader?.orders ?? [])];
  const over = new Set(journal.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now).map(idOf));
  return [...new Set([...ours.keys(), ...theirs.keys(), ...ran.keys()])].toSorted().map((id) => {
    const order = theirs.get(id) ?? ran.get(id) ?? ours.get(id);
    const isKept = id.startsWith(OWN_PREFIX) && !over.has(id);
    return rowOf('order', `${order?.ticker ?? ''} ${id}`, {
      journal: isKept ? formatSize(ours.get(id)?.remaining ?? NO_SIZE) : null,
      exchange: formatSize(theirs.get(id)?.remaining ?? NO_SIZE),
      trader: trader === undefined ? null : formatSize(ran.get(id)?.remaining ?? NO_SIZE),
    });
  });
}

/** Ours by our own id, which each of the three knows; others' by the exchange's. */
function idOf({ clientOrderId, orderId }: Pick<Resting, 'clientOrderId' | 'orderId'>): string {
  return clientOrderId.startsWith(OWN_PREFIX) ? clientOrderId : (orderId ?? clientOrderId);
}

function byId<Order extends Pick<Resting, 'clientOrderId' | 'orderId'>>(orders: readonly Order[]) {
  return new Map(orders.map((order) => [idOf(order), order]));
}

function rowOf(
  kind: ThreeWayRow['kind'],
  name: string,
  figures: Pick<ThreeWayRow, 'journal' | 'exchange' | 'trader'>,
): ThreeWayRow {
  const there = Object.values(figures).filter((figure) => figure !== null);
  return { kind, name, ...figures, state: new Set(there).size <= 1 ? 'equal' : 'moving' };
}

function isOff({ state }: ThreeWayRow): boolean {
  return state !== 'equal';
}

function keyOf({ kind, name }: ThreeWayRow): string {
  return `${kind} ${name}`;
}

function isSame(one: ThreeWayRow, other: ThreeWayRow): boolean {
  return one.journal === other.journal && one.exchange === other.exchange && one.trader === other.trader;
}

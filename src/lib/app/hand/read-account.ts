/** What the exchange itself says of the account: orders, fills, positions, cash, places in the queue. Complete, or an error. */

import type { RestFill } from '../../adapters/kalshi/account-schema.ts';
import type { KalshiRest, OrdersQuery } from '../../adapters/kalshi/rest.ts';
import type { Result } from '../../adapters/kalshi/result.ts';
import { Ledger } from '../../core/money/ledger.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import { type Centicents, type Centicontracts, type EpochMs, epochMs, type Microdollars } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import { KmmError } from '../errors/errors.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { notRead } from '../exchange/unreachable.ts';
import { useExchange } from '../exchange/use-exchange.ts';
import { reach } from '../run/reach.ts';
import { fillEvent } from '../session/orders/order-resolver.ts';

/** What commands read with, and an execution as they print it. */
export type AccountRest = KalshiRest;
export type AccountFill = RestFill;

export interface HeldPosition {
  readonly ticker: string;
  /** + YES, − NO. */
  readonly position: Centicontracts;
  /** What it cost on average, as a YES price; absent where the fills do not add up to it. */
  readonly price?: Centicents;
}

export interface QueuePlace {
  readonly order: OwnOrder;
  /** Contracts that fill before it; absent where the exchange does not say. */
  readonly ahead?: Centicontracts;
}

/** Reads with `read`, on a connection of its own. Throws KMM_SIM_NOT_RUNNING, KMM_KEY_*, KMM_UNREACHABLE. */
export async function withAccount<Value>(access: Access, read: (rest: KalshiRest) => Promise<Value>): Promise<Value> {
  const exchange = await useExchange(access, { mayStart: false });
  const reached = reach(access.env, exchange.link);
  try {
    return await read(reached.rest);
  } finally {
    reached.close();
    await exchange.close();
  }
}

export async function readOrders(rest: KalshiRest, query: OrdersQuery): Promise<readonly OwnOrder[]> {
  return got('the orders', await rest.orders(query));
}

export async function readFills(
  rest: KalshiRest,
  query: { readonly ticker?: string; readonly since?: EpochMs },
): Promise<readonly RestFill[]> {
  return got('the fills', await rest.fills(query));
}

export async function readCash(
  rest: KalshiRest,
): Promise<readonly { readonly shard: number; readonly cash: Microdollars }[]> {
  return got('the balance', await rest.balance(KNOWN_SHARDS)).shards;
}

export async function readPositions(rest: KalshiRest): Promise<readonly HeldPosition[]> {
  const held = got('the positions', await rest.positions());
  const fills = got('the fills', await rest.fills({}));
  const settlements = got('the settlements', await rest.settlements({}));
  const ledger = new Ledger();
  const at = epochMs(0);
  for (const fill of [...fills].reverse()) ledger.fill(fillEvent(fill, at), fill.shard ?? 0);
  for (const settlement of settlements) ledger.settlement({ type: 'settlement', at, ...settlement }, 0);
  return held
    .filter(({ position }) => position !== 0)
    .map(({ ticker, position }) => {
      const holding = ledger.holding(ticker);
      const isKnown = holding.position === position;
      return { ticker, position, ...(isKnown && { price: Math.round(holding.cost / position) as Centicents }) };
    });
}

export async function readQueue(rest: KalshiRest, ticker: string | undefined): Promise<readonly QueuePlace[]> {
  const orders = await readOrders(rest, { status: 'resting', ...(ticker !== undefined && { ticker }) });
  if (orders.length === 0) return [];
  const tickers = [...new Set(orders.map((order) => order.ticker))];
  const places = new Map(
    got('the queue', await rest.queuePositions(tickers)).map(({ orderId, ahead }) => [orderId, ahead]),
  );
  return orders.map((order) => {
    const ahead = places.get(order.orderId);
    return { order, ...(ahead !== undefined && { ahead }) };
  });
}

/** `90s`, `15m`, `2h`, `3d` before now, or an ISO date or time. Throws KMM_USAGE. */
export function sinceOf(text: string | undefined, now: number): EpochMs | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return epochMs(now - Number(count) * (UNIT_MS[unit] ?? 0));
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return epochMs(time);
  throw new KmmError('KMM_USAGE', `--since ${text} is neither an age (2h, 3d) nor a date (2026-11-20)`);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function got<Value>(what: string, result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw notRead(`${what} cannot be read`, result.error);
}

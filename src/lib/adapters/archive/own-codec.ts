/** Our own orders, fills, turns, and what has no columns of its own, as rows and back. */
import type { EngineEvent, FillSeen, OwnOrderSeen } from '../../core/events.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { EpochMs } from '../../core/units.ts';
import { type ArchiveItem, hasOnly, type RecordItemKind } from './item.ts';
import { isPlainText, type ReadRow, type Row, rowOf } from './row.ts';

const SEEN_FIELDS = new Set(['type', 'at', 'order', 'source', 'askedAt', 'asOf']);
const ORDER_FIELDS = new Set([
  ...['orderId', 'clientOrderId', 'ticker', 'side', 'price', 'status', 'filled', 'remaining', 'initial'],
  ...['expiresAt', 'reason', 'groupId', 'shard', 'exchangeAt'],
]);

export function orderRow({ order, ...seen }: OwnOrderSeen): Row | undefined {
  if (!hasOnly(seen, SEEN_FIELDS) || typeof order !== 'object' || !hasOnly(order, ORDER_FIELDS)) return undefined;
  const { ticker, side, price, status, filled, remaining, initial, orderId, clientOrderId } = order;
  const what = [ticker, side, price, status, filled, remaining, initial, orderId, clientOrderId];
  const more = [order.expiresAt, order.reason, order.groupId, order.shard];
  const values = [seen.at, order.exchangeAt, ...what, ...more, seen.source, seen.askedAt, seen.asOf];
  return rowOf('orders', values);
}

export function orderOf(row: ReadRow): OwnOrderSeen {
  const order = withoutEmpty<OwnOrder>({
    ...{ orderId: row.text(10), clientOrderId: row.text(11), ticker: row.text(3), side: row.text(4) },
    ...{ price: row.number(5), status: row.text(6), filled: row.number(7), remaining: row.number(8) },
    ...{ initial: row.number(9), expiresAt: row.number(12), reason: row.text(13), groupId: row.text(14) },
    ...{ shard: row.number(15), exchangeAt: row.number(2) },
  });
  return withoutEmpty<OwnOrderSeen>({
    ...{ type: 'own_order', at: row.number(1), order, source: row.text(16) },
    ...{ askedAt: row.number(17), asOf: row.number(18) },
  });
}

const FILL_FIELDS = new Set([
  ...['type', 'at', 'tradeId', 'orderId', 'clientOrderId', 'ticker', 'side', 'price', 'size', 'isTaker', 'fee'],
  ...['shard', 'exchangeAt'],
]);

export function fillRow(event: FillSeen): Row | undefined {
  if (!hasOnly(event, FILL_FIELDS)) return undefined;
  const { at, exchangeAt, ticker, side, price, size, isTaker, fee, tradeId, orderId, clientOrderId, shard } = event;
  return rowOf('fills', [
    at,
    exchangeAt,
    ticker,
    side,
    price,
    size,
    isTaker,
    fee,
    tradeId,
    orderId,
    clientOrderId,
    shard,
  ]);
}

export function fillOf(row: ReadRow): FillSeen {
  return withoutEmpty<FillSeen>({
    ...{ type: 'fill', at: row.number(1), tradeId: row.text(9), orderId: row.text(10), clientOrderId: row.text(11) },
    ...{ ticker: row.text(3), side: row.text(4), price: row.number(5), size: row.number(6) },
    ...{ isTaker: row.number(7) === 1, fee: row.number(8), shard: row.number(12), exchangeAt: row.number(2) },
  });
}

/** A turn without intents is nearly all there is, and says no more than its number. */
export function turnRow(at: EpochMs, json: string): Row | undefined {
  const bare = BARE_TURN.exec(json)?.[1];
  if (bare !== undefined) return rowOf('turns', [at, Number(bare), 0, undefined]);
  try {
    const { turn, intents } = JSON.parse(json) as { turn?: number; intents?: unknown };
    return rowOf('turns', [at, turn, Array.isArray(intents) ? intents.length : 0, json]);
  } catch {
    return undefined;
  }
}

/** As `JSON.stringify` writes it, and up to 15 digits, which a number holds. */
const BARE_TURN = /^\{"turn":(0|[1-9]\d{0,8})\}$/;

export function turnOf(row: ReadRow): ArchiveItem {
  return { kind: 'turn', at: row.number(1) as EpochMs, json: row.text(4) ?? `{"turn":${row.number(2)}}` };
}

/** Any event, whole. JSON writes what a column could not hold as escapes, so it always fits. */
export function eventRow(event: EngineEvent): Row | undefined {
  const named = (event as { readonly ticker?: unknown }).ticker;
  const ticker = isPlainText(named) && named.length <= TICKER_LENGTH_MAX ? named : undefined;
  const defined = event.type === 'market_defined' ? event.market.ticker : undefined;
  return rowOf('events', [event.at, ticker ?? defined, event.type, JSON.stringify(event)]);
}

/** The exchange's names are shorter (adapters/kalshi/fields.ts). */
const TICKER_LENGTH_MAX = 128;

export function eventOf(row: ReadRow): ArchiveItem {
  return { kind: 'event', event: JSON.parse(row.text(4) as string) as EngineEvent };
}

/** As text where it is text, else as hexadecimal. */
export function recordRow(kind: string, at: EpochMs, conn: number, data: Buffer): Row | undefined {
  const text = data.toString();
  const isText = isPlainText(text) && Buffer.from(text).equals(data);
  return rowOf('records', [at, conn, kind, isText ? text : undefined, isText ? undefined : data.toString('hex')]);
}

export function recordOf(row: ReadRow): ArchiveItem {
  const hex = row.text(5);
  const data = hex === undefined ? Buffer.from(row.text(4) ?? '') : Buffer.from(hex, 'hex');
  const at = row.number(1) as EpochMs;
  const kind = row.text(3) as string;
  // What its own table could not take.
  if (kind === 'turn' || kind === 'lost') return { kind, at, json: data.toString() };
  if (kind === 'event') return { kind, event: JSON.parse(data.toString()) as EngineEvent };
  return { kind: kind as RecordItemKind, at, conn: row.number(2) as number, data };
}

/** What a column left empty is absent from the event. */
function withoutEmpty<Whole>(fields: Readonly<Record<string, unknown>>): Whole {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Whole;
}

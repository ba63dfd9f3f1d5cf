/** Market data as rows, and back: each pair of functions below is one table's. Undefined: the event does not fit it. */
import type { BookDelta, BookSnapshot, FeedPosition, Level, ReferencePrice, Ticker, Trade } from '../../core/events.ts';
import type { Centicents, Centicontracts, EpochMs, Side } from '../../core/units.ts';
import { hasOnly, isPlainDelta, isPosition } from './item.ts';
import { type ReadRow, type Row, rowOf } from './row.ts';

export function deltaRow(event: BookDelta): Row | undefined {
  if (!isPlainDelta(event)) return undefined;
  const { at, exchangeAt, sentAt, feed, ticker, side, price, delta, clientOrderId } = event;
  const { conn, sid, seq } = feed;
  return rowOf('deltas', [at, exchangeAt, sentAt, conn, sid, seq, ticker, side, price, delta, clientOrderId]);
}

type Draft<Event> = { -readonly [Key in keyof Event]: Event[Key] };

export function deltaOf(row: ReadRow): BookDelta {
  const event: Draft<BookDelta> = {
    type: 'book_delta',
    at: row.number(1) as EpochMs,
    feed: positionOf(row, 4),
    ticker: row.text(7) as string,
    side: row.text(8) as Side,
    price: row.number(9) as Centicents,
    delta: row.number(10) as Centicontracts,
  };
  const exchangeAt = row.number(2);
  if (exchangeAt !== undefined) event.exchangeAt = exchangeAt as EpochMs;
  const sentAt = row.number(3);
  if (sentAt !== undefined) event.sentAt = sentAt as EpochMs;
  const clientOrderId = row.text(11);
  if (clientOrderId !== undefined) event.clientOrderId = clientOrderId;
  return event;
}

const SNAPSHOT_FIELDS = new Set(['type', 'at', 'feed', 'ticker', 'bids', 'asks', 'exchangeAt', 'sentAt']);
const LEVEL_FIELDS = new Set(['price', 'size']);

/** A row per level, in the order of the snapshot; of an empty book one row without a level. */
export function levelRows(event: BookSnapshot): readonly Row[] | undefined {
  const { at, exchangeAt, sentAt, feed, ticker, bids, asks } = event;
  if (!hasOnly(event, SNAPSHOT_FIELDS) || !isPosition(feed) || !Array.isArray(bids) || !Array.isArray(asks))
    return undefined;
  const head = [at, exchangeAt, sentAt, feed.conn, feed.sid, feed.seq, ticker];
  const rows: Row[] = [];
  for (const [side, levels] of [
    ['bid', bids],
    ['ask', asks],
  ] as const) {
    for (const [place, level] of levels.entries()) {
      const row = hasOnly(level, LEVEL_FIELDS)
        ? rowOf('levels', [...head, side, place, level.price, level.size])
        : undefined;
      if (row === undefined || level.price === undefined || level.size === undefined) return undefined;
      rows.push(row);
    }
  }
  if (rows.length > 0) return rows;
  const empty = rowOf('levels', [...head, undefined, undefined, undefined, undefined]);
  return empty === undefined ? undefined : [empty];
}

/** The reader gives a snapshot as one row, its levels in one text: `bid 4100 500,ask 4300 20`. */
export function snapshotOf(row: ReadRow): BookSnapshot {
  const sides: Record<Side, Level[]> = { bid: [], ask: [] };
  const text = row.text(8) ?? '';
  for (const one of text === '' ? [] : text.split(',')) {
    const [side, price, size] = one.split(' ');
    sides[side as Side].push({ price: Number(price) as Centicents, size: Number(size) as Centicontracts });
  }
  const event: Draft<BookSnapshot> = {
    type: 'book_snapshot',
    at: row.number(1) as EpochMs,
    feed: positionOf(row, 4),
    ticker: row.text(7) as string,
    bids: sides.bid,
    asks: sides.ask,
  };
  const exchangeAt = row.number(2);
  if (exchangeAt !== undefined) event.exchangeAt = exchangeAt as EpochMs;
  const sentAt = row.number(3);
  if (sentAt !== undefined) event.sentAt = sentAt as EpochMs;
  return event;
}

const TRADE_FIELDS = new Set([
  ...['type', 'at', 'feed', 'ticker', 'tradeId', 'price', 'size', 'takerSide', 'exchangeAt'],
]);

export function tradeRow(event: Trade): Row | undefined {
  if (!hasOnly(event, TRADE_FIELDS) || !isWholePosition(event.feed)) return undefined;
  const { at, exchangeAt, feed, ticker, takerSide, price, size, tradeId } = event;
  return rowOf('trades', [at, exchangeAt, feed?.conn, feed?.sid, feed?.seq, ticker, takerSide, price, size, tradeId]);
}

export function tradeOf(row: ReadRow): Trade {
  const feed = maybePosition(row, 3);
  return {
    type: 'trade',
    at: row.number(1) as EpochMs,
    ...(feed !== undefined && { feed }),
    ticker: row.text(6) as string,
    tradeId: row.text(10) as string,
    price: row.number(8) as Centicents,
    size: row.number(9) as Centicontracts,
    takerSide: row.text(7) as Side,
    ...exchangeTime(row),
  };
}

const TICKER_FIELDS = new Set([
  ...['type', 'at', 'ticker', 'lastPrice', 'bid', 'ask', 'bidSize', 'askSize', 'volume', 'openInterest', 'exchangeAt'],
]);

export function tickerRow(event: Ticker): Row | undefined {
  if (!hasOnly(event, TICKER_FIELDS)) return undefined;
  const { at, exchangeAt, ticker, lastPrice, bid, ask, bidSize, askSize, volume, openInterest } = event;
  return rowOf('tickers', [at, exchangeAt, ticker, lastPrice, bid, ask, bidSize, askSize, volume, openInterest]);
}

export function tickerOf(row: ReadRow): Ticker {
  return {
    type: 'ticker',
    at: row.number(1) as EpochMs,
    ticker: row.text(3) as string,
    lastPrice: row.number(4) as Centicents,
    bid: row.number(5) as Centicents,
    ask: row.number(6) as Centicents,
    bidSize: row.number(7) as Centicontracts,
    askSize: row.number(8) as Centicontracts,
    volume: row.number(9) as Centicontracts,
    openInterest: row.number(10) as Centicontracts,
    ...exchangeTime(row),
  };
}

const REFERENCE_FIELDS = new Set(['type', 'at', 'feed', 'index', 'value', 'exchangeAt', 'window']);
const WINDOW_FIELDS = new Set(['value', 'count', 'endsAt']);

export function referenceRow(event: ReferencePrice): Row | undefined {
  const { at, exchangeAt, feed, index, value, window } = event;
  if (!hasOnly(event, REFERENCE_FIELDS) || !isWholePosition(feed)) return undefined;
  if (window !== undefined && !hasOnly(window, WINDOW_FIELDS)) return undefined;
  if (window !== undefined && Object.values(window).includes(undefined as never)) return undefined;
  const place = [feed?.conn, feed?.sid, feed?.seq];
  const row = [at, exchangeAt, ...place, index, value, window?.value, window?.count, window?.endsAt];
  return rowOf('reference_prices', row);
}

export function referenceOf(row: ReadRow): ReferencePrice {
  const feed = maybePosition(row, 3);
  const windowValue = row.number(8);
  return {
    type: 'reference_price',
    at: row.number(1) as EpochMs,
    ...(feed !== undefined && { feed }),
    index: row.text(6) as string,
    value: row.number(7) as number,
    ...exchangeTime(row),
    ...(windowValue !== undefined && {
      window: { value: windowValue, count: row.number(9) as number, endsAt: row.number(10) as EpochMs },
    }),
  };
}

function exchangeTime(row: ReadRow): { exchangeAt?: EpochMs } {
  const exchangeAt = row.number(2);
  return exchangeAt === undefined ? {} : { exchangeAt: exchangeAt as EpochMs };
}

/** None at all, or a whole one. */
function isWholePosition(feed: FeedPosition | undefined): boolean {
  if (feed === undefined) return true;
  return isPosition(feed) && feed.conn !== undefined && feed.sid !== undefined && feed.seq !== undefined;
}

function positionOf(row: ReadRow, first: number): FeedPosition {
  return {
    conn: row.number(first) as number,
    sid: row.number(first + 1) as number,
    seq: row.number(first + 2) as number,
  };
}

function maybePosition(row: ReadRow, first: number): FeedPosition | undefined {
  return row.number(first) === undefined ? undefined : positionOf(row, first);
}

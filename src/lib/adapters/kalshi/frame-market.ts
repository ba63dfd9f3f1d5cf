/** Readers of the public market messages: book, ticker, prints, lifecycle, fee overrides (kalshi/api.md 7.4). */
import type {
  BookDelta,
  BookSnapshot,
  FeedPosition,
  Level,
  MarketStatusChanged,
  Ticker,
  Trade,
} from '../../core/events.ts';
import { priceGrid } from '../../core/grid.ts';
import { type Centicents, type Centicontracts, complement, type EpochMs } from '../../core/units.ts';
import type { FrameContext } from './frame-facts.ts';
import { feedOf, passed, reader, stamped } from './frame-reader.ts';
import { present } from './present.ts';
import {
  bookDelta,
  bookSnapshot,
  eventFeeUpdate,
  eventLifecycle,
  marketLifecycle,
  ticker,
  trade,
} from './ws-schema.ts';

const NO_POSITION = 'a book message without sid and seq';

export const readSnapshot = reader(bookSnapshot, (message, frame, context) => {
  const feed = feedOf(frame, context);
  if (feed === undefined) return NO_POSITION;
  const event: BookSnapshot = {
    type: 'book_snapshot',
    at: context.at,
    feed,
    ticker: message.market_ticker,
    bids: (message.yes_dollars_fp ?? []).map(([price, size]): Level => ({ price, size })),
    asks: (message.no_dollars_fp ?? []).map(([price, size]): Level => ({ price: yesPriceOf(price, context), size })),
  };
  const sentAt = frame.sending_ts_ms;
  return { events: [sentAt === undefined ? event : { ...event, exchangeAt: sentAt, sentAt }], notices: [] };
});

export const readDelta = reader(bookDelta, (message, frame, context) => {
  const feed = feedOf(frame, context);
  if (feed === undefined) return NO_POSITION;
  const event = deltaEvent(
    context,
    feed,
    message.market_ticker,
    message.side === 'no',
    message.price_dollars,
    message.delta_fp,
    message.ts_ms ?? frame.sending_ts_ms,
    frame.sending_ts_ms,
    message.client_order_id,
  );
  return { events: [event], notices: [] };
});

/** The one meaning of a delta, whichever way its frame was read. `price` is on the scale of its own side. */
export function deltaEvent(
  context: FrameContext,
  feed: FeedPosition,
  ticker: string,
  isNo: boolean,
  price: Centicents,
  delta: Centicontracts,
  exchangeAt: EpochMs | undefined,
  sentAt: EpochMs | undefined,
  clientOrderId: string | undefined,
): BookDelta {
  const event: { -readonly [Key in keyof BookDelta]: BookDelta[Key] } = {
    type: 'book_delta',
    at: context.at,
    feed,
    ticker,
    side: isNo ? 'ask' : 'bid',
    price: isNo ? yesPriceOf(price, context) : price,
    delta,
  };
  if (exchangeAt !== undefined) event.exchangeAt = exchangeAt;
  if (sentAt !== undefined) event.sentAt = sentAt;
  if (clientOrderId !== undefined) event.clientOrderId = clientOrderId;
  return event;
}

export const readTicker = reader(ticker, (message, frame, context) => {
  const event: Ticker = {
    type: 'ticker',
    at: context.at,
    ticker: message.market_ticker,
    lastPrice: message.price_dollars,
    bid: message.yes_bid_dollars,
    ask: message.yes_ask_dollars,
    bidSize: message.yes_bid_size_fp,
    askSize: message.yes_ask_size_fp,
    volume: message.volume_fp,
    openInterest: message.open_interest_fp,
  };
  const exchangeAt = message.ts_ms ?? frame.sending_ts_ms;
  return { events: [...passed(frame, context), stamped(event, exchangeAt)], notices: [] };
});

/** A block trade was matched off the book, at a price of its own: no print of ours to learn from. */
export const readTrade = reader(trade, (message, frame, context) => {
  if (message.is_block_trade === true) {
    return { events: passed(frame, context), notices: [{ kind: 'unused', type: 'block trade' }] };
  }
  if (message.taker_book_side === undefined) {
    const notice = {
      kind: 'incomplete',
      type: 'trade',
      ticker: message.market_ticker,
      lacks: 'taker_book_side',
    } as const;
    return { events: passed(frame, context), notices: [notice] };
  }
  const event: Trade = present({
    type: 'trade' as const,
    at: context.at,
    feed: feedOf(frame, context),
    ticker: message.market_ticker,
    tradeId: message.trade_id,
    price: message.yes_price_dollars,
    size: message.count_fp,
    takerSide: message.taker_book_side,
    exchangeAt: message.ts_ms ?? frame.sending_ts_ms,
  });
  return { events: [event], notices: [] };
});

/**
 * What a market became is an event; what else it is now has to be read over REST, for the message tells only part of it.
 * A grid that our integers cannot hold is left to that reading, which refuses the market.
 */
export const readLifecycle = reader(marketLifecycle, (message, frame, context) => {
  const { market_ticker: ticker, event_type: eventType } = message;
  const status = STATUS_OF[eventType];
  const changed: MarketStatusChanged[] = [];
  if (status !== undefined) {
    changed.push(
      present({
        type: 'market_status_changed' as const,
        at: context.at,
        ticker,
        status,
        result: RESULTS.find((result) => result === message.result),
        settlementValue: message.settlement_value,
      }),
    );
  }
  const notice = present({
    kind: 'lifecycle' as const,
    ticker,
    eventType,
    status,
    grid: message.price_ranges && priceGrid(message.price_ranges),
    openAt: message.open_ts,
    closeAt: message.close_ts,
  });
  return { events: [...passed(frame, context), ...changed], notices: [notice] };
});

const STATUS_OF: Readonly<Record<string, MarketStatusChanged['status']>> = {
  activated: 'active',
  deactivated: 'inactive',
  determined: 'determined',
  settled: 'finalized',
};
const RESULTS = ['yes', 'no', 'scalar', 'void'] as const;

export const readEventFees = reader(eventFeeUpdate, (message, frame, context) => ({
  events: passed(frame, context),
  notices: [
    present({
      kind: 'event_fees' as const,
      eventTicker: message.event_ticker,
      feeType: message.fee_type_override,
      feeMultiplier: message.fee_multiplier_override,
    }),
  ],
}));

export const readEventLifecycle = reader(eventLifecycle, (message, frame, context) => ({
  events: passed(frame, context),
  notices: [{ kind: 'event', eventTicker: message.event_ticker, seriesTicker: message.series_ticker }],
}));

function yesPriceOf(noSidePrice: Centicents, { yesPrice }: FrameContext): Centicents {
  return yesPrice ? noSidePrice : complement(noSidePrice);
}

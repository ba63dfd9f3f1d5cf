import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FrameFacts, type MalformedFrame, translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { FEED_AT } from '../../support/feed.ts';
import { sharedPath } from '../../support/shared.ts';

const YES_PRICE = { conn: 3, at: FEED_AT, yesPrice: true };
const OWN_PRICE = { conn: 3, at: FEED_AT, yesPrice: false };

function meaning(frame: unknown, context = YES_PRICE): FrameFacts | MalformedFrame {
  return translateFrame(Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), context);
}

/** The one event of a frame, without its receive time. */
function eventOf(frame: unknown, context = YES_PRICE): Partial<EngineEvent> {
  const { events } = meaning(frame, context);
  expect(events).toHaveLength(1);
  const [{ at, ...event }] = events as [EngineEvent];
  expect(at).toBe(FEED_AT);
  return event;
}

const feed = (sid: number, seq: number) => ({ conn: 3, sid, seq });

const SNAPSHOT = {
  type: 'orderbook_snapshot',
  sid: 2,
  seq: 7,
  msg: {
    market_ticker: 'KX-A',
    market_id: 'x',
    yes_dollars_fp: [['0.4700', '3.00']],
    no_dollars_fp: [['0.4800', '2.50']],
  },
};
const DELTA = {
  type: 'orderbook_delta',
  sid: 2,
  seq: 8,
  msg: { market_ticker: 'KX-A', price_dollars: '0.4800', delta_fp: '-2.00', side: 'no', ts_ms: 1_781_159_489_957 },
};

describe('a book message', () => {
  it('turns NO bids into YES asks where the connection did not ask for YES prices', () => {
    expect(eventOf(SNAPSHOT, OWN_PRICE)).toEqual({
      type: 'book_snapshot',
      feed: feed(2, 7),
      ticker: 'KX-A',
      bids: [{ price: 4_700, size: 300 }],
      asks: [{ price: 5_200, size: 250 }],
    });
    expect(eventOf(DELTA, OWN_PRICE)).toEqual({
      type: 'book_delta',
      feed: feed(2, 8),
      ticker: 'KX-A',
      side: 'ask',
      price: 5_200,
      delta: -200,
      exchangeAt: 1_781_159_489_957,
    });
  });

  it('keeps the prices where it did', () => {
    expect(eventOf(SNAPSHOT)).toMatchObject({ asks: [{ price: 4_800, size: 250 }] });
    expect(eventOf(DELTA)).toMatchObject({ side: 'ask', price: 4_800 });
  });

  it('has empty lists for absent sides', () => {
    const closing = { ...SNAPSHOT, msg: { market_ticker: 'KX-A', no_dollars_fp: null } };
    expect(eventOf(closing)).toMatchObject({ bids: [], asks: [] });
  });

  it('takes the time of the matching engine, else of sending', () => {
    expect(eventOf({ ...SNAPSHOT, sending_ts_ms: 55 })).toMatchObject({ exchangeAt: 55 });
    expect(eventOf({ ...DELTA, sending_ts_ms: 55 })).toMatchObject({ exchangeAt: 1_781_159_489_957 });
    const untimed = { ...DELTA, msg: { ...DELTA.msg, ts_ms: undefined }, sending_ts_ms: 55 };
    expect(eventOf(untimed)).toMatchObject({ exchangeAt: 55 });
  });

  it('names our own order, made safe to show, when the change is of our making', () => {
    const own = (id: string) => eventOf({ ...DELTA, msg: { ...DELTA.msg, client_order_id: id } });
    expect(own('kmm-1-7-cara-12')).toMatchObject({ clientOrderId: 'kmm-1-7-cara-12' });
    expect(own('a\u001b[31m\u202eb')).toMatchObject({ clientOrderId: 'a [31mb' });
  });
});

describe('a public message', () => {
  const ticker = {
    market_ticker: 'KX-A',
    price_dollars: '0.480',
    yes_bid_dollars: '0.450',
    yes_ask_dollars: '0.530',
    yes_bid_size_fp: '300.00',
    yes_ask_size_fp: '150.25',
    volume_fp: '33896.00',
    open_interest_fp: '20422.00',
    dollar_volume: 16_948,
    ts_ms: 1_669_149_841_000,
  };
  const trade = {
    trade_id: 't-1',
    market_ticker: 'KX-A',
    yes_price_dollars: '0.3600',
    no_price_dollars: '0.6400',
    count_fp: '136.07',
    taker_side: 'yes',
    taker_outcome_side: 'no',
    taker_book_side: 'ask',
    ts_ms: 1_669_149_841_000,
  };

  it('is a ticker', () => {
    expect(eventOf({ type: 'ticker', sid: 11, msg: ticker })).toEqual({
      type: 'ticker',
      ticker: 'KX-A',
      lastPrice: 4_800,
      bid: 4_500,
      ask: 5_300,
      bidSize: 30_000,
      askSize: 15_025,
      volume: 3_389_600,
      openInterest: 2_042_200,
      exchangeAt: 1_669_149_841_000,
    });
  });

  it('moves the sequence on when it carries one that its event has no place for', () => {
    const { events } = meaning({ type: 'ticker', sid: 11, seq: 4, msg: ticker });
    expect(events.map(({ type }) => type)).toEqual(['feed_passed', 'ticker']);
  });

  it('is a print, with or without a sequence number; only taker_book_side tells its side', () => {
    const print = { tradeId: 't-1', price: 3_600, size: 13_607, takerSide: 'ask', exchangeAt: 1_669_149_841_000 };
    expect(eventOf({ type: 'trade', sid: 11, msg: trade })).toEqual({ type: 'trade', ticker: 'KX-A', ...print });
    expect(eventOf({ type: 'trade', sid: 11, seq: 9, msg: trade })).toMatchObject({ feed: feed(11, 9), ...print });
  });

  it('is no print when the trade was matched off the book, or does not tell its side', () => {
    const block = meaning({ type: 'trade', sid: 11, seq: 9, msg: { ...trade, is_block_trade: true } });
    expect(block.events).toEqual([{ type: 'feed_passed', at: FEED_AT, feed: feed(11, 9) }]);
    expect(block.notices).toEqual([{ kind: 'unused', type: 'block trade' }]);
    const older = meaning({ type: 'trade', sid: 11, msg: { ...trade, taker_book_side: undefined } });
    expect(older).toEqual({
      events: [],
      notices: [{ kind: 'incomplete', type: 'trade', ticker: 'KX-A', lacks: 'taker_book_side' }],
    });
  });

  it.each(['created', 'close_date_updated', 'metadata_updated', 'price_level_structure_updated'])(
    'says that a market was %s, so that it is read again',
    (eventType) => {
      const told = meaning({
        type: 'market_lifecycle_v2',
        sid: 13,
        seq: 2,
        msg: { event_type: eventType, market_ticker: 'KX-A' },
      });
      expect(told.events).toEqual([{ type: 'feed_passed', at: FEED_AT, feed: feed(13, 2) }]);
      expect(told.notices).toEqual([{ kind: 'lifecycle', ticker: 'KX-A', eventType }]);
    },
  );

  it('hands on a new grid and new times, as far as the message has them', () => {
    const told = (msg: object) =>
      meaning({ type: 'market_lifecycle_v2', sid: 13, msg: { market_ticker: 'KX-A', ...msg } }).notices;
    const regrid = {
      event_type: 'price_level_structure_updated',
      price_level_structure: 'deci_cent',
      price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0010' }],
    };
    const grid = { ranges: [{ start: 0, end: 10_000, step: 10 }], first: 10, last: 9_990 };
    expect(told(regrid)).toEqual([{ kind: 'lifecycle', ticker: 'KX-A', eventType: regrid.event_type, grid }]);
    const hole = { ...regrid, price_ranges: [{ start: '0.1000', end: '1.0000', step: '0.0100' }] };
    expect(told(hole)).toEqual([{ kind: 'lifecycle', ticker: 'KX-A', eventType: regrid.event_type }]);
    const moved = { event_type: 'close_date_updated', open_ts: 1_790_000_000, close_ts: 1_790_000_900 };
    expect(told(moved)).toEqual([
      {
        ...{ kind: 'lifecycle', ticker: 'KX-A', eventType: 'close_date_updated' },
        ...{ openAt: 1_790_000_000_000, closeAt: 1_790_000_900_000 },
      },
    ]);
  });

  it('changes the status of a market that is paused or goes on', () => {
    const told = (event_type: string) =>
      eventOf({ type: 'market_lifecycle_v2', sid: 13, msg: { market_ticker: 'KX-A', event_type } });
    expect(told('deactivated')).toEqual({ type: 'market_status_changed', ticker: 'KX-A', status: 'inactive' });
    expect(told('activated')).toEqual({ type: 'market_status_changed', ticker: 'KX-A', status: 'active' });
  });

  it('speaks of combos as of any market, and of events', () => {
    const combo = { event_type: 'created', market_ticker: 'KXMVE-A', close_ts: 1_790_000_900 };
    expect(meaning({ type: 'multivariate_market_lifecycle', sid: 3, msg: combo }).notices).toEqual([
      { kind: 'lifecycle', ticker: 'KXMVE-A', eventType: 'created', closeAt: 1_790_000_900_000 },
    ]);
    const event = { event_ticker: 'KXA-26', series_ticker: 'KXA', title: 'x', collateral_return_type: '' };
    expect(meaning({ type: 'event_lifecycle', sid: 3, seq: 4, msg: event })).toEqual({
      events: [{ type: 'feed_passed', at: FEED_AT, feed: feed(3, 4) }],
      notices: [{ kind: 'event', eventTicker: 'KXA-26', seriesTicker: 'KXA' }],
    });
  });

  it('of requests for quotes is understood and traded on by nobody', () => {
    const rfq = { id: 'rfq_1', creator_id: '', market_ticker: 'KX-A', contracts_fp: '100.00' };
    expect(meaning({ type: 'rfq_created', sid: 15, seq: 2, msg: rfq })).toEqual({
      events: [{ type: 'feed_passed', at: FEED_AT, feed: feed(15, 2) }],
      notices: [{ kind: 'communication', type: 'rfq_created', rfqId: 'rfq_1', ticker: 'KX-A' }],
    });
    const quote = { quote_id: 'q_1', rfq_id: 'rfq_1', market_ticker: 'KX-A' };
    expect(meaning({ type: 'quote_accepted', sid: 15, msg: quote }).notices).toMatchObject([{ rfqId: 'rfq_1' }]);
    expect(meaning({ type: 'rfq_deleted', sid: 15, msg: { market_ticker: 'KX-A' } })).toHaveProperty('malformed');
  });

  it('changes the status of a market that is determined or settled', () => {
    const told = (msg: object) =>
      eventOf({ type: 'market_lifecycle_v2', sid: 13, msg: { market_ticker: 'KX-A', ...msg } });
    const determined = { event_type: 'determined', result: 'yes', settlement_value: '1.0000', determination_ts: 5 };
    expect(told(determined)).toEqual({
      type: 'market_status_changed',
      ticker: 'KX-A',
      status: 'determined',
      result: 'yes',
      settlementValue: 10_000,
    });
    expect(told({ event_type: 'settled', settled_ts: 6 })).toEqual({
      type: 'market_status_changed',
      ticker: 'KX-A',
      status: 'finalized',
    });
    expect(told({ event_type: 'determined', result: 'a new word' })).not.toHaveProperty('result');
  });

  it('says whose fees were overridden, how, and when that has ended', () => {
    const told = (override: object) =>
      meaning({ type: 'event_fee_update', sid: 5, msg: { event_ticker: 'KX', ...override } }).notices;
    expect(told({ fee_type_override: null, fee_multiplier_override: null })).toEqual([
      { kind: 'event_fees', eventTicker: 'KX' },
    ]);
    expect(told({ fee_type_override: 'quadratic', fee_multiplier_override: 0.5 })).toEqual([
      { kind: 'event_fees', eventTicker: 'KX', feeType: 'quadratic', feeMultiplier: 0.5 },
    ]);
  });
});

describe('an index value', () => {
  const average = {
    window_size: 14,
    window_start_ts_ms: 1_709_999_940_000,
    window_end_ts_exclusive: 1_709_999_954_123,
  };
  const msg = {
    index_id: 'BRTI',
    received_at: 1_709_999_954_200,
    data: '{"type":"value","id":"BRTI","time":1709999954123,"value":"68000.12"}',
    avg_60s_data: { ...average, value: '1.5' },
  };

  it('is a reference price, at the time of its source', () => {
    expect(eventOf({ type: 'cfbenchmarks_value', sid: 1, seq: 42, msg })).toEqual({
      type: 'reference_price',
      feed: feed(1, 42),
      index: 'BRTI',
      value: 68_000.12,
      exchangeAt: 1_709_999_954_123,
    });
    const fast = { index_id: 'BRTI', value_usd: '68000.12000000', source_ts_ms: 1_710_000_000_323, data: 'anything' };
    expect(eventOf({ type: 'cfbenchmarks_value_5hz', sid: 1, seq: 42, msg: fast })).toMatchObject({
      value: 68_000.12,
      exchangeAt: 1_710_000_000_323,
    });
  });

  it('is one of Pyth as well', () => {
    const tick = { underlying_ticker: 'Metal.XAU/USD', value_usd: '2365.12345000', source_ts_ms: 1_710_000_000_100 };
    expect(eventOf({ type: 'pyth_value', sid: 1, seq: 42, msg: tick })).toEqual({
      type: 'reference_price',
      feed: feed(1, 42),
      index: 'Metal.XAU/USD',
      value: 2_365.12345,
      exchangeAt: 1_710_000_000_100,
    });
  });

  it('carries the settlement average in the making, which ends at the quarter hour', () => {
    const last_60s_windowed_average_15min = { ...average, value: '68000.23000000' };
    expect(
      eventOf({ type: 'cfbenchmarks_value', sid: 1, seq: 42, msg: { ...msg, last_60s_windowed_average_15min } }),
    ).toMatchObject({
      window: { value: 68_000.23, count: 14, endsAt: 1_710_000_000_000 },
    });
  });

  it.each(['not json', '{"time":1}', '{"time":1,"value":"1e5"}', '{"time":1,"value":5}'])(
    'is refused from vendor text %s',
    (data) => {
      expect(meaning({ type: 'cfbenchmarks_value', sid: 1, seq: 42, msg: { ...msg, data } })).toHaveProperty(
        'malformed',
      );
    },
  );
});

describe('a message of our account', () => {
  const fill = {
    trade_id: 't-1',
    order_id: 'o-1',
    client_order_id: 'kmm-1',
    market_ticker: 'KX-A',
    exchange_index: 2,
    is_taker: false,
    side: 'no',
    action: 'sell',
    yes_price_dollars: '0.7500',
    count_fp: '2.78',
    fee_cost: '0.003639',
    book_side: 'bid',
    ts_ms: 1_671_899_397_000,
  };
  const order = {
    order_id: 'o-1',
    client_order_id: 'kmm-1',
    ticker: 'KX-A',
    exchange_index: 2,
    status: 'resting',
    side: 'yes',
    book_side: 'ask',
    yes_price_dollars: '0.3500',
    fill_count_fp: '1.00',
    remaining_count_fp: '9.00',
    initial_count_fp: '10.00',
    order_group_id: '',
    last_update_reason: 'Trade',
    created_ts_ms: 1_733_047_200_000,
    last_updated_ts_ms: 1_733_047_260_000,
    expiration_ts_ms: 1_733_050_800_000,
  };

  it('is a fill: side by book_side, price on the YES scale, fee as charged', () => {
    expect(eventOf({ type: 'fill', sid: 13, msg: fill })).toEqual({
      type: 'fill',
      tradeId: 't-1',
      shard: 2,
      orderId: 'o-1',
      clientOrderId: 'kmm-1',
      ticker: 'KX-A',
      side: 'bid',
      price: 7_500,
      size: 278,
      isTaker: false,
      fee: 3_639,
      exchangeAt: 1_671_899_397_000,
    });
  });

  it('is an order', () => {
    expect(eventOf({ type: 'user_order', sid: 22, msg: order })).toEqual({
      type: 'own_order',
      source: 'stream',
      order: {
        orderId: 'o-1',
        clientOrderId: 'kmm-1',
        ticker: 'KX-A',
        side: 'ask',
        price: 3_500,
        status: 'resting',
        filled: 100,
        remaining: 900,
        initial: 1_000,
        expiresAt: 1_733_050_800_000,
        reason: 'Trade',
        shard: 2,
        exchangeAt: 1_733_047_260_000,
      },
    });
  });

  it.each([
    ['a fill without its fee', 'fill', { ...fill, fee_cost: undefined }, 'fee_cost'],
    ['a fill without its side', 'fill', { ...fill, book_side: undefined }, 'book_side'],
    ['an order without its side', 'user_order', { ...order, book_side: null }, 'book_side'],
    ['an order whose status is unknown', 'user_order', { ...order, status: 'unknown' }, 'a known status'],
  ])('is never guessed: %s is told to be incomplete', (_, type, msg, lacks) => {
    expect(meaning({ type, sid: 13, msg })).toEqual({
      events: [],
      notices: [{ kind: 'incomplete', type, ticker: 'KX-A', lacks }],
    });
  });

  it('is a position to compare with, of the primary subaccount alone', () => {
    const position = { user_id: 'u', market_ticker: 'KX-A', position_fp: '-12.50', volume_fp: '15.00' };
    expect(meaning({ type: 'market_position', sid: 14, msg: position })).toEqual({
      events: [],
      notices: [{ kind: 'position', ticker: 'KX-A', position: -1_250 }],
    });
    const other = meaning({ type: 'market_position', sid: 14, msg: { ...position, subaccount: 3 } });
    expect(other.notices).toEqual([{ kind: 'unused', type: 'market_position' }]);
  });

  it('tells what became of an order group, and moves its sequence on', () => {
    const msg = { event_type: 'triggered', order_group_id: 'og-1', contracts_limit_fp: '150.00', ts_ms: 9 };
    expect(meaning({ type: 'order_group_updates', sid: 21, seq: 7, msg })).toEqual({
      events: [{ type: 'feed_passed', at: FEED_AT, feed: feed(21, 7) }],
      notices: [{ kind: 'order_group', groupId: 'og-1', eventType: 'triggered', limit: 15_000, exchangeAt: 9 }],
    });
  });
});

describe('an answer', () => {
  it('begins a subscription', () => {
    expect(eventOf({ id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 4 } })).toEqual({
      type: 'feed_started',
      conn: 3,
      sid: 4,
      channel: 'orderbook_delta',
    });
    const { notices } = meaning({ id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 4 } });
    expect(notices).toEqual([{ kind: 'reply', type: 'subscribed', id: 1, sid: 4 }]);
  });

  it.each(['ok', 'unsubscribed'])('%s moves the sequence on', (type) => {
    expect(meaning({ id: 9, sid: 4, seq: 5, type })).toEqual({
      events: [{ type: 'feed_passed', at: FEED_AT, feed: feed(4, 5) }],
      notices: [{ kind: 'reply', type, id: 9, sid: 4 }],
    });
  });

  it('lists subscriptions without touching any', () => {
    const listed = meaning({ id: 3, type: 'ok', msg: [{ channel: 'fill', sid: 3 }] });
    expect(listed).toEqual({ events: [], notices: [{ kind: 'reply', type: 'ok', id: 3 }] });
  });

  it.each([
    [10, 'feed_broken'],
    [25, 'feed_broken'],
    [7, 'feed_passed'],
  ])('with error %i gives %s', (code, type) => {
    const told = meaning({
      id: 1,
      type: 'error',
      sid: 4,
      seq: 6,
      msg: { code, msg: 'no\u0007good', market_ticker: 'KX-A' },
    });
    expect(told.events.map((event) => event.type)).toEqual([type]);
    expect(told.notices).toEqual([{ kind: 'error', code, message: 'no good', id: 1, sid: 4, tickers: ['KX-A'] }]);
  });

  it('of an unknown type is surfaced, and moves the sequence on', () => {
    expect(meaning({ type: 'a_new_thing\n', sid: 4, seq: 6, msg: 5 })).toEqual({
      events: [{ type: 'feed_passed', at: FEED_AT, feed: feed(4, 6) }],
      notices: [{ kind: 'unknown', type: 'a_new_thing' }],
    });
  });
});

describe('the time of sending', () => {
  const sending_ts_ms = 1_781_159_489_990;

  it('comes with every frame that has one, whichever way it is read', () => {
    expect(meaning({ ...DELTA, sending_ts_ms })).toMatchObject({
      sentAt: sending_ts_ms,
      events: [{ sentAt: sending_ts_ms }],
    });
    expect(meaning({ sending_ts_ms, ...DELTA })).toEqual(meaning({ ...DELTA, sending_ts_ms }));
    expect(meaning({ ...SNAPSHOT, sending_ts_ms })).toMatchObject({ events: [{ sentAt: sending_ts_ms }] });
    expect(meaning({ id: 9, sid: 4, seq: 5, type: 'ok', sending_ts_ms })).toMatchObject({ sentAt: sending_ts_ms });
    expect(meaning(DELTA)).not.toHaveProperty('sentAt');
    expect(meaning({ ...DELTA, sending_ts_ms: 0 })).not.toHaveProperty('sentAt');
  });

  it.skipIf(sharedPath('kalshi/fixtures/ws/spec-examples.json') === undefined)(
    'changes nothing else of any example',
    () => {
      const path = sharedPath('kalshi/fixtures/ws/spec-examples.json') as string;
      const examples: { payload: object | string }[] = JSON.parse(readFileSync(path, 'utf8'));
      const frames = examples
        .map(({ payload }) => payload)
        .filter((payload) => typeof payload === 'object' && 'type' in payload);
      const without = (_: string, value: unknown) => (value === sending_ts_ms ? undefined : value);
      for (const frame of frames) {
        const { sending_ts_ms: _, ...older } = frame as { sending_ts_ms?: number };
        const told = meaning({ ...older, sending_ts_ms });
        expect(told.sentAt).toBe(sending_ts_ms);
        expect(JSON.parse(JSON.stringify(told, without))).toEqual(JSON.parse(JSON.stringify(meaning(older))));
      }
    },
  );
});

describe('a frame that makes no sense', () => {
  const wrong = (msg: object) => ({ ...DELTA, msg: { ...DELTA.msg, ...msg } });
  const level = (entry: unknown) => ({ ...SNAPSHOT, msg: { ...SNAPSHOT.msg, yes_dollars_fp: [entry] } });

  it.each([
    ['a number for a price', wrong({ price_dollars: 0.48 }), 'price_dollars'],
    ['a number for a size', wrong({ delta_fp: -2 }), 'delta_fp'],
    ['a price finer than a centicent', wrong({ price_dollars: '0.48001' }), 'price_dollars'],
    ['a price above one dollar', wrong({ price_dollars: '1.0100' }), 'price_dollars'],
    ['a size finer than a centicontract', wrong({ delta_fp: '0.001' }), 'delta_fp'],
    ['a missing field', wrong({ side: undefined }), 'side'],
    ['a third side', wrong({ side: 'maybe' }), 'side'],
    ['a ticker that is no name', wrong({ market_ticker: 'KX,A\n' }), 'market_ticker'],
    ['a level below zero', level(['0.4700', '-3.00']), 'yes_dollars_fp'],
    ['a level without a size', level(['0.4700']), 'yes_dollars_fp'],
    ['a book message without its number', { ...DELTA, seq: undefined }, 'seq'],
    ['no body', { type: 'orderbook_delta', sid: 2, seq: 8 }, 'body'],
  ])('breaks its subscription and says why: %s', (_, frame, where) => {
    const told = meaning(frame) as MalformedFrame;
    expect(told.malformed).toContain(where);
    expect(told).toEqual({
      events: [{ type: 'feed_broken', at: FEED_AT, conn: 3, sid: 2, reason: told.malformed }],
      notices: [],
      malformed: told.malformed,
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'subscribed!'],
    ['half a frame', JSON.stringify(DELTA).slice(0, 70)],
    ['a text', '"heartbeat"'],
    ['a list', '[1]'],
    ['no type', '{"sid":2,"seq":8,"msg":{}}'],
    ['a number for a type', '{"type":5}'],
    ['a sequence number that is a text', '{"type":"ok","sid":2,"seq":"8"}'],
    ['bytes that are no text', '{"type":"ok\u0000'],
  ])('breaks the whole connection when even its subscription cannot be told: %s', (_, text) => {
    const [event] = (meaning(text) as MalformedFrame).events;
    expect(event).toMatchObject({ type: 'feed_broken', conn: 3 });
    expect(event).not.toHaveProperty('sid');
  });
});

describe('the examples of the exchange', () => {
  const path = sharedPath('kalshi/fixtures/ws/spec-examples.json');

  it.skipIf(path === undefined)('all tell something, when they are messages of the server', () => {
    const examples: { message: string; payload: unknown }[] = JSON.parse(readFileSync(path as string, 'utf8'));
    expect(examples).toHaveLength(61);
    // The rest are commands of a client, and bodies of ping and pong, which are not frames of text.
    const frames = examples.filter(
      ({ payload }) => typeof payload === 'object' && payload !== null && 'type' in payload,
    );
    expect(frames).toHaveLength(33);
    for (const { message, payload } of frames) {
      const told = meaning(payload);
      expect(told, message).not.toHaveProperty('malformed');
      expect(told.events.length + told.notices.length, message).toBeGreaterThan(0);
      expect(
        told.notices.filter(({ kind }) => kind === 'unknown'),
        message,
      ).toEqual([]);
    }
  });
});

describe('recorded frames', () => {
  const folder = sharedPath('kalshi/fixtures/ws');
  const files = folder === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.jsonl'));

  it.skipIf(folder === undefined).each(files)('of %s are all understood', (file) => {
    const lines = readFileSync(`${folder}/${file}`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = lines.map((line) => meaning(line.event ?? line.frame ?? line, OWN_PRICE));
    expect(told.filter((facts) => 'malformed' in facts)).toEqual([]);
    expect(told.flatMap(({ notices }) => notices).filter(({ kind }) => kind !== 'reply' && kind !== 'error')).toEqual(
      [],
    );
    expect(told.flatMap(({ events }) => events).some(({ type }) => type === 'book_delta')).toBe(true);
  });

  it.skipIf(folder === undefined)('of one market give the same prices with the flag and without', () => {
    const askPrices = (event: EngineEvent): number[] => {
      if (event.type === 'book_snapshot') return event.asks.map(({ price }) => price);
      return event.type === 'book_delta' && event.side === 'ask' ? [event.price] : [];
    };
    const read = (file: string, context: typeof YES_PRICE) =>
      readFileSync(`${folder}/${file}`, 'utf8')
        .trimEnd()
        .split('\n')
        .flatMap((line) => meaning(line, context).events.flatMap(askPrices));
    expect(new Set(read('orderbook-demo-2026-06-11-use-yes-price.jsonl', YES_PRICE))).toEqual(new Set([5_200]));
    expect(new Set(read('orderbook-demo-2026-06-11-no-leg.jsonl', OWN_PRICE))).toEqual(new Set([5_200]));
  });
});

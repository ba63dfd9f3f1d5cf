import { describe, expect, it } from 'vitest';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { STREAM_ERRORS } from '../../../src/lib/adapters/sim-server/stream-errors.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { VenueFact } from '../../../src/lib/sim/venue.ts';
import { level, levelFact, ScriptedVenue, STARTS_AT, TICKER } from '../../support/scripted-venue.ts';

interface Frame {
  readonly type: string;
  readonly id?: number;
  readonly sid?: number;
  readonly seq?: number;
  // biome-ignore lint/suspicious/noExplicitAny: frames are read as their test expects them
  readonly msg: any;
  readonly sending_ts_ms: number;
}

function connect(venue = new ScriptedVenue(), accountId = 'alice') {
  const served = new ServedVenue(venue);
  return { venue, served, ...join(served, accountId) };
}

function join(served: ServedVenue, accountId: string) {
  const frames: Frame[] = [];
  const session = served.openSession(accountId, (frame) => frames.push(JSON.parse(frame) as Frame));
  served.join(session);
  const command = (cmd: string, params?: object, id = 1) => {
    served.catchUp(served.venue.now);
    session.onCommand(JSON.stringify({ id, cmd, params }));
    return frames.splice(0);
  };
  /** What the facts told since then have brought. */
  const news = () => {
    served.catchUp(served.venue.now);
    return frames.splice(0);
  };
  return { session, command, news };
}

const BOOK = { channels: ['orderbook_delta'], market_ticker: TICKER };

describe('a subscription to the book', () => {
  it('is acknowledged and begins with a numbered snapshot of both sides in their own prices', () => {
    const { command } = connect();
    const [subscribed, snapshot] = command('subscribe', BOOK);
    expect(subscribed).toEqual({
      type: 'subscribed',
      id: 1,
      msg: { channel: 'orderbook_delta', sid: 1 },
      sending_ts_ms: STARTS_AT,
    });
    expect(snapshot).toMatchObject({ type: 'orderbook_snapshot', sid: 1, seq: 1 });
    expect(snapshot?.id).toBeUndefined();
    expect(snapshot?.msg).toMatchObject({
      market_ticker: TICKER,
      yes_dollars_fp: [
        ['0.4600', '10.00'],
        ['0.4700', '3.00'],
      ],
      no_dollars_fp: [['0.4800', '1.50']],
    });
  });

  it('states the NO side in YES prices, ascending, when asked to', () => {
    const { venue, command, news } = connect();
    venue.asks = [level(5_200, 150), level(5_300, 100)];
    const [, snapshot] = command('subscribe', { ...BOOK, use_yes_price: true });
    expect(snapshot?.msg.no_dollars_fp).toEqual([
      ['0.5200', '1.50'],
      ['0.5300', '1.00'],
    ]);
    venue.tell(levelFact('ask', 5_200, -150), levelFact('bid', 4_700, 25));
    expect(news().map(({ msg }) => [msg.side, msg.price_dollars, msg.delta_fp])).toEqual([
      ['no', '0.5200', '-1.50'],
      ['yes', '0.4700', '0.25'],
    ]);
  });

  it('leaves out the key of an empty side', () => {
    const { venue, command } = connect();
    venue.bids = [];
    venue.asks = [];
    const [, snapshot] = command('subscribe', BOOK);
    expect(Object.keys(snapshot?.msg)).toEqual(['market_ticker', 'market_id']);
  });

  it('numbers every frame of the subscription without a gap, acknowledgements and refusals included', () => {
    const { venue, command, news } = connect();
    const seen = [...command('subscribe', BOOK)];
    venue.tell(levelFact('bid', 4_500, 100));
    seen.push(...news());
    seen.push(...command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: [TICKER] }));
    seen.push(...command('update_subscription', { sid: 1, action: 'dance', market_tickers: [TICKER] }));
    venue.tell(levelFact('ask', 5_500, 100));
    seen.push(...news());
    seen.push(...command('update_subscription', { sids: [1], action: 'get_snapshot', market_tickers: [TICKER] }, 9));
    seen.push(...command('unsubscribe', { sids: [1] }));
    const numbered = seen.filter((frame) => frame.sid === 1);
    expect(numbered.map(({ type }) => type)).toEqual([
      'orderbook_snapshot',
      'orderbook_delta',
      'ok',
      'error',
      'orderbook_delta',
      'orderbook_snapshot',
      'unsubscribed',
    ]);
    expect(numbered.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(numbered[5]?.id).toBe(9);
  });

  it('shows a snapshot that already holds what happened before it, and never tells that change again', () => {
    const { venue, command, news } = connect();
    venue.bids = [level(4_800, 500)];
    venue.tell(levelFact('bid', 4_800, 500));
    const frames = command('subscribe', BOOK);
    expect(frames.map(({ type }) => type)).toEqual(['subscribed', 'orderbook_snapshot']);
    expect(news()).toEqual([]);
  });

  it('is sent anew as a whole when the venue says so', () => {
    const { venue, command, news } = connect();
    command('subscribe', BOOK);
    venue.bids = [];
    venue.tell({ type: 'book', at: STARTS_AT, ticker: TICKER });
    const [frame] = news();
    expect(frame).toMatchObject({ type: 'orderbook_snapshot', seq: 2 });
    expect(frame?.msg.yes_dollars_fp).toBeUndefined();
  });

  it('names the client order id to the owner of the order and to nobody else', () => {
    const { venue, served, command, news } = connect();
    const other = join(served, 'bob');
    command('subscribe', BOOK);
    other.command('subscribe', BOOK);
    venue.tell(levelFact('bid', 4_700, 100, { accountId: 'alice', clientOrderId: 'kmm-"1"' }));
    expect(news()[0]?.msg.client_order_id).toBe('kmm-"1"');
    expect(other.news()[0]?.msg).not.toHaveProperty('client_order_id');
  });

  it('tells nothing of a market after it was deleted, and subscribing twice adds nothing', () => {
    const { venue, command, news } = connect();
    command('subscribe', BOOK);
    expect(command('subscribe', BOOK).map(({ type, msg }) => [type, msg.sid])).toEqual([['subscribed', 1]]);
    const [ok] = command('update_subscription', { sid: 1, action: 'delete_markets', market_ticker: TICKER });
    expect(ok?.msg).toEqual({ market_tickers: [] });
    venue.tell(levelFact('bid', 4_700, 100));
    expect(news()).toEqual([]);
  });

  it('ignores unknown markets without a word', () => {
    const { command } = connect();
    const frames = command('subscribe', { channels: ['orderbook_delta'], market_tickers: ['NOPE', TICKER] });
    expect(frames.map(({ type }) => type)).toEqual(['subscribed', 'orderbook_snapshot']);
  });

  it('ends with code 25 when the client cannot keep up', () => {
    const { session, venue, command, news } = connect();
    command('subscribe', BOOK);
    session.overflow();
    expect(news()).toMatchObject([{ type: 'error', sid: 1, seq: 2, msg: { code: 25 } }]);
    venue.tell(levelFact('bid', 4_700, 100));
    expect(news()).toEqual([]);
    expect(command('list_subscriptions')[0]?.msg).toEqual([]);
  });
});

describe('commands', () => {
  it.each<[string, string, number]>([
    ['text that is not JSON', '{"id":1', 1],
    ['an array', '[1]', 1],
    ['nesting without end', '['.repeat(40) + ']'.repeat(40), 1],
    ['no command', '{"id":1}', 5],
    ['an unknown command', '{"id":1,"cmd":"dance","params":{}}', 5],
    ['no params', '{"id":1,"cmd":"subscribe"}', 2],
    ['no channels', '{"id":1,"cmd":"subscribe","params":{}}', 3],
    ['an empty list of channels', '{"id":1,"cmd":"subscribe","params":{"channels":[]}}', 3],
    ['a channel that is a number', '{"id":1,"cmd":"subscribe","params":{"channels":[7]}}', 11],
    ['an unknown channel', '{"id":1,"cmd":"subscribe","params":{"channels":["ticker_v2"]}}', 8],
    ['a book without a market', '{"id":1,"cmd":"subscribe","params":{"channels":["orderbook_delta"]}}', 14],
    ['a flag that is text', `{"id":1,"cmd":"subscribe","params":{"channels":["trade"],"use_yes_price":"true"}}`, 11],
    ['no sids', '{"id":1,"cmd":"unsubscribe","params":{}}', 4],
    ['an unknown sid', '{"id":1,"cmd":"unsubscribe","params":{"sids":[99]}}', 7],
    ['two sids', '{"id":1,"cmd":"update_subscription","params":{"sids":[1,2],"action":"add_markets"}}', 12],
    ['sid and sids', '{"id":1,"cmd":"update_subscription","params":{"sid":1,"sids":[1],"action":"add_markets"}}', 12],
    ['no action', '{"id":1,"cmd":"update_subscription","params":{"sid":1}}', 15],
    ['an action that does not exist', '{"id":1,"cmd":"update_subscription","params":{"sid":1,"action":"dance"}}', 13],
    ['a snapshot of trades', '{"id":1,"cmd":"update_subscription","params":{"sid":2,"action":"get_snapshot"}}', 13],
    [
      'markets that are not named',
      '{"id":1,"cmd":"update_subscription","params":{"sid":1,"action":"add_markets"}}',
      14,
    ],
    [
      'indices that are not named',
      '{"id":1,"cmd":"update_subscription","params":{"sid":3,"action":"subscribe_indices"}}',
      24,
    ],
  ])('refuses %s', (_, text, code) => {
    const { session, command, news } = connect();
    command('subscribe', { ...BOOK, channels: ['orderbook_delta', 'trade', 'cfbenchmarks_value'] });
    session.onCommand(text);
    const frames = news();
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ type: 'error', msg: { code } });
  });

  it('answer one frame per channel and list what is subscribed', () => {
    const { command } = connect();
    const frames = command('subscribe', { channels: ['trade', 'nope', 'ticker', 'fill'], market_ticker: TICKER }, 7);
    expect(frames.map(({ type, id, msg }) => [type, id, msg.channel ?? msg.code])).toEqual([
      ['subscribed', 7, 'trade'],
      ['error', 7, 8],
      ['subscribed', 7, 'ticker'],
      ['subscribed', 7, 'fill'],
    ]);
    const [list] = command('list_subscriptions', undefined, 8);
    expect(list).toMatchObject({ type: 'ok', id: 8 });
    expect(list?.msg).toEqual([
      { channel: 'trade', sid: 1 },
      { channel: 'ticker', sid: 2 },
      { channel: 'fill', sid: 3 },
    ]);
  });
});

describe('what a command may hold', () => {
  const communications = { channels: ['communications'] };

  it.each<[string, object, number]>([
    ['a shard_factor of 0', { ...communications, shard_factor: 0 }, 19],
    ['a shard_key without a factor', { ...communications, shard_key: 0 }, 20],
    ['a shard_key as large as the factor', { ...communications, shard_factor: 2, shard_key: 2 }, 21],
    ['a shard_key below 0', { ...communications, shard_factor: 2, shard_key: -1 }, 21],
    ['a shard_factor above 100', { ...communications, shard_factor: 101 }, 22],
    ['a shard_factor that is text', { ...communications, shard_factor: '2' }, 11],
    ['another user in the filter', { ...communications, user_filter: 'bob' }, 11],
    ['a book by market id', { channels: ['orderbook_delta'], market_ids: ['x'] }, 14],
    ['fills by market id', { channels: ['fill'], market_ids: ['x'] }, 11],
    ['one market and several', { channels: ['trade'], market_ticker: TICKER, market_tickers: [TICKER] }, 11],
  ])('is not %s', (_, params, code) => {
    const [frame, ...more] = connect().command('subscribe', params);
    expect(more).toEqual([]);
    expect(frame).toMatchObject({ type: 'error', id: 1, msg: { code, msg: STREAM_ERRORS[code as 1] } });
  });

  it('is no wrong shard of communications that are subscribed already, either', () => {
    const { command } = connect();
    command('subscribe', communications);
    for (const [params, code] of [
      [{ shard_factor: 0 }, 19],
      [{ shard_key: 1 }, 20],
      [{ shard_factor: 3, shard_key: 3 }, 21],
      [{ shard_factor: 101, shard_key: 1 }, 22],
    ] as const) {
      expect(command('subscribe', { ...communications, ...params }).map(({ msg }) => msg.code)).toEqual([code]);
    }
    expect(command('list_subscriptions')[0]?.msg).toEqual([{ channel: 'communications', sid: 1 }]);
  });

  it('is an id of 0, which counts as none', () => {
    const { command } = connect();
    const frames = command('subscribe', BOOK, 0);
    expect(frames.map(({ id }) => id)).toEqual([undefined, undefined]);
    const [picture] = command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: [TICKER] }, 0);
    expect([picture?.type, picture?.id]).toEqual(['orderbook_snapshot', undefined]);
  });

  it('is the right shard of the communications, which then stay silent', () => {
    const [frame] = connect().command('subscribe', { ...communications, shard_factor: 100, shard_key: 99 });
    expect(frame).toMatchObject({ type: 'subscribed', msg: { channel: 'communications' } });
  });

  it('names markets by id on the ticker channel, whose acknowledgements then list ids too', () => {
    const { command } = connect();
    const [, picture] = command('subscribe', {
      channels: ['ticker'],
      market_ticker: TICKER,
      send_initial_snapshot: true,
    });
    const id = picture?.msg.market_id;
    command('unsubscribe', { sids: [1] });
    expect(command('subscribe', { channels: ['ticker'], market_id: id })).toHaveLength(1);
    const [ok] = command('update_subscription', { sid: 2, action: 'add_markets', market_ids: [id] });
    expect(ok?.msg).toEqual({ market_tickers: [TICKER], market_ids: [id] });
  });

  it('leaves the lists out of acknowledgements when asked to', () => {
    const { command } = connect();
    command('subscribe', { ...BOOK, skip_ticker_ack: true });
    const [ok] = command('update_subscription', { sid: 1, action: 'add_markets', market_ticker: TICKER });
    expect(ok).toMatchObject({ type: 'ok', seq: 2, msg: {} });
    expect(ok?.msg).toEqual({});
  });

  it.each<[string, string, string, number]>([
    ['cfbenchmarks_value', 'subscribe_indices', '{}', 24],
    ['cfbenchmarks_value', 'subscribe_underlyings', '{"underlying_tickers":["all"]}', 13],
    ['pyth_value', 'subscribe_underlyings', '{}', 28],
    ['pyth_value', 'indexlist', '{}', 13],
    ['market_lifecycle_v2', 'add_markets', '{"market_ticker":"X"}', 13],
    ['trade', 'get_snapshot', '{"market_tickers":["X"]}', 13],
    ['trade', 'add_markets', '{}', 14],
  ])('on %s: %s with %s gets code %4$i', (channel, action, more, code) => {
    const { command } = connect();
    command('subscribe', { channels: [channel] });
    const [frame] = command('update_subscription', { sid: 1, action, ...JSON.parse(more) });
    expect(frame).toMatchObject({ type: 'error', id: 1, sid: 1, seq: 1, msg: { code } });
  });

  it('is too much above 10,000 in a second', () => {
    const { session, venue, command } = connect();
    for (let count = 0; count < 10_000; count += 1) session.onCommand('{"id":1,"cmd":"list_subscriptions"}');
    const frames = command('list_subscriptions');
    expect(frames).toHaveLength(10_001);
    expect(frames.at(-1)).toMatchObject({ type: 'error', id: 1, msg: { code: 27, msg: 'Too many requests' } });
    venue.now = epochMs(venue.now + 1_000);
    expect(command('list_subscriptions')[0]?.type).toBe('ok');
  });

  it('does not widen a session beyond 500,000 markets', () => {
    const venue = new ScriptedVenue();
    const [listed] = venue.markets();
    Object.assign(venue, { market: () => listed });
    const { command } = connect(venue);
    const many = Array.from({ length: 500_000 }, (_, index) => `M${index}`);
    expect(command('subscribe', { channels: ['trade'], market_tickers: many }).map(({ type }) => type)).toEqual([
      'subscribed',
    ]);
    const [full] = command('update_subscription', { sid: 1, action: 'add_markets', market_tickers: ['ONE', 'M1'] });
    expect(full?.msg.code).toBe(26);
    expect(command('subscribe', { channels: ['ticker'], market_ticker: 'ONE' })[0]?.msg.code).toBe(26);
    expect(command('subscribe', { channels: ['ticker'] })[0]?.type).toBe('subscribed');
  });
});

describe('frames without a time', () => {
  it('are sent when the exchange is told to be an older one', () => {
    const served = new ServedVenue(new ScriptedVenue(), { stampsFrames: false });
    const { command } = join(served, 'alice');
    const frames = command('subscribe', BOOK);
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(frame).not.toHaveProperty('sending_ts_ms');
  });
});

describe('the life of markets', () => {
  const created = (ticker: string): VenueFact => ({ type: 'lifecycle', at: STARTS_AT, ticker, change: 'created' });

  it('is told apart for combinations', () => {
    const { venue, command, news } = connect();
    command('subscribe', { channels: ['market_lifecycle_v2', 'multivariate_market_lifecycle'] });
    venue.tell({ ...created(TICKER), change: 'activated' } as VenueFact, created('KXMVE-1'));
    expect(news().map(({ type, sid, seq, msg }) => [type, sid, seq, msg.market_ticker])).toEqual([
      ['market_lifecycle_v2', 1, 1, TICKER],
      ['multivariate_market_lifecycle', 2, 1, 'KXMVE-1'],
    ]);
  });

  it('begins with the event when its first market comes, and once only', () => {
    const event = {
      eventTicker: 'KXBTC15M-26SEP211115',
      seriesTicker: 'KXBTC15M',
      title: 'Bitcoin',
      shard: 2,
      isMutuallyExclusive: true,
    };
    const { venue, command, news } = connect();
    Object.assign(venue, { events: () => [event] });
    command('subscribe', { channels: ['market_lifecycle_v2'] });
    venue.tell(created(TICKER), created(TICKER));
    const frames = news();
    expect(frames.map(({ type, seq }) => [type, seq])).toEqual([
      ['event_lifecycle', 1],
      ['market_lifecycle_v2', 2],
      ['market_lifecycle_v2', 3],
    ]);
    expect(frames[0]?.msg).toEqual({
      event_ticker: event.eventTicker,
      series_ticker: 'KXBTC15M',
      exchange_index: 2,
      title: 'Bitcoin',
      subtitle: '',
      collateral_return_type: 'MECNET',
    });
  });
});

describe('the ticker channel', () => {
  const stats = (at: number): VenueFact => ({ type: 'stats', at: epochMs(at), ticker: TICKER });

  it('sends at most one frame per market and second, and the last change of a second is not lost', () => {
    const { venue, served, command } = connect();
    command('subscribe', { channels: ['ticker'] });
    const sentAt: number[] = [];
    const session = served.openSession('bob', (frame) => {
      const { type, sending_ts_ms: at } = JSON.parse(frame) as Frame;
      if (type === 'ticker') sentAt.push(at - STARTS_AT);
    });
    session.onCommand(JSON.stringify({ id: 1, cmd: 'subscribe', params: { channels: ['ticker'] } }));
    served.join(session);
    for (const offset of [1, 100, 400, 2_300]) venue.script.push(stats(STARTS_AT + offset));
    for (let next = served.nextAt(); next !== undefined; next = served.nextAt()) served.catchUp(next);
    expect(sentAt).toEqual([1, 1_001, 2_300]);
  });

  it('gives a first picture when asked, in whole numbers of dollars where the exchange does', () => {
    const { command } = connect();
    const [, picture] = command('subscribe', {
      channels: ['ticker'],
      market_tickers: [TICKER],
      send_initial_snapshot: true,
    });
    expect(picture?.seq).toBeUndefined();
    expect(picture?.msg).toMatchObject({
      price_dollars: '0.5200',
      yes_bid_dollars: '0.4700',
      yes_bid_size_fp: '3.00',
      yes_ask_dollars: '0.5200',
      volume_fp: '25.00',
      dollar_volume: 12,
      dollar_open_interest: 13,
      ts: STARTS_AT / 1_000,
    });
  });
});

describe('index values', () => {
  const value: VenueFact = {
    type: 'reference',
    at: STARTS_AT,
    index: 'BRTI',
    value: 84_000.126,
    isSecond: true,
    average60: { value: 83_999.5, count: 60, startsAt: epochMs(STARTS_AT - 60_000), endsAt: STARTS_AT },
  };

  it('reach those who asked for the index, or for all', () => {
    const { venue, command, news } = connect();
    command('subscribe', { channels: ['cfbenchmarks_value', 'cfbenchmarks_value_5hz'] });
    venue.tell(value);
    expect(news()).toEqual([]);
    command('update_subscription', { sid: 1, action: 'subscribe_indices', index_ids: ['BRTI'] });
    command('update_subscription', { sid: 2, action: 'subscribe_indices', index_ids: ['all'] });
    venue.tell(value, { ...value, isSecond: false });
    const frames = news();
    expect(frames.map(({ type }) => type)).toEqual([
      'cfbenchmarks_value',
      'cfbenchmarks_value_5hz',
      'cfbenchmarks_value_5hz',
    ]);
    expect(frames[0]?.msg).toEqual({
      index_id: 'BRTI',
      received_at: STARTS_AT,
      data: `{"type":"value","id":"BRTI","time":${STARTS_AT},"value":"84000.13"}`,
      avg_60s_data: {
        value: '83999.50000000',
        window_size: 60,
        window_start_ts_ms: STARTS_AT - 60_000,
        window_end_ts_exclusive: STARTS_AT,
      },
    });
    expect(frames[1]?.msg.value_usd).toBe('84000.12600000');
    const [list] = command('update_subscription', { sid: 1, action: 'indexlist' });
    expect(list).toMatchObject({ type: 'cfbenchmarks_value_indexlist', seq: 3, msg: { index_ids: ['BRTI'] } });
  });
});

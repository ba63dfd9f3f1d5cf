import { describe, expect, it } from 'vitest';
import {
  ACCOUNT_CHANNELS,
  BOOK_CHANNEL,
  MARKET_CHANNELS,
  Subscriptions,
} from '../../../src/lib/adapters/kalshi/subscriptions.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { NOON } from './wire-doubles.ts';

interface Command {
  readonly id: number;
  readonly cmd: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function later(ms: number) {
  return epochMs(NOON + ms);
}

/** A book channel with two markets, as the first connection leaves it. */
function book() {
  const sent: Command[] = [];
  const link = { isUp: true };
  const subscriptions = new Subscriptions([BOOK_CHANNEL], (command) => {
    if (link.isUp) sent.push(JSON.parse(command));
    return link.isUp;
  });
  const started = (sid: number, ms: number, conn = 1) =>
    subscriptions.onEvent({ type: 'feed_started', at: later(ms), conn, sid, channel: 'orderbook_delta' });
  const broken = (sid: number | undefined, ms: number, conn = 1) =>
    subscriptions.onEvent({
      type: 'feed_broken',
      at: later(ms),
      conn,
      reason: 'overflow',
      ...(sid === undefined ? {} : { sid }),
    });
  const take = () => sent.splice(0).map(({ cmd, params }) => ({ cmd, ...params }));
  /** Refuses the command sent last, or answers it. */
  const refuse = (code: number, ms: number) =>
    subscriptions.onAnswer({ kind: 'error', code, message: 'no', tickers: [], id: lastId() }, later(ms));
  const accept = (ms: number) => subscriptions.onAnswer({ kind: 'reply', type: 'ok', id: lastId() }, later(ms));
  const lastId = () => sent.at(-1)?.id as number;
  return { subscriptions, started, broken, take, refuse, accept, link };
}

function live() {
  const made = book();
  made.subscriptions.want(['A', 'B'], NOON);
  made.subscriptions.onUp(1, NOON);
  made.started(7, 10);
  made.take();
  return made;
}

describe('the subscriptions of a connection', () => {
  it('begin with our own orders and fills, and always state the price scale of books', () => {
    const sent: Command[] = [];
    const subscriptions = new Subscriptions([...ACCOUNT_CHANNELS, ...MARKET_CHANNELS], (command) => {
      sent.push(JSON.parse(command));
      return true;
    });
    subscriptions.want(['A', 'B'], NOON);
    expect(sent).toEqual([]);
    subscriptions.onUp(1, NOON);
    expect(sent.map(({ params }) => params)).toEqual([
      { channels: ['user_orders'] },
      { channels: ['fill'] },
      { channels: ['order_group_updates'] },
      { channels: ['market_positions'] },
      { channels: ['market_lifecycle_v2'] },
      { channels: ['orderbook_delta'], market_tickers: ['A', 'B'], use_yes_price: true },
      { channels: ['trade'], market_tickers: ['A', 'B'] },
      { channels: ['ticker'], market_tickers: ['A', 'B'], send_initial_snapshot: true },
    ]);
    expect(sent.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('may be of channels with filters of their own', () => {
    const sent: Command[] = [];
    const channels = [
      { name: 'cfbenchmarks_value_5hz', scope: 'all', params: { index_ids: ['BRTI'] } },
      { name: 'pyth_value', scope: 'all', params: { underlying_tickers: ['Metal.XAU/USD'] } },
      { name: 'multivariate_market_lifecycle', scope: 'all' },
      { name: 'communications', scope: 'account' },
    ] as const;
    const subscriptions = new Subscriptions(channels, (command) => {
      sent.push(JSON.parse(command));
      return true;
    });
    subscriptions.onUp(1, NOON);
    expect(sent.map(({ params }) => params)).toEqual([
      { channels: ['cfbenchmarks_value_5hz'], index_ids: ['BRTI'] },
      { channels: ['pyth_value'], underlying_tickers: ['Metal.XAU/USD'] },
      { channels: ['multivariate_market_lifecycle'] },
      { channels: ['communications'] },
    ]);
  });

  it('leave market channels out while no market is wanted', () => {
    const { subscriptions, take } = book();
    subscriptions.onUp(1, NOON);
    expect(take()).toEqual([]);
    subscriptions.want(['A'], NOON);
    expect(take()).toMatchObject([{ cmd: 'subscribe', market_tickers: ['A'] }]);
  });

  it('add and remove markets in place', () => {
    const { subscriptions, take } = live();
    subscriptions.want(['B', 'C'], later(20));
    expect(take()).toEqual([
      { cmd: 'update_subscription', sids: [7], action: 'add_markets', market_tickers: ['C'] },
      { cmd: 'update_subscription', sids: [7], action: 'delete_markets', market_tickers: ['A'] },
    ]);
    subscriptions.onTurn(later(30));
    expect(take()).toEqual([]);
  });

  it('catch up with what changed before the exchange had answered', () => {
    const { subscriptions, started, take } = book();
    subscriptions.want(['A'], NOON);
    subscriptions.onUp(1, NOON);
    subscriptions.want(['A', 'B'], later(5));
    expect(take()).toHaveLength(1);
    started(7, 10);
    expect(take()).toMatchObject([{ action: 'add_markets', market_tickers: ['B'] }]);
  });

  it('end with the last market, and begin anew with the next', () => {
    const { subscriptions, take } = live();
    subscriptions.want([], later(20));
    expect(take()).toEqual([{ cmd: 'unsubscribe', sids: [7] }]);
    subscriptions.want(['D'], later(30));
    expect(take()).toMatchObject([{ cmd: 'subscribe', market_tickers: ['D'], use_yes_price: true }]);
  });

  it('are asked for again when no answer came', () => {
    const { subscriptions, take } = book();
    subscriptions.want(['A'], NOON);
    subscriptions.onUp(1, NOON);
    take();
    subscriptions.onTurn(later(4_999));
    expect(take()).toEqual([]);
    subscriptions.onTurn(later(5_000));
    expect(take()).toMatchObject([{ cmd: 'subscribe' }]);
  });

  it('begin anew after a break, at most once a second', () => {
    const { subscriptions, broken, started, take } = live();
    broken(7, 2_000);
    expect(take()).toMatchObject([
      { cmd: 'unsubscribe', sids: [7] },
      { cmd: 'subscribe', market_tickers: ['A', 'B'] },
    ]);
    started(8, 2_010);
    broken(8, 2_020);
    expect(take()).toEqual([{ cmd: 'unsubscribe', sids: [8] }]);
    subscriptions.onTurn(later(2_999));
    expect(take()).toEqual([]);
    subscriptions.onTurn(later(3_000));
    expect(take()).toMatchObject([{ cmd: 'subscribe' }]);
  });

  it('take a break without a number for one of every subscription', () => {
    const { broken, take } = live();
    broken(undefined, 2_000);
    expect(take()).toMatchObject([{ cmd: 'unsubscribe' }, { cmd: 'subscribe' }]);
  });

  it('are not moved by a break of another subscription, or of an earlier connection', () => {
    const { subscriptions, broken, take } = live();
    broken(99, 2_000);
    subscriptions.onDown();
    subscriptions.onUp(2, later(3_000));
    take();
    broken(7, 3_010, 1);
    expect(take()).toEqual([]);
  });

  it('begin anew on a new connection, and send nothing in between', () => {
    const { subscriptions, take } = live();
    subscriptions.onDown();
    subscriptions.want(['B'], later(500));
    subscriptions.requestSnapshot(['B'], later(500));
    expect(take()).toEqual([]);
    subscriptions.onUp(2, later(1_000));
    expect(take()).toMatchObject([{ cmd: 'subscribe', market_tickers: ['B'] }]);
  });

  it('are tried again when a command did not leave', () => {
    const { subscriptions, take, link } = live();
    link.isUp = false;
    subscriptions.want(['A', 'B', 'C'], later(20));
    link.isUp = true;
    subscriptions.onTurn(later(30));
    expect(take()).toMatchObject([{ action: 'add_markets', market_tickers: ['C'] }]);
  });
});

describe('a command that is not carried out', () => {
  it('is sent again when it is never answered, whatever it was', () => {
    const { subscriptions, take } = live();
    subscriptions.want(['B', 'C'], later(20));
    take();
    subscriptions.onTurn(later(5_019));
    expect(take()).toEqual([]);
    subscriptions.onTurn(later(5_020));
    expect(take()).toMatchObject([
      { action: 'add_markets', market_tickers: ['C'] },
      { action: 'delete_markets', market_tickers: ['A'] },
    ]);
    subscriptions.want([], later(6_000));
    expect(take()).toMatchObject([{ cmd: 'unsubscribe', sids: [7] }]);
    subscriptions.onTurn(later(11_000));
    expect(take()).toMatchObject([{ cmd: 'unsubscribe', sids: [7] }]);
  });

  it('is not, once it is answered', () => {
    const { subscriptions, take, accept } = live();
    subscriptions.want(['A', 'B', 'C'], later(20));
    accept(30);
    take();
    subscriptions.onTurn(later(60_000));
    expect(take()).toEqual([]);
  });

  it.each([11, 26, 27])('is sent again after ever longer pauses when it was refused with error %i', (code) => {
    const { subscriptions, take, refuse } = live();
    subscriptions.want(['A', 'B', 'C'], later(20));
    const sentAt: number[] = [];
    refuse(code, 100);
    take();
    for (let ms = 200; ms < 120_000; ms += 100) {
      subscriptions.onTurn(later(ms));
      expect(subscriptions.onAnswer({ kind: 'reply', type: 'ok', id: -1 }, later(ms))).toBeUndefined();
      refuse(code, ms);
      if (take().length > 0) sentAt.push(ms);
    }
    expect(sentAt).toEqual([1_100, 3_100, 7_100, 15_100, 30_100, 45_100, 60_100, 75_100, 90_100, 105_100]);
  });

  it('holds for a subscription as well', () => {
    const { subscriptions, take, refuse } = book();
    subscriptions.want(['A'], NOON);
    subscriptions.onUp(1, NOON);
    refuse(14, 10);
    take();
    subscriptions.onTurn(later(1_009));
    expect(take()).toEqual([]);
    subscriptions.onTurn(later(1_010));
    expect(take()).toMatchObject([{ cmd: 'subscribe' }]);
  });

  it('is a break when the exchange does not know the subscription: its books get nothing any more', () => {
    const { subscriptions, take, refuse, broken } = live();
    subscriptions.want(['A', 'B', 'C'], later(2_000));
    expect(refuse(7, 2_010)).toMatchObject({ type: 'feed_broken', conn: 1, sid: 7 });
    take();
    broken(7, 2_010);
    expect(take()).toMatchObject([{ cmd: 'unsubscribe' }, { cmd: 'subscribe', market_tickers: ['A', 'B', 'C'] }]);
  });

  it('matters no more when the subscription was to end, or has ended', () => {
    const { subscriptions, take, refuse } = live();
    subscriptions.want([], later(20));
    expect(refuse(7, 30)).toBeUndefined();
    take();
    subscriptions.onTurn(later(20_000));
    expect(take()).toEqual([]);
  });
});

describe('hundreds of markets', () => {
  const MANY = Array.from({ length: 450 }, (_, index) => `KX-${index}`);
  const sizes = (commands: readonly object[]) =>
    commands.map((command) => (command as { market_tickers: string[] }).market_tickers.length);

  it('are subscribed in several commands, the first of which begins the subscription', () => {
    const { subscriptions, started, take } = book();
    subscriptions.want(MANY, NOON);
    subscriptions.onUp(1, NOON);
    expect(sizes(take())).toEqual([200]);
    started(7, 10);
    const added = take();
    expect(added.every((command) => 'action' in command && command.action === 'add_markets')).toBe(true);
    expect(sizes(added)).toEqual([200, 50]);
    subscriptions.requestSnapshot(MANY, later(20));
    expect(sizes(take())).toEqual([200, 200, 50]);
    subscriptions.want(['KX-0'], later(30));
    expect(sizes(take())).toEqual([200, 200, 49]);
  });
});

describe('a request for whole books', () => {
  it('names the markets, and is not repeated within two seconds', () => {
    const { subscriptions, take } = live();
    subscriptions.requestSnapshot(['A'], later(100));
    expect(take()).toEqual([{ cmd: 'update_subscription', sids: [7], action: 'get_snapshot', market_tickers: ['A'] }]);
    subscriptions.requestSnapshot(['A', 'B'], later(1_000));
    expect(take()).toMatchObject([{ market_tickers: ['B'] }]);
    subscriptions.requestSnapshot(['A', 'B'], later(2_100));
    expect(take()).toMatchObject([{ market_tickers: ['A'] }]);
  });

  it('is left out for markets that are not subscribed, and while the subscription is new', () => {
    const { subscriptions, broken, take } = live();
    subscriptions.requestSnapshot(['Z'], later(100));
    broken(7, 2_000);
    take();
    subscriptions.requestSnapshot(['A'], later(2_010));
    expect(take()).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { centicents, centicontracts } from '../../src/lib/core/units.ts';
import type { MarketView } from '../../src/lib/core/view.ts';
import { dollars, emptyStory, LOST, MINUTE_MS, quotingStory, type Story, story } from '../support/engine.ts';
import { after, ownOrder, TICKER } from '../support/orders.ts';

function only(teller: Story): MarketView {
  const [market, ...more] = teller.view().markets;
  expect(more).toEqual([]);
  return market ?? expect.unreachable('one market is shown');
}

const said = (teller: Story) => {
  const { state, why } = only(teller);
  return [state, why];
};

describe('the view of a market', () => {
  it('that is quoted shows both sides and every number', () => {
    const teller = quotingStory();
    expect(only(teller)).toEqual({
      ...{ ticker: TICKER, status: 'active', state: 'quoting', bookAt: after(0) },
      ...{ closeAt: after(15 * MINUTE_MS), freezeAt: after(14 * MINUTE_MS) },
      phase: { phase: 'MAKE', until: after(14 * MINUTE_MS) },
      ...{ isBookValid: true, isStale: false, bestBid: 4_400, bestAsk: 5_600 },
      ...{ fair: 0.5, fairError: only(teller).fairError, reservation: 0.5 },
      bid: { price: 4_800, size: 1_000, state: 'working', expiresAt: after(180_000) },
      ask: { price: 5_200, size: 1_000, state: 'working', expiresAt: after(180_000) },
      ...{ position: 0, cost: 0, realized: 0, unrealized: 0, fees: 0, worst: dollars(4.8) },
    });
  });

  it('that is held has what it cost and at what it could be left, and the account what the day has brought', () => {
    const teller = quotingStory();
    teller.fill('bid', 500);
    teller.turn();
    const market = only(teller);
    expect(market).toMatchObject({ position: 500, cost: 500 * 4_800, mark: 4_400, unrealized: 500 * (4_400 - 4_800) });
    const { money, realized, unrealized, fees } = teller.view();
    expect(money).toMatchObject({ day: realized + unrealized - fees, week: realized + unrealized - fees });
    expect(money?.drawdown).toBe(-(realized + unrealized - fees));
  });

  it('of which nothing is known has no number that could be taken for one', () => {
    const market = only(story());
    expect(market).toMatchObject({ state: 'waiting', isBookValid: false, isStale: true });
    for (const key of ['bookAt', 'bestBid', 'bestAsk', 'fair', 'fairError', 'reservation', 'bid', 'ask', 'why']) {
      expect(market).not.toHaveProperty(key);
    }
  });

  it('says in a word and a sentence why nothing is quoted', () => {
    const gap = quotingStory().gap().level('bid', 4_300, 100);
    gap.quote();
    expect(said(gap)).toEqual(['book', 'the book is not valid: gap']);
    const down = quotingStory().disconnect();
    down.quote();
    expect(said(down)).toEqual(['stale', 'not connected']);
    const paused = quotingStory().tell({ type: 'control', verb: 'pause', by: 'ann' });
    paused.quote();
    expect(said(paused)).toEqual(['paused', 'paused by ann']);
    const frozen = quotingStory().wait(14 * MINUTE_MS);
    frozen.quote();
    expect(said(frozen)).toEqual(['frozen', 'frozen before the close']);
    const never = story({
      ...{ fair: { kind: 'index-ladder', referenceAgeMsMax: 3_000 } },
      clock: {
        series: { KXTEST: { makeMs: 5 * MINUTE_MS, freezeMs: 2_000, postMs: 0 } },
        news: { beforeMs: 0, afterMs: 0, releases: [] },
      },
    }).book();
    never.turn();
    expect(said(never)).toEqual([
      'rule_unknown',
      'the text of its rules does not say that it settles on the level of an index',
    ]);
    const closed = quotingStory().wait(15 * MINUTE_MS);
    closed.turn();
    expect(said(closed)).toEqual(['closed', 'the market is closed']);
    const empty = story().book([[4_400, 100]], []);
    empty.turn();
    expect(said(empty)).toEqual(['one_sided_book', 'nobody else asks, so there is no mid']);
  });

  it('says of which side it shows nothing, and why', () => {
    const teller = story({ risk: { position: centicontracts(1_000) } }).book();
    teller.quote();
    teller.fill('bid', 1_000);
    teller.quote();
    teller.turn();
    expect(said(teller)).toEqual(['one-sided', 'bid: position would be 20.00 of 10.00']);
    expect(only(teller)).not.toHaveProperty('bid');
  });

  it('is stale when its book is not valid, the link is down, or nothing or only old news is heard; the last numbers stay', () => {
    const fresh = quotingStory();
    const broken = quotingStory().gap().level('bid', 4_300, 100);
    const silent = quotingStory().tell({ type: 'feed_silence', isSilent: true, heardAt: after(0) });
    const late = quotingStory().wait(10_000);
    const change = { side: 'bid', price: centicents(4_300), delta: centicontracts(100), ticker: TICKER } as const;
    late.tell({ type: 'book_delta', feed: late.nextFeed(), ...change, exchangeAt: after(6_000) });
    const tellers = [fresh, broken, silent, quotingStory().disconnect(), late];
    expect(tellers.map((teller) => only(teller).isStale)).toEqual([false, true, true, true, true]);
    expect(only(broken)).toMatchObject({ isBookValid: false, bestBid: 4_400, bookAt: after(0) });
  });

  it('names the state of the order behind a side', () => {
    const teller = story().book();
    const [bid, ask] = teller.turn();
    expect([only(teller).bid?.state, only(teller).ask?.state]).toEqual(['sending', 'sending']);
    if (bid !== undefined) teller.created(bid, LOST);
    if (ask !== undefined) teller.accept(ask);
    expect([only(teller).bid?.state, only(teller).ask?.state]).toEqual(['unknown', 'working']);
    teller.tell({ type: 'control', verb: 'kill', by: 'ann' }).turn();
    expect(only(teller).ask?.state).toBe('cancel sent');
  });

  it('that is not quoted any more is shown while something of ours is in it', () => {
    const teller = quotingStory();
    teller.fill('ask', 400);
    teller.tell({ type: 'markets_selected', tickers: [] });
    teller.quote();
    expect(only(teller)).toMatchObject({ position: -400, unrealized: dollars((0.52 - 0.56) * 4) });
    const flat = quotingStory().tell({ type: 'markets_selected', tickers: [] });
    flat.quote();
    expect(flat.view().markets).toEqual([]);
  });
});

describe('the view of the trader', () => {
  it('says in a word what it does', () => {
    const control = (verb: 'pause' | 'kill' | 'stop') => quotingStory().tell({ type: 'control', verb, by: 'ann' });
    const limited = quotingStory().tell({ type: 'rate_limited', until: after(2_000) });
    const oneMarket = quotingStory().tell({ type: 'control', verb: 'pause', ticker: TICKER, by: 'ann' });
    const tellers = [quotingStory(), limited, oneMarket, control('pause'), control('kill'), control('stop')];
    expect(tellers.map((teller) => teller.view().state)).toEqual([
      'quoting',
      'quoting',
      'quoting',
      'paused',
      'halted',
      'stopping',
    ]);
    const both = control('pause').tell({ type: 'control', verb: 'kill', by: 'ann' });
    expect(both.view().state).toBe('halted');
  });

  it('counts what rests, what is unknown, and until when something may rest if we die now', () => {
    const teller = story().book();
    expect(teller.view()).toMatchObject({ restingOrders: 0, unknownOrders: 0, turn: 0 });
    expect(teller.view()).not.toHaveProperty('leaseUntil');
    const [bid] = teller.turn();
    if (bid !== undefined) teller.created(bid, LOST);
    expect(teller.view()).toMatchObject({ restingOrders: 2, unknownOrders: 1, turn: 1, leaseUntil: after(180_000) });
  });

  it('counts the money exactly', () => {
    const teller = quotingStory();
    teller.fill('bid', 1_000, { fee: dollars(0.017_5) });
    teller.turn();
    expect(teller.view()).toMatchObject({
      ...{ cash: dollars(1_000 - 4.8 - 0.017_5), realized: 0, fees: dollars(0.017_5), fills: 1 },
      unrealized: dollars(-0.4),
    });
  });

  it('shows how much of each limit is used', () => {
    expect(quotingStory().view().limits).toEqual([
      { name: 'total', used: dollars(4.8), limit: dollars(300) },
      { name: 'event', used: dollars(4.8), limit: dollars(100) },
      { name: 'market', used: dollars(4.8), limit: dollars(50) },
      { name: 'day', used: 0, limit: dollars(50) },
    ]);
    expect(
      emptyStory()
        .view()
        .limits.map(({ used }) => used),
    ).toEqual([0, 0, 0, 0]);
  });

  it('carries the ladder of the market that was asked for, our own orders and those of strangers on our account in it', () => {
    const teller = quotingStory();
    teller.level('bid', 4_800, 1_000).level('ask', 5_200, 1_000);
    const order = ownOrder({ orderId: 'x', clientOrderId: '', price: teller.order('bid').price });
    teller.tell({ type: 'own_order', order, source: 'rest' });
    expect(teller.view(TICKER).ladder).toEqual({
      ticker: TICKER,
      bids: [
        { price: 4_800, size: 1_000, own: 2_000 },
        { price: 4_400, size: 10_000, own: 0 },
      ],
      asks: [
        { price: 5_200, size: 1_000, own: 1_000 },
        { price: 5_600, size: 10_000, own: 0 },
      ],
    });
    expect(teller.view('KXELSE')).not.toHaveProperty('ladder');
    expect(teller.view()).not.toHaveProperty('ladder');
  });

  it('is plain data, and looking changes nothing', () => {
    const teller = quotingStory();
    const first = teller.view(TICKER);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(teller.view(TICKER)).toEqual(first);
    expect(teller.lines()).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { isOnGrid, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import { centicontracts, type Probability } from '../../src/lib/core/units.ts';
import { lineOf, MARKET, MINUTE_MS, QUOTING, quotingStory, seconds, story } from '../support/engine.ts';
import { after, T0, TICKER } from '../support/orders.ts';

describe('the first book', () => {
  it('is answered by a bid and an ask, numbered and named', () => {
    const [bid, ask] = story().book().turn();
    expect(bid).toEqual({
      kind: 'create',
      counter: 1,
      ticker: TICKER,
      shard: 0,
      clientOrderId: 'kmm-a-1-cara-1',
      side: 'bid',
      price: 4_800,
      size: 1_000,
      expiresAt: after(180_000),
    });
    expect(ask).toMatchObject({ counter: 2, clientOrderId: 'kmm-a-1-cara-2', side: 'ask', price: 5_200, size: 1_000 });
  });

  it('is not answered before a turn', () => {
    const { engine, told } = story().book();
    const answers = told.map((event) => engine.apply(event));
    expect(answers.flat()).toEqual([]);
  });

  it('is answered on the grid of the market, sub-cent where that is', () => {
    const teller = story().market({ grid: TAPERED_DECI_CENT });
    const intents = teller.book([[420, 5_000]], [[480, 5_000]]).turn();
    expect(intents.map(lineOf)).toEqual(['create bid 280 × 1000', 'create ask 620 × 1000']);
    expect(intents.every(({ price }) => isOnGrid(price, TAPERED_DECI_CENT))).toBe(true);
  });

  it('is answered behind the opposite best, where the fair value would cross it', () => {
    const fair = { kind: 'fixed', probability: 0.7 as Probability, standardError: 0 } as const;
    expect(story({ fair }).book().lines()).toEqual(['create bid 5500 × 1000', 'create ask 7200 × 1000']);
  });

  it('gets leases of whole seconds that end at the freeze at the latest', () => {
    const odd = story().wait(777).book().turn();
    expect(odd.map((intent) => 'expiresAt' in intent && seconds(intent.expiresAt))).toEqual([180, 180]);
    const late = story()
      .wait(13 * MINUTE_MS)
      .book()
      .turn();
    expect(late.map((intent) => 'expiresAt' in intent && seconds(intent.expiresAt))).toEqual([14 * 60, 14 * 60]);
  });

  it('of one side only gives no fair value, and nothing is shown', () => {
    const teller = story().book([[4_400, 10_000]], []);
    expect(teller.lines()).toEqual([]);
    expect(teller.gate()).toBe('one_sided_book');
  });

  it('of a market that is not defined is no reason to do anything', () => {
    expect(
      story()
        .book([[4_400, 100]], [[5_600, 100]], 'KXELSE')
        .lines(),
    ).toEqual([]);
  });
});

describe('a quoted market', () => {
  it('is left alone while nothing happens', () => {
    const teller = quotingStory();
    const later = [0, 100, 1_000, 5_000].map((ms) => teller.wait(ms).lines());
    expect(later.flat()).toEqual([]);
  });

  it('keeps its orders when the market moves a little, and says why', () => {
    const teller = quotingStory().wait(1_000).moveTo(4_500, 5_700);
    expect(teller.lines()).toEqual([]);
    expect(teller.reason('bid')).toBe('kept: 1 ¢ < 2 ¢');
  });

  it('amends its orders when the market moves, the safer side at once, the bolder one when it may', () => {
    const teller = quotingStory().wait(100).moveTo(4_700, 5_900);
    expect(teller.quote().map(lineOf)).toEqual(['amend ask 5500 × 1000']);
    expect(teller.reason('bid')).toBe('kept: changed 100 ms ago');
    expect(teller.wait(150).moveTo(4_700, 5_900).lines()).toEqual(['amend bid 5100 × 1000']);
    expect(teller.reason('bid')).toBe('moved 3 ¢');
  });

  it('never bids through its own ask, which may rest where it was until the exchange says otherwise', () => {
    const teller = quotingStory().wait(1_000).moveTo(5_100, 7_500);
    const [bid, ask] = teller.turn();
    expect([bid, ask].map((intent) => intent && lineOf(intent))).toEqual([
      'amend bid 5100 × 1000',
      'amend ask 6500 × 1000',
    ]);
    for (const intent of [bid, ask]) if (intent !== undefined) teller.accept(intent);
    expect(teller.wait(1_000).moveTo(5_100, 7_500).lines()).toEqual(['amend bid 6100 × 1000']);
  });

  it('does not lean on its own orders when it looks for the fair value', () => {
    const teller = quotingStory().wait(1_000);
    teller.level('bid', 4_800, 1_000).level('ask', 5_200, 1_000);
    expect(teller.lines()).toEqual([]);
    expect(teller.engine.market(TICKER)?.decision?.top).toMatchObject({ bid: 4_400, ask: 5_600 });
  });

  it('renews a lease at half of it, at the same price and size', () => {
    const teller = quotingStory();
    expect(teller.wait(90_000).lines()).toEqual([]);
    const renewals = teller.wait(1_000).turn();
    expect(renewals.map(lineOf)).toEqual(['amend bid 4800 × 1000', 'amend ask 5200 × 1000']);
    expect(renewals).toMatchObject([{ expiresAt: after(271_000) }, { expiresAt: after(271_000) }]);
  });

  it('leans against what it holds, on both sides', () => {
    const teller = quotingStory().wait(1_000);
    teller.fill('bid', 1_000);
    expect(teller.lines()).toEqual(['create bid 4500 × 1000', 'amend ask 5000 × 1000']);
    expect(teller.engine.market(TICKER)?.decision?.quote?.reservation).toBeCloseTo(1 / (1 + Math.exp(0.1)), 9);
  });

  it('replaces an order that no longer lies on the grid, however near it is', () => {
    const teller = story()
      .market({ grid: TAPERED_DECI_CENT })
      .book([[420, 5_000]], [[480, 5_000]]);
    teller.quote();
    teller
      .wait(1_000)
      .market({ grid: MARKET.grid })
      .book([[400, 5_000]], [[500, 5_000]]);
    expect(teller.lines()).toEqual(['amend bid 200 × 1000', 'amend ask 700 × 1000']);
  });
});

describe('the end of a market', () => {
  const close = QUOTING.freezeMs;

  it('pulls the quotes when the freeze begins, and not before', () => {
    const teller = quotingStory().wait(15 * MINUTE_MS - close - 6_000);
    teller.quote();
    expect(teller.resting()).toHaveLength(2);
    expect(teller.wait(6_000).lines()).toEqual(['cancel bid 4800 × 1000', 'cancel ask 5200 × 1000']);
    expect(teller.gate()).toBe('WINDOW');
  });

  it('sends nothing from the close on, not even cancels, which would be refused', () => {
    const teller = quotingStory()
      .wait(15 * MINUTE_MS)
      .book();
    expect(teller.lines()).toEqual([]);
    expect(teller.gate()).toBe('closed');
    teller.wait(MINUTE_MS).tell({ type: 'markets_selected', tickers: [] });
    expect(teller.tell({ type: 'control', verb: 'kill', by: 'ann' }).lines()).toEqual([]);
  });

  it('may come early or late: the definition counts, not the first one heard', () => {
    const teller = quotingStory();
    teller.wait(1_000).market({ closeAt: after(50_000) });
    expect(teller.lines()).toEqual(['cancel bid 4800 × 1000', 'cancel ask 5200 × 1000']);
    teller.tell(...teller.asked.slice(-2).map((cancel) => cancelled(cancel.clientOrderId)));
    teller.wait(1_000).market({ closeAt: after(3_600_000) });
    expect(teller.lines()).toEqual(['create bid 4800 × 1000', 'create ask 5200 × 1000']);
  });

  it('is not the only time without orders: before the opening and in a pause of the market nothing is sent', () => {
    const early = story()
      .market({ openAt: after(60_000), status: 'initialized' })
      .book();
    expect([early.lines(), early.gate()]).toEqual([[], 'not_open']);
    expect(early.wait(60_000).book().lines()).toHaveLength(2);
    const paused = quotingStory().tell({ type: 'market_status_changed', ticker: TICKER, status: 'inactive' });
    expect([paused.lines(), paused.gate()]).toEqual([[], 'not_open']);
  });

  const cancelled = (clientOrderId: string) =>
    ({
      type: 'change_outcome',
      clientOrderId,
      change: 'cancel',
      outcome: { kind: 'cancelled', reducedBy: centicontracts(1_000) },
    }) as const;
});

describe('which markets are quoted', () => {
  it('is chosen, and one that is no longer chosen is pulled', () => {
    const teller = quotingStory().market({ ticker: 'KXTEST-26NOV20-T2' });
    teller.book([[2_400, 1_000]], [[3_600, 1_000]], 'KXTEST-26NOV20-T2').quote();
    teller.tell({ type: 'markets_selected', tickers: [TICKER] });
    const intents = teller.turn();
    expect(intents.map(({ ticker, kind }) => `${kind} ${ticker}`)).toEqual([
      'cancel KXTEST-26NOV20-T2',
      'cancel KXTEST-26NOV20-T2',
    ]);
    expect(teller.gate('KXTEST-26NOV20-T2')).toBe('not_selected');
    expect(teller.wait(1_000).lines()).toEqual([]);
  });

  it('does not touch what nobody chose', () => {
    const teller = story().tell({ type: 'markets_selected', tickers: [] }).book();
    expect(teller.lines()).toEqual([]);
  });
});

describe('news', () => {
  it('of one market decides that market only, once a turn', () => {
    const teller = quotingStory().market({ ticker: 'KXTEST-26NOV20-T2' });
    teller.book([[2_400, 1_000]], [[3_600, 1_000]], 'KXTEST-26NOV20-T2').quote();
    teller.turn();
    teller.wait(200).level('bid', 4_300, 500).level('bid', 4_300, 500).turn();
    expect(teller.engine.market(TICKER)?.decision?.at).toBe(after(200));
    expect(teller.engine.market('KXTEST-26NOV20-T2')?.decision?.at).toBe(T0);
  });

  it('is looked for once a second in a quiet market, so that leases and freezes are noticed', () => {
    const teller = quotingStory();
    teller.wait(999).turn();
    expect(teller.engine.market(TICKER)?.decision?.at).toBe(T0);
    teller.wait(1).turn();
    expect(teller.engine.market(TICKER)?.decision?.at).toBe(after(1_000));
  });

  it('that cancels comes before what creates, whichever market it belongs to', () => {
    const teller = quotingStory().market({ ticker: 'KXTEST-26NOV20-T2' });
    teller.turn();
    teller.book([[2_400, 1_000]], [[3_600, 1_000]], 'KXTEST-26NOV20-T2').book([[4_400, 10_000]], []);
    const intents = teller.turn();
    expect(intents.map(({ kind }) => kind)).toEqual(['cancel', 'cancel', 'create', 'create']);
    expect(intents.map(({ counter }) => counter)).toEqual([5, 6, 3, 4]);
  });

  it('of price moves a little further by the skew that the operator set', () => {
    const skewed = story({ externalSkewCents: { [TICKER]: 2 } }).book();
    const plain = story().book();
    expect(plain.lines()).toEqual(['create bid 4800 × 1000', 'create ask 5200 × 1000']);
    expect(skewed.lines()).toEqual(['create bid 5000 × 1000', 'create ask 5400 × 1000']);
  });
});

/** A series brings a new market every quarter of an hour, for as long as the engine runs: what is over is forgotten. */
import { describe, expect, it } from 'vitest';
import type { FillSeen } from '../../src/lib/core/events.ts';
import { centicents, centicontracts, epochMs } from '../../src/lib/core/units.ts';
import { dollars, emptyStory, MARKET, MINUTE_MS, type Story } from '../support/engine.ts';

const LIVES = 300;
const LIFE_MS = 15 * MINUTE_MS;
const tickerOf = (life: number) => `KXTEST-26NOV20-T${life}`;

/** Listed, quoted, filled, closed and paid, while the next one is listed already. Answers its fills. */
function live(teller: Story, life: number): readonly FillSeen[] {
  const ticker = tickerOf(life);
  const [openAt, closeAt] = [teller.at, epochMs(teller.at + LIFE_MS)];
  teller.tell({ type: 'market_defined', market: { ...MARKET, ticker, eventTicker: `E${life}`, openAt, closeAt } });
  teller.tell({ type: 'markets_selected', tickers: [ticker] });
  teller.book(undefined, undefined, ticker).quote();
  const fills = [teller.fill('bid', 300, { ticker })];
  for (let moves = 0; moves < 5; moves += 1) {
    teller.wait(10_000).moveTo(4_300 + 100 * (moves % 2), 5_500 + 100 * (moves % 2), ticker);
    teller.quote();
  }
  fills.push(teller.fill('ask', 100, { ticker }));
  teller.wait(LIFE_MS - 50_000).quote();
  teller.tell({ type: 'orders_listed', askedAt: teller.at, ticker, orders: [] });
  return fills;
}

function pay(teller: Story, life: number): void {
  const [value, settledAt] = [centicents(life % 2 === 0 ? 10_000 : 0), teller.at];
  teller.tell({ type: 'settlement', ticker: tickerOf(life), settledAt, value, result: value === 0 ? 'no' : 'yes' });
}

describe('after hundreds of markets an engine', () => {
  const teller = emptyStory({ cash: 10_000, risk: { dayLoss: dollars(1_000) } });
  const { engine } = teller;
  const fills: FillSeen[] = [];
  for (let life = 0; life < LIVES; life += 1) {
    fills.push(...live(teller, life));
    if (life > 0) pay(teller, life - 1);
  }
  const kept = teller.asked.filter(({ clientOrderId }) => engine.orders.byClientId(clientOrderId) !== undefined);

  it('keeps those that are not over: their books, their orders, ended ones as well', () => {
    expect(engine.halts.all()).toEqual([]);
    expect(Array.from(engine.markets(), ({ market }) => market.ticker)).toEqual([tickerOf(LIVES - 1)]);
    expect(Array.from(engine.books.markets(), ({ ticker }) => ticker)).toEqual([tickerOf(LIVES - 1)]);
    expect(teller.asked.length).toBeGreaterThanOrEqual(3 * LIVES);
    expect(new Set(kept.map(({ ticker }) => ticker))).toEqual(new Set([tickerOf(LIVES - 1)]));
    expect([...engine.orders.live()].length + engine.orders.questions().length + engine.orders.owing().size).toBe(0);
  });

  it('knows every fill for ever: told again, none is booked twice', () => {
    const cash = engine.ledger.totalCash();
    for (const fill of fills) teller.tell(fill);
    expect(engine.ledger.totalCash()).toBe(cash);
    expect(engine.ledger.fillCount).toBe(2 * LIVES);
  });

  it('pays a fill at once that comes after all else of its market is forgotten', () => {
    const cash = engine.ledger.totalCash();
    const [first] = fills;
    if (first === undefined) throw new Error('nothing was filled');
    teller.tell({ ...first, tradeId: 'late', price: centicents(4_000), size: centicontracts(100) });
    expect(engine.ledger.totalCash() - cash).toBe(dollars(1 - 0.4));
    expect(engine.ledger.holding(tickerOf(0)).position).toBe(0);
  });
});

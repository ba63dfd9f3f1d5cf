import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from '../../../src/lib/core/market.ts';
import { type MarketState, marketState } from '../../../src/lib/core/market-state.ts';
import { Ledger } from '../../../src/lib/core/money/ledger.ts';
import { Orders } from '../../../src/lib/core/orders/orders.ts';
import { Portfolio } from '../../../src/lib/core/risk/portfolio.ts';
import { centicents, centicontracts, type Side } from '../../../src/lib/core/units.ts';
import { dollars, INVENTORY, MARKET, RISK } from '../../support/engine.ts';
import { after, createIntent, fillSeen, T0, TICKER } from '../../support/orders.ts';

/** An account with $100 on shard 0 and $50 on shard 1. */
class Setting {
  readonly ledger = new Ledger();
  readonly orders = new Orders();
  readonly portfolio = new Portfolio(this.ledger, this.orders, RISK);
  #count = 0;

  constructor() {
    this.ledger.deposit(0, dollars(100));
    this.ledger.deposit(1, dollars(50));
  }

  market(over: Partial<Market> = {}): MarketState {
    const state = marketState({ ...MARKET, ...over });
    this.portfolio.add(state);
    return state;
  }

  trade({ market }: MarketState, side: Side, price: number, size: number): void {
    const { ticker, shard } = market;
    this.ledger.fill(fillSeen(size, { ticker, side, price: centicents(price), orderId: 'by hand' }), shard);
  }

  order({ market }: MarketState, side: Side, price: number, size: number): void {
    this.#count += 1;
    const named = { ticker: market.ticker, shard: market.shard, clientOrderId: `o${this.#count}` };
    const intent = createIntent({ ...named, side, price: centicents(price), size: centicontracts(size) });
    this.orders.intended(intent, T0);
  }

  settle({ market: { ticker } }: MarketState, side: Side, _price: number, size: number): void {
    const value = centicents(side === 'bid' ? 10_000 : 0);
    const settlement = { type: 'settlement', at: T0, ticker, result: 'scalar', value, settledAt: T0 } as const;
    this.ledger.settlement({ ...settlement, settledAt: after(size) }, 0);
  }

  refreshAll(...states: readonly MarketState[]): this {
    for (const state of states) this.portfolio.refresh(state);
    return this;
  }
}

function marked(state: MarketState, bid: number, ask: number): void {
  Object.assign(state, { exitBid: centicents(bid), exitAsk: centicents(ask), hasMark: true });
}

describe('the sums of the account', () => {
  it('are kept as they would be added up anew, whatever happens in whichever order', () => {
    const deed = fc.record({
      market: fc.nat(5),
      what: fc.constantFrom('trade', 'order', 'settle', 'remove'),
      side: fc.constantFrom('bid', 'ask'),
      cents: fc.integer({ min: 1, max: 99 }),
      size: fc.integer({ min: 1, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        const setting = new Setting();
        const states = [0, 1, 2, 3, 4, 5].map((n) =>
          setting.market({ ticker: `M${n}`, eventTicker: `E${n % 3}`, shard: n % 2, isMutuallyExclusive: n % 3 === 0 }),
        );
        const removed = new Set<MarketState>();
        for (const { market, what, side, cents, size } of deeds) {
          const state = states[market] as MarketState;
          if (removed.has(state) || (what === 'remove' && state.isAtStake)) continue;
          if (what === 'remove') {
            setting.portfolio.remove(state);
            removed.add(state);
          } else setting[what](state, side, cents * 100, size);
          setting.portfolio.refresh(state);
          const anew = new Portfolio(setting.ledger, setting.orders, RISK);
          for (const one of states) anew.add(one);
          for (const one of removed) anew.remove(one);
          const listed = states.filter((one) => !removed.has(one));
          expect(setting.portfolio.totalLoss()).toBe(anew.totalLoss());
          for (const one of listed) {
            expect(setting.portfolio.riskContext(one, { risk: RISK, inventory: INVENTORY }, T0)).toEqual(
              anew.riskContext(one, { risk: RISK, inventory: INVENTORY }, T0),
            );
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the worst loss of the account', () => {
  it('adds up over events, and within an event over markets that do not exclude one another', () => {
    const setting = new Setting();
    const states = ['A', 'B', 'C'].map((ticker, n) => setting.market({ ticker, eventTicker: n < 2 ? 'E1' : 'E2' }));
    for (const state of states) setting.trade(state, 'bid', 3_000, 1_000);
    setting.refreshAll(...states);
    expect(setting.portfolio.totalLoss()).toBe(dollars(9));
    expect(setting.portfolio.worstEvent()).toEqual({ eventTicker: 'E1', loss: dollars(6) });
  });

  it('nets within an exclusive event, where at most one market ends YES', () => {
    const setting = new Setting();
    const states = ['A', 'B'].map((ticker) => setting.market({ ticker, isMutuallyExclusive: true }));
    for (const state of states) setting.trade(state, 'ask', 4_000, 1_000);
    setting.refreshAll(...states);
    // One of the two shorts loses $6, the other keeps its $4.
    expect(setting.portfolio.totalLoss()).toBe(dollars(2));
  });

  it('does without a market that was removed', () => {
    const setting = new Setting();
    const state = setting.market();
    setting.trade(state, 'bid', 3_000, 1_000);
    setting.refreshAll(state).portfolio.remove(state);
    expect(setting.portfolio.totalLoss()).toBe(0);
    expect(setting.portfolio.worstEvent()).toBeUndefined();
  });
});

describe('what the gate is told of a market', () => {
  it('is its own holding and orders, its siblings, all other events, and the cash that is left on its shard', () => {
    const setting = new Setting();
    const own = setting.market();
    const sibling = setting.market({ ticker: 'S' });
    const stranger = setting.market({ ticker: 'X', eventTicker: 'E2' });
    const elsewhere = setting.market({ ticker: 'Y', eventTicker: 'E3', shard: 1 });
    setting.trade(own, 'bid', 4_000, 500);
    setting.order(own, 'bid', 3_000, 1_000);
    setting.order(sibling, 'ask', 6_000, 1_000);
    setting.order(stranger, 'bid', 2_000, 1_000);
    setting.order(elsewhere, 'bid', 1_000, 1_000);
    setting.refreshAll(own, sibling, stranger, elsewhere);
    const context = setting.portfolio.riskContext(own, { risk: RISK, inventory: INVENTORY }, T0);
    expect(context.holding.position).toBe(500);
    expect(Array.from(context.orders, ({ price }) => price)).toEqual([3_000]);
    expect([...context.siblings]).toEqual([sibling.outcomes]);
    expect(context.otherEventsLoss).toBe(dollars(2 + 1));
    // $2 went into the position; the sibling reserves $4, the stranger $2.
    expect(context.cashAvailable).toBe(dollars(100 - 2 - 4 - 2));
  });

  it('holds orders of unknown fate like any other', () => {
    const setting = new Setting();
    const state = setting.market();
    setting.order(state, 'bid', 4_000, 1_000);
    setting.orders.createOutcome({
      type: 'create_outcome',
      ...{ at: T0, clientOrderId: 'o1' },
      outcome: { kind: 'unknown', reason: 'timeout' },
    });
    expect(
      Array.from(
        setting.portfolio.riskContext(state, { risk: RISK, inventory: INVENTORY }, T0).orders,
        ({ price }) => price,
      ),
    ).toEqual([4_000]);
  });

  it('holds the fills that are owed to us', () => {
    const setting = new Setting();
    const state = setting.market();
    setting.order(state, 'bid', 4_000, 1_000);
    setting.orders.createOutcome({
      type: 'create_outcome',
      ...{ at: T0, clientOrderId: 'o1' },
      outcome: { kind: 'accepted', orderId: 'X', filled: centicontracts(300), remaining: centicontracts(700) },
    });
    setting.refreshAll(state);
    expect(setting.portfolio.riskContext(state, { risk: RISK, inventory: INVENTORY }, T0).owing).toHaveLength(1);
    expect(setting.portfolio.totalLoss()).toBe(dollars(4));
  });
});

describe('the mark', () => {
  it('is what leaving now would bring: the bid for what was bought, the ask for what was sold', () => {
    const setting = new Setting();
    const [long, short] = [setting.market(), setting.market({ ticker: 'S' })];
    setting.trade(long, 'bid', 4_000, 1_000);
    setting.trade(short, 'ask', 4_000, 1_000);
    for (const state of [long, short]) marked(state, 3_900, 4_300);
    expect([long, short].map((state) => setting.portfolio.unrealizedOf(state))).toEqual([dollars(-0.1), dollars(-0.3)]);
    expect(setting.portfolio.unrealized()).toBe(dollars(-0.4));
  });

  it('before any price was seen is what it cost', () => {
    const setting = new Setting();
    const state = setting.market();
    setting.trade(state, 'bid', 4_000, 1_000);
    expect(setting.portfolio.unrealizedOf(state)).toBe(0);
    expect(state.market.ticker).toBe(TICKER);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarketState, marketState } from '../../../src/lib/core/market-state.ts';
import { accrue, chargeFill, type FeeAccumulator, feeAccumulator, tradeFee } from '../../../src/lib/core/money/fees.ts';
import { Ledger } from '../../../src/lib/core/money/ledger.ts';
import { type Order, remainingOf } from '../../../src/lib/core/orders/order.ts';
import { Orders } from '../../../src/lib/core/orders/orders.ts';
import { Portfolio } from '../../../src/lib/core/risk/portfolio.ts';
import { centicents, centicontracts, microdollars, type Side } from '../../../src/lib/core/units.ts';
import { dollars, INVENTORY, MARKET, RISK } from '../../support/engine.ts';
import { after, createIntent, fillSeen, T0 } from '../../support/orders.ts';

const CENT = microdollars(10_000);
/** A and B exclude one another, C and D do not; makers pay in B and D. */
const MARKETS = ['A', 'B', 'C', 'D'].map((ticker, n) => ({
  ...{ ...MARKET, ticker, eventTicker: n < 2 ? 'E1' : 'E2', isMutuallyExclusive: n < 2 },
  fees: { ...MARKET.fees, type: n % 2 === 0 ? 'quadratic' : 'quadratic_with_maker_fees' },
}));

/** An account whose orders fill as the exchange fills them, fees and their rounding included. */
class Account {
  readonly ledger = new Ledger();
  readonly orders = new Orders();
  readonly portfolio = new Portfolio(this.ledger, this.orders, RISK);
  readonly states: readonly MarketState[];
  /** What a restart is told. */
  readonly history: ((ledger: Ledger) => void)[] = [];
  readonly #accumulators = new Map<string, FeeAccumulator>();
  #count = 0;

  constructor() {
    this.states = MARKETS.map((market) => this.#met(market, this.portfolio));
  }

  order(index: number, side: Side, price: number, contracts: number): Order {
    this.#count += 1;
    const { ticker } = MARKETS[index] as (typeof MARKETS)[number];
    const named = { ticker, clientOrderId: `o${this.#count}`, side, price: centicents(price) };
    const intent = createIntent({ ...named, size: centicontracts(contracts * 100) });
    this.orders.intended(intent, T0);
    this.#refresh();
    return this.orders.byClientId(intent.clientOrderId) ?? expect.unreachable('entered');
  }

  fill(order: Order, contracts: number): void {
    const { clientOrderId, ticker, side, price } = order;
    const { fees: terms } = MARKETS.find((one) => one.ticker === ticker) ?? expect.unreachable('known');
    const size = centicontracts(contracts * 100);
    const formula = tradeFee({ terms, price, size, isTaker: false, at: T0 });
    const fee = formula.kind === 'fee' ? formula.fee : expect.unreachable('a formula');
    const charge = chargeFill({ side, price, size, tradeFee: fee, balanceStep: CENT });
    const before = this.#accumulators.get(clientOrderId) ?? feeAccumulator(CENT);
    const { net, accumulator } = accrue(before, charge, fee);
    this.#accumulators.set(clientOrderId, accumulator);
    const seen = fillSeen(size, { ticker, side, price, clientOrderId, orderId: `X${clientOrderId}`, fee: net });
    this.#book((ledger) => ledger.fill(seen, 0));
    this.orders.filled(seen);
    this.#refresh();
  }

  settle(index: number, isYes: boolean): void {
    const { ticker } = MARKETS[index] as (typeof MARKETS)[number];
    const value = centicents(isYes ? 10_000 : 0);
    this.#book((ledger) =>
      ledger.settlement({ type: 'settlement', at: T0, ticker, result: 'scalar', value, settledAt: after(1) }, 0),
    );
    this.#refresh();
  }

  losses(): number[] {
    const { portfolio, states } = this;
    const worst = portfolio.worstEvent()?.loss ?? 0;
    return [portfolio.totalLoss(), worst, ...states.map((state) => portfolio.marketLoss(state))];
  }

  /** The same, as an account that begins with the history has it. */
  lossesAnew(): number[] {
    const ledger = new Ledger();
    for (const book of this.history) book(ledger);
    const portfolio = new Portfolio(ledger, this.orders, RISK);
    const states = MARKETS.map((market) => this.#met(market, portfolio));
    for (const state of states) portfolio.refresh(state);
    const worst = portfolio.worstEvent()?.loss ?? 0;
    return [portfolio.totalLoss(), worst, ...states.map((state) => portfolio.marketLoss(state))];
  }

  #met(market: (typeof MARKETS)[number], portfolio: Portfolio): MarketState {
    const state = Object.assign(marketState(market), { isSelected: true });
    portfolio.add(state);
    return state;
  }

  #book(entry: (ledger: Ledger) => void): void {
    this.history.push(entry);
    entry(this.ledger);
  }

  #refresh(): void {
    for (const state of this.states) this.portfolio.refresh(state);
  }
}

const anyDeed = fc.record({
  what: fc.constantFrom('order', 'order', 'fill', 'fill', 'fill', 'settle'),
  market: fc.nat(3),
  side: fc.constantFrom<Side>('bid', 'ask'),
  cents: fc.integer({ min: 1, max: 99 }),
  contracts: fc.integer({ min: 1, max: 30 }),
});

describe('the worst loss', () => {
  it('is never raised by a fill of what rests, nor by a settlement, and a restart comes to the same (I3)', () => {
    let [lowered, kept] = [0, 0];
    const story = fc.array(anyDeed, { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(story, (deeds) => {
        const account = new Account();
        const settled = new Set<number>();
        for (const { what, market, side, cents, contracts } of deeds) {
          const live = [...account.orders.live()];
          const before = account.losses();
          // In an exclusive event one market at most ends YES, and nothing rests in a market that has ended.
          if (what === 'settle' && live.every(({ ticker }) => ticker !== MARKETS[market]?.ticker)) {
            const isYes = side === 'bid' && (market > 1 || !settled.has(1 - market));
            if (!settled.has(market)) account.settle(market, isYes);
            settled.add(market);
          } else if (what === 'fill' && live.length > 0) {
            const order = live[cents % live.length] as Order;
            account.fill(order, Math.min(contracts, remainingOf(order) / 100));
          } else if (what === 'order' && !settled.has(market)) {
            account.order(market, side, cents * 100, contracts);
            continue;
          } else continue;
          const now = account.losses();
          for (const [index, loss] of now.entries()) expect(loss).toBeLessThanOrEqual(before[index] as number);
          if ((now[0] as number) < (before[0] as number)) lowered += 1;
          else kept += 1;
        }
        expect(account.lossesAnew()).toEqual(account.losses());
      }),
      { numRuns: 200 },
    );
    expect(Math.min(lowered, kept)).toBeGreaterThan(100);
  });

  it('keeps what an order lost that closed a position: the next one has that much less room', () => {
    const account = new Account();
    account.fill(account.order(2, 'bid', 5_000, 10), 10);
    expect(account.losses()[0]).toBe(dollars(5));
    account.fill(account.order(2, 'ask', 2_000, 10), 10);
    expect(account.losses()[0]).toBe(dollars(3));
    const context = account.portfolio.riskContext(
      account.states[3] as MarketState,
      { risk: RISK, inventory: INVENTORY },
      T0,
    );
    expect(context.siblings).toContainEqual({ ifNo: dollars(-3), ifYes: dollars(-3) });
  });

  it('of an event ends with its last market: then it belongs to the day alone', () => {
    const account = new Account();
    account.fill(account.order(0, 'bid', 5_000, 10), 10);
    account.fill(account.order(1, 'ask', 5_000, 10), 10);
    account.settle(0, false);
    // $5 lost in A, and B may still lose $5 more; a maker's fee of 4.4 ¢ is charged as 5 ¢.
    expect(account.losses()[0]).toBe(dollars(10.05));
    account.settle(1, true);
    expect(account.losses()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('of an exclusive event knows, once a market has ended YES, that no other one will', () => {
    const account = new Account();
    for (const index of [0, 1]) account.fill(account.order(index, 'ask', 5_000, 10), 10);
    account.settle(0, true);
    // A has lost $5, B keeps its $5, but for the fee.
    expect(account.losses()[0]).toBe(dollars(0.05));
  });

  it('gives a profit of one event to no other', () => {
    const account = new Account();
    account.fill(account.order(0, 'bid', 2_000, 10), 10);
    account.fill(account.order(0, 'ask', 9_000, 10), 10);
    account.fill(account.order(2, 'bid', 4_000, 10), 10);
    expect(account.losses()[0]).toBe(dollars(4));
  });
});

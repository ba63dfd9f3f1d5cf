/** Views composed for the screen's tests: one that is well, and the ways in which it can be unwell. */
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../../src/lib/core/units.ts';
import type { LadderLevel, MarketView, SideView, TraderView } from '../../src/lib/core/view.ts';

/** 14:02:11 ET on 20 November 2026. */
export const NOW = Date.UTC(2026, 10, 20, 19, 2, 11) as EpochMs;
export const TICKER = 'KXBTC15M-26NOV201415-15';

const price = (cents: number) => Math.round(cents * 100) as Centicents;
export const size = (contracts: number) => Math.round(contracts * 100) as Centicontracts;
export const dollars = (amount: number) => Math.round(amount * 1e6) as Microdollars;
export const at = (milliseconds: number) => (NOW + milliseconds) as EpochMs;

export function side(cents: number, contracts: number, changes: Partial<SideView> = {}): SideView {
  return { price: price(cents), size: size(contracts), state: 'working', expiresAt: at(161_000), ...changes };
}

function level(cents: number, contracts: number, own = 0): LadderLevel {
  return { price: price(cents), size: size(contracts), own: size(own) };
}

export function market(changes: Partial<MarketView> = {}): MarketView {
  return {
    ticker: TICKER,
    status: 'active',
    state: 'quoting',
    closeAt: at(769_000),
    phase: { phase: 'MAKE', until: at(709_000) },
    bookAt: at(-300),
    isBookValid: true,
    isStale: false,
    bestBid: price(45),
    bestAsk: price(48),
    fair: 0.4683,
    fairError: 0.019,
    reservation: 0.464,
    bid: side(45, 5, { ahead: size(88) }),
    ask: side(48, 5, { ahead: size(142) }),
    position: size(35),
    cost: dollars(15.435),
    mark: price(46.5),
    realized: dollars(3.2),
    unrealized: dollars(0.84),
    fees: dollars(0.12),
    worst: dollars(20.5),
    ...changes,
  };
}

/** A market of which nothing is known yet. */
export function unknownMarket(changes: Partial<MarketView> = {}): MarketView {
  const {
    bookAt: _1,
    bestBid: _2,
    bestAsk: _3,
    fair: _4,
    fairError: _5,
    reservation: _6,
    mark: _9,
    bid: _7,
    ask: _8,
    ...rest
  } = market();
  return {
    ...rest,
    state: 'waiting',
    why: 'no book yet',
    isBookValid: false,
    position: size(0),
    cost: dollars(0),
    realized: dollars(0),
    unrealized: dollars(0),
    fees: dollars(0),
    worst: dollars(0),
    ...changes,
  };
}

export const LADDER = {
  ticker: TICKER,
  bids: [level(45, 425, 5), level(44, 1900), level(43, 12.5), level(42, 60), level(41, 1)],
  asks: [level(48, 315, 5), level(49, 1204), level(50, 7), level(51, 33)],
};

export function view(changes: Partial<TraderView> = {}): TraderView {
  return {
    at: NOW,
    env: 'sim',
    account: 'sim-1',
    state: 'quoting',
    isConnected: true,
    heardAt: at(-300),
    turn: 4321,
    markets: [
      market(),
      market({
        ticker: 'KXBTCD-26NOV2017-T104999.99',
        state: 'one-sided',
        why: 'ask: position limit',
        fair: 0.0312,
        fairError: 0.0042,
        position: size(-100),
        cost: dollars(-2.9),
        mark: price(3.3),
        unrealized: dollars(-12.3),
        closeAt: at(4 * 3_600_000),
        bestBid: price(2.9),
        bestAsk: price(3.3),
        bid: side(2.8, 5),
        ask: side(3.3, 25, { state: 'sending' }),
      }),
      unknownMarket({ ticker: 'KXHIGHNY-26NOV20-T50' }),
    ],
    ladder: LADDER,
    halts: [],
    limits: [
      { name: 'total', used: dollars(112), limit: dollars(300) },
      { name: 'day loss', used: dollars(0), limit: dollars(50) },
      { name: 'worst event KXBTCD', used: dollars(96.5), limit: dollars(100) },
    ],
    cash: dollars(10_123.45),
    money: {
      ...{ day: dollars(-1.3), week: dollars(14.2), drawdown: dollars(2.11), capital: dollars(10_094.7) },
      ...{ paidIn: dollars(10_100), incentives: dollars(0), adjustments: dollars(0) },
    },
    realized: dollars(6.4),
    unrealized: dollars(-11.46),
    fees: dollars(0.24),
    feeDrift: dollars(0),
    fills: 12,
    restingOrders: 4,
    unknownOrders: 0,
    leaseUntil: at(161_000),
    coming: [
      { kind: 'news', name: 'FOMC', at: at(12_000) },
      { kind: 'freeze', name: TICKER, at: at(709_000) },
      { kind: 'maintenance', name: 'exchange', at: at(6 * 86_400_000) },
    ],
    log: [
      { at: at(-9_000), level: 'info', text: `fill bid 5 @ 45¢ ${TICKER}` },
      { at: at(-4_000), level: 'warn', text: 'post-only cross, order ended by the exchange' },
      { at: at(-1_000), level: 'error', text: 'position limit reached in KXBTCD-26NOV2017-T104999.99' },
    ],
    ...changes,
  };
}

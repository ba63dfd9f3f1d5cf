/** The account as the exchange has it and as the ledger has it, in the same figures. */
import type { Ledger } from '../../src/lib/core/money/ledger.ts';
import { moneyOf, PRICE_ONE, signOf } from '../../src/lib/core/units.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';
import type { Load, Money } from './observation.ts';
import { ACCOUNT, type Trader } from './trader.ts';

export function moneyOfLedger(ledger: Ledger): Money {
  const positions = new Map<string, number>();
  const earned = new Map<string, number>();
  for (const ticker of ledger.tickers()) {
    const { position, realized, fees, cost } = ledger.holding(ticker);
    positions.set(ticker, position);
    // Realized + unrealized − fees is this and the worth of the position, whatever its mark.
    earned.set(ticker, realized - fees - cost);
  }
  return { cash: ledger.cashByShard(), positions, fills: ledger.fillCount, earned };
}

export function moneyOfExchange(venue: Venue, accountId = ACCOUNT): Money {
  const fills = venue.fills(accountId);
  const earned = new Map<string, number>();
  const add = (ticker: string, money: number) => earned.set(ticker, (earned.get(ticker) ?? 0) + money);
  for (const { ticker, side, price, size, fee } of fills) add(ticker, -signOf(side) * moneyOf(price, size) - fee);
  const paid = new Set<string>();
  for (const { ticker, revenue, noCount } of venue.settlements(accountId)) {
    // A second row pays the difference alone; the first gives back what a short position had locked.
    add(ticker, paid.has(ticker) ? revenue : revenue - moneyOf(PRICE_ONE, noCount));
    paid.add(ticker);
  }
  return {
    cash: new Map(venue.balance(accountId).map(({ shard, cash }) => [shard, cash])),
    positions: new Map(venue.positions(accountId).map(({ ticker, position }) => [ticker, position])),
    fills: fills.length,
    earned,
  };
}

export function loadOf({ session, process }: Trader): Load {
  const { orders } = session.engine;
  return {
    orders: [...orders.live()].length,
    owing: orders.owing().size,
    questions: orders.questions().length,
    waiting: process.waiting,
  };
}

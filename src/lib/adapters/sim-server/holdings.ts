/** Sums over what an account holds: balance per shard and in total, and positions gathered by event. */
import {
  type Centicontracts,
  complement,
  formatMoney,
  formatSize,
  type Microdollars,
  microdollars,
  moneyOf,
  NO_MONEY,
  NO_SIZE,
} from '../../core/units.ts';
import type { Venue, VenuePosition } from '../../sim/venue.ts';
import { positionObject } from './order-objects.ts';
import { balanceText, centsOf, secondsOf } from './wire-text.ts';

/**
 * All shards, or the one asked for; the breakdown always names each (kalshi/api.md 4).
 *
 * Cash is listed whole, resting orders or not. The description says "available balance" and leaves open what that is
 * less of; resting orders have a total of their own (`total_resting_order_value`), and orders that cash no longer
 * carries are cancelled late (`MarginCancel`), which no exchange would need that had taken their cost out of it.
 */
export function balanceObject(venue: Venue, accountId: string, shard: number | undefined) {
  const accounts = venue.balance(accountId).filter((account) => shard === undefined || account.shard === shard);
  const positions = venue.positions(accountId).filter((held) => shard === undefined || held.shard === shard);
  const cash = sum(accounts.map((account) => account.cash));
  return {
    balance: centsOf(cash),
    balance_dollars: balanceText(cash),
    portfolio_value: centsOf(sum(positions.map((held) => markOf(venue, held)))),
    updated_ts: secondsOf(venue.now),
    balance_breakdown: accounts.map((account) => ({
      exchange_index: account.shard,
      balance: balanceText(account.cash),
    })),
  };
}

/** The listed positions, and the same by event; shares traded are counted from the account's fills. */
export function positionsObject(venue: Venue, accountId: string, listed: readonly VenuePosition[]) {
  const eventOf = (ticker: string) => venue.market(ticker)?.market.eventTicker ?? ticker;
  const shares = new Map<string, Centicontracts>();
  for (const fill of venue.fills(accountId)) {
    const event = eventOf(fill.ticker);
    shares.set(event, ((shares.get(event) ?? 0) + fill.size) as Centicontracts);
  }
  const byEvent = Map.groupBy(listed, (position) => eventOf(position.ticker));
  return {
    market_positions: listed.map(positionObject),
    event_positions: [...byEvent].map(([event, held]) => ({
      event_ticker: event,
      total_cost_dollars: formatMoney(sum(held.map((position) => position.traded))),
      total_cost_shares_fp: formatSize(shares.get(event) ?? NO_SIZE),
      event_exposure_dollars: formatMoney(sum(held.map((position) => position.exposure))),
      realized_pnl_dollars: formatMoney(sum(held.map((position) => position.realized))),
      fees_paid_dollars: formatMoney(sum(held.map((position) => position.fees))),
    })),
  };
}

/** Contracts at the market's last price: YES at it, NO at what is left of a dollar. */
function markOf(venue: Venue, held: VenuePosition): Microdollars {
  const last = venue.market(held.ticker)?.stats.lastPrice;
  if (last === undefined || held.position === 0) return NO_MONEY;
  return held.position > 0 ? moneyOf(last, held.position) : moneyOf(complement(last), -held.position as Centicontracts);
}

function sum(amounts: readonly Microdollars[]): Microdollars {
  return microdollars(amounts.reduce((total, amount) => total + amount, 0));
}

/**
 * I3: whenever an order of ours comes to rest or grows on the exchange, the worst loss of the exchange's positions and of
 * all that rests there is inside every limit, or has not become larger by it.
 */

import type { FillSeen } from '../../../src/lib/core/events.ts';
import {
  type Exposed,
  type Outcomes,
  outcomesOf,
  reachOf,
  worstOfEvent,
  worstOfMarket,
} from '../../../src/lib/core/exposure.ts';
import { Ledger } from '../../../src/lib/core/ledger.ts';
import type { Centicontracts } from '../../../src/lib/core/units.ts';
import type { VenueFact, VenueOrder } from '../../../src/lib/sim/venue.ts';
import type { CheckerMaker } from '../observation.ts';

/** What a stranger does on our account is known a little later. */
const FOREIGN_MS = 10_000;

export const limit: CheckerMaker = ({ limits, ownPrefix }) => {
  const ledger = new Ledger();
  const resting = new Map<string, VenueOrder>();
  let foreignAt = Number.NEGATIVE_INFINITY;
  let before = figures();

  function figures() {
    const byMarket = new Map<string, Exposed[]>();
    for (const order of resting.values()) {
      const orders = byMarket.get(order.ticker) ?? [];
      orders.push(exposed(order));
      byMarket.set(order.ticker, orders);
    }
    const found = new Map<string, { readonly value: number; readonly max: number }>();
    const events = new Map<string, Outcomes[]>();
    for (const ticker of new Set([...byMarket.keys(), ...ledger.tickers()])) {
      const orders = byMarket.get(ticker) ?? [];
      const holding = ledger.holding(ticker);
      const outcomes = outcomesOf(holding, orders, []);
      const reach = Math.max(
        reachOf('bid', holding.position, orders, []),
        reachOf('ask', holding.position, orders, []),
      );
      found.set(`position of ${ticker}`, { value: reach, max: limits.position });
      found.set(`loss of ${ticker}`, { value: worstOfMarket(outcomes), max: limits.marketLoss });
      const event = ticker.slice(0, ticker.lastIndexOf('-'));
      events.set(event, [...(events.get(event) ?? []), outcomes]);
    }
    let total = 0;
    for (const [event, outcomes] of events) {
      const loss = worstOfEvent(outcomes, false);
      total += loss;
      found.set(`loss of ${event}`, { value: loss, max: limits.eventLoss });
    }
    return found.set('loss in total', { value: total, max: limits.totalLoss });
  }

  function breach(order: VenueOrder, at: number): string | undefined {
    const after = figures();
    const broken = [...after].find(([name, { value, max }]) => value > max && value > (before.get(name)?.value ?? 0));
    before = after;
    if (broken === undefined || !order.clientOrderId.startsWith(ownPrefix) || at - foreignAt < FOREIGN_MS) return;
    const [name, { value, max }] = broken;
    return `${name} is ${value} of ${max} with order ${order.clientOrderId}`;
  }

  return (seen) => {
    if (seen.kind === 'foreign') foreignAt = seen.at;
    if (seen.kind !== 'fact') return undefined;
    const { fact } = seen;
    if (fact.type === 'fill') ledger.fill(fillOf(fact), fact.fill.shard);
    if (fact.type !== 'order') return undefined;
    const { order } = fact;
    if (order.status === 'resting') resting.set(order.orderId, order);
    else resting.delete(order.orderId);
    return breach(order, seen.at);
  };
};

function exposed({ side, price, filled, remaining }: VenueOrder): Exposed {
  const total = (filled + remaining) as Centicontracts;
  return { side, price, boldest: price, total, filledSeen: filled, filledStated: filled };
}

function fillOf({ at, fill }: Extract<VenueFact, { type: 'fill' }>): FillSeen {
  return { type: 'fill', ...fill, at };
}

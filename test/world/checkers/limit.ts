/**
 * I3: whenever an order of ours leaves for the exchange, comes to rest there or grows, the worst loss of the exchange's
 * positions, of all that rests and of all that is on its way is inside every limit (market, strike, event, group, total), or
 * has not become larger by it; so is what would be held net in one direction. No order is worth more than one may be.
 */

import type { FillSeen } from '../../../src/lib/core/events.ts';
import { Ledger } from '../../../src/lib/core/money/ledger.ts';
import {
  type Exposed,
  type Outcomes,
  outcomesOf,
  reachOf,
  worstOfEvent,
  worstOfMarket,
} from '../../../src/lib/core/risk/exposure.ts';
import { shareOf } from '../../../src/lib/core/risk/limits.ts';
import { type Centicontracts, PRICE_ONE, parsePrice, parseSize, type Side } from '../../../src/lib/core/units.ts';
import type { VenueFact, VenueOrder } from '../../../src/lib/sim/venue.ts';
import type { CheckerMaker, Observation } from '../observation.ts';
import { isHeard } from './legal.ts';

/** Whether a fill alone may break a limit: not once what closing has brought is in the measure (ADR 23). */
const FILLS_COUNT: boolean = true;
/** What a stranger does on our account is known a little later; where a frame may be lost, by the listing of every 30 s. */
const FOREIGN_MS = 10_000;
const FOREIGN_UNHEARD_MS = 45_000;

export const limit: CheckerMaker = ({ limits, ownPrefix, isExclusive, faults }) => {
  const foreignMs = isHeard(faults) ? FOREIGN_MS : FOREIGN_UNHEARD_MS;
  const ledger = new Ledger();
  const resting = new Map<string, VenueOrder>();
  /** Creates that have left and have not been heard of, by client order id. */
  const flying = new Map<string, { readonly ticker: string; readonly exposed: Exposed; readonly sentAt: number }>();
  let foreignAt = Number.NEGATIVE_INFINITY;
  let before = figures();

  function figures() {
    const byMarket = new Map<string, Exposed[]>();
    for (const order of resting.values()) {
      const orders = byMarket.get(order.ticker) ?? [];
      orders.push(exposed(order));
      byMarket.set(order.ticker, orders);
    }
    for (const { ticker, exposed: order } of flying.values()) {
      const orders = byMarket.get(ticker) ?? [];
      orders.push(order);
      byMarket.set(ticker, orders);
    }
    const found = new Map<string, { readonly value: number; readonly max: number }>();
    const events = new Map<string, Outcomes[]>();
    /** Where nothing is held nor ordered all is final (ADR 23). */
    const atStake = new Set<string>();
    for (const ticker of new Set([...byMarket.keys(), ...ledger.tickers()])) {
      const orders = byMarket.get(ticker) ?? [];
      const holding = ledger.holding(ticker);
      const ended = ledger.settledValue(ticker) === PRICE_ONE;
      const outcomes: Outcomes = { ...outcomesOf(holding, orders, []), ...(ended && { isYes: true }) };
      const reach = Math.max(
        reachOf('bid', holding.position, orders, []),
        reachOf('ask', holding.position, orders, []),
      );
      found.set(`position of ${ticker}`, { value: reach, max: limits.position });
      if (holding.position !== 0 || orders.length > 0) {
        const loss = worstOfMarket(outcomes);
        found.set(`loss of ${ticker}`, { value: loss, max: limits.marketLoss });
        found.set(`loss at strike ${ticker}`, { value: loss, max: shareOf(limits.totalLoss, limits.strikeShare) });
      }
      const event = ticker.slice(0, ticker.lastIndexOf('-'));
      if (holding.position !== 0 || orders.length > 0) atStake.add(event);
      events.set(event, [...(events.get(event) ?? []), outcomes]);
    }
    let total = 0;
    const groups = new Map<string, number>();
    for (const [event, outcomes] of events) {
      if (!atStake.has(event)) continue;
      const loss = worstOfEvent(outcomes, isExclusive(event));
      total += loss;
      groups.set(seriesOf(event), (groups.get(seriesOf(event)) ?? 0) + loss);
      found.set(`loss of ${event}`, { value: loss, max: limits.eventLoss });
    }
    for (const [group, value] of groups) found.set(`loss of group ${group}`, { value, max: limits.groupLoss });
    for (const [name, value] of reaches(byMarket)) {
      const max = name.startsWith(TOTAL) ? limits.totalImbalance : limits.groupImbalance;
      found.set(`${IMBALANCE} ${name}`, { value, max });
    }
    return found.set('loss in total', { value: total, max: limits.totalLoss });
  }

  /** Contracts net in each direction, by series and in all. */
  function reaches(byMarket: ReadonlyMap<string, Exposed[]>): Map<string, number> {
    const sums = new Map<string, number>();
    for (const ticker of new Set([...byMarket.keys(), ...ledger.tickers()])) {
      const orders = byMarket.get(ticker) ?? [];
      for (const side of ['bid', 'ask'] as const) {
        const reach = reachOf(side, ledger.holding(ticker).position, orders, []);
        for (const name of [TOTAL, seriesOf(ticker)]) {
          sums.set(`${name} ${side}`, (sums.get(`${name} ${side}`) ?? 0) + reach);
        }
      }
    }
    return sums;
  }

  /** What only takes its own market's position down may rest, whatever is held elsewhere. */
  function isReducing({ ticker, side }: Placed): boolean {
    const rests = [...resting.values()].filter((order) => order.ticker === ticker).map(exposed);
    const flies = [...flying.values()].filter((order) => order.ticker === ticker).map((order) => order.exposed);
    return reachOf(side, ledger.holding(ticker).position, [...rests, ...flies], []) <= 0;
  }

  function breach({ clientOrderId, ...placed }: Placed & { readonly clientOrderId: string }, at: number) {
    const after = figures();
    const reducing = isReducing(placed);
    const broken = [...after].find(([name, { value, max }]) => {
      if (reducing && name.startsWith(IMBALANCE)) return false;
      return value > max && value > (before.get(name)?.value ?? 0);
    });
    before = after;
    if (broken === undefined || !clientOrderId.startsWith(ownPrefix) || at - foreignAt < foreignMs) return;
    const [name, { value, max }] = broken;
    return `${name} is ${value} of ${max} with order ${clientOrderId}`;
  }

  function sent({ write: { body, path }, at }: Extract<Observation, { kind: 'sent' }>): string | undefined {
    const ticker = String(body.ticker);
    const [side, price, size] = [body.side as Side, parsePrice(String(body.price)), parseSize(String(body.count))];
    if (price === undefined || size === undefined || path.endsWith('/amend')) return undefined;
    const none = 0 as Centicontracts;
    const order = { side, price, boldest: price, total: size, filledSeen: none, filledStated: none };
    const id = String(body.client_order_id);
    flying.set(id, { ticker, exposed: order, sentAt: at });
    const worth = side === 'bid' ? price * size : (PRICE_ONE - price) * size;
    if (id.startsWith(ownPrefix) && (worth > limits.orderValue || size > limits.orderSize)) {
      return `order ${id} of ${size} is worth ${worth} of ${limits.orderValue}`;
    }
    return breach({ clientOrderId: id, ticker, side }, at);
  }

  /** What has not arrived by now never will. */
  function forget(at: number): void {
    for (const [id, { sentAt }] of flying) if (at > sentAt + ON_THE_WAY_MS) flying.delete(id);
    before = figures();
  }

  return (seen) => {
    if (seen.kind === 'foreign') foreignAt = seen.at;
    if (seen.kind === 'second' && flying.size > 0) forget(seen.at);
    if (seen.kind === 'sent' && seen.write.verb === 'create') return sent(seen);
    if (seen.kind === 'arrived' && seen.write.verb === 'create') flying.delete(String(seen.write.body.client_order_id));
    if (seen.kind === 'paid') {
      const { ticker, value, settledAt } = seen;
      ledger.settlement({ type: 'settlement', at: settledAt, ticker, result: 'scalar', value, settledAt }, 0);
      before = figures();
    }
    if (seen.kind !== 'fact') return undefined;
    const { fact } = seen;
    if (fact.type === 'fill') {
      const { orderId, size } = fact.fill;
      const order = resting.get(orderId);
      if (order !== undefined) {
        const [filled, remaining] = [order.filled + size, Math.max(0, order.remaining - size)] as Centicontracts[];
        resting.set(orderId, { ...order, filled: filled as Centicontracts, remaining: remaining as Centicontracts });
      }
      ledger.fill(fillOf(fact), fact.fill.shard);
      if (FILLS_COUNT && !fact.fill.isTaker) return breach(fact.fill, seen.at);
      before = figures();
    }
    if (fact.type !== 'order') return undefined;
    const { order } = fact;
    flying.delete(order.clientOrderId);
    if (order.status === 'resting') resting.set(order.orderId, order);
    else resting.delete(order.orderId);
    // Its fill is told beside it, and is weighed against what was before both.
    if (FILLS_COUNT && order.status === 'executed') return undefined;
    return breach(order, seen.at);
  };
};

interface Placed {
  readonly ticker: string;
  readonly side: Side;
}

const TOTAL = 'all markets';
const IMBALANCE = 'imbalance of';

function seriesOf(ticker: string): string {
  return ticker.split('-')[0] ?? '';
}

/** Less than any time in which an order that never arrived is known to be absent. */
const ON_THE_WAY_MS = 1_000;

function exposed({ side, price, filled, remaining }: VenueOrder): Exposed {
  const total = (filled + remaining) as Centicontracts;
  return { side, price, boldest: price, total, filledSeen: filled, filledStated: filled };
}

function fillOf({ at, fill }: Extract<VenueFact, { type: 'fill' }>): FillSeen {
  return { type: 'fill', ...fill, at };
}

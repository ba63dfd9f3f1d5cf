/** What `kmm sim serve` prints of its world: prints, the account's own orders and fills, lifecycle, pauses, clients. */
import { type EpochMs, formatMoney, formatPrice, formatSize, type Side } from '../../core/units.ts';
import type { VenueFact } from '../../sim/venue.ts';

/** Prices, counts and money are decimal text; `at` is exchange time in ms. */
export type SimEvent =
  | { readonly type: 'client'; readonly at: EpochMs; readonly change: 'connected' | 'disconnected' }
  | {
      readonly type: 'trade';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly takerSide: Side;
      readonly price: string;
      readonly count: string;
    }
  | {
      readonly type: 'order';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly orderId: string;
      readonly clientOrderId: string;
      readonly side: Side;
      readonly price: string;
      readonly status: string;
      readonly filled: string;
      readonly remaining: string;
      readonly reason?: string;
    }
  | {
      readonly type: 'fill';
      readonly at: EpochMs;
      readonly ticker: string;
      readonly orderId: string;
      readonly side: Side;
      readonly price: string;
      readonly count: string;
      readonly isTaker: boolean;
      readonly feeDollars: string;
    }
  | { readonly type: 'lifecycle'; readonly at: EpochMs; readonly ticker: string; readonly change: string }
  | {
      readonly type: 'pause';
      readonly at: EpochMs;
      readonly shard: number;
      readonly isTrading: boolean;
      readonly isActive: boolean;
    };

export function simEvents(facts: readonly VenueFact[]): readonly SimEvent[] {
  return facts.flatMap((fact) => simEvent(fact) ?? []);
}

function simEvent(fact: VenueFact): SimEvent | undefined {
  switch (fact.type) {
    case 'trade': {
      const { type, at, ticker, takerSide, price, size } = fact;
      return { type, at, ticker, takerSide, price: formatPrice(price), count: formatSize(size) };
    }
    case 'order': {
      const { ticker, orderId, clientOrderId, side, status, reason, ...order } = fact.order;
      return {
        type: 'order',
        at: fact.at,
        ticker,
        orderId,
        clientOrderId,
        side,
        price: formatPrice(order.price),
        status,
        filled: formatSize(order.filled),
        remaining: formatSize(order.remaining),
        ...(reason === undefined ? {} : { reason }),
      };
    }
    case 'fill': {
      const { ticker, orderId, side, isTaker, ...fill } = fact.fill;
      return {
        type: 'fill',
        at: fact.at,
        ticker,
        orderId,
        side,
        price: formatPrice(fill.price),
        count: formatSize(fill.size),
        isTaker,
        feeDollars: formatMoney(fill.fee),
      };
    }
    case 'lifecycle':
    case 'pause':
      return fact;
    case 'level':
    case 'book':
    case 'stats':
    case 'position':
    case 'group':
    case 'reference':
    case 'index_level':
    case 'event_fee':
      return undefined;
    default:
      return fact satisfies never;
  }
}

/** What an engine knows of a market at one moment of a replay: what a decision is made from. Plain data; changes nothing. */

import { topOfOthers } from '../../core/book/book-of-others.ts';
import type { MarketBook } from '../../core/book/books.ts';
import type { Top } from '../../core/book/signals.ts';
import type { Engine } from '../../core/engine.ts';
import type { MarketState } from '../../core/market-state.ts';
import { hasEnded, type Order, remainingOf } from '../../core/orders/order.ts';
import type { Halt } from '../../core/risk/halts.ts';
import type { Centicents, Centicontracts, EpochMs, Side } from '../../core/units.ts';
import { placeIn } from '../why/decision-journal.ts';
import { type DecisionRecord, recordOf } from '../why/decision-record.ts';

export interface OrderAt {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly remaining: Centicontracts;
  /** `working`, `sending`, `unknown`, …; `cancel sent`, `amend sent` where a change is under way. */
  readonly state: string;
  readonly expiresAt?: EpochMs;
}

export interface MarketAt {
  readonly ticker: string;
  readonly status: string;
  readonly isSelected: boolean;
  readonly closeAt: EpochMs;
  /** Absent: no book of it has come. Prices and sizes of all, ours among them. */
  readonly book?: {
    readonly isValid: boolean;
    readonly seq: number;
    readonly bid?: Centicents;
    readonly bidSize?: Centicontracts;
    readonly ask?: Centicents;
    readonly askSize?: Centicontracts;
  };
  /** Best prices of the others. */
  readonly others?: Top;
  readonly position: Centicontracts;
  readonly orders: readonly OrderAt[];
  readonly halts: readonly Halt[];
  readonly isConnected: boolean;
  readonly isSilent: boolean;
  /** Of the last decision by then; absent: none, or it came to no fair value. */
  readonly fair?: number;
}

export function marketAt(engine: Engine, state: MarketState): MarketAt {
  const { market, isSelected, decision } = state;
  const { ticker, status, closeAt } = market;
  const entry = engine.books.get(ticker);
  const live = engine.orders.liveIn(ticker);
  const others = entry?.book.isValid === true ? topOfOthers(entry.book, live) : undefined;
  return {
    ...{ ticker, status, isSelected, closeAt },
    ...(entry !== undefined && { book: bookOf(entry) }),
    ...(others !== undefined && { others }),
    position: engine.ledger.holding(ticker).position,
    orders: [...live].filter((order) => !hasEnded(order)).map(orderAt),
    halts: engine.halts.covering(market, engine.config.parameters.strategy),
    ...{ isConnected: engine.isConnected, isSilent: engine.isSilent },
    ...(decision?.fair !== undefined && { fair: decision.fair.probability }),
  };
}

/** Markets that are quoted, held, or have orders of ours. */
export function marketsAt(engine: Engine): readonly MarketAt[] {
  return [...engine.markets()]
    .map((state) => marketAt(engine, state))
    .filter(({ isSelected, position, orders }) => isSelected || position !== 0 || orders.length > 0);
}

/** What the engine decided last there, as `kmm why` has it. Undefined: it knows no such market. */
export function decisionAt(engine: Engine, ticker: string): DecisionRecord | undefined {
  const state = engine.market(ticker);
  if (state === undefined) return undefined;
  const { parameters } = engine.config;
  return recordOf(state.decision, {
    halts: engine.halts.covering(state.market, parameters.strategy),
    parameters,
    aheadOf: placeIn(engine.orders),
  });
}

function bookOf({ book, lastSeq: seq }: MarketBook): NonNullable<MarketAt['book']> {
  const { isValid, bestBid, bestBidSize, bestAsk, bestAskSize } = book;
  return {
    ...{ isValid, seq },
    ...(bestBid !== undefined && bestBidSize !== undefined && { bid: bestBid, bidSize: bestBidSize }),
    ...(bestAsk !== undefined && bestAskSize !== undefined && { ask: bestAsk, askSize: bestAskSize }),
  };
}

function orderAt(order: Order): OrderAt {
  const { clientOrderId, side, price, state, pending, expiresAt, takerFee } = order;
  return {
    ...{ clientOrderId, side, price, remaining: remainingOf(order) },
    state: pending === undefined ? state : `${pending.kind} sent`,
    ...(takerFee === undefined && { expiresAt }),
  };
}

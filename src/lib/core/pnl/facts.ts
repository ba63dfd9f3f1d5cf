/**
 * What profit is worked out from: plain rows, in any order. Those of the journal fit as they are (money-rows.ts). Integers as
 * in units.ts; a mid is doubled (bid + ask), in half centicents, so that it is whole too.
 */
import { strategyOf } from '../orders/order-id.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../units.ts';

export interface PnlFill {
  readonly tradeId: string;
  readonly clientOrderId: string | null;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** Net as charged; below zero where more came back than was charged. */
  readonly fee: Microdollars;
  /** Of the execution; null where the exchange gave none. */
  readonly exchangeAt: EpochMs | null;
  readonly at: EpochMs;
}

export interface PnlSettlement {
  readonly ticker: string;
  /** Of two results of one market the later one stands, from then on. */
  readonly settledAt: EpochMs;
  /** What one YES paid. */
  readonly value: Centicents;
}

export interface PnlCash {
  readonly kind: 'deposit' | 'withdrawal' | 'transfer' | 'incentive' | 'adjustment';
  readonly amount: Microdollars;
  /** Whose cash it moved. */
  readonly shard?: number;
  readonly at: EpochMs;
}

/** The mid without our own orders, at a fill (horizon 0) or so long after it. */
export interface PnlMark {
  readonly tradeId: string;
  readonly horizonMs: number;
  readonly midDoubled: number;
}

export interface PnlMarket {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly title: string;
}

/** Prices of the others at which a position could be left, from `at` on. */
export interface ExitMark {
  readonly ticker: string;
  readonly at: EpochMs;
  readonly bid: Centicents;
  readonly ask: Centicents;
}

export interface PnlFacts {
  readonly fills: readonly PnlFill[];
  readonly settlements: readonly PnlSettlement[];
  readonly cash: readonly PnlCash[];
  readonly marks: Iterable<PnlMark>;
  readonly markets: readonly PnlMarket[];
  /** By ticker, of what was traded. */
  readonly shards?: ReadonlyMap<string, number>;
  /** At least the last before each moment at which a position is valued. */
  readonly exits: readonly ExitMark[];
}

/** From `from`, before `to`. */
export interface Period {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** When it was executed, as well as is known. */
export function executedAt({ exchangeAt, at }: Pick<PnlFill, 'exchangeAt' | 'at'>): EpochMs {
  return exchangeAt ?? at;
}

/** Whose fill it was: the strategy in the client order id, `hand`, or `elsewhere` for one that no kmm asked for. */
export function strategyOfFill({ clientOrderId }: Pick<PnlFill, 'clientOrderId'>): string {
  return (clientOrderId === null ? undefined : strategyOf(clientOrderId)) ?? 'elsewhere';
}

/** One way out of a position: what is kept of it, what it is measured by, and how it is told of. */
import type { Book } from '../book/book.ts';
import { topOfOthers } from '../book/book-of-others.ts';
import type { HandAsk, HandLife } from '../hand/hand-types.ts';
import type { MarketState } from '../market-state.ts';
import type { Holding } from '../money/ledger.ts';
import type { Order } from '../orders/order.ts';
import { type Centicents, type EpochMs, epochMs, microdollars, PRICE_ONE } from '../units.ts';
import type { FlattenStep } from './flatten-rules.ts';
import type { FlattenAsk, FlattenEnd, FlattenView } from './flatten-types.ts';

/** At the end of its time it takes what is on offer for so long. */
const PAY_MS = 60_000;

export interface Flatten {
  readonly ask: FlattenAsk;
  readonly by: string;
  readonly startedAt: EpochMs;
  readonly payAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly startPosition: FlattenView['startPosition'];
  readonly mark: Centicents;
  readonly orders: Set<Order>;
  /** Cost of every fill of its orders, by trade. */
  readonly costs: Map<string, number>;
  end?: FlattenEnd;
  isOver: boolean;
  tookAt?: EpochMs;
  unprovedAt?: EpochMs;
  reason: string;
}

/** When it begins to take what is on offer, and when it ends: never in the freeze. */
export function timesOf({ isPaying, withinMs }: FlattenAsk, now: EpochMs, flatAt: number) {
  const timeAt = Math.min(now + withinMs, flatAt);
  const payAt = isPaying ? now : Math.max(now, Math.min(timeAt, flatAt - PAY_MS));
  const endsAt = isPaying ? timeAt : Math.min(payAt + PAY_MS, flatAt);
  return { payAt: epochMs(payAt), endsAt: epochMs(endsAt) };
}

/**
 * The middle of the others' best prices, or the last that was known; before any was seen, what a contract cost. Half a
 * centicent is rounded so that the cost looks larger.
 */
export function markOf(
  { exitBid, exitAsk, hasMark }: MarketState,
  book: Book | undefined,
  orders: Iterable<Order>,
  { position, cost }: Pick<Holding, 'position' | 'cost'>,
): Centicents {
  const top = book?.isValid ? topOfOthers(book, orders) : undefined;
  const { bid, ask } = top ?? { bid: exitBid, ask: exitAsk };
  const raw = top !== undefined || hasMark ? (bid + ask) / 2 : cost / position;
  const mark = position > 0 ? Math.ceil(raw) : Math.floor(raw);
  return Math.min(PRICE_ONE, Math.max(0, mark)) as Centicents;
}

/** Slippage and fees of the fills that were seen, microdollars; below 0 where they were better than the mark. */
export function spentBy({ costs }: Flatten): number {
  let spent = 0;
  for (const cost of costs.values()) spent += cost;
  return spent;
}

export function endAs(flatten: Flatten, end: FlattenEnd): void {
  flatten.end ??= end;
  flatten.reason = `ended: ${flatten.end}`;
}

/** By listings alone: what it filled may not be known. */
export function hasEndedUnproved({ state, reason = '' }: Order): boolean {
  return state === 'absent' || (state === 'expired' && /in no listing/.test(reason));
}

export function askOf(step: Extract<FlattenStep, { price: unknown }>, ticker: string, leaseMs: number): HandAsk {
  const { price, size, side } = step;
  if (step.kind === 'amend') return { kind: 'amend', id: '', orderId: step.order.orderId ?? '', price, size };
  const life: HandLife =
    step.kind === 'take' ? { kind: 'take', takes: 'immediate_or_cancel' } : { kind: 'rest', ms: leaseMs };
  return { kind: 'order', id: '', ticker, side, price, size, life };
}

export function viewOf(flatten: Flatten, position: FlattenView['position']): FlattenView {
  const { ask, by, startedAt, payAt, endsAt, startPosition, mark, end, isOver, reason } = flatten;
  const phase = isOver ? 'over' : end !== undefined ? 'leaving' : flatten.tookAt === undefined ? 'working' : 'paying';
  return {
    ...{ ...ask, by, startedAt, payAt, endsAt, startPosition, position, mark, phase, reason },
    spent: microdollars(spentBy(flatten)),
    ...(end !== undefined && { end }),
  };
}

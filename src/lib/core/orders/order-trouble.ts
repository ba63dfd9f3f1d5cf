/**
 * Orders that the exchange does not take, or takes away: what a row of refusals means, for our book or for our key.
 */
import type { Feed } from '../book/feed.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { HaltBoard, Notes } from '../notes.ts';
import { HALT_EVERYTHING } from '../risk/halts.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { hasEnded, type Order } from './order.ts';
import type { ChangeOutcome, CreateOutcome } from './order-types.ts';
import type { Orders } from './orders.ts';

const SHUT_OUT: ReadonlySet<number> = new Set([401, 403]);
const SHUT_OUTS_TO_HALT = 3;
/** Of the stamp, not of the key: the next one is right (kalshi/api.md 2). */
const STAMP_EXPIRED = 'header_timestamp_expired';
const CROSSES_TO_HALT = 3;
const CROSSED_COOL_OFF_MS = 5_000;
/** How the stream says that an order it had accepted would have taken (kalshi/api.md 3.4). */
const POST_ONLY_CROSS = 'PostOnlyCrossCancel';

interface OrderTroubleOptions {
  readonly markets: MarketTable;
  readonly feed: Feed;
  readonly board: HaltBoard;
  readonly notes: Notes;
  readonly orders: Orders;
}

export class OrderTrouble {
  readonly #options: OrderTroubleOptions;
  /** The row of crosses that each accepted order would have ended. */
  readonly #crossesBefore = new WeakMap<Order, number>();
  /** Answers in a row that refused our key. */
  #shutOuts = 0;

  constructor(options: OrderTroubleOptions) {
    this.#options = options;
  }

  /** A row of crosses ends with an order that rests; that this one does is not proved yet, so the row is kept with it. */
  accepted(order: Order): void {
    const state = this.#options.markets.get(order.ticker);
    if (state === undefined || order.origin !== 'quoter' || hasEnded(order)) return;
    if (this.#crossesBefore.has(order)) return;
    this.#crossesBefore.set(order, state.crosses);
    state.crosses = 0;
  }

  /** Cancelled, and not on our wish: a sweep, a tripped group, the exchange. */
  lost(order: Order, at: EpochMs): void {
    const { ticker, side, reason = 'no reason given' } = order;
    this.#options.notes.say(at, 'warn', `${ticker}: ${side} cancelled, not by us (${reason})`);
    const state = this.#options.markets.get(ticker);
    if (state === undefined || order.origin === 'hand') return;
    // Look before quoting again.
    state.refusedAt = at;
    if (reason !== POST_ONLY_CROSS) return;
    state.crosses = Math.max(state.crosses, this.#crossesBefore.get(order) ?? 0);
    this.#crossed(ticker, state, at);
  }

  /** The quoter looks before it asks again; what a person was refused is no news to it. */
  refused({ ticker, reason = '', origin }: Order, at: EpochMs): void {
    this.#options.notes.say(at, 'warn', `${ticker}: ${reason}`);
    const state = this.#options.markets.get(ticker);
    if (state === undefined || origin === 'hand') return;
    state.refusedAt = at;
    if (/post only cross/i.test(reason)) this.#crossed(ticker, state, at);
  }

  /** Whoever is shut out can neither place nor cancel. One odd answer of a server in trouble is no proof of it. */
  heardOfKey(outcome: CreateOutcome | ChangeOutcome, at: EpochMs): void {
    if (outcome.kind === 'dropped' || outcome.kind === 'unknown') return;
    const isShutOut = outcome.kind === 'refused' && SHUT_OUT.has(outcome.status) && outcome.code !== STAMP_EXPIRED;
    this.#shutOuts = isShutOut ? this.#shutOuts + 1 : 0;
    if (!isShutOut || this.#shutOuts < SHUT_OUTS_TO_HALT) return;
    const until = this.#options.orders.restUntil();
    const rest = until === undefined ? '' : `, orders may rest for ${Math.ceil((until - at) / 1_000)} s more`;
    const reason = `the exchange refuses our key (${outcome.status} ${outcome.code}); cancelling may be impossible${rest}`;
    this.#options.board.raise('AUTH', HALT_EVERYTHING, at, reason);
  }

  #crossed(ticker: string, state: MarketState, at: EpochMs): void {
    state.crosses += 1;
    if (state.crosses < CROSSES_TO_HALT) return;
    // Our book must be behind the exchange's: look at a fresh one before asking again (reliability.md F18).
    const text = `${state.crosses} post-only crosses in a row`;
    this.#options.board.raise('CROSSED', ticker, at, text, epochMs(at + CROSSED_COOL_OFF_MS));
    this.#options.feed.distrust(ticker);
    state.crosses = 0;
  }
}

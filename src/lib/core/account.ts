/**
 * The account side of the engine: orders, fills, settlements and the exchange's own statements, and what each of them
 * means for the market it belongs to. Decides nothing; a market with news is decided in the next turn.
 */
import type {
  BalanceSeen,
  FillSeen,
  LedgerRestored,
  OrderChanged,
  OrderCreated,
  OrdersListed,
  OwnOrderSeen,
  PositionsSeen,
  SettlementSeen,
} from './events.ts';
import type { Feed } from './feed.ts';
import { HALT_EVERYTHING } from './halts.ts';
import { Ledger } from './ledger.ts';
import type { MarketState } from './market-state.ts';
import type { MarketTable } from './market-table.ts';
import type { HaltBoard, Notes } from './notes.ts';
import { hasEnded } from './order.ts';
import { Orders } from './orders.ts';
import { Pace } from './pace.ts';
import { Portfolio } from './portfolio.ts';
import { Reconciliation } from './reconcile.ts';
import {
  type EpochMs,
  epochMs,
  formatMoney,
  formatPrice,
  formatSize,
  type Microdollars,
  microdollars,
} from './units.ts';

const CROSSES_TO_HALT = 3;
const CROSSED_COOL_OFF_MS = 5_000;

export class Account {
  readonly ledger = new Ledger();
  readonly orders = new Orders();
  readonly portfolio = new Portfolio(this.ledger, this.orders);
  readonly pace = new Pace();
  readonly #reconciliation = new Reconciliation(this.ledger);
  readonly #markets: MarketTable;
  readonly #feed: Feed;
  readonly #board: HaltBoard;
  readonly #notes: Notes;

  constructor(markets: MarketTable, feed: Feed, board: HaltBoard, notes: Notes) {
    this.#markets = markets;
    this.#feed = feed;
    this.#board = board;
    this.#notes = notes;
  }

  created(event: OrderCreated): void {
    const order = this.orders.createOutcome(event);
    if (order === undefined) return;
    const { outcome, at } = event;
    if (outcome.kind === 'refused' || outcome.kind === 'dropped') this.#refused(order.ticker, order.reason ?? '', at);
    else if (outcome.kind === 'accepted') this.#accepted(order.ticker);
    else this.#notes.say(at, 'warn', `${order.clientOrderId}: no proof of what became of it (${outcome.reason})`);
    this.#touch(order.ticker);
  }

  changed(event: OrderChanged): void {
    const order = this.orders.changeOutcome(event);
    if (order === undefined) return;
    const { kind } = event.outcome;
    if (kind === 'refused' || kind === 'dropped') this.#refused(order.ticker, order.reason ?? '', event.at);
    this.#touch(order.ticker);
  }

  ownOrder(event: OwnOrderSeen): void {
    const known = this.orders.byOrderId(event.order.orderId);
    const wasWanted = known !== undefined && !known.isExternal && !hasEnded(known) && known.pending?.kind !== 'cancel';
    const order = this.orders.seen(event);
    const state = this.#markets.get(order.ticker);
    if (wasWanted && order.state === 'cancelled' && state !== undefined) {
      // Somebody else's doing (a sweep, a tripped group, the exchange): look before quoting again.
      state.refusedAt = event.at;
      const reason = order.reason ?? 'no reason given';
      this.#notes.say(event.at, 'warn', `${order.ticker}: ${order.side} cancelled, not by us (${reason})`);
    }
    this.#touch(order.ticker);
  }

  listed(event: OrdersListed): void {
    this.orders.listed(event);
    this.#refreshAll();
  }

  fill(event: FillSeen): void {
    const shard = event.shard ?? this.#markets.get(event.ticker)?.market.shard ?? 0;
    if (!this.ledger.fill(event, shard)) return;
    this.orders.filled(event);
    this.pace.filled(event.at);
    this.#reconciliation.moved(event.at);
    const { ticker, side, size, price, fee } = event;
    const verb = side === 'bid' ? 'bought' : 'sold';
    const text = `${ticker}: ${verb} ${formatSize(size)} at ${formatPrice(price)}, fee ${formatMoney(fee)}`;
    this.#notes.say(event.at, 'info', text);
    this.#touch(ticker);
  }

  settle(event: SettlementSeen): void {
    const state = this.#markets.get(event.ticker);
    if (!this.ledger.settlement(event, event.shard ?? state?.market.shard ?? 0)) return;
    this.#reconciliation.moved(event.at);
    this.#notes.say(event.at, 'info', `${event.ticker}: settled ${event.result} at ${formatPrice(event.value)}`);
    if (state === undefined) return;
    this.portfolio.refresh(state);
    if (!state.isSelected) this.forgetIfOver(state);
  }

  restore({ openingCash, fills, settlements, at }: LedgerRestored): void {
    for (const { shard, cash } of openingCash) this.ledger.deposit(shard, cash);
    for (const fill of fills) this.fill(fill);
    for (const settlement of settlements) this.settle(settlement);
    this.#reconciliation.moved(at);
    this.#refreshAll();
  }

  balance(event: BalanceSeen): void {
    this.#reconciled(this.#reconciliation.balance(event), event.at);
  }

  positions(event: PositionsSeen): void {
    this.#reconciled(this.#reconciliation.positions(event), event.at);
  }

  /** A market that is paid, flat and not quoted takes no more memory. */
  forgetIfOver(state: MarketState): void {
    const { ticker, status } = state.market;
    const isOver = this.ledger.isSettled(ticker) || status === 'finalized';
    if (!isOver || this.ledger.holding(ticker).position !== 0 || this.orders.liveIn(ticker).size > 0) return;
    this.orders.forget(ticker);
    this.#feed.books.forget(ticker);
    this.portfolio.remove(state);
    this.#markets.forget(state);
  }

  /** Realized + unrealized − fees since the ledger began. */
  profit(): Microdollars {
    return microdollars(this.ledger.realized + this.portfolio.unrealized() - this.ledger.fees);
  }

  #accepted(ticker: string): void {
    const state = this.#markets.get(ticker);
    if (state !== undefined) state.crosses = 0;
  }

  #refused(ticker: string, reason: string, at: EpochMs): void {
    this.#notes.say(at, 'warn', `${ticker}: ${reason}`);
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    state.refusedAt = at;
    if (!/post only cross/i.test(reason)) return;
    state.crosses += 1;
    if (state.crosses < CROSSES_TO_HALT) return;
    // Our book must be behind the exchange's: look at a fresh one before asking again (reliability.md F18).
    const text = `${state.crosses} post-only crosses in a row`;
    this.#board.raise('CROSSED', ticker, at, text, epochMs(at + CROSSED_COOL_OFF_MS));
    this.#feed.distrust(ticker);
    state.crosses = 0;
  }

  #reconciled(difference: string | undefined, at: EpochMs): void {
    if (difference !== undefined) this.#board.raise('RECONCILE', HALT_EVERYTHING, at, difference);
  }

  #touch(ticker: string): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    this.portfolio.refresh(state);
    this.#markets.touch(state);
  }

  #refreshAll(): void {
    for (const state of this.#markets.all()) this.portfolio.refresh(state);
    this.#markets.touchAll();
  }
}

/**
 * The account side of the engine: orders, fills, settlements and the exchange's own statements, and what each of them
 * means for the market it belongs to. Decides nothing; a market with news is decided in the next turn.
 */

import { bookCash } from './cash-news.ts';
import type {
  BalanceSeen,
  BookAudited,
  CashEntered,
  CashMoved,
  FeesRestored,
  FillSeen,
  LedgerRestored,
  OrderChanged,
  OrderCreated,
  OrdersListed,
  OwnOrderSeen,
  PositionsSeen,
  QueuePlaces,
  SettlementSeen,
} from './events.ts';
import { FeeAlarm } from './fee-alarm.ts';
import type { Feed } from './feed.ts';
import { HALT_EVERYTHING } from './halts.ts';
import { never } from './invariant.ts';
import { Ledger } from './ledger.ts';
import { LossStreak } from './loss-streak.ts';
import type { MarketState } from './market-state.ts';
import type { MarketTable } from './market-table.ts';
import type { HaltBoard, Notes } from './notes.ts';
import { hasEnded, type Order } from './order.ts';
import type { ChangeOutcome, CreateOutcome } from './order-types.ts';
import { Orders } from './orders.ts';
import { enterPlaces, missingFrom } from './own-levels.ts';
import { Pace } from './pace.ts';
import type { Parameters, RiskLimits } from './parameters.ts';
import { ParkedFills } from './parked-fills.ts';
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
  NO_MONEY,
} from './units.ts';
import { UnknownWatch } from './unknown-watch.ts';

const SHUT_OUT: ReadonlySet<number> = new Set([401, 403]);
const SHUT_OUTS_TO_HALT = 3;
/** Of the stamp, not of the key: the next one is right (kalshi/api.md 2). */
const STAMP_EXPIRED = 'header_timestamp_expired';
const NO_FEES: FeesRestored = { drift: NO_MONEY, differences: [] };
const CROSSES_TO_HALT = 3;
const CROSSED_COOL_OFF_MS = 5_000;
/** How the stream says that an order it had accepted would have taken (kalshi/api.md 3.4). */
const POST_ONLY_CROSS = 'PostOnlyCrossCancel';

/** What the exchange says of the account. */
export type AccountEvent =
  | OrderCreated
  | OrderChanged
  | OwnOrderSeen
  | OrdersListed
  | QueuePlaces
  | FillSeen
  | BalanceSeen
  | PositionsSeen
  | SettlementSeen
  | CashMoved
  | CashEntered;

type GroupLimits = Pick<RiskLimits, 'groups' | 'groupLoss'>;

/** What of the configuration concerns the account. */
type AccountRules = Pick<Parameters, 'balanceStep'> & { readonly risk: GroupLimits };

export class Account {
  readonly ledger = new Ledger();
  readonly orders = new Orders();
  readonly portfolio: Portfolio;
  readonly pace = new Pace();
  readonly fees: FeeAlarm;
  readonly losses = new LossStreak();
  readonly parked = new ParkedFills();
  readonly reconciliation = new Reconciliation(this.ledger);
  readonly #unknown = new UnknownWatch();
  readonly #markets: MarketTable;
  readonly #feed: Feed;
  readonly #board: HaltBoard;
  readonly #notes: Notes;
  /** The row of crosses that each accepted order would have ended. */
  readonly #crossesBefore = new WeakMap<Order, number>();
  /** Answers in a row that refused our key. */
  #shutOuts = 0;

  constructor(markets: MarketTable, feed: Feed, board: HaltBoard, notes: Notes, { balanceStep, risk }: AccountRules) {
    this.fees = new FeeAlarm({ markets, board, notes, balanceStep, orderOf: (id) => this.orders.byOrderId(id) });
    this.portfolio = new Portfolio(this.ledger, this.orders, risk);
    this.#markets = markets;
    this.#feed = feed;
    this.#board = board;
    this.#notes = notes;
  }

  get equalSince(): EpochMs | undefined {
    return this.reconciliation.equalSince;
  }

  apply(event: AccountEvent): void {
    switch (event.type) {
      case 'create_outcome':
        this.#created(event);
        return;
      case 'change_outcome':
        this.#changed(event);
        return;
      case 'own_order':
        this.#ownOrder(event);
        return;
      case 'orders_listed':
        this.#listed(event);
        return;
      case 'queue_places':
        enterPlaces(event, this.orders);
        return;
      case 'fill':
        this.#fill(event);
        return;
      case 'balance':
        this.#balance(event);
        return;
      case 'positions':
        this.#positions(event);
        return;
      case 'settlement':
        this.#settle(event);
        return;
      case 'cash_moved':
      case 'cash_entered':
        this.#cash(event);
        return;
      default:
        never(event);
    }
  }

  #created(event: OrderCreated): void {
    const order = this.orders.createOutcome(event);
    if (order === undefined) return;
    const { outcome, at } = event;
    this.#heardOfKey(outcome, at);
    if (outcome.kind === 'refused' || outcome.kind === 'dropped') this.#refused(order, at);
    else if (outcome.kind === 'accepted') this.#accepted(order);
    else this.#notes.say(at, 'warn', `${order.clientOrderId}: no proof of what became of it (${outcome.reason})`);
    this.#touch(order.ticker);
  }

  #changed(event: OrderChanged): void {
    const order = this.orders.changeOutcome(event);
    if (order === undefined) return;
    const { kind } = event.outcome;
    this.#heardOfKey(event.outcome, event.at);
    if (kind === 'refused' || kind === 'dropped') this.#refused(order, event.at);
    this.#touch(order.ticker);
  }

  #ownOrder(event: OwnOrderSeen): void {
    const { orderId, clientOrderId } = event.order;
    // The stream may be faster than the reply that names the order.
    const known = this.orders.byOrderId(orderId) ?? this.orders.byClientId(clientOrderId);
    const wasWanted = known !== undefined && isWanted(known);
    const wasRefused = known?.state === 'refused';
    const order = this.orders.seen(event);
    if (known === undefined && !hasEnded(order)) this.#adopted(order, event.at);
    if (wasWanted && order.state === 'cancelled') this.#lost(order, event.at);
    if (wasRefused && !hasEnded(order))
      this.#notes.say(event.at, 'warn', `${clientOrderId}: it was refused, and rests`);
    this.#touch(order.ticker);
  }

  #listed(event: OrdersListed): void {
    this.orders.listed(event);
    this.#refreshAll();
  }

  #fill(event: FillSeen): void {
    if (this.#book(event)) this.fees.filled(event);
  }

  /** False: known already, or nobody knows yet whose cash paid for it. */
  #book(event: FillSeen): boolean {
    const shard = event.shard ?? this.#shardOf(event.ticker);
    if (shard === undefined) {
      const text = `${event.ticker}: a fill in a market that is not known yet: parked until it is`;
      if (this.parked.park(event)) this.#notes.say(event.at, 'warn', text);
      return false;
    }
    this.parked.booked(event.tradeId);
    const before = this.ledger.holding(event.ticker).position;
    if (!this.ledger.fill(event, shard)) return false;
    this.losses.traded(event.ticker, before, this.ledger.holding(event.ticker), event.at);
    this.orders.filled(event);
    this.pace.filled(event.at);
    this.reconciliation.moved(event.at);
    const { ticker, side, size, price, fee } = event;
    const verb = side === 'bid' ? 'bought' : 'sold';
    const text = `${ticker}: ${verb} ${formatSize(size)} at ${formatPrice(price)}, fee ${formatMoney(fee)}`;
    this.#notes.say(event.at, 'info', text);
    this.#touch(ticker);
    return true;
  }

  /** Its terms are known from now on. */
  met(ticker: string): void {
    for (const fill of this.parked.in(ticker)) this.#fill(fill);
  }

  #settle(event: SettlementSeen): void {
    const state = this.#markets.get(event.ticker);
    const before = this.ledger.holding(event.ticker).position;
    if (!this.ledger.settlement(event, event.shard ?? this.#shardOf(event.ticker) ?? 0)) return;
    this.losses.traded(event.ticker, before, this.ledger.holding(event.ticker), event.at);
    this.reconciliation.moved(event.at);
    this.#notes.say(event.at, 'info', `${event.ticker}: settled ${event.result} at ${formatPrice(event.value)}`);
    if (state === undefined) return;
    this.portfolio.refresh(state);
    if (!state.isSelected) this.forgetIfOver(state);
  }

  /** No profit and no loss, but every order is paid from its own shard. */
  #cash(event: CashMoved | CashEntered): void {
    const news = bookCash(this.ledger, event);
    if (news === undefined) return;
    this.reconciliation.moved(event.at);
    this.#notes.say(event.at, news.level, news.text);
    this.#markets.touchAll();
  }

  restore({ openingCash, fills, settlements, moves = [], entries = [], fees = NO_FEES, at }: LedgerRestored): void {
    for (const { shard, cash } of openingCash) this.ledger.deposit(shard, cash, at);
    for (const move of moves) this.ledger.move(move);
    for (const entry of entries) this.ledger.enter(entry);
    // Records without a shard are from when there was one.
    for (const fill of fills) this.#book({ ...fill, shard: fill.shard ?? this.#shardOf(fill.ticker) ?? 0 });
    this.fees.watch.restore(fills, fees.differences, fees.drift, at);
    for (const settlement of settlements) this.#settle(settlement);
    this.reconciliation.begin(at);
    this.#refreshAll();
  }

  #balance(event: BalanceSeen): void {
    const difference = this.reconciliation.balance(event);
    if (difference !== undefined) this.#board.raise('RECONCILE', HALT_EVERYTHING, event.at, difference);
  }

  /** A market whose position is not what we think has no limit that holds; the others have. */
  #positions(event: PositionsSeen): void {
    for (const { ticker, text } of this.reconciliation.positions(event)) {
      this.#board.raise('RECONCILE', ticker, event.at, text);
    }
  }

  /** What we think rests must be in the exchange's own book: what is not there is asked for by id. */
  audited(event: BookAudited): void {
    for (const order of missingFrom(event, this.orders.liveIn(event.ticker))) order.isQuestioned = true;
  }

  /** Where a doubt has become a danger: see unknown-watch.ts. */
  lookForUnknown(now: EpochMs): void {
    const danger = this.#unknown.look(this.orders.live(), now);
    if (danger !== undefined) this.#board.raise('UNKNOWN', HALT_EVERYTHING, now, danger);
  }

  /** A market that is paid, flat and not quoted takes no more memory. */
  forgetIfOver(state: MarketState): void {
    const { ticker, status } = state.market;
    const isOver = this.ledger.isSettled(ticker) || status === 'finalized';
    if (!isOver || this.ledger.holding(ticker).position !== 0 || this.orders.liveIn(ticker).size > 0) return;
    this.orders.forget(ticker);
    this.losses.forget(ticker);
    this.#feed.books.forget(ticker);
    this.portfolio.remove(state);
    this.fees.watch.forget(ticker);
    this.#markets.forget(state);
  }

  /** Realized + unrealized − fees since the ledger began. */
  profit(): Microdollars {
    return microdollars(this.ledger.realized + this.portfolio.unrealized() - this.ledger.fees);
  }

  /** A market stays on its shard, also once it is forgotten. */
  #shardOf(ticker: string): number | undefined {
    return this.#markets.get(ticker)?.market.shard ?? this.ledger.shardOf(ticker);
  }

  /** A row of crosses ends with an order that rests; that this one does is not proved yet, so the row is kept with it. */
  #accepted(order: Order): void {
    const state = this.#markets.get(order.ticker);
    if (state === undefined || order.origin !== 'quoter' || hasEnded(order)) return;
    if (this.#crossesBefore.has(order)) return;
    this.#crossesBefore.set(order, state.crosses);
    state.crosses = 0;
  }

  /** Counted in the limits, shown, and left alone. */
  #adopted({ ticker, side, price, orderId = '' }: Order, at: EpochMs): void {
    this.#notes.say(
      at,
      'warn',
      `${ticker}: an order that is not this session's rests: ${side} at ${formatPrice(price)}, ${orderId} (EXTERNAL)`,
    );
  }

  /** Cancelled, and not on our wish: a sweep, a tripped group, the exchange. */
  #lost(order: Order, at: EpochMs): void {
    const { ticker, side, reason = 'no reason given' } = order;
    this.#notes.say(at, 'warn', `${ticker}: ${side} cancelled, not by us (${reason})`);
    const state = this.#markets.get(ticker);
    if (state === undefined || order.origin === 'hand') return;
    // Look before quoting again.
    state.refusedAt = at;
    if (reason !== POST_ONLY_CROSS) return;
    state.crosses = Math.max(state.crosses, this.#crossesBefore.get(order) ?? 0);
    this.#crossed(ticker, state, at);
  }

  /** The quoter looks before it asks again; what a person was refused is no news to it. */
  #refused({ ticker, reason = '', origin }: Order, at: EpochMs): void {
    this.#notes.say(at, 'warn', `${ticker}: ${reason}`);
    const state = this.#markets.get(ticker);
    if (state === undefined || origin === 'hand') return;
    state.refusedAt = at;
    if (/post only cross/i.test(reason)) this.#crossed(ticker, state, at);
  }

  /** Whoever is shut out can neither place nor cancel. One odd answer of a server in trouble is no proof of it. */
  #heardOfKey(outcome: CreateOutcome | ChangeOutcome, at: EpochMs): void {
    if (outcome.kind === 'dropped' || outcome.kind === 'unknown') return;
    const isShutOut = outcome.kind === 'refused' && SHUT_OUT.has(outcome.status) && outcome.code !== STAMP_EXPIRED;
    this.#shutOuts = isShutOut ? this.#shutOuts + 1 : 0;
    if (!isShutOut || this.#shutOuts < SHUT_OUTS_TO_HALT) return;
    const until = this.orders.restUntil();
    const rest = until === undefined ? '' : `, orders may rest for ${Math.ceil((until - at) / 1_000)} s more`;
    const reason = `the exchange refuses our key (${outcome.status} ${outcome.code}); cancelling may be impossible${rest}`;
    this.#board.raise('AUTH', HALT_EVERYTHING, at, reason);
  }

  #crossed(ticker: string, state: MarketState, at: EpochMs): void {
    state.crosses += 1;
    if (state.crosses < CROSSES_TO_HALT) return;
    // Our book must be behind the exchange's: look at a fresh one before asking again (reliability.md F18).
    const text = `${state.crosses} post-only crosses in a row`;
    this.#board.raise('CROSSED', ticker, at, text, epochMs(at + CROSSED_COOL_OFF_MS));
    this.#feed.distrust(ticker);
    state.crosses = 0;
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

/** Placed by us to rest, and not being cancelled by us. */
function isWanted(order: Order): boolean {
  const { origin, takerFee, pending } = order;
  return origin !== 'external' && takerFee === undefined && !hasEnded(order) && pending?.kind !== 'cancel';
}

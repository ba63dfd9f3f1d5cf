/**
 * The account side of the engine: orders, fills, settlements and the exchange's own statements, and what each of them
 * means for the market it belongs to. Decides nothing; a market with news is decided in the next turn.
 */

import type { Feed } from '../book/feed.ts';
import { enterPlaces, missingFrom } from '../book/own-levels.ts';
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
  SettlementSeen,
} from '../events.ts';
import { never } from '../invariant.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { HaltBoard, Notes } from '../notes.ts';
import { hasEnded, type Order } from '../orders/order.ts';
import { OrderTrouble } from '../orders/order-trouble.ts';
import { Orders } from '../orders/orders.ts';
import { Pace } from '../orders/pace.ts';
import { UnknownWatch } from '../orders/unknown-watch.ts';
import type { Parameters, RiskLimits } from '../parameters.ts';
import { HALT_EVERYTHING } from '../risk/halts.ts';
import { LossStreak } from '../risk/loss-streak.ts';
import { Portfolio } from '../risk/portfolio.ts';
import {
  type EpochMs,
  formatMoney,
  formatPrice,
  formatSize,
  type Microdollars,
  microdollars,
  NO_MONEY,
} from '../units.ts';
import type { AccountEvent } from './account-event.ts';
import { bookCash } from './cash-news.ts';
import { FeeAlarm } from './fee-alarm.ts';
import { Ledger } from './ledger.ts';
import { ParkedFills } from './parked-fills.ts';
import { Reconciliation } from './reconcile.ts';

/** Between two looks for what is old. */
const TIDY_MS = 86_400_000;
/** After a close, of a market that is flat. */
const UNTOLD_MS = 3_600_000;
const NO_FEES: FeesRestored = { drift: NO_MONEY, differences: [] };

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
  readonly #trouble: OrderTrouble;
  #tidiedAt: EpochMs | undefined;

  /** Fills that were booked when the session began: told by an earlier one, or listed. */
  fillsRestored = 0;

  constructor(markets: MarketTable, feed: Feed, board: HaltBoard, notes: Notes, { balanceStep, risk }: AccountRules) {
    this.fees = new FeeAlarm({ markets, board, notes, balanceStep, orderOf: (id) => this.orders.byOrderId(id) });
    this.portfolio = new Portfolio(this.ledger, this.orders, risk);
    this.#markets = markets;
    this.#feed = feed;
    this.#trouble = new OrderTrouble({ markets, feed, board, notes, orders: this.orders });
    this.#board = board;
    this.#notes = notes;
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

  /** Once a second. What ended a day ago or more, and still is in memory, is looked for once a day. */
  look(now: EpochMs): void {
    this.fees.look(now);
    this.#tidiedAt ??= now;
    if (now - this.#tidiedAt < TIDY_MS) return;
    this.#tidiedAt = now;
    this.orders.forgetOld();
    this.fees.watch.forgetUnknown((orderId) => this.orders.byOrderId(orderId));
  }

  #created(event: OrderCreated): void {
    const order = this.orders.createOutcome(event);
    if (order === undefined) return;
    const { outcome, at } = event;
    this.#trouble.heardOfKey(outcome, at);
    if (outcome.kind === 'refused' || outcome.kind === 'dropped') this.#trouble.refused(order, at);
    else if (outcome.kind === 'accepted') this.#trouble.accepted(order);
    else this.#notes.say(at, 'warn', `${order.clientOrderId}: no proof of what became of it (${outcome.reason})`);
    this.#touch(order.ticker);
  }

  #changed(event: OrderChanged): void {
    const order = this.orders.changeOutcome(event);
    if (order === undefined) return;
    const { kind } = event.outcome;
    this.#trouble.heardOfKey(event.outcome, event.at);
    if (kind === 'refused' || kind === 'dropped') this.#trouble.refused(order, event.at);
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
    if (wasWanted && order.state === 'cancelled') this.#trouble.lost(order, event.at);
    if (wasRefused && !hasEnded(order))
      this.#notes.say(event.at, 'warn', `${clientOrderId}: it was refused, and rests`);
    this.#touch(order.ticker);
    this.#forgetAgain(order.ticker);
  }

  #listed(event: OrdersListed): void {
    this.orders.listed(event);
    this.#refreshAll();
  }

  #fill(event: FillSeen): void {
    if (!this.#book(event)) return;
    this.fees.filled(event);
    this.#forgetAgain(event.ticker);
  }

  /** `past`: its order is over, too. False: booked already, or nobody knows yet whose cash paid for it. */
  #book(event: FillSeen, what: 'news' | 'known' | 'past' = 'news'): boolean {
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
    if (what !== 'past') this.orders.filled(event);
    this.pace.filled(event.at);
    this.reconciliation.moved(event.at);
    const { ticker, side, size, price, fee } = event;
    const verb = side === 'bid' ? 'bought' : 'sold';
    const text = `${ticker}: ${verb} ${formatSize(size)} at ${formatPrice(price)}, fee ${formatMoney(fee)}`;
    if (what === 'news') this.#notes.say(event.at, 'info', text);
    this.#touch(ticker);
    return true;
  }

  /** Its terms are known from now on. */
  met(ticker: string): void {
    for (const fill of this.parked.in(ticker)) this.#fill(fill);
  }

  #settle(event: SettlementSeen, isNews = true): void {
    const state = this.#markets.get(event.ticker);
    const before = this.ledger.holding(event.ticker).position;
    if (!this.ledger.settlement(event, event.shard ?? this.#shardOf(event.ticker) ?? 0)) return;
    this.losses.traded(event.ticker, before, this.ledger.holding(event.ticker), event.at);
    this.reconciliation.moved(event.at);
    const text = `${event.ticker}: settled ${event.result} at ${formatPrice(event.value)}`;
    if (isNews) this.#notes.say(event.at, 'info', text);
    if (state !== undefined) {
      this.portfolio.refresh(state);
      if (!state.isSelected) this.forgetIfOver(state, event.at);
    } else if (isNews) this.#forgetAgain(event.ticker);
    else this.losses.forget(event.ticker);
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
    // No order of a market that is paid comes back.
    const paid = new Set(settlements.map(({ ticker }) => ticker));
    for (const fill of fills) {
      // Records without a shard are from when there was one.
      const shard = fill.shard ?? this.#shardOf(fill.ticker) ?? 0;
      this.#book({ ...fill, shard }, paid.has(fill.ticker) ? 'past' : 'known');
    }
    const open = fills.filter(({ ticker }) => !paid.has(ticker));
    this.fees.watch.restore(open, fees.differences, fees.drift, at);
    for (const settlement of settlements) this.#settle(settlement, false);
    this.fillsRestored = this.ledger.fillCount;
    const known = `${fills.length} fills and ${settlements.length} settlements`;
    if (fills.length + settlements.length > 0) this.#notes.say(at, 'info', `the ledger begins with ${known}`);
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
  lookForUnknown(unknown: readonly Order[], now: EpochMs): void {
    const danger = this.#unknown.look(unknown, now);
    if (danger !== undefined) this.#board.raise('UNKNOWN', HALT_EVERYTHING, now, danger);
  }

  /** A market that is paid, flat and not quoted takes no more memory; what the ledger knows of it stays. */
  forgetIfOver(state: MarketState, now: EpochMs): void {
    const { ticker } = state.market;
    if (!this.#isOver(state.market, now) || this.#isAtStake(ticker)) return;
    this.portfolio.remove(state);
    this.#markets.forget(state);
    this.#feed.forget(state.market);
    this.#forget(ticker);
  }

  /** News of a market that is forgotten leaves no more behind than the market did. */
  #forgetAgain(ticker: string): void {
    if (this.#markets.get(ticker) !== undefined || !this.ledger.isSettled(ticker)) return;
    if (!this.#isAtStake(ticker)) this.#forget(ticker);
  }

  /** That it is finalized is said once: who did not hear it, an hour after the close, waits for no more than is owed. */
  #isOver({ ticker, status, closeAt }: MarketState['market'], now: EpochMs): boolean {
    if (this.ledger.isSettled(ticker) || status === 'finalized') return true;
    const isOwed = [...this.orders.owing()].some((order) => order.ticker === ticker);
    return now - closeAt >= UNTOLD_MS && !isOwed;
  }

  #isAtStake(ticker: string): boolean {
    return this.ledger.holding(ticker).position !== 0 || this.orders.liveIn(ticker).length > 0;
  }

  #forget(ticker: string): void {
    this.orders.forget(ticker);
    this.losses.forget(ticker);
    this.fees.watch.forget(ticker);
  }

  /** Realized + unrealized − fees since the ledger began. */
  profit(): Microdollars {
    return microdollars(this.ledger.realized + this.portfolio.unrealized() - this.ledger.fees);
  }

  /** A market stays on its shard, also once it is forgotten. */
  #shardOf(ticker: string): number | undefined {
    return this.#markets.get(ticker)?.market.shard ?? this.ledger.shardOf(ticker);
  }

  /** Counted in the limits, shown, and left alone. */
  #adopted({ ticker, side, price, orderId = '' }: Order, at: EpochMs): void {
    const what = `${side} at ${formatPrice(price)}, ${orderId}`;
    this.#notes.say(at, 'warn', `${ticker}: an order that is not this session's rests: ${what} (EXTERNAL)`);
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

/**
 * The engine: facts in through one door, intents out. Live, paper, replay and backtest are this class with other things
 * plugged in.
 *
 * `apply` takes in one event; only a `turn` decides. The engine reads no clock, sends nothing and knows only what it was
 * told, so the same events give the same intents, bit for bit.
 */
import { type BookUpdate, Books, type FeedEvent, type MarketBook } from './books.ts';
import { decide, topOfOthers } from './decide.ts';
import type { Change } from './diff.ts';
import { easternDay } from './eastern.ts';
import type { Control, EngineEvent, FillSeen, LedgerRestored, OrderChanged, OrderCreated, OwnOrderSeen, SettlementSeen, Turn } from './events.ts';
import { HALT_EVERYTHING, type Halt, type HaltName, Halts } from './halts.ts';
import type { Intent } from './intents.ts';
import { never } from './invariant.ts';
import { Ledger } from './ledger.ts';
import type { Market } from './market.ts';
import { feedStateOf, type MarketState, marketState } from './market-state.ts';
import { filledOf, hasEnded, Orders, remainingOf } from './orders.ts';
import { Pace } from './pace.ts';
import type { Parameters } from './parameters.ts';
import { Portfolio } from './portfolio.ts';
import { Reconciliation } from './reconcile.ts';
import { type EpochMs, epochMs, formatMoney, formatPrice, formatSize, type Microdollars, microdollars, NO_MONEY } from './units.ts';
import type { LogLine } from './view.ts';

export interface EngineConfig {
  /** `kmm-<instance>-<session>`: client order ids are this, the strategy and the intent counter. */
  readonly idPrefix: string;
  readonly parameters: Parameters;
}

/** A quiet book is looked at this often, so that leases, freezes and stopped clocks are noticed. */
const FULL_TURN_MS = 1_000;
const CROSSES_TO_HALT = 3;
const CROSSED_COOL_OFF_MS = 5_000;

const NO_INTENTS: readonly Intent[] = [];

export class Engine {
  readonly books = new Books({ allowGaps: false });
  readonly halts = new Halts();
  readonly ledger = new Ledger();
  readonly orders = new Orders();
  readonly portfolio = new Portfolio(this.ledger, this.orders);
  readonly config: EngineConfig;

  readonly #markets = new Map<string, MarketState>();
  readonly #dirty = new Set<MarketState>();
  readonly #pace = new Pace();
  readonly #reconciliation = new Reconciliation(this.ledger);
  readonly #invalid = new Set<string>();
  #log: LogLine[] = [];
  #counter = 0;
  #turn = 0;
  #isConnected = false;
  #isSilent = false;
  #fullAt = 0;
  #day = Number.NaN;
  #dayStart = NO_MONEY;

  constructor(config: EngineConfig) {
    this.config = config;
  }

  /** Takes in one event. Only a turn returns intents, in the order in which they are to be sent. */
  apply(event: EngineEvent): readonly Intent[] {
    switch (event.type) {
      case 'book_delta':
      case 'book_snapshot':
      case 'feed_started':
      case 'feed_passed':
      case 'feed_broken':
      case 'trade':
      case 'reference_price':
        this.#applyFeed(event);
        break;
      case 'turn':
        return this.#decideTurn(event);
      case 'ticker':
        break;
      case 'market_defined':
        this.#define(event.market);
        break;
      case 'market_status_changed':
        this.#change(event.ticker, (market) => ({ ...market, status: event.status }));
        break;
      case 'markets_selected':
        this.#select(new Set(event.tickers));
        break;
      case 'connection_changed':
        this.#connection(event.isUp, event.at, event.reason);
        break;
      case 'feed_silence':
        this.#isSilent = event.isSilent;
        this.#touchAll();
        break;
      case 'exchange_status_changed':
        this.#toggle('CLOSED', event.at, !event.isTrading, 'the exchange has paused trading');
        break;
      case 'rate_limited':
        this.#raise('LIMITED', HALT_EVERYTHING, event.at, 'too many requests', event.until);
        break;
      case 'create_outcome':
        this.#created(event);
        break;
      case 'change_outcome':
        this.#changed(event);
        break;
      case 'own_order':
        this.#ownOrder(event);
        break;
      case 'orders_listed':
        this.orders.listed(event);
        this.#touchAll();
        break;
      case 'fill':
        this.#fill(event);
        break;
      case 'balance':
        this.#reconciled(this.#reconciliation.balance(event), event.at);
        break;
      case 'positions':
        this.#reconciled(this.#reconciliation.positions(event), event.at);
        break;
      case 'settlement':
        this.#settle(event);
        break;
      case 'ledger_restored':
        this.#restore(event);
        break;
      case 'halt_changed':
        if (event.isOn) this.#raise(event.halt.name, event.halt.scope, event.at, event.halt.reason, event.halt.until);
        else this.#clear(event.halt.name, event.halt.scope, event.at);
        break;
      case 'control':
        this.#control(event);
        break;
      default:
        never(event);
    }
    return NO_INTENTS;
  }

  get turn(): number {
    return this.#turn;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  market(ticker: string): MarketState | undefined {
    return this.#markets.get(ticker);
  }

  markets(): IterableIterator<MarketState> {
    return this.#markets.values();
  }

  /** Realized + unrealized − fees since the Eastern day began. */
  dayProfit(): Microdollars {
    return microdollars(this.#profit() - this.#dayStart);
  }

  /** Markets whose books became invalid since the last call: a new snapshot is to be asked for. */
  takeInvalid(): string[] {
    const tickers = [...this.#invalid];
    this.#invalid.clear();
    return tickers;
  }

  /** What happened since the last call, for people. */
  takeLog(): readonly LogLine[] {
    const lines = this.#log;
    this.#log = [];
    return lines;
  }

  #applyFeed(event: FeedEvent): void {
    const update = this.books.apply(event);
    if (update.market !== undefined && update.isApplied) this.#bookMoved(update.market, event);
    if (update.invalidated.length > 0) this.#bookLost(update, event.at);
  }

  #bookMoved({ ticker, book }: MarketBook, event: FeedEvent): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    state.bookAt = event.at;
    if ('exchangeAt' in event && event.exchangeAt !== undefined) state.messageAgeMs = event.at - event.exchangeAt;
    if (state.isBroken) {
      state.isBroken = false;
      state.healedAt = event.at;
      this.#say(event.at, 'info', `${ticker}: book restored`);
    }
    if (!book.isCrossed) delete state.crossedAt;
    else state.crossedAt ??= event.at;
    this.#dirty.add(state);
  }

  #bookLost(update: BookUpdate, at: EpochMs): void {
    for (const { ticker, fault } of update.invalidated) {
      const state = this.#markets.get(ticker);
      this.#invalid.add(ticker);
      if (state?.bookAt === undefined) continue;
      state.isBroken = true;
      this.#dirty.add(state);
      this.#say(at, 'warn', `${ticker}: book not valid (${fault}), quotes pulled`);
    }
  }

  #define(market: Market): void {
    const known = this.#markets.get(market.ticker);
    if (known !== undefined) {
      known.market = market;
      this.#dirty.add(known);
      return;
    }
    const state = marketState(market);
    this.#markets.set(market.ticker, state);
    this.portfolio.add(state);
    this.portfolio.refresh(state);
    this.#dirty.add(state);
  }

  #change(ticker: string, change: (market: Market) => Market): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    state.market = change(state.market);
    this.#dirty.add(state);
  }

  #select(tickers: ReadonlySet<string>): void {
    for (const state of this.#markets.values()) {
      state.isSelected = tickers.has(state.market.ticker);
      this.#dirty.add(state);
      if (!state.isSelected) this.#forgetIfOver(state);
    }
  }

  /** A market that is paid, flat and not quoted takes no more memory. */
  #forgetIfOver(state: MarketState): void {
    const { ticker } = state.market;
    const isOver = this.ledger.isSettled(ticker) || state.market.status === 'finalized';
    if (!isOver || this.ledger.holding(ticker).position !== 0 || this.orders.liveIn(ticker).size > 0) return;
    this.orders.forget(ticker);
    this.books.forget(ticker);
    this.portfolio.remove(state);
    this.#dirty.delete(state);
    this.#markets.delete(ticker);
  }

  #connection(isUp: boolean, at: EpochMs, reason: string | undefined): void {
    this.#isConnected = isUp;
    if (isUp) this.#isSilent = false;
    this.#say(at, isUp ? 'info' : 'warn', isUp ? 'connected' : `disconnected: ${reason ?? 'closed'}; quotes pulled`);
    this.#touchAll();
  }

  #created(event: OrderCreated): void {
    const order = this.orders.createOutcome(event);
    if (order === undefined) return;
    const { outcome } = event;
    if (outcome.kind === 'refused' || outcome.kind === 'dropped') this.#refused(order.ticker, order.reason ?? '', event.at);
    else if (outcome.kind === 'accepted') this.#accepted(order.ticker);
    else this.#say(event.at, 'warn', `${order.clientOrderId}: no proof of what became of it (${outcome.reason})`);
    this.#touchTicker(order.ticker);
  }

  #changed(event: OrderChanged): void {
    const order = this.orders.changeOutcome(event);
    if (order === undefined) return;
    const { outcome } = event;
    if (outcome.kind === 'refused' || outcome.kind === 'dropped') this.#refused(order.ticker, order.reason ?? '', event.at);
    this.#touchTicker(order.ticker);
  }

  #ownOrder(event: OwnOrderSeen): void {
    const known = this.orders.byOrderId(event.order.orderId);
    const wasOurs = known !== undefined && !known.isExternal && !hasEnded(known) && known.pending?.kind !== 'cancel';
    const order = this.orders.seen(event);
    const state = this.#markets.get(order.ticker);
    if (wasOurs && order.state === 'cancelled' && state !== undefined) {
      // Somebody else's doing (a sweep, a tripped group, the exchange): look before quoting again.
      state.refusedAt = event.at;
      this.#say(event.at, 'warn', `${order.ticker}: ${order.side} cancelled, not by us (${order.reason ?? 'no reason given'})`);
    }
    this.#touchTicker(order.ticker);
  }

  #accepted(ticker: string): void {
    const state = this.#markets.get(ticker);
    if (state !== undefined) state.crosses = 0;
  }

  #refused(ticker: string, reason: string, at: EpochMs): void {
    const state = this.#markets.get(ticker);
    this.#say(at, 'warn', `${ticker}: ${reason}`);
    if (state === undefined) return;
    state.refusedAt = at;
    if (!/post only cross/i.test(reason)) return;
    state.crosses += 1;
    if (state.crosses < CROSSES_TO_HALT) return;
    // Our book must be behind the exchange's: look at a fresh one before asking again (reliability.md F18).
    this.#raise('CROSSED', ticker, at, `${state.crosses} post-only crosses in a row`, epochMs(at + CROSSED_COOL_OFF_MS));
    this.#invalid.add(ticker);
    state.crosses = 0;
  }

  #fill(event: FillSeen): void {
    const shard = event.shard ?? this.#markets.get(event.ticker)?.market.shard ?? 0;
    if (!this.ledger.fill(event, shard)) return;
    this.orders.filled(event);
    this.#pace.filled(event.at);
    this.#reconciliation.moved(event.at);
    const verb = event.side === 'bid' ? 'bought' : 'sold';
    const text = `${event.ticker}: ${verb} ${formatSize(event.size)} at ${formatPrice(event.price)}, fee ${formatMoney(event.fee)}`;
    this.#say(event.at, 'info', text);
    this.#touchTicker(event.ticker);
  }

  #settle(event: SettlementSeen): void {
    const state = this.#markets.get(event.ticker);
    if (!this.ledger.settlement(event, event.shard ?? state?.market.shard ?? 0)) return;
    this.#reconciliation.moved(event.at);
    this.#say(event.at, 'info', `${event.ticker}: settled ${event.result} at ${formatPrice(event.value)}`);
    if (state === undefined) return;
    this.portfolio.refresh(state);
    if (!state.isSelected) this.#forgetIfOver(state);
  }

  #restore({ openingCash, fills, settlements, at }: LedgerRestored): void {
    for (const { shard, cash } of openingCash) this.ledger.deposit(shard, cash);
    for (const fill of fills) this.#fill(fill);
    for (const settlement of settlements) this.#settle(settlement);
    this.#reconciliation.moved(at);
    this.#touchAll();
  }

  #reconciled(difference: string | undefined, at: EpochMs): void {
    if (difference !== undefined) this.#raise('RECONCILE', HALT_EVERYTHING, at, difference);
  }

  #control({ verb, ticker, halt, by, at }: Control): void {
    const scope = ticker ?? HALT_EVERYTHING;
    switch (verb) {
      case 'pause':
        this.#raise('PAUSED', scope, at, `paused by ${by}`);
        return;
      case 'resume':
        this.#clear('PAUSED', scope, at);
        return;
      case 'stop':
        this.#raise('STOPPING', HALT_EVERYTHING, at, `stopped by ${by}`);
        return;
      case 'kill':
        this.#raise('KILLED', HALT_EVERYTHING, at, `killed by ${by}`);
        return;
      case 'clear':
        if (halt !== undefined) this.#clear(halt, scope, at);
        return;
      default:
        never(verb);
    }
  }

  #decideTurn({ at, turn }: Turn): readonly Intent[] {
    this.#turn = turn;
    this.halts.expire(at);
    this.orders.tick(at);
    if (at - this.#fullAt >= FULL_TURN_MS) this.#lookAround(at);
    if (this.#dirty.size === 0) return NO_INTENTS;
    const intents: Intent[] = [];
    for (const state of this.#dirty) this.#decideMarket(state, at, intents);
    this.#dirty.clear();
    return intents.sort(cancelsFirst);
  }

  #decideMarket(state: MarketState, now: EpochMs, intents: Intent[]): void {
    const { market } = state;
    const { ticker } = market;
    const entry = this.books.get(ticker);
    if (entry === undefined) return;
    this.portfolio.refresh(state);
    this.#mark(state, entry);
    const { parameters } = this.config;
    const decision = decide({
      market,
      isSelected: state.isSelected,
      book: entry.book,
      feed: feedStateOf(state, this.#isConnected, this.#isSilent),
      halts: this.halts.covering(ticker),
      parameters,
      orders: this.orders.liveIn(ticker),
      risk: this.portfolio.riskContext(state, parameters.risk),
      maySend: this.#pace.count(now) < parameters.risk.ordersPerMinute,
      now,
    });
    state.decision = decision;
    for (const change of decision.changes) {
      const intent = this.#number(change, market, parameters.strategy);
      if (intent.kind !== 'cancel') this.#pace.sent(now);
      this.orders.intended(intent, now);
      intents.push(intent);
    }
    if (decision.changes.length > 0) this.portfolio.refresh(state);
  }

  #number(change: Change, market: Market, strategy: string): Intent {
    this.#counter += 1;
    const common = { counter: this.#counter, ticker: market.ticker, shard: market.shard };
    if (change.kind === 'create') {
      const { kind, side, price, size, expiresAt } = change;
      const clientOrderId = `${this.config.idPrefix}-${strategy}-${this.#counter}`;
      return { kind, ...common, clientOrderId, side, price, size, expiresAt };
    }
    const { order } = change;
    const named = { ...common, clientOrderId: order.clientOrderId, orderId: order.orderId ?? '', side: order.side };
    if (change.kind === 'cancel') return { kind: 'cancel', ...named, price: order.price, size: remainingOf(order) };
    const { kind, price, size, expiresAt } = change;
    return { kind, ...named, price, size, filled: filledOf(order), expiresAt };
  }

  /** Once a second: every market, the day, the money limits. */
  #lookAround(now: EpochMs): void {
    this.#fullAt = now;
    this.#touchAll();
    const day = easternDay(now);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayStart = this.#profit();
    }
    const { dayLoss, ordersPerMinute } = this.config.parameters.risk;
    const lost = -this.dayProfit();
    if (lost >= dayLoss) {
      const reason = `lost $${formatMoney(microdollars(lost))} of $${formatMoney(dayLoss)} today`;
      this.#raise('LOSS_DAY', HALT_EVERYTHING, now, reason);
    }
    if (this.#pace.isRunaway(now, ordersPerMinute)) {
      this.#raise('RUNAWAY', HALT_EVERYTHING, now, `${ordersPerMinute} sends in a minute without a fill`);
    }
  }

  #mark(state: MarketState, { book }: MarketBook): void {
    if (!book.isValid) return;
    const top = topOfOthers(book, this.orders.liveIn(state.market.ticker));
    if (top === undefined) return;
    state.exitBid = top.bid;
    state.exitAsk = top.ask;
    state.hasMark = true;
  }

  #profit(): Microdollars {
    return microdollars(this.ledger.realized + this.portfolio.unrealized() - this.ledger.fees);
  }

  #toggle(name: HaltName, at: EpochMs, isOn: boolean, reason: string): void {
    if (isOn) this.#raise(name, HALT_EVERYTHING, at, reason);
    else this.#clear(name, HALT_EVERYTHING, at);
  }

  #raise(name: HaltName, scope: string, at: EpochMs, reason: string, until?: EpochMs): void {
    const halt: Halt = { name, scope, since: at, reason, ...(until !== undefined && { until }) };
    const level = name === 'STOPPING' || name === 'PAUSED' ? 'info' : 'error';
    if (this.halts.raise(halt)) this.#say(at, level, `halt ${name} (${scope}): ${reason}`);
    this.#touchAll();
  }

  #clear(name: HaltName, scope: string, at: EpochMs): void {
    if (this.halts.clear(name, scope)) this.#say(at, 'info', `halt ${name} (${scope}) cleared`);
    this.#touchAll();
  }

  #touchTicker(ticker: string): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    this.portfolio.refresh(state);
    this.#dirty.add(state);
  }

  #touchAll(): void {
    for (const state of this.#markets.values()) this.#dirty.add(state);
  }

  #say(at: EpochMs, level: LogLine['level'], text: string): void {
    this.#log.push({ at, level, text });
  }
}

/** Cancels leave before creates; the rest keeps its order. */
function cancelsFirst(a: Intent, b: Intent): number {
  return Number(a.kind !== 'cancel') - Number(b.kind !== 'cancel');
}

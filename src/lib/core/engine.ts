/**
 * The engine: facts in through one door, intents out. Live, paper, replay and backtest are this class in other sockets.
 *
 * `apply` takes in one event; only a `turn` decides. The engine reads no clock, sends nothing and knows only what it was
 * told, so the same events give the same intents, bit for bit.
 */

import type { BookAudits } from './book/book-audits.ts';
import type { Books } from './book/books.ts';
import { Feed } from './book/feed.ts';
import { changeParameters, ownParameters } from './change-parameters.ts';
import type { EngineEvent, MarketDefined, Turn } from './events.ts';
import { Flattens } from './flatten/flattens.ts';
import type { HandChange, HandVerdict } from './hand/hand-rules.ts';
import type { HandAnswer, HandAsk } from './hand/hand-types.ts';
import { Hands } from './hand/hands.ts';
import { Standings } from './honesty/standings.ts';
import { cancelsFirst, type Intent } from './intents.ts';
import { never } from './invariant.ts';
import { type Market, named, ruleChange, withOwnFees } from './market.ts';
import type { MarketState } from './market-state.ts';
import { MarketTable } from './market-table.ts';
import { Account } from './money/account.ts';
import type { FeeWatch } from './money/fee-watch.ts';
import type { Ledger } from './money/ledger.ts';
import { Markouts } from './money/markouts.ts';
import { HaltBoard, Notes } from './notes.ts';
import { type IntentPlace, numbered } from './orders/number-intent.ts';
import { BY_THE_QUOTER, type OrderTerms } from './orders/order.ts';
import { FLATTEN, HAND } from './orders/order-id.ts';
import type { Orders } from './orders/orders.ts';
import { changeSizeOf } from './orders/pace.ts';
import type { Parameters } from './parameters.ts';
import { rankBins } from './quoting/bins.ts';
import { ConsistencyWatch } from './quoting/consistency-watch.ts';
import { decisionFor } from './quoting/decide-market.ts';
import { Exits } from './quoting/exits.ts';
import { legsOf, touchLegs } from './quoting/ladder-holdings.ts';
import { HALT_EVERYTHING, type Halts } from './risk/halts.ts';
import { MoneyGuard } from './risk/money-guard.ts';
import type { Portfolio } from './risk/portfolio.ts';
import type { EpochMs } from './units.ts';
import type { LogLine } from './view.ts';

export interface EngineConfig {
  /** `kmm-<instance>-<session>`: client order ids are this, the strategy (or `hand`) and the intent counter. */
  readonly idPrefix: string;
  readonly parameters: Parameters;
}

/** A quiet book is looked at this often: leases, freezes and stopped clocks. */
const FULL_TURN_MS = 1_000;
const NO_INTENTS: readonly Intent[] = [];

export class Engine {
  readonly config: EngineConfig;
  readonly #notes = new Notes();
  readonly #markets = new MarketTable();
  readonly #board = new HaltBoard(this.#notes, this.#markets);
  readonly #feed: Feed;
  readonly #account: Account;
  readonly #hands: Hands;
  /** Ways out of positions: those under way, the last that ended, and what one would do. */
  readonly flattens: Flattens;
  readonly markouts: Markouts;
  readonly #exits: Exits;
  readonly #standings: Standings;
  readonly #consistency = new ConsistencyWatch();
  #counter = 0;
  #turn = 0;
  #fullAt = 0;
  readonly money: MoneyGuard;
  readonly referenceOf = (market: Market) => this.#feed.referenceOf(market);
  readonly learnedOf = (index: string) => this.#feed.proxies.of(index)?.learned;
  /** The markets that pay by the same figure or event as this one, itself among them. */
  readonly legsOf = (state: MarketState) => legsOf(state, this.#markets, this.portfolio);

  constructor(given: EngineConfig) {
    const config = { ...given, parameters: ownParameters(given.parameters) };
    this.config = config;
    this.#feed = new Feed(this.#markets, this.#notes, config.parameters);
    this.#account = new Account(this.#markets, this.#feed, this.#board, this.#notes, config.parameters);
    this.money = new MoneyGuard(this.#account, this.#board, config.parameters.risk);
    const rooms = { account: this.#account, markets: this.#markets, board: this.#board, feed: this.#feed };
    const common = { ...rooms, notes: this.#notes, parameters: config.parameters };
    this.markouts = new Markouts({ ...common, orders: this.#account.orders });
    const sendAs = (by: string) => (change: HandChange, place: IntentPlace, now: EpochMs, terms?: OrderTerms) =>
      this.#send(change, place, by, now, terms);
    this.flattens = new Flattens({ ...common, send: sendAs(FLATTEN) });
    this.#exits = new Exits({ ...common, flattens: this.flattens });
    this.#hands = new Hands({ ...common, send: sendAs(HAND) });
    this.#standings = new Standings(common);
  }

  /** Takes in one event. Only a turn returns intents, in the order in which they are to be sent. */
  apply(event: EngineEvent): readonly Intent[] {
    if (event.type === 'turn') return this.#decideTurn(event);
    this.#take(event);
    return NO_INTENTS;
  }

  get turn(): number {
    return this.#turn;
  }

  get isConnected(): boolean {
    return this.#feed.isConnected;
  }

  get isSilent(): boolean {
    return this.#feed.isSilent;
  }

  get books(): Books {
    return this.#feed.books;
  }

  get audits(): BookAudits {
    return this.#feed.audits;
  }

  get halts(): Halts {
    return this.#board.halts;
  }

  get ledger(): Ledger {
    return this.#account.ledger;
  }

  get orders(): Orders {
    return this.#account.orders;
  }

  /** Fees charged against fees predicted. */
  get fees(): FeeWatch {
    return this.#account.fees.watch;
  }

  get portfolio(): Portfolio {
    return this.#account.portfolio;
  }

  market(ticker: string): MarketState | undefined {
    return this.#markets.get(ticker);
  }

  markets(): IterableIterator<MarketState> {
    return this.#markets.all();
  }

  /** Sends and losses of late, how the ledger compares with the exchange's statements, fills that wait for their market. */
  get account(): Pick<Account, 'pace' | 'losses' | 'reconciliation' | 'parked' | 'fillsRestored'> {
    return this.#account;
  }

  /** Markets whose books became invalid since the last call: a new snapshot is to be asked for. */
  takeInvalid(): readonly string[] {
    return this.#feed.takeInvalid();
  }

  /** Markets whose books stay in doubt until a snapshot comes, whether or not one has been asked for. */
  doubtfulBooks(now: EpochMs): string[] {
    return this.#feed.doubtful(now);
  }

  /** What happened since the last call, for people. */
  takeLog(): readonly LogLine[] {
    return this.#notes.take();
  }

  /** What became of the asks by hand, since the last call. */
  takeAnswers(): readonly HandAnswer[] {
    return this.#hands.takeAnswers();
  }

  /** What an ask by hand would be answered now. Changes nothing. */
  consider(ask: HandAsk, now: EpochMs): HandVerdict {
    return this.#hands.consider(ask, now);
  }

  #take(event: Exclude<EngineEvent, Turn>): void {
    switch (event.type) {
      case 'book_delta':
      case 'book_snapshot':
      case 'feed_started':
      case 'feed_passed':
      case 'feed_broken':
      case 'trade':
      case 'reference_price':
      case 'reference_lost':
      case 'index_calibrated':
      case 'proxy_restored':
      case 'forecast':
        this.#feed.apply(event);
        return;
      case 'standing':
        this.#standings.apply(event);
        return;
      case 'ticker':
        return;
      case 'connection_changed':
        this.#feed.connection(event);
        return;
      case 'feed_silence':
        this.#feed.silence(event);
        return;
      case 'market_defined':
        this.#define(event);
        return;
      case 'market_status_changed':
        this.#markets.change(event.ticker, (market) => ({ ...market, status: event.status }));
        return;
      case 'markets_selected':
        this.#select(new Set(event.tickers), new Set(event.leaving), event.at);
        return;
      case 'exchange_status_changed':
        this.#board.exchange(event);
        return;
      case 'rate_limited':
        this.#board.raise('LIMITED', HALT_EVERYTHING, event.at, 'too many requests', event.until);
        return;
      case 'create_outcome':
      case 'change_outcome':
      case 'own_order':
      case 'orders_listed':
      case 'queue_places':
      case 'balance':
      case 'positions':
      case 'settlement':
      case 'cash_moved':
      case 'cash_entered':
        this.#account.apply(event);
        return;
      case 'fill':
        if (!this.ledger.hasFill(event.tradeId)) this.markouts.filled(event);
        this.#account.apply(event);
        this.flattens.filled(event);
        touchLegs(event.ticker, this.#markets, this.portfolio);
        return;
      case 'book_audit_began':
      case 'book_audited':
      case 'book_audit_ended':
        this.#feed.audit(event);
        if (event.type === 'book_audited') this.#account.audited(event);
        return;
      case 'ledger_restored':
        this.money.remember(event);
        this.#account.restore(event);
        this.money.restore(event);
        return;
      case 'halt_changed':
        this.money.halt(event);
        return;
      case 'control':
        this.money.control(event);
        return;
      case 'parameters_changed':
        changeParameters(this.config.parameters, event.parameters);
        this.#standings.look();
        return;
      case 'hand_asked':
        this.#hands.ask(event);
        return;
      case 'flatten_asked':
        this.flattens.ask(event);
        return;
      default:
        never(event);
    }
  }

  #define({ market: stated, at }: MarketDefined): void {
    const market = withOwnFees(named(stated), this.config.parameters.feesPerContract);
    const known = this.#markets.get(market.ticker);
    const change = known === undefined ? undefined : ruleChange(known.market, market);
    if (change !== undefined) this.#board.raise('RULES', market.ticker, at, change);
    this.fees.define(market, at);
    this.#feed.defined(market);
    const added = this.#markets.define(market);
    if (added === undefined) return;
    this.#standings.met(added);
    this.portfolio.add(added);
    this.portfolio.refresh(added);
    this.#account.met(market.ticker);
  }

  #select(tickers: ReadonlySet<string>, leaving: ReadonlySet<string>, at: EpochMs): void {
    for (const state of this.#markets.all()) {
      state.isSelected = tickers.has(state.market.ticker);
      state.isLeaving = leaving.has(state.market.ticker);
      this.portfolio.refresh(state);
      this.#markets.touch(state);
      if (!state.isSelected) this.#account.forgetIfOver(state, at);
    }
    this.#feed.forgetUnknown();
  }

  #decideTurn({ at, turn }: Turn): readonly Intent[] {
    this.#turn = turn;
    this.halts.expire(at);
    const unknown = this.orders.tick(at);
    this.markouts.turn(at);
    this.#account.lookForUnknown(unknown, at);
    if (at - this.#fullAt >= FULL_TURN_MS) this.#lookAround(at);
    const intents: Intent[] = [];
    this.#hands.decide(at, intents);
    this.#exits.look(at);
    this.flattens.decide(at, intents);
    for (const state of this.#markets.takeDirty()) this.#decideMarket(state, at, intents);
    return intents.length > 1 ? intents.sort(cancelsFirst) : intents;
  }

  #decideMarket(state: MarketState, now: EpochMs, intents: Intent[]): void {
    const { market } = state;
    const { parameters } = this.config;
    const { pace } = this.#account;
    const heldBack = pace.refusal(parameters.quoting.orderSize, parameters.risk, now)?.reason;
    const decision = decisionFor(this, state, { outside: this.#feed.outsideOf(market), heldBack }, now);
    if (decision === undefined) return;
    state.decision = decision;
    const wide = state.width.look(decision.quote, decision.top, now);
    if (wide !== undefined) this.#notes.say(now, 'warn', `${market.ticker} ${wide}`);
    for (const change of decision.changes) {
      // Two sides are decided at once, and the minute may have room for one of them.
      if (change.kind !== 'cancel' && pace.refusal(changeSizeOf(change), parameters.risk, now) !== undefined) continue;
      intents.push(this.#send(change, market, parameters.strategy, now, BY_THE_QUOTER));
    }
    if (decision.changes.length > 0) this.portfolio.refresh(state);
  }

  /** Numbered, counted and entered with the orders: from here on it is under way. */
  #send(change: HandChange, place: IntentPlace, by: string, now: EpochMs, terms?: OrderTerms): Intent {
    this.#counter += 1;
    const intent = numbered(change, place, this.#counter, `${this.config.idPrefix}-${by}-${this.#counter}`);
    if (intent.kind === 'create' || intent.kind === 'amend') this.#account.pace.sent(now, changeSizeOf(change));
    this.orders.intended(intent, now, terms);
    return intent;
  }

  /** Once a second: every market, the day, the money limits. */
  #lookAround(now: EpochMs): void {
    this.#fullAt = now;
    this.#markets.touchAll();
    this.#account.look(now);
    this.money.look(now);
    rankBins(this.portfolio.events(), this.config.parameters.quoting.binsMax, (state) => this.#markets.touch(state));
    for (const text of this.#consistency.look(this.#markets.all())) this.#notes.say(now, 'warn', text);
  }
}

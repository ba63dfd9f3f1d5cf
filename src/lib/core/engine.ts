/**
 * The engine: facts in through one door, intents out. Live, paper, replay and backtest are this class with other things
 * plugged in.
 *
 * `apply` takes in one event; only a `turn` decides. The engine reads no clock, sends nothing and knows only what it was
 * told, so the same events give the same intents, bit for bit.
 */
import { Account } from './account.ts';
import type { Books, MarketBook } from './books.ts';
import { decide, topOfOthers } from './decide.ts';
import type { Change } from './diff.ts';
import { easternDay } from './eastern.ts';
import type { Control, EngineEvent, Turn } from './events.ts';
import { Feed } from './feed.ts';
import { HALT_EVERYTHING, type Halts } from './halts.ts';
import type { Intent } from './intents.ts';
import { never } from './invariant.ts';
import type { Ledger } from './ledger.ts';
import type { Market } from './market.ts';
import { feedStateOf, type MarketState } from './market-state.ts';
import { MarketTable } from './market-table.ts';
import { HaltBoard, Notes } from './notes.ts';
import { filledOf, remainingOf } from './order.ts';
import type { Orders } from './orders.ts';
import type { Parameters } from './parameters.ts';
import type { Portfolio } from './portfolio.ts';
import { type EpochMs, formatMoney, type Microdollars, microdollars, NO_MONEY } from './units.ts';
import type { LogLine } from './view.ts';

export interface EngineConfig {
  /** `kmm-<instance>-<session>`: client order ids are this, the strategy and the intent counter. */
  readonly idPrefix: string;
  readonly parameters: Parameters;
}

/** A quiet book is looked at this often, so that leases, freezes and stopped clocks are noticed. */
const FULL_TURN_MS = 1_000;

const NO_INTENTS: readonly Intent[] = [];

export class Engine {
  readonly config: EngineConfig;
  readonly #notes = new Notes();
  readonly #markets = new MarketTable();
  readonly #board = new HaltBoard(this.#notes, this.#markets);
  readonly #feed = new Feed(this.#markets, this.#notes);
  readonly #account = new Account(this.#markets, this.#feed, this.#board, this.#notes);
  #counter = 0;
  #turn = 0;
  #fullAt = 0;
  #day = Number.NaN;
  #profitAtDayStart = NO_MONEY;

  constructor(config: EngineConfig) {
    this.config = config;
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

  get halts(): Halts {
    return this.#board.halts;
  }

  get ledger(): Ledger {
    return this.#account.ledger;
  }

  get orders(): Orders {
    return this.#account.orders;
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

  /** Realized + unrealized − fees since the Eastern day began. */
  dayProfit(): Microdollars {
    return microdollars(this.#account.profit() - this.#profitAtDayStart);
  }

  /** Markets whose books became invalid since the last call: a new snapshot is to be asked for. */
  takeInvalid(): string[] {
    return this.#feed.takeInvalid();
  }

  /** What happened since the last call, for people. */
  takeLog(): readonly LogLine[] {
    return this.#notes.take();
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
        return this.#feed.apply(event);
      case 'ticker':
        return;
      case 'connection_changed':
        return this.#feed.connection(event);
      case 'feed_silence':
        return this.#feed.silence(event);
      case 'market_defined':
        return this.#define(event.market);
      case 'market_status_changed':
        return this.#markets.change(event.ticker, (market) => ({ ...market, status: event.status }));
      case 'markets_selected':
        return this.#select(new Set(event.tickers));
      case 'exchange_status_changed':
        if (!event.isTrading) this.#board.raise('CLOSED', HALT_EVERYTHING, event.at, 'the exchange has paused trading');
        else this.#board.clear('CLOSED', HALT_EVERYTHING, event.at);
        return;
      case 'rate_limited':
        return this.#board.raise('LIMITED', HALT_EVERYTHING, event.at, 'too many requests', event.until);
      case 'create_outcome':
        return this.#account.created(event);
      case 'change_outcome':
        return this.#account.changed(event);
      case 'own_order':
        return this.#account.ownOrder(event);
      case 'orders_listed':
        return this.#account.listed(event);
      case 'fill':
        return this.#account.fill(event);
      case 'balance':
        return this.#account.balance(event);
      case 'positions':
        return this.#account.positions(event);
      case 'settlement':
        return this.#account.settle(event);
      case 'ledger_restored':
        return this.#account.restore(event);
      case 'halt_changed': {
        const { name, scope, reason, until } = event.halt;
        return event.isOn
          ? this.#board.raise(name, scope, event.at, reason, until)
          : this.#board.clear(name, scope, event.at);
      }
      case 'control':
        return this.#control(event);
      default:
        return never(event);
    }
  }

  #define(market: Market): void {
    const added = this.#markets.define(market);
    if (added === undefined) return;
    this.portfolio.add(added);
    this.portfolio.refresh(added);
  }

  #select(tickers: ReadonlySet<string>): void {
    for (const state of this.#markets.all()) {
      state.isSelected = tickers.has(state.market.ticker);
      this.#markets.touch(state);
      if (!state.isSelected) this.#account.forgetIfOver(state);
    }
  }

  #control({ verb, ticker, halt, by, at }: Control): void {
    const scope = ticker ?? HALT_EVERYTHING;
    switch (verb) {
      case 'pause':
        return this.#board.raise('PAUSED', scope, at, `paused by ${by}`);
      case 'resume':
        return this.#board.clear('PAUSED', scope, at);
      case 'stop':
        return this.#board.raise('STOPPING', HALT_EVERYTHING, at, `stopped by ${by}`);
      case 'kill':
        return this.#board.raise('KILLED', HALT_EVERYTHING, at, `killed by ${by}`);
      case 'clear':
        return halt === undefined ? undefined : this.#board.clear(halt, scope, at);
      default:
        return never(verb);
    }
  }

  #decideTurn({ at, turn }: Turn): readonly Intent[] {
    this.#turn = turn;
    this.halts.expire(at);
    this.orders.tick(at);
    if (at - this.#fullAt >= FULL_TURN_MS) this.#lookAround(at);
    const intents: Intent[] = [];
    for (const state of this.#markets.takeDirty()) this.#decideMarket(state, at, intents);
    return intents.length > 1 ? intents.sort(cancelsFirst) : intents;
  }

  #decideMarket(state: MarketState, now: EpochMs, intents: Intent[]): void {
    const { market } = state;
    const entry = this.books.get(market.ticker);
    if (entry === undefined) return;
    const { parameters } = this.config;
    const { pace } = this.#account;
    this.portfolio.refresh(state);
    this.#mark(state, entry);
    const decision = decide({
      market,
      isSelected: state.isSelected,
      book: entry.book,
      feed: feedStateOf(state, this.isConnected, this.isSilent),
      halts: this.halts.covering(market.ticker),
      parameters,
      orders: this.orders.liveIn(market.ticker),
      risk: this.portfolio.riskContext(state, parameters.risk),
      maySend: pace.count(now) < parameters.risk.ordersPerMinute,
      now,
    });
    state.decision = decision;
    for (const change of decision.changes) {
      const intent = this.#number(change, market, parameters);
      if (intent.kind !== 'cancel') pace.sent(now);
      this.orders.intended(intent, now);
      intents.push(intent);
    }
    if (decision.changes.length > 0) this.portfolio.refresh(state);
  }

  #number(change: Change, market: Market, { strategy }: Parameters): Intent {
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
    this.#markets.touchAll();
    const day = easternDay(now);
    if (day !== this.#day) {
      this.#day = day;
      this.#profitAtDayStart = this.#account.profit();
    }
    const { dayLoss, ordersPerMinute } = this.config.parameters.risk;
    const lost = -this.dayProfit();
    if (lost >= dayLoss) {
      const reason = `lost $${formatMoney(microdollars(lost))} of $${formatMoney(dayLoss)} today`;
      this.#board.raise('LOSS_DAY', HALT_EVERYTHING, now, reason);
    }
    if (this.#account.pace.isRunaway(now, ordersPerMinute)) {
      this.#board.raise('RUNAWAY', HALT_EVERYTHING, now, `${ordersPerMinute} sends in a minute without a fill`);
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
}

/** Cancels leave before creates; the rest keeps its order. */
function cancelsFirst(a: Intent, b: Intent): number {
  return Number(a.kind !== 'cancel') - Number(b.kind !== 'cancel');
}

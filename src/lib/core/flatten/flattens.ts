/**
 * The ways out of positions that the operator has asked for: one a market, each until it is flat, its bound, its time or
 * its market is over, or a halt comes between. Every step is an ask by hand to the same rules, gate and order states as
 * any other (hand-rules.ts); a pause is the one halt that does not hold it up, for it only ever takes down. While it works
 * the quoter is off its market, and afterwards the market stays paused: or the quotes would go in again.
 */

import { bestOfOthers } from '../book/book-of-others.ts';
import type { Feed } from '../book/feed.ts';
import { freezeAt } from '../clock/market-clock.ts';
import type { FillSeen, FlattenAsked } from '../events.ts';
import { decideHand, type HandChange, type HandContext } from '../hand/hand-rules.ts';
import type { HandWord } from '../hand/hand-types.ts';
import type { Intent } from '../intents.ts';
import type { Market } from '../market.ts';
import { feedStateOf, type MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Account } from '../money/account.ts';
import type { HaltBoard, Notes } from '../notes.ts';
import { isCancellable } from '../orders/diff.ts';
import type { IntentPlace } from '../orders/number-intent.ts';
import { hasEnded, type Order, type OrderTerms, owedOf } from '../orders/order.ts';
import { HAND } from '../orders/order-id.ts';
import type { Parameters } from '../parameters.ts';
import { firstGate, type Gate, REDUCING_HALTS } from '../quoting/gates.ts';
import { roomToReduce } from '../risk/exposure.ts';
import { type Halt, takesAway } from '../risk/halts.ts';
import {
  type Centicontracts,
  type EpochMs,
  formatMoney,
  formatSize,
  microdollars,
  type Side,
  signOf,
} from '../units.ts';
import { askOf, endAs, type Flatten, hasEndedUnproved, markOf, spentBy, timesOf, viewOf } from './flatten.ts';
import { FlattenList } from './flatten-list.ts';
import {
  costOfTaking,
  type FlattenState,
  type FlattenStep,
  type FlattenUrge,
  flattenStep,
  worstCost,
} from './flatten-rules.ts';
import type { FlattenAsk, FlattenEnd, FlattenVerdict, FlattenView } from './flatten-types.ts';

export interface FlattensOptions {
  readonly account: Account;
  readonly markets: MarketTable;
  readonly board: HaltBoard;
  readonly feed: Feed;
  readonly notes: Notes;
  readonly parameters: Parameters;
  readonly send: (change: HandChange, at: IntentPlace, now: EpochMs, terms: OrderTerms) => Intent;
}

/** An order of which no record told the end may have filled: positions are compared with the exchange's within this. */
const UNPROVED_MS = 65_000;
/** What is wrong is what we know of the book. */
const BOOK_GATES: ReadonlySet<string> = new Set(['BOOK', 'STALE', 'crossed']);

export class Flattens {
  readonly #options: FlattensOptions;
  #asked: FlattenAsked[] = [];
  readonly #flattens: FlattenList;

  constructor(options: FlattensOptions) {
    this.#options = options;
    this.#flattens = new FlattenList((ticker) => options.markets.get(ticker) !== undefined);
  }

  ask(event: FlattenAsked): void {
    this.#asked.push(event);
  }

  /** Begins one at once, on nobody's ask. */
  force(ask: FlattenAsk, why: string, now: EpochMs): void {
    const begun = this.#begun(ask, 'the inventory rules', now);
    if ('word' in begun) return;
    this.#flattens.enter(begun);
    this.#options.notes.say(
      now,
      'warn',
      `${ask.ticker}: forced exit, for at most $${formatMoney(ask.costMax)}: ${why}`,
    );
  }

  /** What forced exits of this market have cost so far, by the fills we have seen. */
  exitCostOf(ticker: string): number {
    return this.#flattens.exitCostOf(ticker);
  }

  /** One that is not over has this market to itself. */
  isAt(ticker: string): boolean {
    return this.#flattens.active(ticker) !== undefined;
  }

  /** What it costs is known by its fills. Call before or after the ledger has them; the same one twice changes nothing. */
  filled({ orderId, tradeId, side, price, size, fee }: FillSeen): void {
    for (const flatten of this.#flattens.all()) {
      const isIts = [...flatten.orders].some((order) => order.orderId === orderId);
      if (isIts) flatten.costs.set(tradeId, signOf(side) * (price - flatten.mark) * size + fee);
    }
  }

  views(): readonly FlattenView[] {
    const { ledger } = this.#options.account;
    return [...this.#flattens.all()].map((flatten) => viewOf(flatten, ledger.holding(flatten.ask.ticker).position));
  }

  /** What would come of it now. Changes nothing. */
  consider(ask: FlattenAsk, now: EpochMs): FlattenVerdict {
    const begun = this.#begun(ask, '', now);
    if ('word' in begun) return { kind: 'refused', refusal: begun };
    const { ticker } = ask;
    const state = this.#options.markets.get(ticker) as MarketState;
    const gate = this.#gateOf(state, now);
    const input = this.#stateOf(begun, state, now);
    const { bestBid, bestAsk } = input;
    const { step, reason } = flattenStep(input);
    const size = Math.abs(begun.startPosition) as typeof begun.startPosition;
    const payNow = costOfTaking(size, input);
    return {
      kind: 'permitted',
      preview: {
        ...{ ticker, position: begun.startPosition, mark: begun.mark, reason: gate?.reason ?? reason },
        ...(bestBid !== undefined && { bestBid }),
        ...(bestAsk !== undefined && { bestAsk }),
        ...(payNow !== undefined && { payNow }),
        ...(gate === undefined && (step.kind === 'rest' || step.kind === 'take') && { first: step }),
      },
    };
  }

  decide(now: EpochMs, intents: Intent[]): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const event of asked) this.#begin(event, now);
    for (const flatten of this.#flattens.all()) if (!flatten.isOver) this.#work(flatten, now, intents);
  }

  #begin({ ask, by, isOff }: FlattenAsked, now: EpochMs): void {
    const { notes, board } = this.#options;
    const { ticker } = ask;
    const present = this.#flattens.active(ticker);
    if (present !== undefined) endAs(present, 'called_off');
    if (isOff === true) return;
    const begun = this.#begun(ask, by, now);
    if ('word' in begun) {
      notes.say(now, 'warn', `flatten of ${ticker} by ${by} refused: ${begun.reason}`);
      return;
    }
    board.raise('PAUSED', ticker, now, `flatten by ${by}`);
    notes.say(now, 'info', `${ticker}: flatten by ${by}, for at most $${formatMoney(ask.costMax)}`);
    this.#flattens.enter(begun);
  }

  #begun(ask: FlattenAsk, by: string, now: EpochMs): Flatten | { readonly word: HandWord; readonly reason: string } {
    const { account, markets, board, feed, parameters } = this.#options;
    const { ticker } = ask;
    const state = markets.get(ticker);
    if (state === undefined) return { word: 'market_unknown', reason: `no market ${ticker} is known` };
    const { position, cost } = account.ledger.holding(ticker);
    if (Math.abs(position) <= (ask.to ?? 0)) return { word: 'size', reason: `nothing is held in ${ticker}` };
    const halt = board.halts.covering(state.market, HAND).find(takesAway);
    if (halt !== undefined) return { word: halt.name, reason: `halt ${halt.name} (${halt.scope}): ${halt.reason}` };
    if (now >= state.market.closeAt) return { word: 'market_closed', reason: `${ticker} is closed` };
    const flatAt = freezeAt(state.market, parameters);
    if (now >= flatAt) return { word: 'WINDOW', reason: `${ticker} is frozen before its close` };
    return {
      ...{ ask, by, startedAt: now, startPosition: position, ...timesOf(ask, now, flatAt) },
      mark: markOf(state, feed.books.get(ticker)?.book, account.orders.liveIn(ticker), { position, cost }),
      ...{ orders: new Set<Order>(), costs: new Map<string, number>(), isOver: false, reason: 'begun' },
    };
  }

  #work(flatten: Flatten, now: EpochMs, intents: Intent[]): void {
    const { markets } = this.#options;
    const state = markets.get(flatten.ask.ticker);
    if (state === undefined) {
      this.#over(flatten, 'closed', now);
      return;
    }
    const live = [...flatten.orders].filter((order) => !hasEnded(order));
    if (flatten.end === undefined) this.#noteUnproved(flatten, now);
    const end = flatten.end ?? this.#endOf(flatten, state, now);
    if (end !== undefined) {
      flatten.end = end;
      for (const order of live) this.#cancel(order, now, intents);
      if (live.length === 0) this.#over(flatten, end, now);
      return;
    }
    const gate = this.#gateOf(state, now);
    if (gate !== undefined && !this.#isBlind(flatten, gate, state, now)) {
      flatten.reason = `waiting: ${gate.reason}`;
      if (gate.posture === 'pull') for (const order of live) this.#cancel(order, now, intents);
      return;
    }
    if (flatten.unprovedAt !== undefined && now - flatten.unprovedAt < UNPROVED_MS) {
      flatten.reason = 'waiting: nothing tells how its last order ended';
      return;
    }
    const { step, reason } = flattenStep({ ...this.#stateOf(flatten, state, now), isBlind: gate !== undefined });
    flatten.reason = reason;
    if (step.kind === 'bound') endAs(flatten, 'bound');
    else this.#send(flatten, step, state, now, intents);
  }

  #send(flatten: Flatten, step: FlattenStep, state: MarketState, now: EpochMs, intents: Intent[]): void {
    const { account, markets, send } = this.#options;
    if (step.kind === 'none' || step.kind === 'bound') return;
    if (step.kind === 'cancel') {
      this.#cancel(step.order, now, intents);
      return;
    }
    const ask = askOf(step, flatten.ask.ticker, this.#options.parameters.quoting.leaseMs);
    const verdict = decideHand(ask, this.#contextOf(state, now, step.kind === 'amend' ? step.order : undefined));
    if (verdict.kind === 'refused') {
      flatten.reason = `waiting: ${verdict.refusal.reason}`;
      return;
    }
    const { change } = verdict;
    const takerFee = 'takerFee' in change ? { takerFee: change.takerFee } : {};
    const intent = send(change, state.market, now, { origin: 'hand', isRenewed: step.kind !== 'take', ...takerFee });
    intents.push(intent);
    const order = account.orders.byClientId(intent.clientOrderId);
    if (order !== undefined) flatten.orders.add(order);
    if (step.kind === 'take') flatten.tookAt = now;
    account.portfolio.refresh(state);
    markets.touch(state);
  }

  #cancel(order: Order, now: EpochMs, intents: Intent[]): void {
    if (!isCancellable(order)) return;
    intents.push(
      this.#options.send({ kind: 'cancel', order }, order, now, { origin: 'hand', isRenewed: order.isRenewed }),
    );
  }

  #endOf(flatten: Flatten, { market }: MarketState, now: EpochMs): FlattenEnd | undefined {
    const { board, parameters } = this.#options;
    if (board.halts.covering(market, HAND).some(takesAway)) return 'halted';
    if (this.#heldOf(flatten) * Math.sign(flatten.startPosition) <= (flatten.ask.to ?? 0)) return 'flat';
    if (now >= freezeAt(market, parameters)) return 'closed';
    return now >= flatten.endsAt ? 'time' : undefined;
  }

  /** With what the exchange has told of fills that we have not seen. */
  #heldOf({ ask: { ticker } }: Flatten): number {
    const { ledger, orders } = this.#options.account;
    let held: number = ledger.holding(ticker).position;
    for (const order of orders.owing()) if (order.ticker === ticker) held += signOf(order.side) * owedOf(order);
    return held;
  }

  #stateOf(flatten: Flatten, state: MarketState, now: EpochMs): FlattenState {
    const { account, feed, parameters } = this.#options;
    const { market } = state;
    const side: Side = flatten.startPosition > 0 ? 'ask' : 'bid';
    const order = [...flatten.orders].find((one) => !hasEnded(one));
    const risk = account.portfolio.riskContext(state, parameters, now);
    const book = feed.books.get(market.ticker)?.book;
    const [bestBid, bestAsk] = book?.isValid ? bestOfOthers(book, account.orders.liveIn(market.ticker)) : [];
    const urge: FlattenUrge =
      now >= flatten.payAt ? 'pay' : now < (flatten.startedAt + flatten.payAt) / 2 ? 'wait' : 'press';
    return {
      ...{ market, parameters, side, mark: flatten.mark, urge, now },
      room: Math.max(0, roomToReduce(side, risk, order) - (flatten.ask.to ?? 0)) as Centicontracts,
      left: microdollars(flatten.ask.costMax - spentBy(flatten) - this.#owedBy(flatten, state, now)),
      ...(bestBid !== undefined && { bestBid }),
      ...(bestAsk !== undefined && { bestAsk }),
      ...(order !== undefined && { order }),
      ...(flatten.tookAt !== undefined && { tookAt: flatten.tookAt }),
    };
  }

  /** Fills that were told and not seen, at the worst. */
  #owedBy({ orders, mark }: Flatten, { market }: MarketState, now: EpochMs): number {
    const { parameters } = this.#options;
    let owed = 0;
    for (const order of orders) {
      const terms = { side: order.side, price: order.boldest, size: owedOf(order) };
      owed += worstCost(terms, order.takerFee !== undefined, { market, mark, parameters, now }) ?? 0;
    }
    return owed;
  }

  /** Time is over for a forced exit, and only the book is in the way: it takes at the worst price that its bound can bear. */
  #isBlind({ ask, payAt }: Flatten, { name }: Gate, { market }: MarketState, now: EpochMs): boolean {
    const { feed, account } = this.#options;
    if (ask.isForced !== true || now < payAt || !feed.isHeard || !BOOK_GATES.has(name)) return false;
    return ![...account.orders.liveIn(market.ticker)].some(({ state }) => state === 'unknown');
  }

  #gateOf(state: MarketState, now: EpochMs): Gate | undefined {
    const { feed, parameters, account } = this.#options;
    const { ticker } = state.market;
    const book = feed.books.get(ticker)?.book;
    if (book === undefined) return { name: 'BOOK', posture: 'pull', reason: 'no book is known yet' };
    return firstGate({
      ...{ market: state.market, isSelected: true, book, parameters, now },
      feed: feedStateOf(state, feed.isConnected, feed.isSilent),
      halts: this.#haltsIn(state.market),
      orders: account.orders.liveIn(ticker),
    });
  }

  #contextOf(state: MarketState, now: EpochMs, order: Order | undefined): HandContext {
    const { account, feed, parameters } = this.#options;
    const { market } = state;
    const book = feed.books.get(market.ticker)?.book;
    const { bestBid, bestAsk } = book?.isValid && !book.isCrossed ? book : {};
    return {
      place: {
        ...{ market, halts: this.#haltsIn(market), isHeard: feed.isHeard },
        risk: account.portfolio.riskContext(state, parameters, now),
        orders: account.orders.liveIn(market.ticker),
        ...(bestBid !== undefined && { bestBid }),
        ...(bestAsk !== undefined && { bestAsk }),
        cashByShard: account.ledger.cashByShard(),
      },
      ...(order !== undefined && { order }),
      ...{ parameters, now, pace: account.pace },
    };
  }

  #haltsIn(market: Market): Halt[] {
    return this.#options.board.halts.covering(market, HAND).filter(({ name }) => !REDUCING_HALTS.has(name));
  }

  #noteUnproved(flatten: Flatten, now: EpochMs): void {
    if ([...flatten.orders].some(hasEndedUnproved)) flatten.unprovedAt ??= now;
  }

  #over(flatten: Flatten, end: FlattenEnd, now: EpochMs): void {
    const { notes, markets } = this.#options;
    const { ticker } = flatten.ask;
    flatten.end ??= end;
    flatten.isOver = true;
    flatten.reason = `ended: ${end}`;
    const left = formatSize(Math.abs(this.#heldOf(flatten)) as FlattenView['position']);
    const cost = formatMoney(microdollars(spentBy(flatten)));
    notes.say(now, end === 'flat' ? 'info' : 'warn', `${ticker}: flatten ended (${end}), ${left} left, cost $${cost}`);
    const state = markets.get(ticker);
    if (state !== undefined) markets.touch(state);
  }
}

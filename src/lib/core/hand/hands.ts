/**
 * The hand orders of an engine: asks wait for the next turn, are decided before the quotes so that these see them, and
 * are answered. In between their leases are renewed where that was asked for, and whatever only an operator or a restart
 * clears takes them away.
 */

import type { Book } from '../book/book.ts';
import { bestOfOthers, topOfOthers } from '../book/book-of-others.ts';
import type { Feed } from '../book/feed.ts';
import { freezeAt } from '../clock/market-clock.ts';
import type { HandAsked } from '../events.ts';
import type { Intent } from '../intents.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Account } from '../money/account.ts';
import type { HaltBoard, Notes } from '../notes.ts';
import { isIdle, LEASE_MS_MIN } from '../orders/diff.ts';
import type { IntentPlace } from '../orders/number-intent.ts';
import { type Order, type OrderTerms, remainingOf } from '../orders/order.ts';
import { HAND } from '../orders/order-id.ts';
import type { Parameters } from '../parameters.ts';
import { takesAway } from '../risk/halts.ts';
import { type Centicents, type EpochMs, NO_SIZE, PRICE_ONE } from '../units.ts';
import { decideHand, type HandChange, type HandContext, type HandMarket, type HandVerdict } from './hand-rules.ts';
import type { HandAnswer, HandAsk } from './hand-types.ts';

/** A renewal that was not done is asked for again after this, until a quarter of the lease is left (reliability.md 5). */
const RENEW_AGAIN_MS = 5_000;

export interface HandsOptions {
  readonly account: Account;
  readonly markets: MarketTable;
  readonly board: HaltBoard;
  readonly feed: Feed;
  readonly notes: Notes;
  readonly parameters: Parameters;
  /** Numbers a change and enters it with the orders. */
  readonly send: (change: HandChange, at: IntentPlace, now: EpochMs, terms?: OrderTerms) => Intent;
}

export class Hands {
  readonly #options: HandsOptions;
  #asks: HandAsked[] = [];
  #answers: HandAnswer[] = [];
  /** When each order's renewal was last asked for. */
  readonly #renewedAt = new WeakMap<Order, EpochMs>();

  constructor(options: HandsOptions) {
    this.#options = options;
  }

  ask(event: HandAsked): void {
    this.#asks.push(event);
  }

  /** Those since the last call. */
  takeAnswers(): readonly HandAnswer[] {
    const answers = this.#answers;
    this.#answers = [];
    return answers;
  }

  /** What would be answered now; changes nothing. */
  consider(ask: HandAsk, now: EpochMs): HandVerdict {
    return decideHand(ask, this.#contextOf(ask, now));
  }

  /** What was asked since the last turn, in its order; then what the standing ones need. */
  decide(now: EpochMs, intents: Intent[]): void {
    const asks = this.#asks;
    this.#asks = [];
    for (const { ask, by } of asks) this.#answer(ask, by, now, intents);
    for (const order of this.#options.account.orders.hands()) this.#tend(order, now, intents);
  }

  #answer(ask: HandAsk, by: string, now: EpochMs, intents: Intent[]): void {
    const { notes, account, markets, send } = this.#options;
    const verdict = this.consider(ask, now);
    const asked = ask.kind === 'order' ? `${ask.ticker} ${ask.side}` : ask.orderId;
    if (verdict.kind === 'refused') {
      const { refusal } = verdict;
      notes.say(now, 'warn', `${ask.kind} by ${by} refused (${asked}): ${refusal.reason}`);
      this.#answers.push({ id: ask.id, at: now, kind: 'refused', refusal });
      return;
    }
    const { change, figures } = verdict;
    const place = 'order' in change ? change.order : markets.get((ask as { ticker: string }).ticker)?.market;
    if (place === undefined) return;
    const intent = send(change, place, now, termsOf(ask, change));
    intents.push(intent);
    const state = markets.get(place.ticker);
    if (state !== undefined) {
      account.portfolio.refresh(state);
      markets.touch(state);
    }
    notes.say(now, 'info', `${ask.kind} by ${by}: ${asked}`);
    const { clientOrderId, counter } = intent;
    this.#answers.push({ id: ask.id, at: now, kind: 'sent', clientOrderId, counter, ...(figures && { figures }) });
  }

  #tend(order: Order, now: EpochMs, intents: Intent[]): void {
    const { board, send, account, parameters, markets, feed } = this.#options;
    const halts = board.halts.covering(order, HAND);
    if (halts.some(takesAway)) {
      if (order.orderId !== undefined && order.pending?.kind !== 'cancel') {
        intents.push(send({ kind: 'cancel', order }, order, now));
      }
      return;
    }
    const { leaseMs } = parameters.quoting;
    if (!order.isRenewed || !isIdle(order) || halts.length > 0 || !feed.isHeard) return;
    const left = order.expiresAt - now;
    const isDue = left < leaseMs / 2 && left >= leaseMs / 4;
    if (!isDue || now - (this.#renewedAt.get(order) ?? 0) < RENEW_AGAIN_MS) return;
    const market = markets.get(order.ticker)?.market;
    if (market === undefined || account.pace.refusal(NO_SIZE, parameters.risk, now) !== undefined) return;
    const end = Math.floor(Math.min(now + leaseMs, freezeAt(market, parameters)) / 1_000) * 1_000;
    if (end <= order.expiresAt || end - now < LEASE_MS_MIN) return;
    const { price } = order;
    const change = { kind: 'amend', order, price, size: remainingOf(order), expiresAt: end as EpochMs } as const;
    this.#renewedAt.set(order, now);
    intents.push(send(change, order, now));
  }

  #contextOf(ask: HandAsk, now: EpochMs): HandContext {
    const { account, parameters } = this.#options;
    const order = ask.kind === 'order' ? undefined : this.#orderOf(ask.orderId);
    const ticker = ask.kind === 'order' ? ask.ticker : order?.ticker;
    const place = ticker === undefined ? undefined : this.#placeOf(ticker, now);
    return {
      ...(place !== undefined && { place }),
      ...(order !== undefined && { order }),
      ...{ parameters, now, pace: account.pace },
    };
  }

  #orderOf(id: string): Order | undefined {
    const { orders } = this.#options.account;
    return orders.byOrderId(id) ?? orders.byClientId(id);
  }

  #placeOf(ticker: string, now: EpochMs): HandMarket | undefined {
    const { account, markets, board, feed, parameters } = this.#options;
    const state = markets.get(ticker);
    if (state === undefined) return undefined;
    const book = feed.books.get(ticker)?.book;
    const { bestBid, bestAsk } = book?.isValid && !book.isCrossed ? book : {};
    const orders = account.orders.liveIn(ticker);
    const reference = referenceOf(state, book, orders);
    return {
      market: state.market,
      halts: board.halts.covering(state.market, HAND),
      isHeard: feed.isHeard,
      risk: {
        ...account.portfolio.riskContext(state, parameters, now),
        ...(reference !== undefined && { reference }),
      },
      orders,
      ...(bestBid !== undefined && { bestBid }),
      ...(bestAsk !== undefined && { bestAsk }),
      cashByShard: account.ledger.cashByShard(),
    };
  }
}

/**
 * What a price by hand is held against: the middle of what others bid and ask, else the fair value, the last mark, or the
 * one side that there is. Undefined where nothing at all is known.
 */
function referenceOf(state: MarketState, book: Book | undefined, orders: Iterable<Order>): Centicents | undefined {
  const isSeen = book?.isValid === true && !book.isCrossed;
  const top = isSeen ? topOfOthers(book, orders) : undefined;
  if (top !== undefined) return Math.round((top.bid + top.ask) / 2) as Centicents;
  const { fair } = state.decision ?? {};
  if (fair !== undefined) return Math.round(fair.probability * PRICE_ONE) as Centicents;
  if (state.hasMark) return Math.round((state.exitBid + state.exitAsk) / 2) as Centicents;
  const [bid, ask] = isSeen ? bestOfOthers(book, orders) : [];
  return bid ?? ask;
}

function termsOf(ask: HandAsk, change: HandChange): OrderTerms {
  const isRenewed = ask.kind === 'order' && ask.life.kind === 'renewed';
  return { origin: 'hand', isRenewed, ...('takerFee' in change && { takerFee: change.takerFee }) };
}

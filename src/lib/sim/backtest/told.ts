/** What the exchange of a backtest has to say of us and of its markets, on its ways to the engine and into the tally. */
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { VenueFact } from '../venue.ts';
import type { Collector } from './collector.ts';
import type { BacktestExchange } from './exchange.ts';
import type { News } from './lane.ts';
import { fillEvent, orderEvent, settlementEvent } from './own-events.ts';
import type { Trader } from './trader.ts';

export interface ToldOptions {
  readonly exchange: BacktestExchange;
  readonly trader: Trader;
  readonly collector: Collector;
  /** Results may still come of every market. */
  readonly isHeard: boolean;
  /** By the way of answers. */
  readonly respond: (at: number, news: News) => void;
  /** By the way of market data, among the records. */
  readonly ownLevel: (at: number, news: News) => void;
}

export class Told {
  readonly #exchange: BacktestExchange;
  readonly #trader: Trader;
  readonly #collector: Collector;
  readonly #isHeard: boolean;
  readonly #respond: ToldOptions['respond'];
  readonly #ownLevel: ToldOptions['ownLevel'];

  constructor({ exchange, trader, collector, isHeard, respond, ownLevel }: ToldOptions) {
    this.#exchange = exchange;
    this.#trader = trader;
    this.#collector = collector;
    this.#isHeard = isHeard;
    this.#respond = respond;
    this.#ownLevel = ownLevel;
  }

  /** All there is to say since the last call; false: nothing. */
  tell(): boolean {
    if (this.#exchange.isQuiet) return false;
    for (const number of this.#exchange.takeOpened()) this.tallyState(number, this.#exchange.now);
    for (const fact of this.#exchange.drain()) this.#tellOne(fact);
    return true;
  }

  #tellOne(fact: VenueFact): void {
    const { at } = fact;
    switch (fact.type) {
      case 'level': {
        const number = this.#collector.numberOf(fact.ticker);
        if (number === undefined) return;
        const { side, price, delta, clientOrderId } = fact;
        const named = clientOrderId === undefined ? {} : { clientOrderId };
        const change = { side, price, delta, exchangeAt: at, ...named };
        this.#ownLevel(at, (arrival) => this.#trader.level(number, arrival, change));
        this.tallyState(number, at);
        return;
      }
      case 'book': {
        // Told at the close alone: recorded snapshots are records.
        const number = this.#collector.numberOf(fact.ticker);
        const listed = this.#exchange.markets[number ?? -1];
        if (number === undefined || listed === undefined) return;
        this.tallyState(number, at);
        if (listed.listing.book === undefined) {
          this.#ownLevel(at, (arrival) => this.#trader.snapshot(number, arrival, [], [], at));
          // Without a recorded result nothing more will be heard of it.
          const mayCome = this.#isHeard || listed.listing.outcomeAt !== undefined;
          if (!mayCome) this.#respond(at, () => this.#trader.leave(fact.ticker));
        }
        return;
      }
      case 'order': {
        const { order } = fact;
        if (order.reason === 'ExpiryCancel') this.#countExpired(order.ticker);
        this.#respond(at, (arrival) => this.#hear(orderEvent(order, arrival)));
        return;
      }
      case 'fill': {
        const { fill } = fact;
        const listed = this.#exchange.markets[this.#collector.numberOf(fill.ticker) ?? -1];
        if (listed !== undefined) this.#collector.fill(fill, listed);
        this.#respond(at, (arrival) => this.#hear(fillEvent(fill, arrival)));
        return;
      }
      case 'lifecycle':
        if (fact.change === 'determined') this.#determined(fact.ticker, at);
        if (fact.change === 'settled') this.#settled(fact.ticker, at);
        return;
      case 'pause': {
        const { shard, isTrading } = fact;
        this.#respond(at, (arrival) => this.#hear({ type: 'exchange_status_changed', at: arrival, shard, isTrading }));
        return;
      }
    }
  }

  #determined(ticker: string, at: EpochMs): void {
    const outcome = this.#exchange.state.listings.get(ticker)?.outcome;
    if (outcome === undefined) return;
    const { result, value: settlementValue } = outcome;
    this.#respond(at, (arrival) =>
      this.#hear({ type: 'market_status_changed', at: arrival, ticker, status: 'determined', result, settlementValue }),
    );
  }

  #settled(ticker: string, settledAt: EpochMs): void {
    const listing = this.#exchange.state.listings.get(ticker);
    if (listing?.outcome === undefined) return;
    const { value } = listing.outcome;
    const result = listing.outcome.result === 'yes' ? 'yes' : 'no';
    const { shard } = listing.market;
    const held = this.#collector.equity.position(ticker);
    this.#collector.equity.paid(ticker, value);
    this.#respond(settledAt, (arrival) => {
      if (held !== 0) this.#hear(settlementEvent({ ticker, value, result, shard }, settledAt, arrival));
      this.#hear({ type: 'market_status_changed', at: arrival, ticker, status: 'finalized' });
      this.#trader.leave(ticker);
    });
  }

  #countExpired(ticker: string): void {
    const tally = this.#collector.tallies[this.#collector.numberOf(ticker) ?? -1];
    if (tally !== undefined) tally.counts.expired += 1;
  }

  /** Call before what is quoted, or known of the book, changes. */
  tallyState(number: number, at: number): void {
    const listed = this.#exchange.markets[number];
    if (listed === undefined) return;
    const { book, market } = listed.listing;
    const isOpen = book !== undefined && market.status === 'active' && listed.book.isKnown;
    const { bids, asks } = listed.book;
    this.#collector.opened(listed, isOpen);
    this.#collector.tallies[number]?.state(at, isOpen, bids.standing.length > 0, asks.standing.length > 0);
  }

  #hear(event: EngineEvent): void {
    this.#trader.apply(event);
  }
}

/**
 * A backtest: recorded events move the simulated exchange; what they and we do there reaches the engine after the feed's
 * latency; its intents reach the exchange after theirs, and the answers come back after theirs. One loop in order of time,
 * without clock, I/O or promises: the same job over the same data has one result.
 *
 * At one moment the exchange's own doing comes first (leases, closes), then what was recorded, then our commands, then what
 * arrives at the engine, and last its decision.
 */
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { BacktestResult, Failure } from '../../core/backtest/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import type { EpochMs } from '../../core/units.ts';
import { seededStream } from '../random.ts';
import type { VenueFact } from '../venue.ts';
import { Collector } from './collector.ts';
import { type BacktestData, RECORD, type Records } from './data.ts';
import { BacktestExchange } from './exchange.ts';
import { Delay, Lane, type News, type OwnLevel } from './lane.ts';
import { fillEvent, orderEvent, outcomeEvent, settlementEvent } from './own-events.ts';
import { resultOf } from './result-of.ts';
import { Trader } from './trader.ts';

/** Looks on; changes nothing. What it throws ends the run as a strategy's error does. */
export interface BacktestObserver {
  intents?(intents: readonly Intent[], at: EpochMs): void;
  /** After a decision; the exchange knows where orders of ours stand in their queues. */
  turned?(engine: Engine, at: EpochMs, turn: number, exchange: BacktestExchange): void;
  /** Nothing that happens later is played. */
  readonly until?: EpochMs;
}

/** Never throws for what happens in the run: that is `failure` in a partial result. */
export function runBacktest(job: BacktestJob, data: BacktestData, observer: BacktestObserver = {}): BacktestResult {
  const run = new Run(job, data, observer);
  const failure = run.play();
  return run.result(failure);
}

/** Without news a decision is made this often, as long as anything of ours rests or is under way. */
const QUIET_TURN_MS = 1_000;
/** Of a record of a market that had closed: nobody is told. */
const NEVER = -1;

class Run {
  readonly #job: BacktestJob;
  readonly #data: BacktestData;
  readonly #records: Records;
  readonly #observer: BacktestObserver;
  readonly #exchange: BacktestExchange;
  readonly #trader: Trader;
  readonly #collector: Collector;
  readonly #feed: Delay;
  readonly #orders: Lane<Intent>;
  readonly #responses: Lane<News>;
  readonly #ownLevels: OwnLevel[] = [];
  #ownFirst = 0;
  /** When each record that was played reaches the engine, or NEVER. */
  readonly #heardAt: Float64Array;
  #played = 0;
  #heard = 0;
  #now: number;
  #turnAt = 0;

  constructor(job: BacktestJob, data: BacktestData, observer: BacktestObserver) {
    this.#job = job;
    this.#data = data;
    this.#observer = observer;
    const { records, markets } = data;
    this.#records = records;
    this.#exchange = new BacktestExchange(job, markets, records);
    this.#now = this.#exchange.now;
    this.#trader = new Trader(job, data, this.#now as EpochMs);
    this.#collector = new Collector(job, markets, this.#exchange);
    const stream = seededStream(job.seed);
    this.#feed = new Delay(job.latency.feed, stream.split('feed'));
    this.#orders = new Lane(new Delay(job.latency.order, stream.split('order')));
    this.#responses = new Lane(new Delay(job.latency.response, stream.split('response')));
    this.#heardAt = new Float64Array(records.length);
  }

  play(): Failure | undefined {
    const { until = Infinity } = this.#observer;
    try {
      for (;;) {
        const theirs = Math.min(this.#nextRecordAt, this.#exchange.nextAt, this.#orders.nextAt);
        const turn = this.#nextTurnAt;
        if (Math.min(theirs, turn) > until || (theirs === Infinity && turn === Infinity)) return undefined;
        if (theirs <= turn) this.#exchangeSide(theirs);
        else this.#turn(turn as EpochMs);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { at: this.#now as EpochMs, turn: this.#trader.turns, message };
    }
  }

  result(failure: Failure | undefined): BacktestResult {
    return resultOf(this.#job, this.#data, {
      ...{ exchange: this.#exchange, trader: this.#trader, collector: this.#collector },
      ...{ frames: this.#played, ...(failure !== undefined && { failure }) },
    });
  }

  get #nextRecordAt(): number {
    return this.#played < this.#records.length ? (this.#records.at[this.#played] as number) : Infinity;
  }

  /** The next record or own level that is on its way to the engine. */
  get #nextHeardAt(): number {
    const own = this.#ownLevels[this.#ownFirst];
    if (own !== undefined && own.afterRecords <= this.#heard) return own.at;
    return this.#heard < this.#played ? (this.#heardAt[this.#heard] as number) : Infinity;
  }

  /**
   * What arrives is taken in when it is decided on: until then it changes nothing. So the next thing to do for the engine is
   * always a turn, and all that was recorded before it can be played in one go.
   */
  get #nextTurnAt(): number {
    const news = Math.min(this.#nextHeardAt, this.#responses.nextAt);
    const isUnderWay = this.#exchange.account.resting.size > 0 || this.#orders.size > 0;
    const quiet = isUnderWay ? this.#turnAt + QUIET_TURN_MS : Infinity;
    return Math.max(this.#turnAt + this.#job.turnMs, Math.min(news, quiet));
  }

  /** One thing that happens by itself or by us, or what was recorded before anything else is due. */
  #exchangeSide(at: number): void {
    if (this.#exchange.nextAt <= at) {
      this.#noteMids(at);
      this.#now = at;
      this.#exchange.runTo(at);
      this.#tell();
      return;
    }
    if (this.#nextRecordAt > at) {
      this.#noteMids(at);
      this.#now = at;
      this.#exchange.runTo(at);
      this.#execute(this.#orders.take(), at as EpochMs);
      return;
    }
    const { at: times, length } = this.#records;
    let until = this.#until;
    while (this.#played < length) {
      const next = times[this.#played] as number;
      if (next >= until) return;
      if (next > this.#collector.nextMidAt) this.#collector.noteMids(next);
      this.#now = next;
      const isAlone = this.#heard === this.#played;
      const isTold = this.#playRecord(next);
      // The first that is on its way sets the next turn, and so does whatever concerns us.
      if (isAlone || isTold) until = this.#until;
    }
  }

  /** Before this moment records can be played without looking at anything else. */
  get #until(): number {
    return Math.min(this.#exchange.nextAt, this.#orders.nextAt + 1, this.#nextTurnAt + 1);
  }

  /** True when the exchange had something to say of us. */
  #playRecord(at: number): boolean {
    const index = this.#played;
    this.#played += 1;
    const kind = this.#records.kind[index];
    if (kind !== RECORD.reference && !this.#exchange.play(index)) {
      this.#heardAt[index] = NEVER;
      if (this.#heard === index) this.#heard += 1;
      return false;
    }
    this.#heardAt[index] = this.#feed.arrival(at);
    if (kind === RECORD.snapshot || kind === RECORD.lost) this.#tallyState(this.#records.market[index] as number, at);
    return this.#tell();
  }

  #execute(intent: Intent, at: EpochMs): void {
    const answer = this.#exchange.submit(intent);
    const { result, order } = answer;
    const number = this.#collector.numberOf(intent.ticker);
    if (result.kind === 'refused' && number !== undefined) this.#collector.tallies[number]?.refused(result.code);
    this.#respond(at, (arrival) => this.#hear(outcomeEvent(intent, answer, at, arrival)));
    // Live asks for the order by id when a change finds it gone or is refused.
    if (result.kind === 'refused' && order !== undefined) {
      this.#respond(at, (arrival) => this.#hear(orderEvent(order, arrival)));
    }
    this.#tell();
  }

  /** What the exchange has to say of us, on its ways to the engine. */
  #tell(): boolean {
    if (this.#exchange.isQuiet) return false;
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
        this.#tallyState(number, at);
        return;
      }
      case 'book': {
        // Told at the close alone: recorded snapshots are records.
        const number = this.#collector.numberOf(fact.ticker);
        const listed = this.#exchange.markets[number ?? -1];
        if (number === undefined || listed === undefined) return;
        this.#tallyState(number, at);
        if (listed.listing.book === undefined) {
          this.#ownLevel(at, (arrival) => this.#trader.snapshot(number, arrival, [], [], at));
          // Without a recorded result nothing more will be heard of it.
          if (listed.listing.outcomeAt === undefined) this.#respond(at, () => this.#trader.leave(fact.ticker));
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

  #ownLevel(at: number, tell: News): void {
    this.#ownLevels.push({ afterRecords: this.#played, at: this.#feed.arrival(at), tell });
  }

  #respond(at: number, news: News): void {
    this.#responses.send(at, news);
  }

  #hear(event: EngineEvent): void {
    this.#trader.apply(event);
  }

  /** What has arrived by then, in order of arrival. */
  #hearUpTo(at: number): void {
    for (;;) {
      const [heard, answered] = [this.#nextHeardAt, this.#responses.nextAt];
      if (Math.min(heard, answered) > at) return;
      if (heard <= answered) this.#hearNext(heard as EpochMs);
      else this.#responses.take()(answered as EpochMs);
    }
  }

  #hearNext(at: EpochMs): void {
    const own = this.#ownLevels[this.#ownFirst];
    if (own !== undefined && own.afterRecords <= this.#heard) {
      this.#ownFirst += 1;
      own.tell(at);
      return;
    }
    const index = this.#heard;
    this.#heard += 1;
    if (this.#heardAt[index] === NEVER) return;
    const { shown } = this.#exchange;
    const recorded = this.#records.size[index] as number;
    const change = shown.size === 0 ? recorded : (shown.get(index) ?? recorded);
    this.#trader.hear(index, at, change);
  }

  #turn(at: EpochMs): void {
    this.#now = at;
    this.#exchange.runTo(at);
    this.#hearUpTo(at);
    this.#turnAt = at;
    const { engine } = this.#trader;
    const intents = this.#trader.turn(at);
    this.#collector.decided(engine, intents, at);
    if (intents.length > 0) {
      for (const intent of intents) this.#orders.send(at, intent);
      this.#observer.intents?.(intents, at);
    }
    this.#observer.turned?.(engine, at, this.#trader.turns, this.#exchange);
  }

  #noteMids(at: number): void {
    if (at > this.#collector.nextMidAt) this.#collector.noteMids(at);
  }

  #tallyState(number: number, at: number): void {
    const listed = this.#exchange.markets[number];
    if (listed === undefined) return;
    const isOpen = listed.listing.book !== undefined && listed.book.isKnown;
    const { bids, asks } = listed.book;
    this.#collector.opened(listed, isOpen);
    this.#collector.tallies[number]?.state(at, isOpen, bids.standing.length > 0, asks.standing.length > 0);
  }
}

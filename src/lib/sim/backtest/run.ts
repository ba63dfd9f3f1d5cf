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
import { cashOf } from '../exchange/account.ts';
import { SHARDS } from '../exchange/state.ts';
import { seededStream } from '../random.ts';
import { Collector, type Glance } from './collector.ts';
import { type BacktestData, type Heard, RECORD, type Records } from './data.ts';
import { BacktestExchange } from './exchange.ts';
import { Delay, Lane, type News, type OwnLevel } from './lane.ts';
import { orderEvent, outcomeEvent } from './own-events.ts';
import { resultOf } from './result-of.ts';
import { Told } from './told.ts';
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
  const run = new BacktestRun(job, data, observer);
  run.play(Math.min(observer.until ?? Infinity, data.heard?.endsAt ?? Infinity));
  return run.result();
}

export type RunGlance = Glance & { readonly resting: number };

/** Without news a decision is made this often, as long as anything of ours rests or is under way. */
const QUIET_TURN_MS = 1_000;
/** Of a record of a market that had closed: nobody is told. */
const NEVER = -1;

/**
 * The same by and by, for records that are still coming (`data.heard`): what is played up to a moment does not depend on what
 * comes after it, nor on how often `play` was called, as long as all records up to that moment are there.
 */
export class BacktestRun {
  readonly #job: BacktestJob;
  readonly #data: BacktestData;
  readonly #records: Records;
  readonly #observer: BacktestObserver;
  readonly #exchange: BacktestExchange;
  readonly #trader: Trader;
  readonly #collector: Collector;
  readonly #told: Told;
  readonly #feed: Delay;
  readonly #orders: Lane<Intent>;
  readonly #responses: Lane<News>;
  readonly #ownLevels: OwnLevel[] = [];
  #ownFirst = 0;
  /** When each record that was played reaches the engine, or NEVER. */
  readonly #heardAt: Float64Array | number[];
  #played = 0;
  /** Records that were played, counted and given up. */
  #dropped = 0;
  #failure: Failure | undefined;
  #heard = 0;
  #now: number;
  #turnAt = 0;

  constructor(job: BacktestJob, data: BacktestData, observer: BacktestObserver) {
    this.#job = job;
    this.#data = data;
    this.#observer = observer;
    const { records, markets } = data;
    const isHeard = data.heard !== undefined;
    this.#records = records;
    this.#exchange = new BacktestExchange(job, markets, records, isHeard);
    this.#now = this.#exchange.now;
    this.#trader = new Trader(job, data, this.#now as EpochMs);
    this.#collector = new Collector(job, markets, this.#exchange, isHeard ? SHARDS.length : undefined);
    this.#told = new Told({
      ...{ exchange: this.#exchange, trader: this.#trader, collector: this.#collector, isHeard },
      respond: (at, news) => this.#responses.send(at, news),
      ownLevel: (at, tell) => this.#ownLevels.push({ afterRecords: this.#played, at: this.#feed.arrival(at), tell }),
    });
    const stream = seededStream(job.seed);
    this.#feed = new Delay(job.latency.feed, stream.split('feed'));
    this.#orders = new Lane(new Delay(job.latency.order, stream.split('order')));
    this.#responses = new Lane(new Delay(job.latency.response, stream.split('response')));
    this.#heardAt = isHeard ? [] : new Float64Array(records.length);
  }

  /** Up to this moment and with it; nothing more once it has failed. */
  play(until: number): void {
    if (this.#failure !== undefined) return;
    try {
      for (;;) {
        const theirs = Math.min(this.#nextRecordAt, this.#exchange.nextAt, this.#orders.nextAt);
        const turn = this.#nextTurnAt;
        if (Math.min(theirs, turn) > until || (theirs === Infinity && turn === Infinity)) return;
        if (theirs <= turn) this.#exchangeSide(theirs);
        else this.#turn(turn as EpochMs);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#failure = { at: this.#now as EpochMs, turn: this.#trader.turns, message };
    }
  }

  /** To be looked at. */
  get engine(): Engine {
    return this.#trader.engine;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** How it stands, while it is played. */
  get glance(): RunGlance {
    return { ...this.#collector.glance, resting: this.#exchange.account.resting.size };
  }

  /** The engine's ledger is the exchange's cash, on every shard; to be asked at the end, for all that is under way is heard. */
  get isReconciled(): boolean {
    try {
      this.#hearUpTo(Number.MAX_SAFE_INTEGER);
    } catch {
      return false;
    }
    const { ledger } = this.#trader.engine;
    return SHARDS.every((shard) => ledger.cash(shard) === cashOf(this.#exchange.account, shard));
  }

  /** How many records, from the first on, it needs no more. */
  get spent(): number {
    if (this.#failure !== undefined) return this.#records.length;
    const own = this.#ownLevels[this.#ownFirst];
    return Math.min(this.#heard, own?.afterRecords ?? Infinity);
  }

  /** Call just before the first so many records go from under it; no more than are spent. */
  dropping(count: number): void {
    const played = Math.min(count, this.#played);
    this.#collector.countRecords(this.#records, played);
    this.#dropped += played;
    this.#played -= played;
    this.#heard = Math.max(0, this.#heard - count);
    (this.#heardAt as number[]).splice(0, count);
    this.#ownLevels.splice(0, this.#ownFirst);
    this.#ownFirst = 0;
    for (const own of this.#ownLevels) own.afterRecords -= count;
    this.#exchange.dropping(count);
  }

  /** Once, when all is played. */
  result(): BacktestResult {
    const failure = this.#failure;
    return resultOf(this.#job, this.#data, {
      ...{ exchange: this.#exchange, trader: this.#trader, collector: this.#collector },
      ...{ frames: this.#dropped + this.#played, uncounted: this.#played },
      ...(failure !== undefined && { failure }),
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
      this.#told.tell();
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
    const isPlayed =
      kind === RECORD.heard ? this.#playHeard(index, at) : kind === RECORD.reference || this.#exchange.play(index);
    // Of a tape as it was heard, prints are told by events of their own, when they came.
    if (!isPlayed || (kind === RECORD.print && this.#data.heard !== undefined)) {
      this.#heardAt[index] = NEVER;
      if (this.#heard === index) this.#heard += 1;
      return isPlayed && this.#told.tell();
    }
    this.#heardAt[index] = this.#feed.arrival(at);
    if (kind === RECORD.snapshot || kind === RECORD.lost)
      this.#told.tallyState(this.#records.market[index] as number, at);
    return this.#told.tell();
  }

  /** False: the engine hears of it by what the exchange makes of it. */
  #playHeard(index: number, at: number): boolean {
    const { market, size, heard } = this.#records;
    const number = market[index] as number;
    const said = heard[size[index] as number] as Heard;
    if (said.kind === 'event') return true;
    this.#exchange.runTo(at);
    if (said.kind === 'result') {
      this.#exchange.determine(number, said);
      this.#told.tell();
      return false;
    }
    if (number < this.#exchange.markets.length) {
      this.#exchange.define(number, said.market);
      return true;
    }
    this.#exchange.list(said);
    this.#collector.list(said.market.ticker);
    this.#trader.list();
    return true;
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
    this.#told.tell();
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
      const heard = this.#nextHeardAt;
      const answered = this.#responses.nextAt;
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
}

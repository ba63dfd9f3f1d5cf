/**
 * One ask by hand where no trader runs: a session without quotes that takes the lock, reconciles, sends one intent through
 * the same engine, journal and gateway as the loop, waits for proof, and leaves. What it placed to rest stays, until its
 * lease is over. Between looking and sending a person may think for long: what others latch or disarm meanwhile is obeyed.
 *
 * Refuses to place anything while cash or positions differ from the exchange's. Cancels need none of that.
 */
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { type CallError, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { Arming } from '../../adapters/store/arming.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { LatchFiles } from '../../adapters/store/latch-files.ts';
import { Engine, type EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { HandAsk, HandOrder } from '../../core/hand/hand-types.ts';
import type { Clock, Wire } from '../../ports.ts';
import { NOTHING_SENT } from '../errors/error-entry.ts';
import { KmmError } from '../errors/errors.ts';
import { unreachable } from '../exchange/unreachable.ts';
import { DataAge } from '../session/account/data-age.ts';
import { meetAccount, meetOrders } from '../session/account/meet-account.ts';
import { startLedger } from '../session/account/start-ledger.ts';
import { LatchWatch } from '../session/halts/latch-watch.ts';
import { Stamps } from '../session/halts/stamps.ts';
import { Loops } from '../session/loops.ts';
import { MarketFollower } from '../session/markets/market-follower.ts';
import { wait } from '../session/orders/cancel-ours.ts';
import { Desk } from '../session/orders/desk.ts';
import { fillEvent, OrderResolver } from '../session/orders/order-resolver.ts';
import { sendTurn } from '../session/send-turn.ts';
import { SessionLog } from '../session/session-log.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';
import type { SessionTape } from '../session/tape/session-tape.ts';
import { FlattenWork } from './flatten-work.ts';
import { noteAsk, unknownMarket } from './hand-notes.ts';
import type { CashMove, HandCheck, HandReply, MoveReport } from './hand-reply.ts';
import { HandWork } from './hand-work.ts';
import { moveCash } from './move-cash.ts';

export interface HandSessionOptions {
  readonly environment: Environment;
  readonly account: string;
  /** Of the exchange's REST face. */
  readonly address: string;
  readonly ownPrefix: string;
  /** Where a kill writes what the journal does not take; absent where no other process can be. */
  readonly latchFiles?: LatchFiles;
  readonly engine: EngineConfig;
  readonly arming?: Arming;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly tape: SessionTape;
  readonly journal: JournalFile;
  readonly random: () => number;
  readonly readLagMs: number;
  readonly clockUncertaintyMs: () => number;
  /** Time of this machine, unix ms. */
  readonly wallNow: () => number;
  readonly speed: number;
}

/** Real time within which an ask is proved, or told as unknown. */
const BOUND_MS = 15_000;
const HEARTBEAT_MS = 1_000;
/** An acceptance is looked at again after this at most: a post-only cross ends an accepted order a moment later. */
const LOOK_AGAIN_MS = 1_000;
const NO_STREAM = 1;

export class HandSession {
  readonly engine: Engine;
  readonly #options: HandSessionOptions;
  readonly #desk: Desk;
  readonly #follower: MarketFollower;
  readonly #resolver: OrderResolver;
  readonly #hash = new IntentsHash();
  readonly #work: HandWork;
  readonly flatten: FlattenWork;
  readonly #latches: LatchWatch;
  readonly #stops: (() => void)[] = [];
  #turn = 0;
  #books = 0;
  #isTurnDue = false;
  #fault: Error | undefined;
  /** The account was read whole. */
  #isWhole = false;

  constructor(options: HandSessionOptions) {
    const { clock, journal, speed } = options;
    const emit = (event: EngineEvent) => this.#emit(event);
    this.#options = options;
    const engine = new Engine(options.engine);
    this.engine = engine;
    const loops = new Loops(clock, speed, (error) => this.#fail(error));
    this.#desk = new Desk({
      ...{ ...options, engine, emit, loops },
      ...{ stamps: new Stamps(), log: new SessionLog(clock, () => {}) },
    });
    const { rest } = this.#desk;
    const dataAge = new DataAge({ rest, clock, warn: () => {} });
    this.#resolver = new OrderResolver({
      ...{ engine, rest, clock, dataAge, emit },
      asks: loops.asks('in flight', BOUND_MS),
    });
    this.#latches = new LatchWatch({ ...options, loops, halts: engine.halts, emit, warn: () => {} });
    this.#follower = new MarketFollower({ names: [], rest, clock, emit, want: () => {}, warn: () => {} });
    this.#work = new HandWork({
      ...{ engine, clock, emit, boundMs: BOUND_MS * speed },
      prepare: (ask, isForReal) => this.#prepare(ask, isForReal),
      note: (ask, by) => noteAsk(journal, ask, by, clock.now()),
    });
    this.flatten = new FlattenWork({
      ...{ engine, clock, journal, emit },
      prepare: async (ticker, isForReal) => {
        await this.#know(ticker);
        if (isForReal) await this.#makeGroup(ticker);
      },
    });
  }

  /**
   * `isWhole`: something may be placed, or be weighed as if it were, so everything is reconciled first. Throws
   * KMM_UNREACHABLE, KMM_KEY_REFUSED.
   */
  async start(isWhole: boolean): Promise<void> {
    const { clock, journal } = this.#options;
    await this.#desk.readAccount();
    // What is asked for here is read when it is asked.
    this.#emit({ type: 'connection_changed', at: clock.now(), isUp: true, conn: NO_STREAM });
    this.#latches.start();
    this.#stops.push(() => this.#latches.stop());
    const { engine } = this;
    const { rest, paced: wire } = this.#desk;
    const emit = (event: EngineEvent) => this.#emit(event);
    if (isWhole) {
      const { account, readLagMs, speed } = this.#options;
      await startLedger({ wire, journal, clock, account, readLagMs, speed, emit });
      await meetAccount({ engine, rest, clock, emit, follower: this.#follower });
      this.#isWhole = true;
    } else await meetOrders({ rest, clock, emit });
    // Without an arming nothing is placed in production anyway, and there is none whose end could be missed.
    if (this.#options.arming !== undefined) this.#stops.push(this.#desk.arming.start());
    this.#stops.push(
      clock.every(HEARTBEAT_MS, () => {
        this.#resolver.tick();
        this.#scheduleTurn();
      }),
    );
    if (this.#fault !== undefined) throw this.#fault;
  }

  consider(ask: HandAsk): Promise<HandReply> {
    return this.#work.consider(ask);
  }

  check(ask: HandOrder): Promise<HandCheck> {
    return this.#work.check(ask);
  }

  async carryOut(ask: HandAsk, by: string): Promise<HandReply> {
    const reply = await this.#work.carryOut(ask, by);
    if (this.#fault !== undefined) throw this.#fault;
    const isResting = reply.kind === 'ended' && reply.end.kind === 'done' && reply.order?.state === 'working';
    if (!isResting || reply.order.orderId === undefined) return reply;
    await this.#lookAgain(reply.order.orderId);
    return this.#work.replyTo(ask.id) ?? reply;
  }

  move(move: CashMove): Promise<MoveReport> {
    const { clock, speed } = this.#options;
    const { rest, paced: wire } = this.#desk;
    return moveCash({ rest, wire, clock, speed, emit: (event) => this.#emit(event) }, move);
  }

  /** Sends nothing more. A group in which something rests stays with it; those that hold nothing go, of earlier sessions too. */
  async leave(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#follower.stop();
    this.#desk.gateway.close();
    const { groups } = this.#desk;
    if (this.engine.orders.hasOurs()) return;
    await groups.drop();
    if (this.#isWhole && this.#isEmpty()) await groups.dropLeft();
  }

  /** Neither the exchange's listing nor the journal knows an order that could rest in a group of an earlier session. */
  #isEmpty(): boolean {
    const { journal, clock, account, ownPrefix } = this.#options;
    if (this.#fault !== undefined) return false;
    const live = [...this.engine.orders.live()];
    if (live.some(({ clientOrderId }) => clientOrderId.startsWith(ownPrefix))) return false;
    return journal.openOrders(clock.now(), account).length === 0;
  }

  /** Ends the records, once it has left. */
  async close(): Promise<void> {
    const { clock, tape, journal } = this.#options;
    tape.end(clock.now(), { intents: this.#hash.count, intentsHash: this.#hash.digest() });
    if (this.#fault === undefined) journal.endSession(clock.now());
    await tape.close();
    journal.close();
  }

  /**
   * What a stream would tell a trader, by asking: the book of a market that is being left, and our orders in it. Call about
   * once a second while it is. A book that cannot be read is not believed any more.
   */
  async refresh(ticker: string): Promise<void> {
    const { rest } = this.#desk;
    for (const { orderId } of this.engine.orders.liveIn(ticker)) {
      const record = orderId === undefined ? undefined : await rest.order(orderId);
      if (record?.ok !== true) continue;
      this.#emit({ type: 'own_order', at: this.#options.clock.now(), order: record.value, source: 'rest' });
      if (record.value.filled > 0) await this.#fetchFills(record.value.orderId);
    }
    const problem = await this.#readBook(ticker);
    if (problem === undefined) return;
    this.#emit({ type: 'feed_broken', at: this.#options.clock.now(), conn: NO_STREAM, reason: sentenceOf(problem) });
  }

  /** Market, its shard's state, its book, and for what is to rest an order group. */
  async #prepare(ask: HandAsk, isForReal: boolean): Promise<void> {
    if (ask.kind !== 'order') return;
    const { ticker } = ask;
    await this.#know(ticker);
    const now = this.#options.clock.now();
    const isAsked = isForReal && ask.life.kind !== 'take' && this.engine.consider(ask, now).kind === 'permitted';
    if (isAsked) await this.#makeGroup(ticker);
  }

  async #know(ticker: string): Promise<void> {
    await this.#follower.adopt(ticker);
    const market = this.engine.market(ticker)?.market;
    if (market === undefined) throw await unknownMarket(this.#desk, ticker);
    await this.#askForPause(market.shard);
    const problem = await this.#readBook(ticker);
    if (problem !== undefined) throw unreachable(`the book of ${ticker} cannot be read`, problem);
  }

  async #readBook(ticker: string): Promise<CallError | undefined> {
    const book = await this.#desk.rest.orderbook(ticker);
    if (!book.ok) return book.error;
    const at = this.#options.clock.now();
    // A subscription of one snapshot, so that what broke before does not outlive it.
    this.#books += 1;
    this.#emit({ type: 'feed_started', at, conn: NO_STREAM, sid: this.#books, channel: 'orderbook_delta' });
    const feed = { conn: NO_STREAM, sid: this.#books, seq: 1 };
    this.#emit({ type: 'book_snapshot', at, feed, ticker, ...book.value });
    return undefined;
  }

  async #makeGroup(ticker: string): Promise<void> {
    const shard = this.engine.market(ticker)?.market.shard ?? 0;
    const problem = await this.#desk.groups.ensure([shard]);
    if (problem !== undefined) throw new KmmError('KMM_UNREACHABLE', `no order group could be made: ${problem}`);
  }

  async #askForPause(shard: number): Promise<void> {
    const status = await this.#desk.rest.exchangeStatus();
    if (!status.ok) throw unreachable("the exchange's status cannot be read", status.error);
    const { isExchangeActive, isTradingActive, shards } = status.value;
    const stated = shards.find((one) => one.shard === shard) ?? { isExchangeActive, isTradingActive };
    if (stated.isExchangeActive && stated.isTradingActive) return;
    const until =
      status.value.resumesAt === undefined
        ? ''
        : `; it expects to resume at ${new Date(status.value.resumesAt).toISOString()}`;
    throw new KmmError('KMM_EXCHANGE_PAUSED', `shard ${shard} does not trade now${until}`, { position: NOTHING_SENT });
  }

  /** There is no stream here that would tell how an accepted order went on. */
  async #lookAgain(orderId: string): Promise<void> {
    const { clock, readLagMs, speed } = this.#options;
    await wait(clock, Math.min(readLagMs, LOOK_AGAIN_MS) * speed);
    const record = await this.#desk.rest.order(orderId);
    if (!record.ok) return;
    this.#emit({ type: 'own_order', at: clock.now(), order: record.value, source: 'rest' });
    if (record.value.filled > 0) await this.#fetchFills(orderId);
  }

  async #fetchFills(orderId: string): Promise<void> {
    const fills = await this.#desk.rest.fills({ orderId });
    if (fills.ok) for (const fill of fills.value) this.#emit(fillEvent(fill, this.#options.clock.now()));
  }

  #emit(event: EngineEvent): void {
    const { tape, journal } = this.#options;
    tape.event(event);
    try {
      this.engine.apply(event);
      journal.recordEvent(event);
      this.#work.noteEvent(event);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const isTaken = event.type === 'create_outcome' && event.outcome.kind === 'accepted' && event.outcome.filled > 0;
    if (isTaken) void this.#fetchFills(event.outcome.orderId);
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#isTurnDue || this.#fault !== undefined) return;
    this.#isTurnDue = true;
    this.#options.clock.after(0, () => this.#runTurn());
  }

  #runTurn(): void {
    this.#isTurnDue = false;
    const { clock, tape, journal } = this.#options;
    this.#turn += 1;
    try {
      const { gateway } = this.#desk;
      sendTurn({ engine: this.engine, tape, journal, hash: this.#hash, gateway }, this.#turn, clock.now());
    } catch (error) {
      this.#fail(error);
    }
    this.engine.takeLog();
    this.engine.takeInvalid();
    this.#work.look();
  }

  /** A broken invariant or a journal that cannot be written: nothing more is sent. */
  #fail(error: unknown): void {
    this.#fault ??= error instanceof Error ? error : new Error(String(error));
    this.#desk.gateway.close();
    this.#work.abandon();
  }
}

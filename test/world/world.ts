/**
 * One simulated world: kmm and the embedded exchange in one process, on virtual time, with the faults of a plan. First
 * safety is claimed while faults come, then everything heals and liveness is claimed, then it stops and must be equal.
 *
 * The same plan makes the same world: its trace is a hash over every call at the exchange and every fact about us.
 */
import { createHash } from 'node:crypto';
import { startMischief } from '../../src/lib/adapters/sim-server/back-office.ts';
import { readPlan } from '../../src/lib/adapters/sim-server/mischief-plan.ts';
import { VirtualClock } from '../../src/lib/adapters/sim-server/virtual-clock.ts';
import type { LatchNote } from '../../src/lib/adapters/store/latch-files.ts';
import { KmmError } from '../../src/lib/app/errors/errors.ts';
import { SIM_CASH } from '../../src/lib/app/sim/sim-world.ts';
import type { EngineEvent } from '../../src/lib/core/events.ts';
import { clearsOf, HALT_EVERYTHING } from '../../src/lib/core/risk/halts.ts';
import { epochMs, microdollars } from '../../src/lib/core/units.ts';
import type { WireRequest } from '../../src/lib/ports.ts';
import { chance, seededStream } from '../../src/lib/sim/random.ts';
import { seriesFacts } from '../../src/lib/sim/series.ts';
import type { SimWorld } from '../../src/lib/sim/sim-world.ts';
import type { VenueFact, VenueOrder } from '../../src/lib/sim/venue.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';
import { Checkers } from './checkers/checkers.ts';
import { Counts, EdgeCounter } from './counts.ts';
import { MOMENTS } from './expected.ts';
import { FaultDesk, STRANGER } from './fault-desk.ts';
import { type JournalHooks, OWN_PREFIX, WorldJournal } from './journal-double.ts';
import { WorldLatchFiles } from './latch-files-double.ts';
import type { Road } from './line.ts';
import { Meddling } from './meddling.ts';
import { loadOf, moneyOfExchange, moneyOfLedger } from './money.ts';
import type { Compared, Observation, Violation } from './observation.ts';
import type { CrashPoint, Fault, WorldPlan } from './plan.ts';
import { FAULTS_MS } from './plan.ts';
import { RightBooks } from './right-books.ts';
import { PLAIN, type Scene, startOf } from './scene.ts';
import { ACCOUNT, Trader } from './trader.ts';
import { PastBooks, WatchedVenue } from './truth.ts';
import { inWords, reasonNotToQuote } from './wellness.ts';
import { emptyJournal, scheduleFees, worldConfiguration } from './world-setup.ts';
import { type Call, writeOf } from './writes.ts';

/** For a look into one world. */
export interface WorldOptions {
  readonly onLog?: (text: string) => void;
}

export interface WorldOutcome {
  readonly seed: number;
  readonly trace: string;
  readonly violations: readonly Violation[];
  readonly counts: readonly (readonly [string, number])[];
}

type Crash = Extract<Fault, { kind: 'crash' }>;

const WARM_UP_MS = 20_000;
const RESTART_MS = 2_000;
const LIVE_SECONDS = 30;
const LIVE_SECONDS_AFTER_DEATH = 60;
const SWEEP_SECONDS = 70;
/** So that a level that drifted until the end has to be found. */
const AUDIT_SECONDS = 90;
/** A clock that was off has to be good for a minute before it is trusted. */
const CLOCK_SECONDS = 70;

/** Runs the world of this plan to its end. */
export async function runWorld(plan: WorldPlan, options: WorldOptions = {}): Promise<WorldOutcome> {
  return new World(plan, options).run();
}

export class World {
  readonly plan: WorldPlan;
  readonly venue: SimWorld;
  readonly served: WatchedVenue;
  readonly clock: VirtualClock;
  readonly road: Road = { state: 'open', breaks: 0 };
  readonly counts = new Counts();
  readonly meddling: Meddling;
  /** How far the clock of the trader's machine is ahead. */
  skewMs = 0;
  trader: Trader | undefined;
  /** False: the host is gone, and nobody starts anything there. */
  hasHost = true;
  readonly #options: WorldOptions;
  readonly #checkers: Checkers;
  readonly #books: PastBooks;
  readonly #right: RightBooks;
  readonly #startAt: number;
  readonly #trace = createHash('sha256');
  readonly #armed: { readonly crash: Crash; left: number }[] = [];
  readonly #atCreate: (() => void)[] = [];
  readonly #restingIds = new Map<string, string>();
  #image = emptyJournal();
  /** What a full disk left beside it. */
  readonly #latches = new Map<string, LatchNote>();
  readonly #scene: Scene;
  readonly #hasOwnClock: boolean;
  readonly #drifts: boolean;
  #edges = this.#newEdges();
  #toldAt = 0;
  readonly #seenHalts = new Set<string>();
  #deaths = 0;
  #isOver = false;

  constructor(plan: WorldPlan, options: WorldOptions) {
    this.plan = plan;
    this.#options = options;
    const stream = seededStream(`world ${plan.seed}`);
    this.#scene = plan.scene ?? PLAIN;
    this.#hasOwnClock = plan.faults.some(({ kind }) => kind === 'clock_off');
    this.#drifts = plan.faults.some((fault) => fault.kind === 'exchange' && fault.rule.fault === 'level_drift');
    const startAt = startOf(this.#scene, stream);
    const venue = generatedWorld({
      ...{ seed: plan.seed, startAt: epochMs(startAt - WARM_UP_MS), series: this.#scene.series },
      rules: {
        postOnlyCross: chance(stream, 0.5) ? 'refuse' : 'cancel',
        ...(this.#scene.isInCents && { balanceStep: microdollars(10_000) }),
      },
    });
    venue.advanceTo(startAt);
    scheduleFees(venue, this.#scene, startAt);
    venue.drain();
    venue.openAccount(ACCOUNT, SIM_CASH);
    venue.openAccount(STRANGER, SIM_CASH);
    this.venue = venue;
    this.clock = new VirtualClock(startAt);
    this.#startAt = startAt;
    this.#books = new PastBooks(venue);
    this.#right = new RightBooks(this.#books);
    this.meddling = new Meddling(plan, this.counts);
    this.served = new WatchedVenue(
      venue,
      this.meddling,
      (call) => this.#onCall(call),
      (facts) => this.#onFacts(facts),
      () => this.observe({ kind: 'overspent' }),
    );
    const { risk, quoting } = worldConfiguration(this.#scene).parameters;
    this.#checkers = new Checkers({
      ...{ limits: risk, leaseMs: quoting.leaseMs, freezeMs: quoting.freezeMs },
      ...{ messageAgeMsMax: quoting.messageAgeMsMax, ownPrefix: OWN_PREFIX, faults: plan.faults },
      isExclusive: (eventTicker) => seriesFacts(eventTicker).isMutuallyExclusive,
    });
  }

  async run(): Promise<WorldOutcome> {
    const { clock, served } = this;
    const startAt = clock.now();
    clock.every(1_000, () => {
      if (this.trader !== undefined) this.#edges.look(this.trader.session.engine.orders);
      this.observe({ kind: 'second', ...this.#looked() });
    });
    this.#misbehave();
    const desk = new FaultDesk(this);
    for (const fault of this.plan.faults) desk.schedule(fault);
    this.start();
    await clock.run(epochMs(startAt + FAULTS_MS), served);
    this.#armed.length = 0;
    served.office.mischief.behave();
    this.meddling.behave();
    desk.heal();
    await this.#recover();
    await this.#rest();
    this.#isOver = true;
    for (const name of this.#seenHalts) this.counts.add(`halt ${name}`);
    for (const [fault, times] of Object.entries(served.office.mischief.counts))
      this.counts.add(`exchange ${fault}`, times);
    const { violations } = this.#checkers;
    this.counts.add(`scene ${this.#scene.when}`);
    this.counts.add(`scene ${this.#scene.series.join(' ')}`);
    return { seed: this.plan.seed, trace: this.#trace.digest('hex'), violations, counts: this.counts.entries() };
  }

  observe(seen: Pending): void {
    if (this.#isOver) return;
    this.#checkers.see({ ...seen, at: this.clock.now() } as Observation);
  }

  /** Once, when the next create has just left. */
  whenCreating(action: () => void): void {
    this.#atCreate.push(action);
  }

  /** The next crash of the plan that waits at this point. */
  arm(crash: Crash): void {
    this.#armed.push({ crash, left: crash.nth });
  }

  /** Opens the session; a start that fails is tried again, as the supervisor does. */
  start(): void {
    const trader: Trader = new Trader({
      ...{
        seed: this.plan.seed,
        configuration: worldConfiguration(this.#scene),
        clock: this.clock,
        served: this.served,
      },
      ...{ road: this.road, image: this.#image, latches: this.#latches, draws: (what) => this.meddling.draws(what) },
      ...(this.#hasOwnClock && { skewMs: () => this.skewMs }),
      mayForget: this.plan.faults.some((fault) => fault.kind === 'crash' && fault.forgets),
      reach: (point) => this.#reach(trader, point),
      onSent: (request) => this.#onSent(trader, request),
      onEvent: (event) => this.#onEvent(trader, event),
      onTurn: ({ intents }) => {
        for (const intent of intents) {
          const { kind, ticker, clientOrderId } = intent;
          const isExposing = kind === 'create' || kind === 'amend';
          // By hand, or out of a position at a price that its bound can bear: neither needs a book.
          const isBlind = clientOrderId.includes('-hand-') || ('takes' in intent && intent.takes !== undefined);
          if (isExposing && !isBlind) this.#decided(trader, ticker);
        }
        this.#edges.look(trader.session.engine.orders);
        const cancels = intents.flatMap((intent) => (intent.kind === 'cancel' ? [intent.orderId] : []));
        if (cancels.length > 0) this.observe({ kind: 'committed', cancels });
      },
      onAlerts: (alerts) => this.observe({ kind: 'told', alerts }),
      onFatal: (error) => void this.#end(trader, error),
      onLog: (text) => this.#options.onLog?.(`${this.clock.now() - this.#startAt} ${text}`),
    });
    this.trader = trader;
    this.#edges = this.#newEdges();
    this.#right.begin();
    this.observe({ kind: 'began', trader: trader.number, told: trader.journal.toldAlerts(epochMs(0)) });
    trader.session.start().then(
      () => {
        if (trader.state === 'starting') trader.state = 'running';
        this.observe({ kind: 'started', trader: trader.number });
      },
      (error) => this.#end(trader, error),
    );
  }

  /** The process is gone in the middle of what it did. */
  die(forgets: boolean): void {
    const { trader } = this;
    if (trader === undefined) return;
    const { orders } = trader.session.engine;
    if (orders.questions().some(({ state }) => state === 'unknown')) this.counts.add(MOMENTS.unknownAtDeath);
    this.#image = trader.journal.imageAfter(forgets);
    trader.die();
    this.trader = undefined;
    this.#deaths += 1;
    this.#trace.update(`died ${this.clock.now()}\n`);
    this.observe({ kind: 'died', trader: trader.number });
    this.#verify(trader);
  }

  startAgain(afterMs: number): void {
    this.clock.after(afterMs, () => {
      if (this.trader === undefined && this.hasHost && !this.#isOver && !this.#isStanding()) this.start();
    });
  }

  /** An error of its own: it cancels what it can, leaves, and is started again. */
  async #end(trader: Trader, error: unknown): Promise<void> {
    if (this.trader !== trader || trader.state === 'ending') return;
    trader.state = 'ending';
    const code = error instanceof KmmError ? error.code : ((error as { code?: string }).code ?? 'KMM_BUG');
    this.counts.add(`ended by ${code}`);
    if (!(error instanceof KmmError) && code !== 'KMM_JOURNAL') {
      this.observe({ kind: 'broke', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    await trader.session.stop('a fault of its own').catch((cause: unknown) => {
      const isKnown = cause instanceof KmmError || (cause as { code?: string }).code === 'KMM_JOURNAL';
      if (!isKnown) this.observe({ kind: 'broke', reason: `stop: ${(cause as Error).stack}` });
    });
    if (this.trader !== trader) return;
    this.die(false);
    this.startAgain(RESTART_MS);
  }

  /** Ids of our orders that rest, by the exchange. */
  get resting(): readonly string[] {
    return [...this.#restingIds].flatMap(([orderId, clientId]) => (clientId.startsWith(OWN_PREFIX) ? [orderId] : []));
  }

  #misbehave(): void {
    const rules = this.plan.faults.flatMap((fault) => (fault.kind === 'exchange' ? [fault.rule] : []));
    const read = readPlan({ seed: `${this.plan.seed}`, rules });
    if (read.kind === 'refused') throw new Error(`seed ${this.plan.seed}: ${read.problem}`);
    startMischief(this.served.office, read.plan, this.venue.now);
  }

  #reach(trader: Trader, point: CrashPoint): boolean {
    if (!trader.process.isAlive) return false;
    for (const armed of this.#armed) {
      if (armed.crash.point !== point) continue;
      armed.left -= 1;
      if (armed.left > 0) continue;
      this.#armed.splice(this.#armed.indexOf(armed), 1);
      this.counts.add(`crash at ${point}`);
      if (armed.crash.forgets) this.counts.add(MOMENTS.powerLost);
      this.die(armed.crash.forgets);
      this.startAgain(armed.crash.forMs);
      return false;
    }
    return true;
  }

  #onSent(trader: Trader, request: WireRequest): void {
    const write = writeOf(request);
    if (write === undefined) return;
    const isJournaled = write.verb !== 'create' || trader.journal.holds(String(write.body.client_order_id));
    const { lagMs } = trader.process;
    if (write.verb === 'create') for (const action of this.#atCreate.splice(0)) this.clock.after(1, action);
    this.observe({ kind: 'sent', trader: trader.number, write, isJournaled, lagMs });
  }

  #onCall(call: Call): void {
    this.#trace.update(`${this.clock.now()} ${call.method} ${call.path} ${call.body}\n`);
    const write = writeOf(call);
    if (write === undefined) return;
    if (call.path.endsWith('/batched')) this.counts.add(MOMENTS.batch);
    const market = this.venue.market(String(write.body.ticker));
    this.observe({ kind: 'arrived', write, market });
  }

  #onFacts(facts: readonly VenueFact[]): void {
    this.#books.see(facts);
    for (const fact of facts) {
      if (!isAboutUs(fact)) continue;
      this.#toldAt = this.clock.now();
      if (fact.type === 'order') this.#onOrder(fact.order);
      this.observe({ kind: 'fact', fact });
      if (fact.type === 'lifecycle') this.#onLifecycle(fact.ticker);
    }
    if (facts.some(({ type }) => type === 'lifecycle' || type === 'pause')) this.#noteSilentEnds();
  }

  /** A market that is paid is worth what it paid. */
  #onLifecycle(ticker: string): void {
    const { settledAt, settlementValue } = this.venue.market(ticker) ?? {};
    if (settledAt === undefined || settlementValue === undefined) return;
    const known = this.trader?.session.engine.ledger.fillCount ?? 0;
    if (known < this.venue.fills(ACCOUNT).length) this.counts.add(MOMENTS.paidBeforeFill);
    this.observe({ kind: 'paid', ticker, value: settlementValue, settledAt });
  }

  #onOrder({ orderId, clientOrderId, status, price, filled, reason }: VenueOrder): void {
    if (reason === 'ExpiryCancel' && this.road.state !== 'open') this.counts.add(MOMENTS.expiryInOutage);
    if (status === 'resting') this.#restingIds.set(orderId, clientOrderId);
    else this.#restingIds.delete(orderId);
    this.#trace.update(`${this.venue.now} ${orderId} ${status} ${price} ${filled}\n`);
  }

  /** A market that goes on takes orders with it and tells nobody: the checkers know it nevertheless. */
  #noteSilentEnds(): void {
    for (const orderId of [...this.#restingIds.keys()]) {
      const order = this.venue.order(ACCOUNT, orderId);
      if (order === undefined || order.status === 'resting') continue;
      this.counts.add('order ended in silence');
      this.#onOrder(order);
      this.observe({ kind: 'fact', fact: { type: 'order', at: this.venue.now, order } });
    }
  }

  #onEvent(trader: Trader, event: EngineEvent): void {
    if (event.type === 'control' && event.verb === 'resume') this.observe({ kind: 'resumed' });
    if (!ORDER_EVENTS.has(event.type)) return;
    this.#edges.look(trader.session.engine.orders);
  }

  #decided(trader: Trader, ticker: string): void {
    const { books } = trader.session.engine;
    const book = books.get(ticker)?.book;
    const isValid = book?.isValid ?? false;
    const ageMs = book === undefined ? undefined : this.#books.ageOf(ticker, book);
    // What waits in the process has been heard of by nobody: age is measured where it is taken up.
    const quietMs = this.clock.now() - trader.line.heardAt + trader.process.backlogMs;
    const wrongMs = this.#right.wrongMs(books, ticker, this.clock.now());
    this.observe({ kind: 'decided', ticker, isValid, ageMs, quietMs, wrongMs });
  }

  #verify(trader: Trader): void {
    const check = trader.journal.verify();
    this.observe({ kind: 'chain', problem: check instanceof Error ? check.message : undefined });
    this.observe({ kind: 'replayed', problem: trader.tape.replayed() });
    trader.tape.forget();
  }

  /** What may be asked of a trader that runs. */
  #looked() {
    const { trader } = this;
    if (trader?.state !== 'running' || trader.process.isFrozen) return {};
    const { engine } = trader.session;
    if (this.#drifts) this.#right.look(engine.books, this.clock.now());
    const on = engine.halts.all().map(({ name, scope }) => `${name} ${scope}`);
    const lasting = engine.halts.all().filter((halt) => clearsOf(halt) === 'operator');
    const halts = lasting.map(({ name, scope }) => `${name} ${scope}`);
    for (const { name } of lasting) this.#seenHalts.add(name);
    // What cannot be queued is said on stderr, which nobody reads here.
    const told = trader.journal.isFull ? {} : { on };
    return { ...told, halts, compared: this.#compared(trader), load: loadOf(trader) };
  }

  #compared({ session }: Trader): Compared {
    const quietMs = this.clock.now() - this.#toldAt;
    return { ours: moneyOfLedger(session.engine.ledger), theirs: moneyOfExchange(this.venue), quietMs };
  }

  #newEdges(): EdgeCounter {
    return new EdgeCounter(this.counts, (name, isKnown, ended) => {
      const rests = ended !== undefined && [...this.#restingIds.values()].includes(ended) ? ended : undefined;
      this.observe({ kind: 'edge', name, isKnown, rests });
    });
  }

  /** Once a second: does it quote, or say why not? */
  async #recover(): Promise<void> {
    const swept = this.plan.faults.some(({ kind }) => kind === 'foreign_sweep' || kind === 'kill_swept')
      ? SWEEP_SECONDS
      : 0;
    const clock = this.#hasOwnClock ? CLOCK_SECONDS : 0;
    const bound = (this.#deaths === 0 ? LIVE_SECONDS : LIVE_SECONDS_AFTER_DEATH) + Math.max(swept, clock);
    let seconds: number | undefined;
    const least = this.#drifts ? AUDIT_SECONDS : 0;
    for (let second = 1; second <= least || (second <= bound && seconds === undefined); second += 1) {
      await this.clock.run(epochMs(this.clock.now() + 1_000), this.served);
      // What was under way when everything healed may have raised one more.
      if (second === 5) {
        this.latch(false);
        if (this.trader === undefined) this.startAgain(0);
      }
      if (second > 5 && second <= bound && seconds === undefined && this.#isWell()) seconds = second;
    }
    this.observe({ kind: 'recovered', seconds, bound, state: inWords(this.trader) });
  }

  #isWell(): boolean {
    const { trader } = this;
    // Given up by a name that an operator clears: nobody starts it, and nothing of it may rest.
    if (trader === undefined && this.#isStanding() && this.resting.length === 0) {
      this.counts.add('recovered into a standing halt');
      return true;
    }
    if (trader?.state !== 'running') return false;
    const prefix = `${OWN_PREFIX}${trader.number}-`;
    if ([...this.#restingIds.values()].some((id) => id.startsWith(prefix))) return true;
    const reason = reasonNotToQuote(trader, this.venue, worldConfiguration(this.#scene).parameters.quoting.freezeMs);
    if (reason !== undefined) this.counts.add(`recovered ${reason}`);
    return reason !== undefined;
  }

  async #rest(): Promise<void> {
    const { trader, clock, served } = this;
    if (trader === undefined) return;
    trader.state = 'ending';
    // A fill a moment ago is news that is still on its way.
    const { isConfirmed, comparison } = await clock.runUntilSettled(
      trader.session.stop('the end of the world'),
      served,
    );
    this.observe({
      kind: 'rested',
      isConfirmed,
      saysEqual: comparison.isEqual,
      ...this.#compared(trader),
      load: loadOf(trader),
    });
    this.#verify(trader);
    trader.die();
  }

  /** Cash has moved by somebody's hand, of which the exchange tells nobody: it is quiet from now. */
  cashMoved(): void {
    this.#toldAt = this.clock.now();
  }

  /** As `kmm kill` and `kmm resume` write, beside a running trader or without one. */
  latch(isKilled: boolean): void {
    const at = this.clock.now();
    const live = this.trader?.session.engine.orders.live() ?? [];
    if (isKilled && [...live].some(({ state, pending }) => state === 'sending' || pending !== undefined))
      this.counts.add(MOMENTS.flyingAtHalt);
    if (!isKilled) this.#latches.clear();
    let isWritten = true;
    this.#write((journal) => {
      const halt = { name: 'KILLED', scope: HALT_EVERYTHING, since: at, reason: 'the plan' } as const;
      if (isKilled) {
        // What a full disk keeps from the journal is left in a file beside it; where that fails too, the kill says so.
        const files = new WorldLatchFiles(this.#latches, () => true);
        const isInJournal = journal.setLatch(halt, 'world') === undefined;
        isWritten = isInJournal || files.write({ kind: 'latch', halt, by: 'world' }) === undefined;
      } else for (const { name, scope } of journal.latches()) journal.clearLatch(name, scope, 'world', at);
    });
    if (isWritten) this.observe({ kind: isKilled ? 'latched' : 'unlatched' });
  }

  /** As `kmm kill` writes down that it sends the account-wide cancel. */
  swept(address: string): void {
    const at = this.clock.now();
    this.observe({ kind: 'swept' });
    this.#write((journal) => void journal.recordSweep(address, 'world', at));
  }

  /** A supervisor starts no trader under these (docs/adr/0020). */
  #isStanding(): boolean {
    const halts = [...this.#latches.values()].flatMap((note) => (note.kind === 'latch' ? [note.halt] : []));
    this.#write((journal) => void halts.push(...journal.latches()));
    return halts.some(({ name }) => name === 'INVARIANT' || name === 'JOURNAL');
  }

  #write(change: (journal: WorldJournal) => void): void {
    const { trader } = this;
    if (trader !== undefined) {
      change(trader.journal);
      trader.journal.writtenByOthers();
      return;
    }
    const journal = new WorldJournal({ image: this.#image, mayForget: false, ...NO_HOOKS });
    change(journal);
    this.#image = journal.imageAfter(false);
    journal.close();
  }
}

const NO_HOOKS: JournalHooks = { reach: () => true, onEvent: () => {}, onTurn: () => {}, onAlerts: () => {} };

type Pending = Observation extends infer One ? (One extends Observation ? Omit<One, 'at'> : never) : never;

const ORDER_EVENTS: ReadonlySet<EngineEvent['type']> = new Set([
  'create_outcome',
  'change_outcome',
  'own_order',
  'fill',
  'orders_listed',
]);

function isAboutUs(fact: VenueFact): boolean {
  if (fact.type === 'order') return fact.order.accountId === ACCOUNT;
  if (fact.type === 'fill') return fact.fill.accountId === ACCOUNT;
  return fact.type === 'lifecycle' || fact.type === 'pause';
}

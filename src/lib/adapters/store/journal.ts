/**
 * The journal of an environment: what was asked of the exchange, on disk before it is sent; what came of it; what halts.
 *
 * Once a commit has failed, every later one fails too: a disk that has lost a write is not trusted again by this process.
 */
import type Database from 'better-sqlite3';
import type { Alert } from '../../core/alerts/condition.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { FeeCheck } from '../../core/money/fee-check.ts';
import type { Halt, HaltName } from '../../core/risk/halts.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Journal, JournalTurn } from '../../ports.ts';
import { AlertQueue } from './alert-queue.ts';
import { Armings } from './arming.ts';
import { type DatabaseOptions, openDatabase, SYNCHRONOUS } from './database.ts';
import { type DecisionRow, groupsOf, insertDecision, mayBePruned, pruneDecisions, pruneNext } from './decisions.ts';
import { EventRecorder, isRecorded } from './journal-events.ts';
import { JournalPending } from './journal-pending.ts';
import {
  type AccountHistory,
  type HeldPosition,
  historyOf,
  lastSession,
  type OpenOrder,
  openOrders,
  positionsOf,
  type SessionRecord,
} from './journal-queries.ts';
import { type Latch, Latches } from './latches.ts';
import { MoneyWriter } from './money-writer.ts';
import type { Operation } from './operations.ts';
import { OrderGroupRows } from './order-group-rows.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import { RiskMarkRows } from './risk-mark-rows.ts';
import { type ChainCheck, chainHead, checkChain, digestOf, INTENT_COLUMNS, intentValues } from './turn-chain.ts';

/** The turn is not on disk: send nothing of it, and stop trading. */
export class JournalFailure extends Error {
  readonly code = 'KMM_JOURNAL';

  constructor(reason: string, cause?: unknown) {
    super(`the journal cannot be written: ${reason}`, { cause });
    this.name = 'JournalFailure';
  }
}

export interface SessionStart extends Omit<SessionRecord, 'session' | 'endedAt' | 'tape'> {
  /** Where this session's tape will be, given its number. */
  readonly tapeOf: (session: number) => string;
  /** Sessions up to this number left traces here, whatever the database knows of them. */
  readonly usedSession?: number;
}

export interface BegunSession extends SessionRecord {
  /** Names this database in every client order id; drawn once, when it was made. */
  readonly instance: string;
}

interface OpenSession {
  readonly number: number;
  readonly startedAt: EpochMs;
  readonly recorder: EventRecorder;
}

/** Decisions that wait to be written. */
const DECIDED_MAX = 512;

const AS_IT_IS = (text: string): string => text;

/** An opening checks the hash chain over so many turns: about a second, whatever the age of the database. */
const TURNS_CHECKED = 25_000;

/** The owner's opening verifies the newest turns as well. Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function openJournal(options: DatabaseOptions): JournalFile | StoreProblem {
  const database = openDatabase(options);
  if (database instanceof StoreProblem) return database;
  const journal = new JournalFile(database, options.commits, options.scrub);
  const check = options.access === 'guest' ? undefined : journal.verify(TURNS_CHECKED);
  if (!(check instanceof StoreProblem)) return journal;
  journal.close();
  return check;
}

export class JournalFile implements Journal {
  readonly armings: Armings;
  /** Order groups that were made and are not known to be gone. */
  readonly groups: OrderGroupRows;
  readonly money: MoneyWriter;
  readonly riskMarks: RiskMarkRows;
  readonly #database: Database.Database;
  readonly #synchronous: (typeof SYNCHRONOUS)[keyof typeof SYNCHRONOUS];
  readonly #scrub: (text: string) => string;
  readonly #latches: Latches;
  readonly #alerts: AlertQueue;
  readonly #sql: ReturnType<typeof prepareStatements>;
  #head: Buffer;
  #session: OpenSession | undefined;
  readonly #pending = new JournalPending();
  #decided: DecisionRow[] = [];
  #prunedTicker = '';
  #failure: JournalFailure | undefined;

  constructor(database: Database.Database, commits: keyof typeof SYNCHRONOUS = 'synced', scrub = AS_IT_IS) {
    this.#database = database;
    this.#scrub = scrub;
    this.#synchronous = SYNCHRONOUS[commits];
    this.#latches = new Latches(database);
    this.#alerts = new AlertQueue(database);
    this.armings = new Armings(database);
    this.groups = new OrderGroupRows(database);
    this.money = new MoneyWriter(database);
    this.riskMarks = new RiskMarkRows(database);
    this.#sql = prepareStatements(database);
    this.#head = chainHead(database);
  }

  /** Names this database in every client order id: `kmm-<instance>-`. */
  get instance(): string {
    return this.#sql.instance.get() ?? '';
  }

  /**
   * The session's number is on disk at return, so that no two sessions ever share one: also not after an older database was
   * put back, for client order ids are made of it. Throws JournalFailure.
   */
  beginSession(start: SessionStart): BegunSession {
    const { tapeOf, usedSession = 0, ...rest } = start;
    const session = Math.max(this.#sql.lastSession.get() ?? 0, this.#sql.sessionFloor.get() ?? 0, usedSession) + 1;
    const record: SessionRecord = { session, ...rest, tape: tapeOf(session) };
    this.#commit(() => {
      this.#sql.session.run(record);
      pruneDecisions(this.#database, record.startedAt);
    });
    this.#session = {
      number: session,
      startedAt: record.startedAt,
      recorder: new EventRecorder(this.#database, { ...record, results: this.money.estimates.results }, this.#scrub),
    };
    return { instance: this.instance, ...record };
  }

  /** Throws JournalFailure. */
  endSession(at: EpochMs): void {
    const { number } = this.#openSession();
    this.flushDecisions();
    this.#commit(() => this.#sql.sessionEnd.run(at, number));
  }

  /** On disk at return, unless commits are only `written`; a turn without intents is not kept. Throws JournalFailure. */
  commitTurn({ turn, at, intents }: JournalTurn): void {
    if (intents.length === 0) return;
    const { number: session, recorder } = this.#openSession();
    // As they are read back; a turn may send its cancels before its other intents.
    const rows = [...intents].sort((a, b) => a.counter - b.counter).map(intentValues);
    const digest = digestOf(this.#head, { session, turn, at, intents: rows });
    this.#commit(() => {
      this.#sql.turn.run(session, turn, at, digest);
      for (const row of rows) this.#sql.intent.run(session, turn, at, ...row);
      for (const intent of intents) recorder.intent(intent, at);
    });
    this.#head = digest;
  }

  /** In the file with the next commit or flush, or when a second has passed by the events. Throws JournalFailure. */
  recordEvent(event: EngineEvent): void {
    if (!isRecorded(event)) return;
    this.#openSession();
    if (this.#pending.addEvent(event)) this.flush();
  }

  /** In the file when events are next: what was found of a fee comes with its fill. */
  recordFeeChecks(checks: readonly FeeCheck[]): void {
    if (checks.length > 0) this.#openSession();
    this.#pending.addFees(checks);
  }

  /**
   * What a market decided and why, for people. Never in a turn's commit, which an order waits for: with the next
   * `flushDecisions`, or when many wait. Throws JournalFailure.
   */
  recordDecision(row: DecisionRow): void {
    this.#openSession();
    this.#decided.push(row);
    if (this.#decided.length >= DECIDED_MAX) this.flushDecisions();
  }

  /** Without a sync: they may be lost with the last second before a crash. Throws JournalFailure. */
  flushDecisions(): void {
    if (this.#decided.length === 0) return;
    const { number } = this.#openSession();
    const rows = this.#decided;
    this.#unsynced(() => {
      for (const { ticker, turn, at, decision } of groupsOf(rows)) {
        this.#sql.decision.run(number, ticker, turn, at, decision);
      }
    });
    this.#decided = [];
  }

  /** Of one more market of this session, what nobody will ask for any more; from the first again after the last. Throws JournalFailure. */
  pruneDecisions(now: EpochMs): void {
    const { number, startedAt } = this.#openSession();
    if (!mayBePruned(startedAt, now)) return;
    this.#unsynced(() => {
      this.#prunedTicker = pruneNext(this.#database, number, this.#prunedTicker, now) ?? '';
    });
  }

  /** Writes what is pending, without a sync of its own: the exchange can repeat it. Throws JournalFailure. */
  flush(): void {
    if (this.#pending.isEmpty) return;
    this.#unsynced(() => this.#pending.write(this.#session?.recorder));
    this.#pending.forget();
  }

  latches(): Latch[] {
    return this.#latches.all();
  }

  /** Changes when another connection has written anything. A few microseconds. */
  latchVersion(): number {
    return this.#sql.dataVersion.get() ?? 0;
  }

  /** Problem: KMM_JOURNAL, within 200 ms for a guest. */
  setLatch(halt: Halt, by: string, at: EpochMs = halt.since): StoreProblem | undefined {
    return this.#latches.set(halt, by, at);
  }

  /** Problem: KMM_JOURNAL. */
  clearLatch(name: HaltName, scope: string, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#latches.clear(name, scope, by, at);
  }

  /** Keeps an operator's action. Problem: KMM_JOURNAL. */
  recordOperation(operation: Operation): StoreProblem | undefined {
    return this.#latches.note(operation);
  }

  /** Waits for nobody, and for no disk. Problem: KMM_JOURNAL; then none of them is queued. */
  queueAlerts(alerts: readonly Alert[]): StoreProblem | undefined {
    return this.#alerts.add(alerts, this.#session?.number);
  }

  /** What was told since then, and what was last told of every key before; oldest first. */
  toldAlerts(since: EpochMs): Alert[] {
    return this.#alerts.told(since);
  }

  /** When the account-wide cancel was last sent to the exchange at this address, wall time; undefined: never. */
  lastSweep(address: string): EpochMs | undefined {
    return this.#sql.lastSweep.get(address) ?? undefined;
  }

  /** Before it is sent. Problem: KMM_JOURNAL, within 200 ms for a guest. */
  recordSweep(address: string, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#latches.note({ at, by, verb: 'sweep', detail: address });
  }

  /** Orders that were asked for or seen, are not known to have ended, and whose lease ended no longer than 60 s ago. */
  openOrders(now: EpochMs, account?: string): OpenOrder[] {
    return openOrders(this.#database, now, account);
  }

  /** For the LedgerRestored event. */
  restore(account: string): AccountHistory {
    return { ...historyOf(this.#database, account), marks: this.riskMarks.all(account) };
  }

  /** By our own fills alone: what the exchange says may differ. */
  positions(account: string): HeldPosition[] {
    return positionsOf(this.#database, account);
  }

  lastSession(): SessionRecord | undefined {
    return lastSession(this.#database);
  }

  /** Recomputes the hash chain, by default over all turns. Problem: KMM_DB_UNREADABLE, naming the first that does not fit. */
  verify(lastTurns: number = Number.MAX_SAFE_INTEGER): Extract<ChainCheck, { isWhole: true }> | StoreProblem {
    const check = checkChain(this.#database, lastTurns);
    if (check.isWhole) return check;
    const what = `turn ${check.turn} of session ${check.session} was changed or lost`;
    return new StoreProblem('KMM_DB_UNREADABLE', `${this.#database.name} does not verify: ${what}`);
  }

  close(): void {
    this.#database.close();
  }

  #openSession(): OpenSession {
    if (this.#session === undefined) throw new Error('the journal is written to before a session has begun');
    return this.#session;
  }

  /** One transaction of what is pending and what `write` adds. */
  #commit(write: () => void): void {
    this.#transact(() => {
      write();
      this.#pending.write(this.#session?.recorder);
    });
    this.#pending.forget();
  }

  #unsynced(write: () => void): void {
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#transact(write);
    } finally {
      this.#database.pragma(`synchronous = ${this.#synchronous}`);
    }
  }

  #transact(write: () => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#database.transaction(write).immediate();
    } catch (error) {
      this.#failure = new JournalFailure(reasonOf(error), error);
      throw this.#failure;
    }
  }
}

function prepareStatements(database: Database.Database) {
  const placeholders = INTENT_COLUMNS.split(',')
    .map(() => '?')
    .join(', ');
  return {
    instance: database.prepare<[], string>("SELECT value FROM meta WHERE key = 'instance'").pluck(),
    dataVersion: database.prepare<[], number>('PRAGMA data_version').pluck(),
    lastSweep: database
      .prepare<[string], EpochMs | null>("SELECT max(at) FROM operations WHERE verb = 'sweep' AND detail = ?")
      .pluck(),
    lastSession: database.prepare<[], number | null>('SELECT max(session) FROM sessions').pluck(),
    sessionFloor: database
      .prepare<[], number>("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'session_floor'")
      .pluck(),
    session: database.prepare(`
      INSERT INTO sessions (session, account, version, config_hash, started_at, rest_url, ws_url, key_id, key_file, tape)
      VALUES (@session, @account, @version, @configHash, @startedAt, @restUrl, @wsUrl, @keyId, @keyFile, @tape)`),
    decision: insertDecision(database),
    sessionEnd: database.prepare('UPDATE sessions SET ended_at = ? WHERE session = ?'),
    turn: database.prepare('INSERT INTO turns (session, turn, at, digest) VALUES (?, ?, ?, ?)'),
    intent: database.prepare(
      `INSERT INTO intents (session, turn, at, ${INTENT_COLUMNS}) VALUES (?, ?, ?, ${placeholders})`,
    ),
  };
}

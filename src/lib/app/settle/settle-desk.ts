/**
 * Where a settle works: on the exchange that is meant, and on the journal of the environment. Whoever holds the lock books;
 * beside a running trader this only reads. Nothing is written before something is to be booked: then a session of its own
 * begins, with a tape, like any other.
 */

import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import { MoneyRows, type ReconciliationRow } from '../../adapters/store/money-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock, Wire } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import type { EnvironmentName } from '../config/home.ts';
import { kmmError } from '../errors/errors.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import { lockedLink } from '../exchange/exchange-link.ts';
import { type ExchangeLink, READ_LAG_OF } from '../exchange/link.ts';
// Under this name because the linter takes what begins with "use" for a React hook.
import { useExchange as exchangeOf } from '../exchange/use-exchange.ts';
import { reach } from '../run/reach.ts';
import { takeLock } from '../run/take-lock.ts';
import type { AccountHistory } from '../session/account/open-ledger.ts';
import { openRecords } from '../session/open-records.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';

/** What the journal knows of the account. */
export interface Kept {
  readonly history: AccountHistory;
  /** When the account was met; absent: never. */
  readonly openedAt?: EpochMs;
  /** Up to when something of ours listened to it: what happened later may be unknown here. */
  readonly heardUntil?: EpochMs;
}

/** Whoever books instead of us. */
export interface Holder {
  readonly pid: number;
  readonly isTrader: boolean;
}

/** A session that only writes down. */
export interface Books {
  /** On the tape whole, in the journal what is `kept` of it. */
  write(event: EngineEvent, kept?: EngineEvent): void;
  /** On disk at return, but for the last of the tape, which `closed` waits for. */
  end(): void;
}

export interface SettleDesk {
  readonly env: EnvironmentName;
  readonly account: string;
  readonly clock: Clock;
  /** Paced. */
  readonly wire: Wire;
  readonly readLagMs: number;
  /** Exchange time per real time. */
  readonly speed: number;
  /** Absent: we hold the lock, and book. */
  readonly holder?: Holder;
  /** Throws KMM_DB_*. */
  kept(): Kept;
  /** Call only without a holder. Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME. */
  openBooks(): Books;
  /** That ledger and exchange were laid side by side, for reports. Call only without a holder. Throws KMM_DB_*, KMM_JOURNAL. */
  compared(row: ReconciliationRow): void;
  /** Waits for the tapes. */
  close(): Promise<void>;
}

/** `isLooking`: nothing is to be booked, and no lock is taken. Throws KMM_SIM_NOT_RUNNING, KMM_KEY_*, KMM_LOCKED, KMM_HOME. */
export async function openSettleDesk(configuration: Configuration, isLooking: boolean): Promise<SettleDesk> {
  const { env, home } = configuration;
  const exchange = await exchangeOf(configuration, { mayStart: false });
  const { link } = exchange;
  const account = accountOfLink(link);
  const held = readLock(home.lock);
  const holder = held === undefined ? undefined : { pid: held.pid, isTrader: held.control !== undefined };
  const lock = holder === undefined && !isLooking ? takeLock(home) : undefined;
  try {
    lock?.update(lockedLink(link));
    const reached = reach(env, link);
    const { clock, wire } = reached;
    const tapes: Promise<void>[] = [];
    return {
      ...{ env, clock, wire, account, readLagMs: READ_LAG_OF[env], speed: 1 },
      ...(holder !== undefined && { holder }),
      kept: () => readKept(configuration, account, lock !== undefined),
      openBooks: () => openBooks({ configuration, link, clock, onTape: (tape) => void tapes.push(tape) }),
      compared: (row) => noteComparison(configuration, account, row),
      async close() {
        reached.close();
        await Promise.all(tapes);
        lock?.release();
        await exchange.close();
      },
    };
  } catch (error) {
    lock?.release();
    await exchange.close();
    throw error;
  }
}

/** `isOwner`: an older database is migrated, as any session of ours would. Throws KMM_DB_*. */
export function readKept({ env, home }: Pick<Configuration, 'env' | 'home'>, account: string, isOwner: boolean): Kept {
  if (!existsSync(home.database)) return { history: NOTHING_KEPT };
  const journal = openJournal({ path: home.database, env, access: isOwner ? 'owner' : 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    const history = journal.restore(account);
    const last = journal.lastSession();
    const heardUntil = last?.endedAt ?? last?.startedAt;
    const openedAt = readOpening(home.database, env, account);
    return {
      history,
      ...(openedAt !== undefined && { openedAt }),
      ...(heardUntil !== undefined && { heardUntil }),
    };
  } finally {
    journal.close();
  }
}

export interface BooksOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly clock: Clock;
  /** Told what waits for a tape that was ended. */
  readonly onTape: (closed: Promise<void>) => void;
}

/** The caller holds the lock. */
export function openBooks({ configuration, link, clock, onTape }: BooksOptions): Books {
  const { journal, tape } = openRecords({ configuration, link, clock, mustBeArmed: false });
  return {
    write(event, kept = event) {
      tape.event(event);
      journal.recordEvent(kept);
    },
    end() {
      const now = clock.now();
      const hash = new IntentsHash();
      tape.end(now, { intents: hash.count, intentsHash: hash.digest() });
      try {
        journal.flush();
        journal.endSession(now);
      } finally {
        onTape(tape.close());
        journal.close();
      }
    },
  };
}

/** What was found already, and is found again, is not written a second time. */
export function noteComparison(
  { env, home }: Pick<Configuration, 'env' | 'home'>,
  account: string,
  row: ReconciliationRow,
): void {
  const rows = MoneyRows.open(home.database, env);
  if (rows instanceof StoreProblem) throw kmmError(rows);
  const last = rows.reconciliation(account);
  rows.close();
  if (last !== undefined && foundIn(last) === foundIn(row)) return;
  const journal = openJournal({ path: home.database, env });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  const problem = journal.money.reconciled(account, row);
  journal.close();
  if (problem !== undefined) throw kmmError(problem);
}

function foundIn({ cash, positions, differences }: ReconciliationRow): string {
  return JSON.stringify([[...cash], [...positions], differences]);
}

const NOTHING_KEPT: AccountHistory = { openingCash: [], fills: [], settlements: [], moves: [], entries: [] };

function readOpening(path: string, env: string, account: string) {
  const rows = MoneyRows.open(path, env);
  if (rows instanceof StoreProblem) throw kmmError(rows);
  try {
    return rows.openingCash(account)[0]?.at;
  } finally {
    rows.close();
  }
}

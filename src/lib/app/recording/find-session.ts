/**
 * Which tape `kmm replay SESSION` means: a path, a session of this environment by its number or name, or the last one. And what
 * the journal beside it knows: how the session ended, what it asked for, what it decided.
 */
import { existsSync } from 'node:fs';
import { type JournaledIntent, JournalHistory } from '../../adapters/store/journal-history.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { EpochMs } from '../../core/units.ts';
import { whereArchived } from '../archive/is-archived.ts';
import { ENVIRONMENTS, type EnvironmentName, type Home, homeOf } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { newestTape, tapeOf } from '../session/tape/session-tapes.ts';
import type { DecisionRecord } from '../why/decision-record.ts';
import { decodeRecord } from '../why/decision-text.ts';

export interface FoundSession {
  readonly tape: string;
  /** Of the database that the session wrote in; absent where it is not here. */
  readonly journal?: SessionJournal;
  /** How it ended without an end on its tape: as far as lock, journal and file say. */
  readonly ending?: 'running' | 'died' | 'open';
}

/** What the journal has of one session. */
export interface SessionJournal {
  readonly session: number;
  /** All that was asked for, in order. */
  intents(): IterableIterator<JournaledIntent>;
  decision(ticker: string, turn: number, at: EpochMs): DecisionRecord | undefined;
  close(): void;
}

/** @param home of the environment in which a number is looked for. Throws KMM_SESSION_UNKNOWN. */
export function findSession(name: string, home: Home): FoundSession {
  const tape = tapeNamed(name, home);
  const reader = readTape(tape);
  // Whoever plays it says what is wrong with it.
  if (reader instanceof StoreProblem) return { tape };
  const { env, instance, session } = reader.header;
  const open = existsSync(`${tape}-wal`) ? ({ ending: 'open' } as const) : {};
  if (!isEnvironment(env) || instance === undefined || session === undefined) return { tape, ...open };
  const own = env === home.env ? home : homeOf(env);
  const history = historyOf(own, instance);
  const span = history?.session(session);
  if (history === undefined || span === undefined) {
    history?.close();
    return { tape, ...open };
  }
  const isNewest = history.sessions(1)[0]?.session === session;
  const journal: SessionJournal = {
    session,
    intents: () => history.journaled(session),
    decision: (ticker, turn, at) => {
      const row = history.decisionAt(session, ticker, at);
      return row?.turn === turn ? decodeRecord(row.decision, row.at) : undefined;
    },
    close: () => history.close(),
  };
  if (span.endedAt !== undefined) return { tape, journal };
  return { tape, journal, ending: isNewest && readLock(own.lock) !== undefined ? 'running' : 'died' };
}

/** Throws KMM_SESSION_UNKNOWN; KMM_TAPE_UNREADABLE where only the archive has it. */
export function tapeNamed(name: string, home: Home): string {
  if (existsSync(name)) return name;
  const gone = name.endsWith('.tape') ? whereArchived(home, name) : undefined;
  if (gone !== undefined) {
    throw new KmmError('KMM_TAPE_UNREADABLE', `${name} is not there: ${gone.what}`, { next: gone.next });
  }
  if (name === 'last') return lastTape(home);
  const [, number, instance] = numberIn(name) ?? [];
  if (number === undefined) return name;
  const tape = tapeOf(home, Number(number));
  const isOurs = instance === undefined || isOfInstance(home, instance);
  if (existsSync(tape) && isOurs) return tape;
  const archived = isOurs ? whereArchived(home, Number(number)) : undefined;
  if (archived !== undefined) {
    const what = `session ${number} cannot be played again: ${archived.what}`;
    throw new KmmError('KMM_SESSION_UNKNOWN', what, { next: archived.next });
  }
  const newest = newestTape(home);
  const known =
    newest === 0 ? `no session has left a tape in ${home.env}` : `the last tape of ${home.env} is of session ${newest}`;
  throw new KmmError('KMM_SESSION_UNKNOWN', `there is no tape of session ${name}: ${known}`);
}

/** `12`, `session-000012`, `kmm-a1b2c3-12`: its number, and the instance where one is named. */
function numberIn(name: string): readonly [string, string, string?] | undefined {
  const plain = /^(?:session-)?0*(\d+)$/.exec(name)?.[1];
  if (plain !== undefined) return [name, plain];
  const [, instance, number] = /^kmm-([0-9a-f]+)-(\d+)$/.exec(name) ?? [];
  return number === undefined || instance === undefined ? undefined : [name, number, instance];
}

function lastTape(home: Home): string {
  const newest = newestTape(home);
  if (newest > 0) return tapeOf(home, newest);
  throw new KmmError('KMM_SESSION_UNKNOWN', `no session has left a tape in ${home.env} yet`, {
    next: [`kmm run --env ${home.env}`],
  });
}

function isOfInstance(home: Home, instance: string): boolean {
  const history = historyOf(home, instance);
  history?.close();
  return history !== undefined;
}

/** Undefined: no database, one that cannot be read, or another one than the tape was written beside. */
function historyOf({ database, env }: Home, instance: string): JournalHistory | undefined {
  if (!existsSync(database)) return undefined;
  const history = JournalHistory.open(database, env);
  if (history instanceof StoreProblem) return undefined;
  if (history.instance === instance) return history;
  history.close();
  return undefined;
}

function isEnvironment(env: string | undefined): env is EnvironmentName {
  return ENVIRONMENTS.some((name) => name === env);
}

/**
 * `kmm why`: what a market decided at a moment, with the numbers and gates behind it and what became of its orders, or the
 * reason why nothing is recorded for that moment. Reads the journal alone, beside a trader that runs or long after.
 */
import { existsSync } from 'node:fs';
import {
  type AnsweredIntent,
  type DecidedMarket,
  JournalHistory,
  type RecordedFill,
  type SessionSpan,
} from '../../adapters/store/journal-history.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readLock } from '../../adapters/system/lock.ts';
import { clearsOf, type Halt, type HaltClears } from '../../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { nearestName } from '../markets/suggest.ts';
import type { DecisionRecord } from './decision-record.ts';
import { decodeRecord } from './decision-text.ts';
import { momentOf } from './moment.ts';

export type { AnsweredIntent, RecordedFill };

export interface WhyRequest {
  readonly home: Pick<Home, 'env' | 'database' | 'lock'>;
  /** A market, or an event or series of which the markets of that moment are meant. */
  readonly name: string;
  /** As typed; absent: now, or the last moment of the last session when none runs. */
  readonly time?: string;
  readonly now: EpochMs;
}

export interface WhyReport {
  readonly at: EpochMs;
  /** A trader runs, as far as the lock says. */
  readonly isRunning: boolean;
  readonly answers: readonly WhyAnswer[];
}

/** `by`: who latched it; absent when the trader raised it and it ends with its cause. */
export interface ToldHalt extends Halt {
  readonly by?: string;
  readonly clears: HaltClears;
}

export interface Decided {
  readonly kind: 'decided';
  readonly ticker: string;
  readonly session: number;
  readonly turn: number;
  readonly decidedAt: EpochMs;
  readonly record: DecisionRecord;
  readonly halts: readonly ToldHalt[];
  /** The last ones by then, newest first. */
  readonly intents: readonly AnsweredIntent[];
  readonly fills: readonly RecordedFill[];
}

export type Cause =
  | 'no_session'
  | 'session_died'
  | 'starting'
  | 'not_followed'
  | 'not_yet'
  | 'left'
  | 'pruned'
  | 'newer_form';

export interface Undecided {
  readonly kind: 'undecided';
  readonly ticker: string;
  readonly cause: Cause;
  /** The session that ran then, where one did. */
  readonly session?: number;
  /** Moments that the reason names: the last before, the first after. */
  readonly before?: EpochMs;
  readonly after?: EpochMs;
}

export type WhyAnswer = Decided | Undecided;

const INTENTS_TOLD = 6;
const FILLS_MS = 600_000;
/** A row comes each minute: longer silence in a session without an end means that its process had died. */
const SILENCE_MS = 61_000;
/** How far back names are looked for. */
const SESSIONS_SEARCHED = 30;

/** Throws KMM_JOURNAL_EMPTY, KMM_TICKER_UNKNOWN, KMM_USAGE, KMM_DB_*. */
export function why(request: WhyRequest): WhyReport {
  const { home, now } = request;
  const history = openHistory(home);
  try {
    const isRunning = readLock(home.lock) !== undefined;
    const [newest] = history.sessions(1);
    if (newest === undefined) throw nothingYet(home.env);
    const latest = latestMoment(history, newest, isRunning, now);
    const at = request.time === undefined ? latest : momentOf(request.time, latest);
    const tickers = tickersOf(history, home.env, request.name.toUpperCase(), at);
    const answers = tickers.map((ticker) => answer(history, ticker, at, isRunning && newest.endedAt === undefined));
    return { at, isRunning, answers };
  } finally {
    history.close();
  }
}

function openHistory({ env, database }: WhyRequest['home']): JournalHistory {
  if (!existsSync(database)) throw nothingYet(env);
  const history = JournalHistory.open(database, env);
  if (history instanceof StoreProblem) throw kmmError(history);
  return history;
}

function nothingYet(env: string): KmmError {
  return new KmmError('KMM_NOTHING_RECORDED', `no session has run in ${env} yet`, { next: [`kmm run --env ${env}`] });
}

/** A session that runs may be in another time than this machine: the embedded exchange's, faster than ours. */
function latestMoment(history: JournalHistory, newest: SessionSpan, isRunning: boolean, now: EpochMs): EpochMs {
  const trace = history.lastTrace(newest);
  const isNow = isRunning && newest.endedAt === undefined && Math.abs(now - trace) < SILENCE_MS;
  return isNow ? epochMs(Math.max(now, trace)) : trace;
}

/** The market itself, or those of a series or event that were followed then; those that quoted, if any did. */
function tickersOf(history: JournalHistory, env: string, name: string, at: EpochMs): readonly string[] {
  const session = history.sessionAt(at) ?? history.sessionBefore(at);
  const then = session === undefined ? [] : history.markets(session.session);
  if (then.some(({ ticker }) => ticker === name)) return [name];
  const below = then.filter(({ ticker, firstAt }) => ticker.startsWith(`${name}-`) && firstAt <= at);
  if (session !== undefined && below.length > 0) return currentOf(history, session, below, at);
  const known = history.sessions(SESSIONS_SEARCHED).flatMap(({ session: one }) => history.markets(one));
  const tickers = [...new Set(known.map(({ ticker }) => ticker))];
  if (tickers.includes(name) || tickers.some((ticker) => ticker.startsWith(`${name}-`))) return [name];
  throw unknownName(env, name, tickers);
}

function currentOf(
  history: JournalHistory,
  { session }: SessionSpan,
  markets: readonly DecidedMarket[],
  at: EpochMs,
): readonly string[] {
  const decided = markets.map(({ ticker }) => {
    const row = history.decisionAt(session, ticker, at);
    return { ticker, at: row?.at ?? 0, posture: row && decodeRecord(row.decision, row.at)?.posture };
  });
  const followed = decided.filter(({ posture }) => posture !== 'left');
  const quoted = followed.filter(({ posture }) => posture === 'quote');
  const latest = [...decided].sort((a, b) => b.at - a.at).slice(0, 1);
  const chosen = [quoted, followed, latest].find((some) => some.length > 0) ?? [];
  return chosen.map(({ ticker }) => ticker);
}

function unknownName(env: string, name: string, tickers: readonly string[]): KmmError {
  const parts = tickers.flatMap((ticker) => [ticker, ticker.split('-')[0] ?? ticker]);
  const near = nearestName(name, parts);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const next = near === undefined ? ['kmm status', 'kmm markets search WORDS'] : [`kmm why ${near}`, 'kmm status'];
  return new KmmError('KMM_TICKER_UNKNOWN', `no session of ${env} has followed ${name}${hint}`, { next });
}

/** @param isLive the newest session runs at this moment */
export function answer(history: JournalHistory, ticker: string, at: EpochMs, isLive: boolean): WhyAnswer {
  const nothing = (cause: Cause, more: Omit<Undecided, 'kind' | 'ticker' | 'cause'> = {}): Undecided => ({
    ...{ kind: 'undecided', ticker, cause },
    ...more,
  });
  const span = history.sessionAt(at);
  if (span === undefined) return nothing('no_session', around(history, at));
  const { session } = span;
  if (session <= history.prunedTo() || at < history.prunedUntil()) return nothing('pruned', { session });
  const row = history.decisionAt(session, ticker, at);
  if (row === undefined) return noRowYet(history, span, at, nothing);
  const isOver = span.endedAt === undefined && !(isLive && session === history.sessions(1)[0]?.session);
  const trace = isOver ? history.lastTrace(span) : at;
  if (at - trace > SILENCE_MS) return nothing('session_died', { ...around(history, at), session, before: trace });
  const record = decodeRecord(row.decision, row.at);
  if (record === undefined) return nothing('newer_form', { session });
  if (record.posture === 'left') return nothing('left', { session, before: row.at });
  return {
    ...{ kind: 'decided', ticker, session, turn: row.turn, decidedAt: row.at, record },
    halts: record.halts.map((halt) => told(history, halt)),
    intents: history.intents(session, ticker, at, INTENTS_TOLD),
    fills: history.fills(session, ticker, epochMs(at - FILLS_MS), at),
  };
}

function noRowYet(
  history: JournalHistory,
  { session, startedAt }: SessionSpan,
  at: EpochMs,
  nothing: (cause: Cause, more: Omit<Undecided, 'kind' | 'ticker' | 'cause'>) => Undecided,
): Undecided {
  const markets = history.markets(session);
  const first = Math.min(...markets.map(({ firstAt }) => firstAt));
  const { ticker } = nothing('not_yet', {});
  const own = markets.find((market) => market.ticker === ticker);
  if (first > at)
    return nothing('starting', { session, before: startedAt, ...(first < Infinity && { after: epochMs(first) }) });
  return own === undefined ? nothing('not_followed', { session }) : nothing('not_yet', { session, after: own.firstAt });
}

/** The end of the session before, and the beginning of the one after. */
function around(history: JournalHistory, at: EpochMs): Pick<Undecided, 'before' | 'after'> {
  const before = history.sessionBefore(at);
  const after = history.sessionAfter(at);
  return {
    ...(before !== undefined && { before: history.lastTrace(before) }),
    ...(after !== undefined && { after: after.startedAt }),
  };
}

function told(history: JournalHistory, halt: Halt): ToldHalt {
  const by = history.authorOf(halt);
  return { ...halt, clears: clearsOf(halt), ...(by !== undefined && { by }) };
}

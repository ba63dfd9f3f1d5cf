/**
 * The halts that are on, and how the operator ends them one by one: what `kmm pause` sets and `kmm resume` clears. The
 * running trader is asked first; where it does not answer in 2 s, or none runs, the rows in the database are the way, and
 * a trader that still makes turns hears them in 40 ms.
 */
import { existsSync } from 'node:fs';
import { type JournalFile, openJournal } from '../adapters/store/journal.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { readLock } from '../adapters/system/lock.ts';
import { nextEasternDay } from '../core/eastern.ts';
import { clearsOf, HALT_EVERYTHING, type Halt, type HaltClears, type HaltName } from '../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import type { TraderView } from '../core/view.ts';
import type { Access } from './config/access.ts';
import { askWithin, VERB_MS } from './control/ask-trader.ts';
import { KmmError, kmmError } from './errors/errors.ts';
import { clearLatch, latchesIn } from './latch-places.ts';
import { operatorName } from './operator.ts';

type Place = Pick<Access, 'env' | 'home'>;

export interface StandingHalt extends Halt {
  /** Who set it; null for one that only the running trader knows of. */
  readonly by: string | null;
  readonly clears: HaltClears;
  /** Whoever clears it has to type the end of the key id: money was lost, or does not add up. */
  readonly isSevere: boolean;
  /** Not to be cleared before this. */
  readonly notBefore?: EpochMs;
}

export interface Standing {
  readonly halts: readonly StandingHalt[];
  /** The account that they are about: the configured key, or that of whoever ran last. Undefined where none ever did. */
  readonly keyId?: string;
}

/** By which way the operator's word went. */
export type Way = 'trader' | 'database';

const SEVERE: ReadonlySet<HaltName> = new Set(['LOSS_DAY', 'LOSS_WEEK', 'DRAWDOWN', 'RUNAWAY', 'RECONCILE']);

/** Throws KMM_DB_*. */
export async function standingHalts(access: Access): Promise<Standing> {
  const { home, key } = access;
  const held = readLock(home.lock);
  const view = await viewOf(held?.control);
  const now = view?.at ?? epochMs(Date.now());
  const latches = latchesIn(access);
  const isLatched = ({ name, scope }: Halt) => latches.some((latch) => latch.name === name && latch.scope === scope);
  const unlatched = (view?.halts ?? []).filter((halt) => !isLatched(halt)).map((halt) => ({ ...halt, by: null }));
  const keyId = key?.id ?? held?.keyId ?? lastKeyOf(access);
  return {
    halts: [...latches, ...unlatched].map((halt) => standing(halt, now)),
    ...(keyId !== undefined && { keyId }),
  };
}

/** Throws KMM_HALT_STAYS for one that no word of the operator ends now, KMM_JOURNAL, KMM_DB_*. */
export async function clearHalt(access: Place, halt: StandingHalt): Promise<Way> {
  assertClearable(halt);
  const { name, scope } = halt;
  const by = operatorName();
  const control = readLock(access.home.lock)?.control;
  if (control !== undefined) {
    const answer = await askWithin(control, { verb: 'clear', name, scope, by }, VERB_MS);
    if (answer.kind !== 'unreachable') return 'trader';
  }
  clearLatch(access, name, scope);
  return 'database';
}

/** Throws KMM_HALT_STAYS. */
export function assertClearable({ name, clears, reason, notBefore }: StandingHalt): void {
  if (clears === 'self') {
    throw new KmmError('KMM_HALT_STAYS', `${name} ends by itself when its cause is gone: ${reason}`, {
      next: ['wait'],
    });
  }
  if (clears === 'restart') {
    throw new KmmError('KMM_HALT_STAYS', `${name} ends with its process alone: ${reason}`, {
      next: ['kmm stop', 'kmm run'],
    });
  }
  if (notBefore === undefined) return;
  const when = new Date(notBefore).toISOString();
  throw new KmmError(
    'KMM_HALT_STAYS',
    `${name} is of today, and a day's loss is not cleared before the next: ${reason}`,
    {
      next: [`kmm resume ${name} after 00:00 ET, which is ${when}`],
    },
  );
}

/** No new exposure in these markets, or in all of them. Throws KMM_TICKER_UNKNOWN, KMM_JOURNAL, KMM_DB_*. */
export async function pause(access: Place, tickers: readonly string[]): Promise<Way> {
  const scopes = tickers.length === 0 ? [HALT_EVERYTHING] : [...tickers];
  const by = operatorName();
  const control = readLock(access.home.lock)?.control;
  if (control !== undefined) {
    const answer = await askWithin(control, { verb: 'pause', scopes, by }, VERB_MS);
    if (answer.kind !== 'unreachable') return 'trader';
  }
  inDatabase(access, (journal) => {
    const since = epochMs(Date.now());
    for (const scope of scopes) {
      const problem = journal.setLatch({ name: 'PAUSED', scope, since, reason: `paused by ${by}` }, by);
      if (problem !== undefined) return problem;
    }
    return undefined;
  });
  return 'database';
}

function standing(halt: Halt & { readonly by: string | null }, now: EpochMs): StandingHalt {
  const { name, since } = halt;
  const notBefore = name === 'LOSS_DAY' ? nextEasternDay(since) : now;
  return {
    ...{ ...halt, clears: clearsOf(halt), isSevere: SEVERE.has(name) },
    ...(notBefore > now && { notBefore }),
  };
}

async function viewOf(control: string | undefined): Promise<TraderView | undefined> {
  if (control === undefined) return undefined;
  const answer = await askWithin(control, { verb: 'view' }, VERB_MS);
  return answer.kind === 'view' ? answer.view : undefined;
}

/** A database that cannot be read names nobody. */
function lastKeyOf({ env, home }: Place): string | undefined {
  if (!existsSync(home.database)) return undefined;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return undefined;
  try {
    return journal.lastSession()?.keyId;
  } finally {
    journal.close();
  }
}

function inDatabase(access: Place, write: (journal: JournalFile) => StoreProblem | undefined): void {
  const { env, home } = access;
  const isThere = withJournal(access, (journal) => {
    const problem = write(journal);
    if (problem !== undefined) throw kmmError(problem);
    return true;
  });
  if (isThere === true) return;
  throw new KmmError('KMM_USAGE', `nothing has run in ${env} yet: there is no database in ${home.directory}`, {
    next: ['kmm run'],
  });
}

/** Undefined: there is no database. Throws KMM_DB_*. */
function withJournal<Value>({ env, home }: Place, work: (journal: JournalFile) => Value): Value | undefined {
  if (!existsSync(home.database)) return undefined;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}

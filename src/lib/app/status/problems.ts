/** What is wrong by a status, each with what to do about it: the reasons of `kmm status --check`. Pure. */
import { clearsOf, HALT_EVERYTHING, type Halt } from '../../core/risk/halts.ts';
import type { JournalStatus, StatusFacts } from './status.ts';

export type ProblemName =
  | 'halted'
  | 'unknown_order'
  | 'trader_silent'
  | 'trader_died'
  | 'orders_left'
  | 'feed_silent'
  | 'not_armed'
  | 'journal_unreadable';

export interface StatusProblem {
  readonly name: ProblemName;
  readonly text: string;
  readonly next: readonly string[];
}

/** reliability.md, alerts: an unknown order is one after so long. */
const UNKNOWN_MS = 30_000;
/** A trader reads and reconciles before it listens on its socket. */
const STARTING_MS = 90_000;
const FEED_SILENT_MS = 15_000;

export function problemsOf(facts: StatusFacts): readonly StatusProblem[] {
  const { journal } = facts;
  const known = journal === undefined || 'trouble' in journal ? undefined : journal;
  return [
    ...unreadable(facts),
    ...silent(facts),
    ...(facts.lock === undefined && known !== undefined ? leftBehind(facts, known) : []),
    ...haltsOf(facts)
      .filter(isWrong)
      .map((halt) => halted(facts, halt)),
    ...traderProblems(facts),
    ...unarmed(facts, known),
  ];
}

/** Of the trader where it answers, else what is latched: in the database, and in files beside it. */
export function haltsOf({ trader, journal, beside = [] }: StatusFacts): readonly (Halt & { readonly by?: string })[] {
  const kept = journal === undefined || 'trouble' in journal ? [] : journal.latches;
  const latches = [...kept, ...beside.filter((latch) => !kept.some((other) => isSameHalt(latch, other)))];
  if (trader === undefined || 'silence' in trader) return latches;
  return trader.view.halts.map((halt) => {
    const by = latches.find((latch) => isSameHalt(latch, halt))?.by;
    return { ...halt, ...(by !== undefined && { by }) };
  });
}

function isSameHalt(a: Halt, b: Halt): boolean {
  return a.name === b.name && a.scope === b.scope;
}

/** A pause is what somebody wants; what ends with its cause needs nobody. */
function isWrong(halt: Halt): boolean {
  return halt.name !== 'PAUSED' && halt.name !== 'STOPPING' && clearsOf(halt) !== 'self';
}

function halted({ env }: StatusFacts, halt: Halt): StatusProblem {
  const { name, scope, reason } = halt;
  const isAll = scope === HALT_EVERYTHING;
  const where = isAll ? 'everything' : scope;
  const of = isAll ? '' : ` --scope ${scope}`;
  const clearing = clearsOf(halt) === 'operator' ? `kmm resume ${name}${of} --env ${env}` : `kmm run --env ${env}`;
  return {
    name: 'halted',
    text: `halt ${name} on ${where}: ${reason}`,
    next: [`kmm why ${isAll ? 'TICKER' : scope}`, clearing],
  };
}

function unreadable({ env, journal }: StatusFacts): readonly StatusProblem[] {
  if (journal === undefined || !('trouble' in journal)) return [];
  const next = [`kmm doctor --env ${env} --offline`];
  return [{ name: 'journal_unreadable', text: `the journal cannot be read: ${journal.trouble}`, next }];
}

function silent({ env, lock, trader, now }: StatusFacts): readonly StatusProblem[] {
  if (lock === undefined || trader === undefined || !('silence' in trader)) return [];
  if (now - lock.since < STARTING_MS) return [];
  const text = `process ${lock.pid} runs and does not answer: ${trader.silence}`;
  return [{ name: 'trader_silent', text, next: [`kmm kill --env ${env}`, `look at process ${lock.pid}`] }];
}

/** No process is there. One that ended in order has said so in the journal, and left nothing. */
function leftBehind({ env }: StatusFacts, { session, openOrders }: JournalStatus): readonly StatusProblem[] {
  const next = [`kmm run --env ${env}`, `kmm kill --env ${env}`];
  const hasDied = session !== undefined && session.endedAt === undefined;
  const count = openOrders.length === 1 ? '1 order' : `${openOrders.length} orders`;
  return [
    ...(hasDied
      ? [{ name: 'trader_died' as const, text: `session ${session.session} has died: nobody ended it`, next }]
      : []),
    ...(openOrders.length > 0
      ? [{ name: 'orders_left' as const, text: `${count} may rest by the journal, and no kmm runs here`, next }]
      : []),
  ];
}

function traderProblems({ env, trader }: StatusFacts): readonly StatusProblem[] {
  if (trader === undefined || 'silence' in trader) return [];
  const { at, unknownSince, unknownOrders, heardAt } = trader.view;
  const problems: StatusProblem[] = [];
  if (unknownSince !== undefined && at - unknownSince > UNKNOWN_MS) {
    const age = Math.round((at - unknownSince) / 1_000);
    const text = `the fate of ${unknownOrders} orders is not known, of one for ${age} s`;
    problems.push({ name: 'unknown_order', text, next: [`kmm trade orders --env ${env}`, `kmm kill --env ${env}`] });
  }
  if (heardAt !== undefined && at - heardAt > FEED_SILENT_MS) {
    const text = `nothing has been heard from the exchange for ${Math.round((at - heardAt) / 1_000)} s`;
    problems.push({ name: 'feed_silent', text, next: [`kmm doctor --env ${env}`] });
  }
  return problems;
}

/** A trader on production whose arming is over can do nothing but leave. */
function unarmed({ env, lock, now }: StatusFacts, journal: JournalStatus | undefined): readonly StatusProblem[] {
  if (env !== 'prod' || lock === undefined || journal === undefined) return [];
  const { arming } = journal;
  if (arming !== undefined && arming.until > now) return [];
  const text = arming === undefined ? 'production is not armed' : 'the arming of production has ended';
  return [{ name: 'not_armed', text, next: ['kmm auth arm prod --for 8h --exposure-dollars-max 500'] }];
}

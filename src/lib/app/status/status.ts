/**
 * `kmm status`: how an environment stands, from the trader that runs there (its control socket) and from the journal. Asks
 * no exchange, so that it answers at once and when nothing else does.
 */
import { existsSync } from 'node:fs';
import { type ListedAlert, openAlertList } from '../../adapters/store/alert-list.ts';
import type { Arming } from '../../adapters/store/arming.ts';
import { openJournal } from '../../adapters/store/journal.ts';
import type { HeldPosition, OpenOrder, SessionRecord } from '../../adapters/store/journal-queries.ts';
import type { Latch } from '../../adapters/store/latches.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { askControl } from '../../adapters/system/control-socket.ts';
import { type LockInfo, readLock } from '../../adapters/system/lock.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import { assertDirectory, type Home } from '../config/home.ts';
import type { ControlAnswer } from '../control/control-messages.ts';
import { CONTROL_VERSION } from '../control/control-version.ts';
import { latchesBeside } from '../latch-places.ts';

/** What the journal knows without a trader. */
export interface JournalStatus {
  readonly session?: Pick<SessionRecord, 'session' | 'startedAt' | 'endedAt' | 'account' | 'version'>;
  readonly latches: readonly Latch[];
  /** Orders that may rest by the journal. */
  readonly openOrders: readonly OpenOrder[];
  readonly positions: readonly HeldPosition[];
  /** Production alone has one. */
  readonly arming?: Arming;
  /** That nobody has acknowledged, loudest first. */
  readonly alerts: readonly ListedAlert[];
}

export interface StatusFacts {
  readonly env: Home['env'];
  /** By this machine's clock. */
  readonly now: EpochMs;
  /** Who holds the lock: a trader, or orders by hand. */
  readonly lock?: Pick<LockInfo, 'pid' | 'since'>;
  /** The trader's own words; a reason when it has a control socket and does not answer. */
  readonly trader?: { readonly view: TraderView } | { readonly silence: string };
  /** Halts in files beside the database, which it could not or did not yet take. */
  readonly beside?: readonly Latch[];
  /** A reason when it cannot be read. */
  readonly journal?: JournalStatus | { readonly trouble: string };
}

/** A trader answers within a turn. */
const ANSWER_MS = 1_500;

/** Undefined: nothing of kmm has ever been here. Throws KMM_HOME where nothing of it can be. */
export async function statusOf(home: Home, now: EpochMs): Promise<StatusFacts | undefined> {
  const lock = readLock(home.lock);
  const beside = latchesBeside(home);
  if (lock === undefined && !existsSync(home.database) && beside.length === 0) {
    assertDirectory(home);
    return undefined;
  }
  const trader = lock?.control === undefined ? undefined : await asked(lock.control);
  const journal = existsSync(home.database) ? journalOf(home, now) : undefined;
  return {
    ...{ env: home.env, now, beside },
    ...(lock !== undefined && { lock: { pid: lock.pid, since: lock.since } }),
    ...(trader !== undefined && { trader }),
    ...(journal !== undefined && { journal }),
  };
}

async function asked(control: string): Promise<NonNullable<StatusFacts['trader']>> {
  const heard = await askControl(control, { verb: 'view', version: CONTROL_VERSION }, ANSWER_MS);
  if (heard.kind === 'unreachable') return { silence: heard.reason };
  const answer = heard.value as ControlAnswer;
  if (answer.kind === 'view') return { view: answer.view };
  return { silence: answer.kind === 'failed' ? answer.message : `it answered ${answer.kind}` };
}

function journalOf({ database, env }: Home, now: EpochMs): NonNullable<StatusFacts['journal']> {
  const journal = openJournal({ path: database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return { trouble: journal.message };
  try {
    const session = journal.lastSession();
    const arming = env === 'prod' ? journal.armings.current() : undefined;
    return {
      ...(session !== undefined && { session }),
      latches: journal.latches(),
      openOrders: journal.openOrders(now),
      positions: session === undefined ? [] : journal.positions(session.account),
      ...(arming !== undefined && { arming }),
      alerts: openAlertsOf(database, env),
    };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  } finally {
    journal.close();
  }
}

function openAlertsOf(path: string, env: Home['env']): readonly ListedAlert[] {
  const list = openAlertList({ path, env });
  if (list instanceof StoreProblem) return [];
  try {
    return list.open();
  } finally {
    list.close();
  }
}

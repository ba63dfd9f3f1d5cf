/**
 * `kmm stop`: asks the running trader to cancel our orders, verify and leave, and waits for the proof. Positions stay.
 *
 * The trader is asked over its control socket. One that does not answer in 2 s is asked in two other ways at once: a row
 * in the database, which it hears wherever it runs, and SIGTERM to the supervisor that holds the lock, which stops a
 * trader that hears nothing any more (docs/adr/0017). What it cannot prove is proved from here, as its supervisor does.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournal } from '../adapters/store/journal.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { type LockInfo, readLock } from '../adapters/system/lock.ts';
import { HALT_EVERYTHING } from '../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';
import { askWithin, VERB_MS } from './control/ask-trader.ts';
import type { TraderEnd } from './control/control-messages.ts';
import { KmmError } from './errors/errors.ts';
import { openedBy, runningLink } from './exchange/exchange-link.ts';
import { lastResort } from './last-resort.ts';
import { mayRest } from './open-orders.ts';
import { operatorName } from './operator.ts';
import { cancelForTrader } from './run/reach.ts';

export interface StopReport {
  readonly env: string;
  /** How it was asked; `none`: nothing runs here. */
  readonly via: 'trader' | 'signal' | 'database' | 'none';
  readonly pid: number | null;
  /** Our orders when it began to stop, as far as it said. */
  readonly orders: number | null;
  /** Two listings in a row held nothing of ours, or the exchange is gone. */
  readonly isConfirmed: boolean;
  readonly resting: number;
  /** The ledger agrees with the exchange; null: not known here. */
  readonly reconciled: boolean | null;
}

/** Told while it goes on. */
export type OnStopping = (orders: number | undefined, leaseUntil: EpochMs | undefined) => void;

/** A trader gives itself 20 s, and its supervisor as long for what the trader has left. */
const END_MS = 45_000;
const LOOK_MS = 100;

/** Throws KMM_CANCEL_UNCONFIRMED when nothing proves that our orders are gone. */
export async function stop(access: Access, onStopping: OnStopping): Promise<StopReport> {
  const { env, home } = access;
  const held = readLock(home.lock);
  if (held === undefined) return nothingRuns(access);
  const asked = await ask(access, held, onStopping);
  const giveUpAt = performance.now() + END_MS;
  while (isHeld(access, held) && performance.now() < giveUpAt) await sleep(LOOK_MS);
  if (isHeld(access, held)) {
    const what = `process ${held.pid} of ${env} was asked to stop and has not ended in ${END_MS / 1_000} s`;
    throw new KmmError('KMM_CANCEL_UNCONFIRMED', what, { next: ['kmm kill'] });
  }
  writeStop(access, 'off');
  const common = { env, via: asked.via, pid: held.pid, orders: asked.orders ?? null };
  if (asked.end?.isConfirmed === true) {
    return { ...common, isConfirmed: true, resting: 0, reconciled: asked.end.reconciled };
  }
  return { ...common, ...(await proved(access, held)), reconciled: asked.end?.reconciled ?? null };
}

interface Asked {
  readonly via: StopReport['via'];
  readonly orders?: number;
  readonly end?: TraderEnd;
}

async function ask(access: Access, held: LockInfo, onStopping: OnStopping): Promise<Asked> {
  const by = operatorName();
  const { control, pid } = held;
  if (control !== undefined) {
    const answer = await askWithin(control, { verb: 'stop', by }, VERB_MS);
    if (answer.kind === 'stopping') {
      const { orders, leaseUntil } = answer;
      onStopping(orders, leaseUntil);
      const end = await askWithin(control, { verb: 'end' }, END_MS);
      return { via: 'trader', orders, ...(end.kind === 'ended' && { end }) };
    }
  }
  onStopping(undefined, undefined);
  writeStop(access, 'on');
  // A process without a control socket may be a command that trades by hand: it hears the row, and a signal would cut it off.
  if (control === undefined) return { via: 'database' };
  try {
    process.kill(pid, 'SIGTERM');
    return { via: 'signal' };
  } catch {
    // Of another user, or gone a moment ago.
    return { via: 'database' };
  }
}

/** The row that a trader looks for. One that cannot be written leaves the signal. */
function writeStop({ env, home }: Access, change: 'on' | 'off'): void {
  if (!existsSync(home.database)) return;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return;
  try {
    const [at, by] = [epochMs(Date.now()), operatorName()];
    const isOn = journal.latches().some(({ name }) => name === 'STOPPING');
    if (change === 'on') {
      journal.setLatch({ name: 'STOPPING', scope: HALT_EVERYTHING, since: at, reason: `stopped by ${by}` }, by);
    } else if (isOn) journal.clearLatch('STOPPING', HALT_EVERYTHING, by, at);
  } finally {
    journal.close();
  }
}

function isHeld({ home }: Access, { pid, since }: LockInfo): boolean {
  const now = readLock(home.lock);
  return now?.pid === pid && now.since === since;
}

/** An embedded exchange ends with its run, and takes its key along: nothing can rest on it. */
async function proved(access: Access, held: LockInfo): Promise<Pick<StopReport, 'isConfirmed' | 'resting'>> {
  const { env, key } = access;
  const link = runningLink(held);
  if (link === undefined || (env === 'sim' && !existsSync(link.keyFile))) return { isConfirmed: true, resting: 0 };
  const { isConfirmed, resting } = await cancelForTrader(access, openedBy(key, link), lastResort);
  return { isConfirmed, resting: resting.length };
}

function nothingRuns(access: Access): StopReport {
  const { env } = access;
  if (env !== 'sim' && mayRest(access)) {
    const what = `no kmm runs ${env} here, and by the journal orders of an earlier run may rest`;
    throw new KmmError('KMM_CANCEL_UNCONFIRMED', what, { next: ['kmm kill', 'kmm run'] });
  }
  return { env, via: 'none', pid: null, orders: null, isConfirmed: true, resting: 0, reconciled: null };
}

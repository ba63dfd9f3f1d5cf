/**
 * At the start of every session: the ledger brought to where the account is, and compared with the exchange's own figures.
 *
 * A stranger's fill may land between two readings, and each reading may be old in its own way. So what does not agree at
 * once, and the opening cash of an account that is met for the first time, is believed only when a second look, one that
 * by the exchange's word holds all that had happened before the first one ended, comes to the same.
 */

import type { JournalFile } from '../../../adapters/store/journal.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { READ_LAG_MS } from '../../../core/orders/read-lag.ts';
import { HALT_EVERYTHING } from '../../../core/risk/halts.ts';
import type { Clock, Wire } from '../../../ports.ts';
import { KmmError } from '../../errors/errors.ts';
import { subaccountOf } from '../../exchange/account-name.ts';
import { unreachable } from '../../exchange/unreachable.ts';
import { wait } from '../orders/cancel-ours.ts';
import { differencesOf } from './compare.ts';
import { type AccountLook, type LookOptions, ledgerOf, lookAtAccount } from './open-ledger.ts';

export interface StartLedgerOptions {
  /** Paced. */
  readonly wire: Wire;
  readonly journal: Pick<JournalFile, 'restore'>;
  readonly account: string;
  readonly clock: Clock;
  /** Between two looks at first; above the age that the exchange's read side may have. */
  readonly readLagMs: number;
  /** Exchange time per real time: what bounds our waiting is real time. */
  readonly speed: number;
  readonly emit: (event: EngineEvent) => void;
}

/** The account as two looks have it that came to the same, or one that agrees with the ledger to the last digit. */
export interface AgreedLook {
  readonly look: AccountLook;
  /** Between the ledger that follows from the look's history and the exchange's statements, in words. */
  readonly differences: readonly string[];
}

export interface AgreedLookOptions extends Omit<StartLedgerOptions, 'journal' | 'account' | 'emit'>, LookOptions {}

const BOUND_MS = 60_000;

/** A difference that is proved is a halt. Throws KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function startLedger(options: StartLedgerOptions): Promise<void> {
  const { journal, account, clock, emit } = options;
  const kept = journal.restore(account);
  const { look, differences } = await agreedLook({ ...options, kept, subaccount: subaccountOf(account) });
  emit({ type: 'ledger_restored', at: clock.now(), ...look.history, fees: kept.fees });
  if (differences.length > 0) halt(differences, clock, emit);
}

/** Books nothing. Throws KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function agreedLook(options: AgreedLookOptions): Promise<AgreedLook> {
  const { wire, clock, kept, subaccount, isDeep = false, readLagMs, speed } = options;
  const isNew = kept.openingCash.length === 0;
  const giveUpAt = clock.now() + BOUND_MS * speed;
  let before: AccountLook | undefined;
  /** The first of those that came to the same: where reads are old, only a later one than the next holds all that it may have missed. */
  let first: AccountLook | undefined;
  for (let waitMs = readLagMs; ; waitMs = Math.min(READ_LAG_MS * speed, waitMs * 2)) {
    const looked = await lookAtAccount({ wire, clock, kept, subaccount, isDeep }, before);
    if (!looked.ok) {
      // Much is read here, and one answer of it that is lost is no reason to begin anew.
      if (looked.error.kind === 'refused' || clock.now() >= giveUpAt) {
        throw unreachable('the account cannot be read', looked.error);
      }
      await wait(clock, waitMs);
      continue;
    }
    const look = looked.value;
    const differences = differencesOf(ledgerOf(look.history), look.exchange);
    const isEqual = !isNew && differences.length === 0;
    if (first === undefined || verdictOf(first) !== verdictOf(look)) first = look;
    if (isEqual || (look !== first && isComplete(look, first))) return { look, differences };
    if (clock.now() >= giveUpAt) throw inMotion(before, look);
    before = look;
    await wait(clock, waitMs);
  }
}

/** The look holds all that the first one may have missed. */
function isComplete(look: AccountLook, first: AccountLook): boolean {
  const surelyAt = look.asOf ?? look.beganAt - READ_LAG_MS;
  return surelyAt >= first.endedAt;
}

/** Opening cash, and where ledger and exchange differ. */
function verdictOf({ history, exchange }: AccountLook): string {
  return JSON.stringify([history.openingCash, differencesOf(ledgerOf(history), exchange)]);
}

function halt(differences: readonly string[], clock: Clock, emit: (event: EngineEvent) => void): void {
  const at = clock.now();
  const reason = `at the start, ${differences.join('; ')}`;
  const halt = { name: 'RECONCILE', scope: HALT_EVERYTHING, since: at, reason } as const;
  emit({ type: 'halt_changed', at, halt, isOn: true });
}

function inMotion(before: AccountLook | undefined, look: AccountLook): KmmError {
  const figures = `${before === undefined ? '' : `${verdictOf(before)}, then `}${verdictOf(look)}`;
  const text = `fills, settlements, positions and cash did not come to the same twice within ${BOUND_MS / 1_000} s`;
  return new KmmError('KMM_UNREACHABLE', `the account cannot be read: ${text} (${figures})`);
}

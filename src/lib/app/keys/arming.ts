/**
 * Arming production: a lease on the operator's attention. Without it nothing that could trade is sent there; it is bounded
 * in time and money, kept in the database, and bound to one key. Disarming needs no confirmation: it only takes away.
 */
import { existsSync } from 'node:fs';
import type { Arming } from '../../adapters/store/arming.ts';
import { type JournalFile, openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readLock } from '../../adapters/system/lock.ts';
import { HALT_EVERYTHING } from '../../core/risk/halts.ts';
import { type EpochMs, epochMs, formatMoney, parseMoney } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { linkOf } from '../exchange/exchange-link.ts';
import { operatorName } from '../operator.ts';
import { takeLock } from '../run/take-lock.ts';
import { storedKey } from './key-store.ts';
import { loadSigner } from './signer.ts';

/** A day's attention is the most anybody has. */
const SECONDS_MAX = 86_400;

export interface ArmRequest {
  readonly seconds: number;
  /** As typed: dollars in decimals. */
  readonly exposureDollars: string;
}

/** What is asked for, checked; confirm it, then `arm`. Throws KMM_USAGE, KMM_RISK_REFUSED, KMM_CONFIG_ENV, KMM_KEY_*. */
export function planArming(configuration: Configuration, request: ArmRequest, now: number): Arming {
  assertConfigSaysSo(configuration);
  const { seconds, exposureDollars } = request;
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) throw new KmmError('KMM_USAGE', '--for is at most 24h');
  const exposure = parseMoney(exposureDollars);
  if (exposure === undefined || exposure <= 0) {
    throw new KmmError('KMM_USAGE', `--exposure-dollars-max ${exposureDollars} is no sum of dollars above 0`);
  }
  const limit = configuration.parameters.risk.totalLoss;
  if (exposure > limit) {
    const asked = `$${formatMoney(exposure)} is above risk.loss_total_dollars_max, $${formatMoney(limit)}`;
    throw new KmmError('KMM_RISK_REFUSED', asked, {
      position: 'nothing was armed',
      next: ['arm with less', 'kmm config show --origin'],
    });
  }
  const link = linkOf(configuration);
  const fingerprint = storedKey(link.keyFile)?.fingerprint ?? loadSigner('prod', link).fingerprint;
  return {
    ...{ exposure, fingerprint, keyId: link.keyId, by: operatorName() },
    ...{ at: epochMs(now), until: epochMs(now + seconds * 1_000) },
  };
}

/** Clears the halt of an earlier arming's end, too. Throws KMM_LOCKED, KMM_HOME, KMM_DB_*, KMM_JOURNAL. */
export function arm(access: Access, arming: Arming): void {
  withJournal(access, (journal) => {
    const problem = journal.armings.arm(arming);
    if (problem !== undefined) throw kmmError(problem);
    const ended = journal.latches().find(({ name }) => name === 'ARM_EXPIRED');
    const uncleared = ended && journal.clearLatch('ARM_EXPIRED', HALT_EVERYTHING, arming.by, arming.at);
    if (uncleared !== undefined) throw kmmError(uncleared);
  });
}

/** What was armed until now; undefined when nothing was. Throws KMM_DB_*, KMM_JOURNAL. */
export function disarm(access: Pick<Access, 'env' | 'home'>, now: number): Arming | undefined {
  if (!existsSync(access.home.database)) return undefined;
  return withJournal(access, (journal) => {
    const present = journal.armings.current();
    if (present === undefined) return undefined;
    const problem = journal.armings.disarm(operatorName(), epochMs(now));
    if (problem !== undefined) throw kmmError(problem);
    return present.until > now ? present : undefined;
  });
}

/**
 * Call before anything is opened or connected for trading; sim and demo pass. `journal`: one that is open already.
 * Throws KMM_PROD_NOT_ARMED, KMM_CONFIG_ENV, KMM_DB_*.
 */
export function assertArmed(
  access: Pick<Access, 'env' | 'home' | 'configStamp'>,
  keyId: string,
  now: EpochMs,
  journal?: JournalFile,
): Arming | undefined {
  if (access.env !== 'prod') return undefined;
  const arming = journal === undefined ? readArming(access) : journal.armings.current();
  const refusal = armingRefusal(arming, now, { keyId });
  if (refusal !== undefined || arming === undefined) throw new KmmError('KMM_PROD_NOT_ARMED', refusal ?? NEVER_ARMED);
  assertConfigSaysSo(access);
  return arming;
}

export const NEVER_ARMED = 'production is not armed';

/** Why this arming lets nothing through now; undefined when it does. */
export function armingRefusal(
  arming: Arming | undefined,
  now: EpochMs,
  key: { readonly keyId: string; readonly fingerprint?: string },
): string | undefined {
  if (arming === undefined) return NEVER_ARMED;
  if (arming.until <= now) return `the arming of production ended at ${new Date(arming.until).toISOString()}`;
  const isSameKey = key.keyId === arming.keyId && (key.fingerprint ?? arming.fingerprint) === arming.fingerprint;
  return isSameKey ? undefined : `production is armed for another key, ${arming.keyId}`;
}

/** A guest cannot read the database of an older kmm; nobody could start then, so where none runs its owner brings it up to date. */
function readArming(access: Pick<Access, 'env' | 'home'>): Arming | undefined {
  const { env, home } = access;
  if (!existsSync(home.database)) return undefined;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) {
    if (readLock(home.lock) !== undefined) throw kmmError(journal);
    return withJournal(access, ({ armings }) => armings.current());
  }
  try {
    return journal.armings.current();
  } finally {
    journal.close();
  }
}

/** Limits that were written for another environment must not be traded on by mistake. */
function assertConfigSaysSo({ configStamp }: Pick<Access, 'configStamp'>): void {
  if (configStamp === 'prod') return;
  throw new KmmError('KMM_CONFIG_ENV', 'no config file says environment = "prod"', {
    next: ['write environment = "prod" into the file that holds its limits', 'kmm config show --origin'],
  });
}

/** Beside a trader that runs as its guest, else as the owner, who makes the database. */
function withJournal<T>({ env, home }: Pick<Access, 'env' | 'home'>, act: (journal: JournalFile) => T): T {
  const isRunning = readLock(home.lock) !== undefined;
  const lock = isRunning ? undefined : takeLock(home);
  try {
    const journal = openJournal({ path: home.database, env, ...(isRunning && { access: 'guest' as const }) });
    if (journal instanceof StoreProblem) throw kmmError(journal);
    try {
      return act(journal);
    } finally {
      journal.close();
    }
  } finally {
    lock?.release();
  }
}

/**
 * The halt that a supervisor leaves behind when it gives a trader up, and that keeps the next one from starting (ADR 20):
 * whoever starts us again, systemd above all, must not start trading again.
 */
import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import type { Latch } from '../../adapters/store/latches.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { HALT_EVERYTHING, type HaltName } from '../../core/risk/halts.ts';
import { epochMs } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import { KmmError } from '../errors/errors.ts';
import { latchesBeside } from '../latch-places.ts';

type Place = Pick<Access, 'env' | 'home'>;

/** A trader that starts while one of these stands would meet again what ended the one before. */
const STANDING: ReadonlySet<HaltName> = new Set(['INVARIANT', 'JOURNAL']);

/** What keeps a trader from starting here; undefined when nothing does, or nobody can tell. */
export function standingHalt({ env, home }: Place): Latch | undefined {
  const isStanding = ({ name, scope }: Latch) => STANDING.has(name) && scope === HALT_EVERYTHING;
  const beside = latchesBeside(home).find(isStanding);
  if (beside !== undefined || !existsSync(home.database)) return beside;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  // The trader will say what is wrong with it.
  if (journal instanceof StoreProblem) return undefined;
  try {
    return journal.latches().find(isStanding);
  } catch {
    return undefined;
  } finally {
    journal.close();
  }
}

/**
 * Latches the halt. A trader may have died before it had made or migrated its database: whoever holds the environment's
 * lock then does. Gives what kept it from being written, if anything did.
 */
export function leaveHalt({ env, home }: Place, reason: string): string | undefined {
  const place = { path: home.database, env };
  const present = existsSync(home.database) ? openJournal({ ...place, access: 'guest' }) : undefined;
  const journal = present instanceof StoreProblem || present === undefined ? openJournal(place) : present;
  if (journal instanceof StoreProblem) return journal.message;
  try {
    const at = epochMs(Date.now());
    const halt = { name: 'INVARIANT', scope: HALT_EVERYTHING, since: at, reason } as const;
    return journal.setLatch(halt, 'the supervisor', at)?.message;
  } finally {
    journal.close();
  }
}

export function haltedError({ name, reason, since, by }: Latch): KmmError {
  const when = `${new Date(since).toISOString().slice(0, 19)}Z`;
  return new KmmError('KMM_HALTED', `${name} is latched since ${when} by ${by}: ${reason}`, {
    position: 'no trader was started; nothing of ours rests, positions stay',
    next: [`kmm resume ${name}`, 'kmm run'],
  });
}

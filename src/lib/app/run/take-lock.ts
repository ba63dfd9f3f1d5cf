/** One trader per environment and data directory: whoever runs holds its lock. */
import { acquireLock, type Lock } from '../../adapters/system/lock.ts';
import { epochMs } from '../../core/units.ts';
import { type Home, prepareHome } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';

/** Throws KMM_LOCKED, KMM_HOME. */
export function takeLock(home: Home): Lock {
  prepareHome(home);
  const lock = lockOf(home);
  if ('held' in lock) {
    throw new KmmError('KMM_LOCKED', `process ${lock.held.pid} already runs ${home.env} in ${home.directory}`);
  }
  return lock;
}

/** A disk that is full or read-only is no fault of ours, and a start that meets it is not worth repeating. */
function lockOf(home: Home): ReturnType<typeof acquireLock> {
  try {
    return acquireLock(home.lock, { env: home.env, since: epochMs(Date.now()) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_HOME', `the lock cannot be written: ${reason}`, { cause: error });
  }
}

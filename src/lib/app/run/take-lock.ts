/** One trader per environment and data directory: whoever runs holds its lock. */
import { acquireLock, type Lock } from '../../adapters/system/lock.ts';
import { epochMs } from '../../core/units.ts';
import { type Home, prepareHome } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';

/** Throws KMM_LOCKED, KMM_HOME. */
export function takeLock(home: Home): Lock {
  prepareHome(home);
  const lock = acquireLock(home.lock, { env: home.env, since: epochMs(Date.now()) });
  if ('held' in lock) {
    throw new KmmError('KMM_LOCKED', `process ${lock.held.pid} already runs ${home.env} in ${home.directory}`);
  }
  return lock;
}

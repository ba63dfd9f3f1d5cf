/**
 * The environment is written down in five places: the list of hosts, the config file, the key, the database and the lock.
 * Whatever signs compares them first, and signs nothing unless all that are there agree (reliability.md S8, F42). A place
 * that says nothing agrees: a plain key file or an old config belongs to whoever names it.
 */

import { existsSync } from 'node:fs';
import { hostRefusal } from '../../adapters/kalshi/environments.ts';
import { readStamp } from '../../adapters/store/database.ts';
import { readLock } from '../../adapters/system/lock.ts';
import { type ErrorCode, KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { otherOwner, storedKey } from '../keys/key-store.ts';
import type { Access } from './access.ts';
import type { EnvironmentName } from './home.ts';

export interface Stamps {
  /** Addresses that would be connected to. */
  readonly hosts?: readonly string[];
  readonly config?: string;
  readonly key?: string;
  readonly database?: string;
  readonly lock?: string;
}

/** What the five places say about this access and this link. */
export function stampsOf(
  access: Pick<Access, 'env' | 'home' | 'configStamp'>,
  link: Pick<ExchangeLink, 'rest' | 'keyId' | 'keyFile'> & { ws?: string },
): Stamps {
  const { home, configStamp } = access;
  // A plain file says nothing, but a key id that was imported into another environment gives it away.
  const key = keyStamp(link.keyFile).key ?? otherOwner(home, link.keyId);
  const database = existsSync(home.database) ? readStamp(home.database) : undefined;
  const lock = readLock(home.lock)?.env;
  return {
    hosts: [link.rest, ...(link.ws === undefined ? [] : [link.ws])],
    ...(configStamp !== undefined && { config: configStamp }),
    ...(key !== undefined && { key }),
    ...(database !== undefined && { database }),
    ...(lock !== undefined && { lock }),
  };
}

/** What the key itself says. Throws KMM_KEY_INVALID. */
export function keyStamp(keyFile: string): Stamps {
  const key = storedKey(keyFile)?.env;
  return key === undefined ? {} : { key };
}

/** Throws KMM_HOST_ENV, KMM_CONFIG_ENV, KMM_KEY_ENV, KMM_DB_ENV, KMM_LOCK_ENV: the first that differs, in this order. */
export function assertStamps(env: EnvironmentName, stamps: Stamps): void {
  for (const address of stamps.hosts ?? []) {
    const refusal = hostRefusal(address, env);
    if (refusal !== undefined) throw new KmmError('KMM_HOST_ENV', `nothing is signed for ${env}: ${refusal}`);
  }
  for (const [place, code, name] of PLACES) {
    const stamp = stamps[place];
    if (stamp === undefined || stamp === env) continue;
    throw new KmmError(code, `nothing is signed for ${env}: ${name} is stamped ${stamp}`);
  }
}

const PLACES = [
  ['config', 'KMM_CONFIG_ENV', 'the config file'],
  ['key', 'KMM_KEY_ENV', 'the key'],
  ['database', 'KMM_DB_ENV', 'the database'],
  ['lock', 'KMM_LOCK_ENV', 'the lock'],
] as const satisfies readonly (readonly [keyof Stamps, ErrorCode, string])[];

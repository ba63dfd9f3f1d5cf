/**
 * How commands find a `kmm sim serve`: while it runs, a file in the sim's data directory says where it listens, with
 * which key, and the token of its levers. It is a lock of its own (0600, made whole), so one whose process is gone is known as stale; one whose process
 * lives but whose port does not answer as an embedded exchange is left aside.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock, type LockInfo, readLock } from '../../adapters/system/lock.ts';
import { epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from './link.ts';
import { readSimClock } from './sim-clock.ts';

export interface Announced {
  readonly pid: number;
  /** Wall time of its start. */
  readonly since: number;
  readonly link: ExchangeLink;
}

export interface Announcement {
  /** Those that ran already; this one, being the newest, is found instead. */
  readonly others: readonly Announced[];
  withdraw(): void;
}

/** The data directory must be there. Throws KMM_HOME when it cannot be written. */
export function announce(home: Home, link: ExchangeLink, controlToken?: string): Announcement {
  const others = announcements(home);
  const { rest, ws, keyId, keyFile } = link;
  const info = {
    since: epochMs(Date.now()),
    env: home.env,
    rest,
    ws,
    keyId,
    keyFile,
    ...(controlToken !== undefined && { controlToken }),
  };
  const path = join(home.directory, `${PREFIX}${new URL(rest).port}`);
  try {
    const lock = acquireLock(path, info);
    if ('held' in lock) throw new Error(`process ${lock.held.pid} holds it`);
    return { others, withdraw: () => lock.release() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_HOME', `${path} cannot be written: ${reason}`, { cause: error });
  }
}

/** Those whose process lives and whose port answers, newest first. */
export async function answering(home: Home): Promise<readonly Announced[]> {
  const asked = await Promise.all(announcements(home).map(async (one) => ({ one, isThere: await isAnswering(one) })));
  return asked.filter(({ isThere }) => isThere).map(({ one }) => one);
}

const PREFIX = 'serving-';

function announcements(home: Home): readonly Announced[] {
  const names = filesOf(home.directory).filter((name) => /^serving-\d+$/.test(name));
  const living = names.flatMap((name) => {
    const info = readLock(join(home.directory, name));
    const link = info && linkOf(info);
    return info === undefined || link === undefined ? [] : [{ pid: info.pid, since: info.since, link }];
  });
  return living.sort((a, b) => b.since - a.since);
}

function linkOf({ rest, ws, keyId, keyFile }: LockInfo): ExchangeLink | undefined {
  if (rest === undefined || ws === undefined || keyId === undefined || keyFile === undefined) return undefined;
  return { rest, ws, keyId, keyFile };
}

async function isAnswering({ link }: Announced): Promise<boolean> {
  try {
    await readSimClock(link.rest);
    return true;
  } catch {
    return false;
  }
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

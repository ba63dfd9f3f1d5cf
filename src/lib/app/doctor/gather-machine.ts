/** What can be told of this machine and its data directory without asking anybody. Reads only, and never fails. */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import { isEncrypted } from '../../adapters/kalshi/sign.ts';
import { inspectDatabase } from '../../adapters/store/database.ts';
import { openJournal } from '../../adapters/store/journal.ts';
import { MoneyRows } from '../../adapters/store/money-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { FeesRestored } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import type { Configuration } from '../config/config.ts';
import type { Home } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { addedTrust } from '../exchange/tls-trust.ts';
import { credentialsOf, keeperOf } from '../keys/credentials.ts';
import { storedKey } from '../keys/key-store.ts';
import type { KeyPlace } from '../keys/passphrase.ts';
import { loadSigner } from '../keys/signer.ts';
import { latchesBeside } from '../latch-places.ts';
import type { ConfigFacts, Fact, JournalFacts, KeyFacts, MachineFacts, Trouble } from './facts.ts';

/** The newest turns; a second at most. */
const TURNS_CHECKED = 25_000;
const PERMISSIONS = 0o777;

export function machineFacts(home: Home): MachineFacts {
  const trust = addedTrust(home.env);
  const there = [home.directory, home.tapes, home.keys].filter((path) => existsSync(path));
  return {
    ...{ node: process.version, home: home.directory },
    directories: there.map((path) => ({ path, mode: statSync(path).mode & PERMISSIONS })),
    disk: tried(() => {
      const { bavail, blocks, bsize } = statfsSync(nearestThere(home.directory));
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    }),
    tapes: tried(() => {
      const names = existsSync(home.tapes) ? readdirSync(home.tapes) : [];
      const files = names.map((name) => statSync(join(home.tapes, name), { throwIfNoEntry: false })?.size ?? 0);
      const tapes = names.filter((name) => name.endsWith('.tape'));
      return { files: tapes.length, bytes: files.reduce((sum, size) => sum + size, 0) };
    }),
    lock: lockOf(home),
    ...(trust !== undefined && { addedTrust: trust }),
    latches: latchesBeside(home),
  };
}

/** `configuration`: as it was loaded, or what was wrong with it. */
export function configFacts(configuration: Configuration | KmmError, now: EpochMs): ConfigFacts {
  if (configuration instanceof KmmError) return { trouble: troubleOf(configuration), files: [], names: [] };
  const { parameters, markets: names, entries } = configuration;
  const paths = entries.flatMap(({ origin }) => (origin.kind === 'file' ? [origin.file] : []));
  const files = [...new Set(paths)].flatMap((path) => {
    const age = tried(() => Math.max(0, now - statSync(path).mtimeMs));
    return age.isKnown ? [{ path, ageMs: age.value }] : [];
  });
  return { parameters, names, files };
}

/** With what opens it: a passphrase that was typed for this look is not what opens it unattended. */
export function keyFacts(access: Access, key: KeyPlace): KeyFacts {
  const { id: keyId, file, passphraseFile } = key;
  const keeper = keeperOf(file);
  const read = readPrivate(file, keeper);
  const isLocked = read.ok && isEncrypted(read.text);
  const opener = passphraseFile === undefined ? openerElsewhere() : 'a file';
  const openedBy = isLocked ? opener : 'nothing needed';
  const trouble =
    isLocked && openedBy === undefined && key.passphrase === undefined ? undefined : signingTrouble(access, key);
  return {
    ...{ keyId, file, isEncrypted: isLocked },
    keeper: keeper === 'credential' ? 'lent' : isKept(file) ? 'kept' : 'file',
    ...(openedBy !== undefined && { openedBy }),
    ...(trouble !== undefined && { trouble }),
  };
}

/** Undefined: there is no database. */
export function journalFacts({ database, env }: Home, now: EpochMs): JournalFacts | undefined {
  if (!existsSync(database)) return undefined;
  const nothing = { turnsVerified: 0, latches: [], openOrders: [] };
  const state = inspectDatabase(database);
  if (state instanceof StoreProblem) {
    return { ...nothing, version: 0, newest: 0, bytes: 0, trouble: troubleOf(kmmError(state)) };
  }
  if (state.quickCheck !== undefined && state.quickCheck !== 'ok') return { ...state, ...nothing };
  const journal = openJournal({ path: database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return { ...state, ...nothing, trouble: troubleOf(kmmError(journal)) };
  try {
    const chain = journal.verify(TURNS_CHECKED);
    const fees = state.version < state.newest ? undefined : feesIn(database, env, journal.lastSession()?.account);
    const kept = {
      latches: journal.latches(),
      openOrders: journal.openOrders(now),
      ...(fees !== undefined && { fees }),
    };
    if (chain instanceof StoreProblem)
      return { ...state, ...kept, turnsVerified: 0, trouble: troubleOf(kmmError(chain)) };
    return { ...state, ...kept, turnsVerified: chain.turns };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const trouble = troubleOf(new KmmError('KMM_DB_UNREADABLE', `${database} cannot be read: ${reason}`));
    return { ...state, ...nothing, trouble };
  } finally {
    journal.close();
  }
}

function feesIn(path: string, env: string, account: string | undefined): FeesRestored | undefined {
  const rows = account === undefined ? undefined : MoneyRows.open(path, env);
  if (account === undefined || rows === undefined || rows instanceof StoreProblem) return undefined;
  try {
    return rows.feesFound(account);
  } finally {
    rows.close();
  }
}

export function troubleOf({ code, what, next }: KmmError): Trouble {
  return { code, what, next };
}

/** The value, or why there is none. */
function tried<Value>(read: () => Value): Fact<Value> {
  try {
    return { isKnown: true, value: read() };
  } catch (error) {
    return { isKnown: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A stamp that cannot be read is told as what keeps the key from signing. */
function isKept(file: string): boolean {
  const stamp = tried(() => storedKey(file));
  return stamp.isKnown && stamp.value !== undefined;
}

function openerElsewhere(): 'a credential' | undefined {
  return credentialsOf(process.env).passphrase === undefined ? undefined : 'a credential';
}

function signingTrouble({ env }: Access, { id: keyId, file: keyFile, ...opening }: KeyPlace): Trouble | undefined {
  try {
    loadSigner(env, { keyId, keyFile, ...opening });
    return undefined;
  } catch (error) {
    if (error instanceof KmmError) return troubleOf(error);
    throw error;
  }
}

function lockOf({ lock }: Home): MachineFacts['lock'] {
  const held = readLock(lock);
  if (held !== undefined) return { pid: held.pid, since: held.since };
  return existsSync(lock) ? 'stale' : 'none';
}

/** The directory itself may still have to be made. */
function nearestThere(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));
}

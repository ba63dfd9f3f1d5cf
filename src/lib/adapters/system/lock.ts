/**
 * The lock of an environment: one file that says which process runs there and how to reach its exchange.
 *
 * Made whole and at once (a hard link), so nobody ever reads half of it. It outlives its process when that is killed; it is
 * stale when no process has its pid, or another one has it by now (Linux: start time and boot differ). A stale lock is
 * replaced by one process only, however many try. Does not protect against a second host on a shared folder.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { EpochMs } from '../../core/units.ts';

/** What others need to know of the holder, `kmm kill` above all. */
export interface LockInfo {
  readonly pid: number;
  readonly since: EpochMs;
  readonly env: string;
  readonly rest?: string;
  readonly ws?: string;
  readonly keyId?: string;
  readonly keyFile?: string;
  /** The one that is traded on; absent: the key's own. */
  readonly subaccount?: number | undefined;
  /** Path of the file that opens an encrypted key. */
  readonly passphraseFile?: string;
  /** Of an embedded exchange: opens its levers. */
  readonly controlToken?: string;
  /** Path of the control socket. */
  readonly control?: string;
  /** Address of the page of metrics. */
  readonly metrics?: string;
}

export interface Lock {
  readonly info: LockInfo;
  /** Adds to what the lock says. */
  update(more: Partial<Omit<LockInfo, 'pid' | 'since' | 'env'>>): void;
  /** Gives it up. Does nothing when it is no longer ours. */
  release(): void;
}

/** `held`: the living process that has it; nothing was changed. */
export type LockAttempt = Lock | { readonly held: LockInfo };

/** How often we look again while contenders come between. */
const ATTEMPTS = 100;
const ATTEMPT_MS = 5;

/** Takes the lock for this process. The folder must exist. Throws when the file system refuses. */
export function acquireLock(path: string, info: Omit<LockInfo, 'pid'>): LockAttempt {
  const mine: LockRecord = { ...info, pid: process.pid, birth: birthOf(process.pid), nonce: randomUUID() };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (createWhole(path, mine)) return new HeldLock(path, mine);
    const present = readRecord(path);
    if (present === undefined) continue;
    if (isAlive(present)) return { held: infoOf(present) };
    if (replaceStale(path, present, mine)) return new HeldLock(path, mine);
    sleep(ATTEMPT_MS);
  }
  throw new Error(`${path}: the lock can neither be made nor read`);
}

/** Who holds the lock; undefined when nobody does, or its holder is dead. */
export function readLock(path: string): LockInfo | undefined {
  const present = readRecord(path);
  return present !== undefined && isAlive(present) ? infoOf(present) : undefined;
}

/** The file's content: the info, and what tells this holder from any other process and any other lock. */
interface LockRecord extends LockInfo {
  /** When the process started, as far as the system tells. */
  readonly birth: string | null;
  readonly nonce: string;
}

class HeldLock implements Lock {
  readonly #path: string;
  #record: LockRecord;

  constructor(path: string, record: LockRecord) {
    this.#path = path;
    this.#record = record;
  }

  get info(): LockInfo {
    return infoOf(this.#record);
  }

  update(more: Partial<LockInfo>): void {
    this.#record = { ...this.#record, ...more };
    replaceWhole(this.#path, this.#record);
  }

  release(): void {
    if (readRecord(this.#path)?.nonce === this.#record.nonce) rmSync(this.#path, { force: true });
  }
}

/**
 * Only the holder of the stale lock's own guard may replace it. The guard is named after the stale lock's nonce, and
 * whoever gets it looks again: so one that comes late finds another nonce and leaves. A guard whose maker died is removed.
 */
function replaceStale(path: string, stale: LockRecord, mine: LockRecord): boolean {
  const guard = `${path}.takeover-${stale.nonce}`;
  if (!createWhole(guard, mine)) {
    const rival = readRecord(guard);
    if (rival !== undefined && !isAlive(rival)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (readRecord(path)?.nonce !== stale.nonce) return false;
    replaceWhole(path, mine);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** False when a file of that name is there. */
function createWhole(path: string, record: LockRecord): boolean {
  const draft = writeDraft(path, record);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replaceWhole(path: string, record: LockRecord): void {
  renameSync(writeDraft(path, record), path);
}

/** On disk before it gets its name: a power cut leaves no empty lock. */
function writeDraft(path: string, record: LockRecord): string {
  const draft = `${path}.${record.nonce}`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(descriptor, `${JSON.stringify(record)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return draft;
}

/** Undefined: no such file. What cannot be understood was written by no kmm that lives, and reads as a dead holder's. */
function readRecord(path: string): LockRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Below a file there is nothing either.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  return parseRecord(text) ?? UNREADABLE;
}

const UNREADABLE: LockRecord = { pid: 0, since: 0 as EpochMs, env: '', birth: null, nonce: 'unreadable' };

function parseRecord(text: string): LockRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockRecord> | null;
    const isRecord = Number.isSafeInteger(value?.pid) && /^[\w-]+$/.test(value?.nonce ?? '');
    return isRecord ? (value as LockRecord) : undefined;
  } catch {
    return undefined;
  }
}

function infoOf({ birth: _birth, nonce: _nonce, ...info }: LockRecord): LockInfo {
  return info;
}

function isAlive({ pid, birth }: LockRecord): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = birthOf(pid);
  return birth === null || now === null || birth === now;
}

/** Boot and start time of a process, and whether it is dead but not yet buried; null where the system does not tell. */
function birthOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // proc(5): the name in brackets may hold anything; behind it state is the first field and start time the 20th.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot} ${fields[0] === 'Z' ? 'dead' : fields[19]}`;
  } catch {
    return null;
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

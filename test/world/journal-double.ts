/**
 * A journal in memory with a durable and a volatile half: kmm's own, on an SQLite image instead of a file. What a process
 * leaves behind is an image; one that forgets leaves only what a full sync had put there.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { JournalFailure, JournalFile, openJournal, type SessionStart } from '../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import type { Alert } from '../../src/lib/core/alerts/condition.ts';
import type { EngineEvent } from '../../src/lib/core/events.ts';
import type { JournalTurn } from '../../src/lib/ports.ts';

/** The same in every run, or client order ids would differ. */
const INSTANCE = 'd57d57';
export const OWN_PREFIX = `kmm-${INSTANCE}-`;

export interface JournalHooks {
  /** False: the process has died at this point. */
  readonly reach: (point: 'before_commit' | 'after_commit') => boolean;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onTurn: (turn: JournalTurn) => void;
  readonly onAlerts: (alerts: readonly Alert[]) => void;
}

export interface WorldJournalOptions extends JournalHooks {
  readonly image: Buffer;
  /** Keeps the durable half apart: dear, so only where a process may forget. */
  readonly mayForget: boolean;
}

const SYNCHRONOUS_FULL = 2;

export class WorldJournal extends JournalFile {
  readonly #database: Database.Database;
  readonly #options: WorldJournalOptions;
  /** Client order ids of this session's creates. */
  readonly #onDisk = new Set<string>();
  #durable: Buffer;
  #version = 0;
  #isFull = false;

  constructor(options: WorldJournalOptions) {
    const database = new Database(options.image);
    super(database);
    this.#database = database;
    this.#options = options;
    this.#durable = options.image;
  }

  override beginSession(start: SessionStart) {
    const begun = super.beginSession(start);
    this.#synced();
    return begun;
  }

  override commitTurn(turn: JournalTurn): void {
    if (turn.intents.length === 0) return;
    if (this.#isFull) throw new JournalFailure('the disk is full');
    if (!this.#options.reach('before_commit')) return;
    super.commitTurn(turn);
    // Less than FULL, and it is in the file at best.
    if (
      !this.#options.mayForget ||
      Number(this.#database.pragma('synchronous', { simple: true })) >= SYNCHRONOUS_FULL
    ) {
      for (const { kind, clientOrderId } of turn.intents) if (kind === 'create') this.#onDisk.add(clientOrderId);
      this.#synced();
    }
    this.#options.onTurn(turn);
    this.#options.reach('after_commit');
  }

  override setLatch(...latch: Parameters<JournalFile['setLatch']>) {
    if (this.#isFull) return new StoreProblem('KMM_JOURNAL', 'the disk is full');
    const problem = super.setLatch(...latch);
    this.#synced();
    return problem;
  }

  override clearLatch(...latch: Parameters<JournalFile['clearLatch']>) {
    const problem = super.clearLatch(...latch);
    this.#synced();
    return problem;
  }

  override queueAlerts(alerts: readonly Alert[]) {
    if (this.#isFull) return new StoreProblem('KMM_JOURNAL', 'the disk is full');
    const problem = super.queueAlerts(alerts);
    if (problem === undefined) this.#options.onAlerts(alerts);
    return problem;
  }

  override recordEvent(event: EngineEvent): void {
    super.recordEvent(event);
    this.#options.onEvent(event);
  }

  override flush(): void {
    if (this.#isFull) throw new JournalFailure('the disk is full');
    super.flush();
  }

  /** As if another connection had written. */
  override latchVersion(): number {
    return this.#version;
  }

  writtenByOthers(): void {
    this.#version += 1;
    this.#synced();
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  fill(): void {
    this.#isFull = true;
  }

  /** On disk, not only in the file. */
  holds(clientOrderId: string): boolean {
    return this.#onDisk.has(clientOrderId);
  }

  /** What is found after the process has died. */
  imageAfter(forgets: boolean): Buffer {
    return forgets ? this.#durable : this.#database.serialize();
  }

  #synced(): void {
    if (this.#options.mayForget) this.#durable = this.#database.serialize();
  }
}

/** The image of a new database. */
export function emptyImage(directory: string): Buffer {
  const path = join(directory, 'journal.db');
  const journal = openJournal({ path, env: 'sim' });
  if (journal instanceof StoreProblem) throw journal;
  journal.close();
  const database = new Database(path);
  // An image in memory has no log beside it.
  database.pragma('journal_mode = DELETE');
  database.prepare("UPDATE meta SET value = ? WHERE key = 'instance'").run(INSTANCE);
  const image = database.serialize();
  database.close();
  return image;
}

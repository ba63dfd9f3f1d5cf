/**
 * What a kill reads from this machine and writes to it: the halts, the sweep, and what the journal knows of orders, groups
 * and ways to the exchange. Whatever the database does not take at once goes into a file beside it, which traders and
 * `kmm resume` honour: a kill waits for no database, and needs none.
 */
import { existsSync } from 'node:fs';
import type { KillNote } from '../../adapters/store/evidence-rows.ts';
import { type JournalFile, openJournal } from '../../adapters/store/journal.ts';
import type { OpenOrder, SessionRecord } from '../../adapters/store/journal-queries.ts';
import { LatchFiles, type LatchNote } from '../../adapters/store/latch-files.ts';
import type { OrderGroupRow } from '../../adapters/store/order-group-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { epochMs } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import { ANY_KMM, ownPrefixIn } from '../own-prefix.ts';

export class KillRecords {
  /** What could not be read or written, for people. */
  readonly notes: string[] = [];
  readonly #files: LatchFiles;
  #journal: JournalFile | undefined;
  #latchedIn: 'database' | 'file' | null = null;

  constructor({ env, home }: Access) {
    this.#files = new LatchFiles(home.latches);
    if (!existsSync(home.database)) return;
    const journal = openJournal({ path: home.database, env, access: 'guest' });
    if (journal instanceof StoreProblem) this.notes.push(journal.message);
    else this.#journal = journal;
  }

  /** Where the halts are; null: nowhere, or not asked for. */
  get latchedIn(): 'database' | 'file' | null {
    return this.#latchedIn;
  }

  /** The halt KILLED for each of these scopes, on disk at return. */
  latch(scopes: readonly string[], reason: string, by: string): void {
    const since = epochMs(Date.now());
    const places = scopes.map((scope) =>
      this.#write({ kind: 'latch', halt: { name: 'KILLED', scope, since, reason }, by }),
    );
    this.#latchedIn = places.includes(null) ? null : (places.find((place) => place === 'file') ?? 'database');
  }

  /** It goes on hitting new orders for a minute: whoever trades here waits for it to be over. */
  noteSweep(address: string, by: string): void {
    this.#write({ kind: 'sweep', address, by, at: epochMs(Date.now()) });
  }

  get ownPrefix(): string {
    return this.#read(ownPrefixIn, ANY_KMM);
  }

  /** Orders that may rest, as far as the journal knows. */
  orders(): readonly OpenOrder[] {
    return this.#read((journal) => journal.openOrders(epochMs(Date.now())), []);
  }

  /** Order groups of ours that may be there, whichever key made them. */
  groups(): readonly OrderGroupRow[] {
    return this.#read((journal) => journal.groups.left(), []);
  }

  lastSession(): SessionRecord | undefined {
    return this.#read((journal) => journal.lastSession(), undefined);
  }

  /** What it proved, for the gates of promotion: last of all, and only where a database takes it. */
  noteProof(note: Omit<KillNote, 'at'>): void {
    if (this.#journal === undefined && note.orders === 0) return;
    const problem =
      this.#journal === undefined
        ? 'no database takes it'
        : this.#journal.money.evidence.killed({ ...note, at: epochMs(Date.now()) })?.message;
    if (problem !== undefined) this.notes.push(`this kill is no evidence for kmm report gates: ${problem}`);
  }

  close(): void {
    this.#journal?.close();
  }

  /** A database that has refused once is not asked again: its patience is up to 150 ms each time. */
  #write(note: LatchNote): 'database' | 'file' | null {
    if (this.#journal !== undefined) {
      const problem =
        note.kind === 'latch'
          ? this.#journal.setLatch(note.halt, note.by)
          : this.#journal.recordSweep(note.address, note.by, note.at);
      if (problem === undefined) return 'database';
      this.notes.push(problem.message);
      this.close();
      this.#journal = undefined;
    }
    const problem = this.#files.write(note);
    if (problem === undefined) return 'file';
    const loss = note.kind === 'latch' ? 'the halt is not latched' : 'nobody waits for the sweep to end';
    this.notes.push(`${loss}: ${problem.message}`);
    return null;
  }

  #read<Answer>(read: (journal: JournalFile) => Answer, otherwise: Answer): Answer {
    if (this.#journal === undefined) return otherwise;
    try {
      return read(this.#journal);
    } catch (error) {
      this.notes.push(`the database cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  }
}

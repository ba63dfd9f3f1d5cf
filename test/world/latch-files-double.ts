/**
 * The folder `latches/` in memory. The room that a trader sets aside lets a disk that is full take a few notes; they are
 * synced, so that power that goes takes none of them.
 */
import { type LatchFile, LatchFiles, type LatchNote } from '../../src/lib/adapters/store/latch-files.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';

/** As many as are set aside. */
const NOTES_MAX = 4;

export class WorldLatchFiles extends LatchFiles {
  readonly #notes: Map<string, LatchNote>;
  readonly #isAlive: () => boolean;

  /** What a process does after its death does not happen. */
  constructor(notes: Map<string, LatchNote>, isAlive: () => boolean) {
    super('');
    this.#notes = notes;
    this.#isAlive = isAlive;
  }

  override reserve(): undefined {}

  override write(note: LatchNote): StoreProblem | undefined {
    if (this.#notes.size >= NOTES_MAX) return new StoreProblem('KMM_JOURNAL', 'the disk is full');
    if (this.#isAlive()) this.#notes.set(`${this.#notes.size} ${JSON.stringify(note)}`, note);
    return undefined;
  }

  override all(): LatchFile[] {
    return [...this.#notes].map(([path, note]) => ({ path, note }));
  }

  override remove({ path }: LatchFile): void {
    if (this.#isAlive()) this.#notes.delete(path);
  }
}

/**
 * What the trading loop leaves for a watchdog to read: its turn counter, in a small file that is replaced as a whole. It says
 * that the loop turned, not that the process lives. Not synced: a mark that a power cut takes was of a dead process.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface ProgressMark {
  readonly pid: number;
  readonly turn: number;
  /** Time of this machine, unix ms. */
  readonly at: number;
}

/** Throws when the file system refuses. */
export function writeMark(path: string, mark: ProgressMark): void {
  const draft = `${path}.${mark.pid}`;
  writeFileSync(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** Nobody trades here any more, and nothing of it rests. */
export function removeMark(path: string): void {
  rmSync(path, { force: true });
}

/** Undefined: nobody has traded here, or the last one ended in good order. Throws when it is there and cannot be read. */
export function readMark(path: string): ProgressMark | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { pid, turn, at } = JSON.parse(text) as Partial<ProgressMark>;
  const isMark = [pid, turn, at].every(Number.isSafeInteger);
  if (!isMark) throw new Error(`${path} is no mark of progress`);
  return { pid, turn, at } as ProgressMark;
}

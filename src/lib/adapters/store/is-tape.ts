/** Whether a file is a tape, or some recording of others. */
import { closeSync, openSync, readSync } from 'node:fs';

/** A tape is an SQLite file, which begins with its name. False for what cannot be read. */
export function isTape(file: string): boolean {
  const head = Buffer.alloc(SQLITE_NAME.length);
  try {
    const descriptor = openSync(file, 'r');
    readSync(descriptor, head);
    closeSync(descriptor);
  } catch {
    return false;
  }
  return head.toString('latin1') === SQLITE_NAME;
}

const SQLITE_NAME = 'SQLite format 3\0';

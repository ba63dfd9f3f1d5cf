/** Imported into a process before its program: writes what it holds into the file SOAK_MEMORY, every so often. */
import { renameSync, writeFileSync } from 'node:fs';
import { memoryNow } from './memory.ts';

const { SOAK_MEMORY: path, SOAK_MEMORY_MS: everyMs } = process.env;
if (path === undefined) throw new Error('SOAK_MEMORY names no file');

const timer = setInterval(() => {
  writeFileSync(`${path}.new`, JSON.stringify(memoryNow()));
  renameSync(`${path}.new`, path);
}, Number(everyMs));
// It keeps no process alive.
timer.unref();

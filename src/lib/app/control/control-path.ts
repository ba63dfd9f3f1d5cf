/**
 * Where the control socket of an environment is: in its data directory, or, when that path is longer than a socket's may
 * be, in a folder of its own that only this user can open. Whoever wants to connect reads it from the lock.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Home } from '../config/home.ts';

/** sun_path holds 108 bytes on Linux and 104 on macOS, with the zero at its end. */
const PATH_BYTES_MAX = 103;

export interface ControlPath {
  readonly path: string;
  /** Removes what was made for it. */
  remove(): void;
}

export function makeControlPath({ directory }: Pick<Home, 'directory'>, temporary: string = tmpdir()): ControlPath {
  const path = join(directory, 'control.sock');
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return { path, remove: () => rmSync(path, { force: true }) };
  // Mode 0700, by mkdtemp.
  const short = join(mkdtempSync(join(temporary, 'kmm-')), 'control.sock');
  return { path: short, remove: () => rmSync(dirname(short), { recursive: true, force: true }) };
}

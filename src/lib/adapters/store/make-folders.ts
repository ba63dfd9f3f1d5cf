/**
 * Makes a folder and those above it that are missing. Node's own way (`recursive`) goes round for ever in a file system that
 * takes no folder and says that there is no such place, as /proc does; here each is asked for once.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** For the owner alone, unless another mode is given. Throws as mkdirSync does. */
export function makeFolders(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || existsSync(above)) throw error;
    makeFolders(above, mode);
    makeOne(path, mode);
  }
}

/** Another process may have been quicker. */
function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

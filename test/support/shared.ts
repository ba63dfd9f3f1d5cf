/** Finds the recordings and specifications that live beside the project; they belong to others and may be absent. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** The path of a file under ../shared, or undefined (said once on stderr) when it is not there: the test then skips. */
export function sharedPath(relative: string): string | undefined {
  const path = SHARED + relative;
  if (existsSync(path)) return path;
  if (!missing.has(relative)) {
    missing.add(relative);
    console.error(`skipped: ../shared/${relative} is not on this machine`);
  }
  return undefined;
}

const missing = new Set<string>();

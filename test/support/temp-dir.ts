/** A folder for one test, removed after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function tempDir(atEnd: (action: () => void) => void = onTestFinished): string {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-test-'));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs the command line as a user does: a process of its own, a data directory of its own, none of the caller's variables. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tempDir } from './temp-dir.ts';

export const BIN = fileURLToPath(new URL('../../bin/kmm.js', import.meta.url));

/** No page of metrics: many processes, and one port. */
export const QUIET = { KMM_METRICS_ENABLED: 'false' } as const;

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** `kmm(['explain', 'KMM_LOCKED'])`. */
export function kmm(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return ended([...(options.node ?? []), BIN, ...words], options);
}

/** Any script under the Node of the tests. */
export async function ended(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const home = tempDir();
  const variables = {
    ...QUIET,
    PATH: process.env.PATH ?? '',
    HOME: home,
    KMM_HOME: `${home}/data`,
    ...options.variables,
  };
  const child = spawn(process.execPath, words, { cwd: options.directory ?? home, env: variables });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end();
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, stdout, stderr };
}

/**
 * Command lines answered inside this process, for tables of many short ones: the program as Node loads it, a folder and
 * variables of its own, its output caught. One after the other, whoever asks, and only what ends by itself: nothing here
 * can be signalled.
 */
import { createRequire, enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import type { Ended } from './kmm.ts';
import type { Json } from './sim-client.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

type Program = typeof import('../../src/main.ts');

// As bin/kmm.js does: what its processes have compiled is compiled.
enableCompileCache();

/** Loaded by Node itself, as oclif loads the commands: both must share one set of modules. */
const program: Program = createRequire(import.meta.url)('../../src/main.ts');

export interface Here {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** With --json; `records` are the objects that it printed. */
export async function jsonHere(
  here: Here,
  words: readonly string[],
): Promise<Ended & { readonly records: readonly Json[] }> {
  const ended = await kmmHere(here, [...words, '--json']);
  const lines = ended.stdout.split('\n').filter((line) => line !== '');
  return { ...ended, records: lines.map((line) => JSON.parse(line)) };
}

/** The one before. */
let last: Promise<unknown> = Promise.resolve();

export function kmmHere(here: Here, words: readonly string[]): Promise<Ended> {
  const next = last.then(() => answered(here, words));
  last = next.catch(() => {});
  return next;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function answered({ directory, variables }: Here, words: readonly string[]): Promise<Ended> {
  const heeded = SIGNALS.map((signal) => process.listeners(signal));
  const [outer, cwd] = [process.env, process.cwd()];
  const [out, err] = [caught(process.stdout), caught(process.stderr)];
  process.env = { PATH: outer.PATH ?? '', HOME: directory, KMM_HOME: `${directory}/data`, ...variables };
  const outerExit = process.exitCode;
  process.exitCode = undefined;
  process.chdir(directory);
  // The test runner's console writes past the stream; Node's own, which commands print with, does not.
  const { log } = console;
  console.log = (...texts: unknown[]) => void process.stdout.write(`${format(...texts)}\n`);
  try {
    const exit = (await program.answer(words, ROOT, './src/commands')) || Number(process.exitCode ?? 0);
    return { exit, stdout: out.text(), stderr: err.text() };
  } finally {
    process.exitCode = outerExit;
    process.env = outer;
    console.log = log;
    process.chdir(cwd);
    // A command's own process would be gone, and what listens in it.
    for (const [index, signal] of SIGNALS.entries()) {
      for (const listener of process.listeners(signal)) {
        if (heeded[index]?.includes(listener) === false) process.off(signal, listener);
      }
    }
    out.release();
    err.release();
  }
}

/** What is written to the stream from now on, instead of it; its listeners of now and no others at the end. */
function caught(stream: NodeJS.WriteStream): { readonly text: () => string; readonly release: () => void } {
  const write = stream.write;
  const listeners = stream.listeners('error') as ((error: Error) => void)[];
  let text = '';
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    done?.();
    return true;
  }) as typeof stream.write;
  return {
    text: () => text,
    release: () => {
      stream.write = write;
      stream.removeAllListeners('error');
      // What is caught is never full: whoever waits for it to drain would wait for ever.
      stream.removeAllListeners('drain');
      for (const listener of listeners) stream.on('error', listener);
    },
  };
}

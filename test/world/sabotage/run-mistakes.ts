/** Every mistake in a process of its own, two at a time. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MISTAKES, type Mistake } from './mistakes.ts';

export interface Caught {
  readonly mistake: Mistake;
  /** Every promise that broke. */
  readonly found: readonly string[];
  /** Worlds until the one that should break did. */
  readonly worlds: number;
}

const AT_ONCE = 2;

/** By their places in the list; default: all. */
export async function runMistakes(places: readonly number[] = [...MISTAKES.keys()]): Promise<readonly Caught[]> {
  const all: Caught[] = [];
  let next = 0;
  const work = async () => {
    for (let index = places[next++]; index !== undefined; index = places[next++]) {
      all.push({ mistake: MISTAKES[index] as Mistake, ...(await run(index)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return all;
}

function run(index: number): Promise<Omit<Caught, 'mistake'>> {
  const script = new URL('./run-mistake.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, `${index}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // All of them load the same program.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'kmm-compiled') },
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.join('')));
      else reject(new Error(`mistake ${index}: ${err.join('').slice(0, 2_000)}`));
    });
  });
}

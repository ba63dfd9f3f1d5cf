/** Command lines of kmm as processes of a chaos run: started, listened to line by line, signalled, found by their folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/kmm.js', import.meta.url));

/** A line of --json output. */
export interface Printed {
  readonly type?: string;
  readonly [name: string]: unknown;
}

export class Command {
  readonly pid: number;
  readonly startedAt = performance.now();
  /** Whole lines of stdout so far, with the time they were read at. */
  readonly printed: { readonly at: number; readonly line: Printed }[] = [];
  readonly exit: Promise<number | NodeJS.Signals>;
  hasEnded = false;
  stderr = '';
  readonly #child: ChildProcess;

  constructor(words: readonly string[], variables: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [BIN, ...words], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (text) => {
        this.printed.push({ at: performance.now(), line: parsed(text) });
      });
    }
    this.exit = this.#end();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Nobody reads its output any more. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  lines(type: string): readonly Printed[] {
    return this.printed.flatMap(({ line }) => (line.type === type ? [line] : []));
  }

  /** Its error record, where it ended with one. */
  get error(): { readonly code: string; readonly message: string } | undefined {
    return this.lines('error').at(-1)?.error as { code: string; message: string } | undefined;
  }

  async #end(): Promise<number | NodeJS.Signals> {
    const [code, signal] = await once(this.#child, 'exit');
    // What it printed last may still be on its way.
    if (this.#child.stdout?.destroyed === false) await Promise.race([once(this.#child.stdout, 'close'), sleep(500)]);
    this.hasEnded = true;
    return code ?? signal;
  }
}

function parsed(text: string): Printed {
  try {
    return JSON.parse(text);
  } catch {
    return { type: 'not JSON', text };
  }
}

export type Role = 'command' | 'trader' | 'exchange';

/** What runs with its data below this folder, the exchange of the run apart. */
export function processesIn(folder: string): readonly { readonly pid: number; readonly role: Role }[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !readProc(pid, 'environ').includes(`KMM_HOME=${folder}`)) return [];
    if (isDead(pid)) return [];
    const child = /(trader|exchange)-process/.exec(readProc(pid, 'cmdline').join(' '))?.[1];
    return [{ pid, role: (child ?? 'command') as Role }];
  });
}

/** Of several (the dying and the next), the newest. */
export function pidIn(folder: string, role: Role): number | undefined {
  return processesIn(folder)
    .filter((one) => one.role === role)
    .at(-1)?.pid;
}

/** False when it had ended by itself. */
export function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function isDead(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

function readProc(pid: number, file: 'environ' | 'cmdline'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** More to do than processors to do it: what is promised in seconds is not judged by the start of a process then. */
export function isBusy(): boolean {
  return (loadavg()[0] ?? 0) / availableParallelism() > BUSY_LOAD;
}

const BUSY_LOAD = 1.5;

/** Looks every 20 ms; undefined when nothing was found in time. */
export async function until<Found>(
  find: () => Found | undefined | false | Promise<Found | undefined | false>,
  withinMs: number,
): Promise<Found | undefined> {
  for (const giveUpAt = performance.now() + withinMs; ; await sleep(LOOK_MS)) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) return undefined;
  }
}

const LOOK_MS = 20;

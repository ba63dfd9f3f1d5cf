/**
 * Long-lived command lines under test: each in a data directory of its own, read while they run, signalled, and gone at
 * the end whatever happens: the command, and the trader and the exchange that it started in process groups of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { readLock } from '../../src/lib/adapters/system/lock.ts';
import { type Home, homeOf } from '../../src/lib/app/config/home.ts';
import { BIN, type Ended, QUIET } from './kmm.ts';
import { type Json, signedHeaders } from './sim-client.ts';

export interface KmmProcess {
  readonly pid: number;
  readonly role: 'command' | 'trader' | 'exchange';
}

/** True where processes can be found by their environment. Elsewhere such tests skip. */
export const HAS_PROC = process.platform === 'linux';

/** A place for kmm to run in: a folder, a data directory below it, and nothing of the caller's variables. */
export class Place {
  readonly directory: string;
  /** With the directory they are what kmm-here.ts wants: the same place for a command inside this process. */
  readonly variables: Readonly<Record<string, string>>;
  #apart = 0;

  constructor(directory: string, variables: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.variables = variables;
  }

  /** The same folder with another data directory. */
  apart(): Place {
    this.#apart += 1;
    return new Place(this.directory, { ...this.variables, KMM_HOME: join(this.directory, `data-${this.#apart}`) });
  }

  /** Of the sim. */
  get home(): Home {
    return homeOf('sim', this.variables);
  }

  /** To its end. */
  kmm(...words: string[]): Promise<Ended> {
    return this.start(...words).ended;
  }

  /** To its end; the objects that it printed. */
  async json(...words: string[]): Promise<Ended & { readonly records: readonly Json[] }> {
    const ended = await this.kmm(...words, '--json');
    return { ...ended, records: recordsOf(ended.stdout) };
  }

  start(...words: string[]): Running {
    const child = spawn(process.execPath, [BIN, ...words], { cwd: this.directory, env: this.variables });
    return new Running(child, words);
  }

  /** What of kmm runs here now; Linux only. */
  processes(): KmmProcess[] {
    const ours = `KMM_HOME=${this.directory}/`;
    return readdirSync('/proc').flatMap((name) => {
      const pid = Number(name);
      if (!Number.isInteger(pid) || !readProc(pid, 'environ').some((one) => one.startsWith(ours))) return [];
      const command = readProc(pid, 'cmdline').join(' ');
      const child = /(trader|exchange)-process/.exec(command)?.[1];
      return [{ pid, role: (child ?? 'command') as KmmProcess['role'] }];
    });
  }

  pidOf(role: KmmProcess['role']): number {
    const found = this.processes().find((one) => one.role === role);
    if (found === undefined) throw new Error(`no ${role} runs in ${this.directory}`);
    return found.pid;
  }

  /** The exchange's own truth: REST calls below /trade-api/v2, signed with the key that the lock names. */
  exchange(): (method: string, target: string) => Promise<Json> {
    const { rest = '', keyId = '', keyFile = '' } = readLock(this.home.lock) ?? {};
    const privateKey = createPrivateKey(readFileSync(keyFile));
    return async (method, target) => {
      const url = new URL(rest + target);
      const headers = signedHeaders({ keyId, privateKey }, method, url.pathname);
      const response = await fetch(url, { method, headers });
      return response.json();
    };
  }

  end(): void {
    if (HAS_PROC) for (const { pid } of this.processes()) killed(pid);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends with the test, or with what `atEnd` stands for (`afterAll`). */
export function place(
  variables: Readonly<Record<string, string>> = {},
  atEnd: (action: () => void) => void = onTestFinished,
): Place {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-test-'));
  const own = { ...QUIET, PATH: process.env.PATH ?? '', HOME: directory, KMM_HOME: join(directory, 'data') };
  const made = new Place(directory, { ...own, ...variables });
  atEnd(() => made.end());
  return made;
}

/** A command that runs. */
export class Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #words: readonly string[];
  readonly #waiting = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #hasEnded = false;

  constructor(child: ChildProcess, words: readonly string[]) {
    this.#child = child;
    this.#words = words;
    this.pid = child.pid ?? 0;
    child.stdin?.end();
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
      this.#look();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      this.#look();
    });
    this.ended = this.#end();
  }

  /** What it has printed to stdout so far, line by line; a half line is left out. */
  get records(): Json[] {
    return recordsOf(this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1));
  }

  /** Nobody reads its output any more. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The first record, printed already or later, for which `isIt` holds. Throws when it ends without one. */
  record(isIt: (record: Json) => boolean): Promise<Json> {
    return this.#until(() => this.records.find(isIt));
  }

  /** Until stderr matches. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(() => pattern.exec(this.#stderr) ?? undefined);
  }

  /** Its stdout is its own; its stderr may be held open by a trader that outlives it. */
  async #end(): Promise<Ended> {
    const [[exit]] = await Promise.all([once(this.#child, 'exit'), finished(this.#child.stdout)]);
    await sleep(LAST_WORDS_MS);
    this.#hasEnded = true;
    this.#look();
    return { exit, stdout: this.#stdout, stderr: this.#stderr };
  }

  #until<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found !== undefined) resolve(found);
        else if (this.#hasEnded) reject(new Error(`kmm ${this.#words.join(' ')} has ended:\n${this.#said()}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }

  #said(): string {
    return this.#stdout.slice(-2_000) + this.#stderr.slice(-2_000);
  }
}

const LAST_WORDS_MS = 20;

/** To its end, or closed by us. */
function finished(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => stream?.once('close', () => resolve()));
}

/** Every line as an object; a line that is none fails the test. */
function recordsOf(text: string): Json[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Looks again every 20 ms. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > until) return false;
    await sleep(20);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** Of a process that is not ours, or gone: nothing. */
function readProc(pid: number, file: 'environ' | 'cmdline'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

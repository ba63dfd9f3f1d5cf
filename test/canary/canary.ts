/**
 * The whole canary run (F44, I9): real processes as loud as they get, with marked secrets in every place where somebody
 * might put one, through a session, crashes by signal and by fault, and a kill. Then everything that was printed, kept,
 * dumped or handed to a child is searched, byte by byte. Linux: it looks into /proc.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import { keptBelow, secrets } from '../support/canary.ts';

const BIN = fileURLToPath(new URL('../../bin/kmm.js', import.meta.url));
const PASSPHRASE = 'canary-passphrase-93b1f0';
const EXPOSED = 'canary-in-a-variable-77aa';
/** As loud as Node, oclif and their packages can be made, and dumps wherever they can be asked for. */
const LOUD = {
  DEBUG: '*',
  NODE_DEBUG: 'http,https,net,fs,child_process',
  NODE_OPTIONS: '--report-on-fatalerror --report-uncaught-exception --report-on-signal --trace-warnings',
};

export interface CanaryReport {
  readonly type: 'canary';
  readonly commands: number;
  readonly processes: number;
  readonly files: number;
  readonly bytes: number;
  readonly cores: number;
  readonly findings: readonly string[];
}

export async function canary(note: (text: string) => void): Promise<CanaryReport> {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-canary-'));
  const run = new CanaryRun(directory, note);
  try {
    return await run.report();
  } finally {
    run.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

class CanaryRun {
  readonly #directory: string;
  readonly #note: (text: string) => void;
  readonly #marked = secrets();
  readonly #findings: string[] = [];
  readonly #seen = new Set<number>();
  readonly #started: Program[] = [];
  readonly #originals = new Set<string>();
  #bytes = 0;

  constructor(directory: string, note: (text: string) => void) {
    this.#directory = directory;
    this.#note = note;
  }

  async report(): Promise<CanaryReport> {
    const served = this.#start('sim serve --port 0 --json', 'served');
    const { rest, keyId, privateKeyFile, controlToken } = JSON.parse(await served.said(/\{"type":"listening".*\}/));
    this.#place(rest, readFileSync(privateKeyFile, 'utf8'));
    this.#originals.add(privateKeyFile);
    await this.#run(`auth import key.pem --key-id ${keyId} --env sim --passphrase-file pass`);
    for (const words of COMMANDS) await this.#run(words.replace('KEY', keyId));
    await this.#session();
    await this.#run('kill --env sim --json');
    served.signal('SIGINT');
    await served.ended;
    // The token is printed once, for whoever started the exchange, and lies in its announcement while it runs.
    this.#marked.add('the control token', controlToken);
    return this.#searched(served);
  }

  end(): void {
    for (const program of this.#started) program.signal('SIGKILL');
    for (const pid of this.#processes()) kill(pid, 'SIGKILL');
  }

  /** A trader that trades, is aborted, comes back, and is stopped. */
  async #session(): Promise<void> {
    const session = this.#start('run --env sim --headless --json --markets KXBTC15M,KXBTCD,KXHIGHNY');
    for (const signal of ['SIGABRT', 'SIGSEGV', 'SIGUSR2'] as const) {
      await session.said(/"restingOrders":[1-9]/);
      this.#lookAtProcesses();
      for (const pid of this.#processes('trader-process')) kill(pid, signal);
      this.#note(`the trader was sent ${signal}`);
      session.forget();
    }
    await session.said(/"restingOrders":[1-9]/);
    session.signal('SIGINT');
    await session.ended;
  }

  #place(rest: string, pem: string): void {
    const other = generateKeyPair('ed25519').privateKey;
    const marks = { 'the key': pem, 'the passphrase': PASSPHRASE, "a variable's key": other };
    for (const [name, value] of Object.entries(marks)) this.#marked.add(name, value);
    this.#marked.add("a variable's passphrase", EXPOSED);
    this.#original('exposed', other);
    this.#original('key.pem', pem);
    this.#original('torn.pem', pem.slice(0, -200));
    this.#original('pass', `${PASSPHRASE}\n`);
    this.#original('wrong', `${PASSPHRASE} and more`);
    const sim = `schema = "kmm/1"\nsim.url = "${new URL(rest).origin}"\n`;
    this.#original('config.toml', `${sim}sim.passphrase_file = "pass"\n`);
    this.#original('wrong.toml', `${sim}sim.passphrase_file = "wrong"\n`);
    this.#original('inline.toml', `${sim}sim.passphrase = "${PASSPHRASE}"\n`);
    this.#original('broken.toml', `${sim}sim.passphrase = "${PASSPHRASE}\n`);
  }

  /** Made by us: it may hold what it holds. */
  #original(name: string, text: string): void {
    const path = join(this.#directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    this.#originals.add(path);
  }

  #start(words: string, home = 'data'): Program {
    const exposed = home === 'data' ? { ANY_KEY: readFileSync(join(this.#directory, 'exposed'), 'utf8') } : {};
    const own = { PATH: process.env.PATH ?? '', HOME: this.#directory, KMM_HOME: join(this.#directory, home) };
    const variables = { ...own, ...LOUD, ...exposed, ...(home === 'data' && { KMM_SIM_PASSPHRASE: EXPOSED }) };
    const program = new Program(this.#directory, words, variables);
    this.#started.push(program);
    return program;
  }

  async #run(words: string): Promise<void> {
    await this.#start(words).ended;
  }

  /** What others on this machine can read of the processes that kmm has started itself. */
  #lookAtProcesses(): void {
    for (const pid of this.#processes('-process')) {
      this.#seen.add(pid);
      for (const file of ['cmdline', 'environ']) this.#search(`/proc/${pid}/${file}`, read(`/proc/${pid}/${file}`));
    }
  }

  #processes(command = ''): number[] {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.filter((pid) => {
      const isOurs = read(`/proc/${pid}/environ`).includes(`KMM_HOME=${this.#directory}/`);
      return isOurs && read(`/proc/${pid}/cmdline`).includes(command);
    });
  }

  #searched(served: Program): CanaryReport {
    for (const program of this.#started) {
      const { words, output } = program;
      // Its own announcement is the one place where the token is said.
      const said = program === served ? output.replace(/\{"type":"listening".*\}/, '') : output;
      this.#search(`what kmm ${words} printed`, Buffer.from(said));
    }
    const kept = keptBelow(this.#directory).filter(({ path, isFolder }) => !isFolder && !this.#originals.has(path));
    for (const { path, content } of kept) this.#search(path, content);
    return {
      type: 'canary',
      ...{ commands: this.#started.length, processes: this.#seen.size, files: kept.length, bytes: this.#bytes },
      cores: kept.filter(({ path }) => /\/core(\.\d+)?$/.test(path)).length,
      findings: this.#findings,
    };
  }

  #search(where: string, content: Buffer): void {
    this.#bytes += content.length;
    this.#findings.push(...this.#marked.findings(where, content));
  }
}

const COMMANDS = [
  'auth check',
  'auth check --json',
  'doctor',
  'config show',
  'markets list --json',
  'trade balance',
  'trade buy KXBTC15M 1 1',
  'trade orders --json',
  'auth check --config wrong.toml',
  'auth check --config inline.toml',
  'auth check --config broken.toml --json',
  'auth check --key-id KEY --key-file torn.pem',
  `auth check --passphrase ${PASSPHRASE}`,
  'run --speed max --for 20s --markets KXBTC15M --json',
];

/** With cores as large as they like, in the folder that is searched where the system lets them fall there. */
class Program {
  readonly words: string;
  readonly ended: Promise<void>;
  readonly #child;
  #output = '';
  #from = 0;

  constructor(directory: string, words: string, env: Readonly<Record<string, string>>) {
    this.words = words;
    const script = 'ulimit -c unlimited; exec "$0" "$@"';
    this.#child = spawn('bash', ['-c', script, process.execPath, BIN, ...words.split(' ')], { cwd: directory, env });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('latin1');
      });
    }
    this.#child.stdin.end();
    this.ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  get output(): string {
    return this.#output;
  }

  /** What it said before is not looked at again. */
  forget(): void {
    this.#from = this.#output.length;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Throws when it does not come within a minute. */
  async said(pattern: RegExp): Promise<string> {
    for (let left = 1_200; left > 0; left -= 1) {
      const found = pattern.exec(this.#output.slice(this.#from))?.[0];
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`kmm ${this.words} never said ${pattern}: ${this.#output.slice(-2_000)}`);
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

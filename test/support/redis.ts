/** A real Redis server for one test: on loopback, on a port and in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp-dir.ts';

/** Continuous integration says so: what is missing there is a failure and no reason to skip. */
const IS_REQUIRED = process.env.KMM_TEST_QUEUE === 'required';

/** Whether queues can be tested here; says once on stderr what is missing. */
export async function hasQueue(): Promise<boolean> {
  const missing: string[] = [];
  if (spawnSync('redis-server', ['--version']).error !== undefined)
    missing.push('redis-server (apt-get install redis-server)');
  for (const name of ['bullmq', 'ioredis']) {
    const found = await import(name).catch(() => undefined);
    if (found === undefined) missing.push(`${name} (npm install --no-save, versions in package.json)`);
  }
  if (missing.length === 0 || IS_REQUIRED) return true;
  console.error(`skipped: sweeps on a queue; missing: ${missing.join(', ')}`);
  return false;
}

export class Redis {
  readonly port: number;
  readonly #directory: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, options: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#options = options;
  }

  /** Answers when this resolves. */
  static async start(...options: readonly string[]): Promise<Redis> {
    const redis = new Redis(await freePort(), tempDir(), options);
    await redis.start();
    onTestFinished(() => redis.kill());
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const own = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.#directory, '--save', ''];
    const more = ['--appendonly', 'yes', '--appendfsync', 'no', '--maxmemory-policy', 'noeviction', ...this.#options];
    this.#process = spawn('redis-server', [...own, ...more], { stdio: 'ignore' });
    while (!(await answers(this.port))) await sleep(10);
  }

  /** SIGKILL; what it had written is there when it is started again. */
  async kill(): Promise<void> {
    const one = this.#process;
    if (one === undefined || one.exitCode !== null || one.signalCode !== null) return;
    const gone = new Promise((resolve) => one.once('exit', resolve));
    one.kill('SIGKILL');
    await gone;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** To a PING, whatever it says: a server that wants a password answers as well. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('error', () => resolve(false));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(!data.toString().includes('LOADING'));
    });
  });
}

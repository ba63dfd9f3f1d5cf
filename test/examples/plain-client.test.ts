// The independent client against the served exchange: what our own client agrees on could be our own misreading.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const homes: string[] = [];
const servers: ChildProcess[] = [];

async function serve(flags: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'plain-client-'));
  homes.push(home);
  const server = spawn(process.execPath, ['bin/kmm.js', 'sim', 'serve', '--json', '--port', '0', ...flags], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: home, KMM_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  servers.push(server);
  server.stderr.resume();
  const lines = createInterface({ input: server.stdout });
  const [first] = await Promise.race([
    once(lines, 'line'),
    once(server, 'exit').then(([code]) => Promise.reject(new Error(`sim serve ended with ${code}`))),
  ]); // the interface reads on, so that the pipe never fills
  return JSON.parse(first) as { rest: string; ws: string; keyId: string; privateKeyFile: string };
}

async function client(flags: string[]) {
  const { rest, ws, keyId, privateKeyFile } = await serve(flags);
  const args = ['--rest', rest, '--ws', ws, '--key-id', keyId, '--key-file', privateKeyFile];
  const run = spawn(process.execPath, ['examples/plain-client.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  servers.push(run);
  const [stdout, stderr, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'close')]);
  const lines = stdout.trimEnd().split('\n');
  const failed = lines.filter((line) => line.startsWith('FAIL'));
  return { code, failed, stderr, summary: JSON.parse(lines.at(-1) ?? '{}') };
}

afterAll(async () => {
  for (const server of servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

describe.concurrent('a client written from the public description only', () => {
  it.each([
    ['RSA', ['--seed', '11']],
    ['Ed25519', ['--seed', '12', '--ed25519']],
  ])('agrees with the served exchange, %s key', { timeout: 60_000 }, async (_, flags) => {
    const { code, failed, stderr, summary } = await client(flags);
    expect({ failed, stderr, code }).toEqual({ failed: [], stderr: '', code: 0 });
    expect(summary).toMatchObject({ type: 'plain_client', failed: 0 });
    expect(summary.ok).toBeGreaterThan(60);
  });
});

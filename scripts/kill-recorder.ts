/**
 * `npm run kill-recorder -- [KILLS]`: a recorder beside an embedded exchange is killed with SIGKILL again and again, after a
 * random while each; then every tape is verified. One line of JSON; exit 1 when anything but a marked gap was found.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { homeOf } from '../src/lib/app/config/home.ts';
import { readSimClock } from '../src/lib/app/exchange/sim-clock.ts';
import { listTapes } from '../src/lib/app/recording/list-tapes.ts';
import { verifyAll } from '../src/lib/app/recording/verify-tape.ts';

const BIN = fileURLToPath(new URL('../bin/kmm.js', import.meta.url));
const ALLOWED: ReadonlySet<string> = new Set(['killed', 'gap', 'emptied']);
const LIFE_MS = { least: 200, most: 4_000 };

const kills = Number(process.argv[2] ?? 20);
const directory = mkdtempSync(join(tmpdir(), 'kmm-kill-recorder-'));
const env = { ...process.env, KMM_HOME: directory };
const home = homeOf('sim', env);
const serving = spawn(process.execPath, [BIN, 'sim', 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const { rest } = JSON.parse(await lineOf(serving)) as { rest: string };
  const missingMs: number[] = [];
  for (let life = 0; life < kills; life += 1) {
    const run = spawn(process.execPath, [BIN, 'record', 'KXBTC15M', 'KXBTCD'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const line of createInterface({ input: run.stderr as NodeJS.ReadableStream })) {
      if (line.startsWith('writing ')) break;
    }
    await sleep(LIFE_MS.least + Math.random() * (LIFE_MS.most - LIFE_MS.least));
    const { nowMs } = await readSimClock(rest);
    run.kill('SIGKILL');
    await once(run, 'exit');
    const lastAt = listTapes(home).at(-1)?.lastAt ?? 0;
    missingMs.push(Math.max(0, nowMs - lastAt));
    process.stderr.write(`kill ${life + 1}: the tape ends ${missingMs.at(-1)} ms before it\n`);
  }
  const odd: string[] = [];
  const counts = { tapes: 0, records: 0, killed: 0, gaps: 0 };
  verifyAll(home, ({ tape, records, findings }) => {
    counts.tapes += 1;
    counts.records += records;
    for (const { kind, first, count } of findings) {
      if (kind === 'killed') counts.killed += 1;
      if (kind === 'gap') counts.gaps += count;
      if (!ALLOWED.has(kind)) odd.push(`${tape}: ${kind}: ${first}`);
    }
  });
  const sorted = missingMs.sort((a, b) => a - b);
  const missing = { p50: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) };
  process.stdout.write(`${JSON.stringify({ kills, ...counts, missingMs: missing, odd })}\n`);
  process.exitCode = odd.length === 0 && counts.killed === kills ? 0 : 1;
} finally {
  serving.kill('SIGTERM');
  await once(serving, 'exit');
  rmSync(directory, { recursive: true, force: true });
}

async function lineOf({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stdout as NodeJS.ReadableStream })) return line;
  throw new Error('the exchange has ended');
}

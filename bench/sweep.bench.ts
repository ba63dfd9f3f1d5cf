/**
 * A whole sweep on one core and on two: real backtests of two recorded KXBTC15M windows, from the start of the process to
 * the table, loading included. Beside it what two threads that touch no memory get of this machine at the same time, because
 * a shared one gives less than two cores. Runs are taken in turns, the best of each counts, and what they find must be equal.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { BenchResult } from './run.ts';
import type { SweepRun } from './sweep-process.ts';

const SHARED = resolve('../shared/data');
const NAMES = ['20260513T173714Z', '20260513T125943Z'];
const PROGRAM = fileURLToPath(new URL('sweep-process.ts', import.meta.url));
const BUDGET = 1.8;
/** A round takes 18 s on two quiet cores: the whole stays within a minute. */
const ROUNDS = 2;
const SPIN = 400_000_000;

/** 40 settings, 80 jobs. */
const SPEC = `schema = "kmm-sweep/1"
name = "bench"
data = [${NAMES.map((name) => `"${SHARED}/kxbtc15m_l2/kxbtc15m_l2_${name}.jsonl.gz"`).join(', ')}]
outcomes = "${SHARED}/kxbtc15m_markets.csv"
strategy = "cara"
[parameters]
quoter.cara.gamma_per_dollar = { from = 0.002, to = 0.02, steps = 10 }
quoter.cara.edge_dollars = [0.001, 0.002, 0.003, 0.004]
`;

interface Timed extends SweepRun {
  readonly ms: number;
}

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-sweep-bench-'));
  const rounds: { one: Timed; two: Timed; ceiling: number }[] = [];
  try {
    writeFileSync(join(folder, 'spec.toml'), SPEC);
    for (let round = 0; round < ROUNDS; round++) {
      const one = await timed(folder, `${round}-one`, 1);
      const two = await timed(folder, `${round}-two`, 2);
      rounds.push({ one, two, ceiling: (2 * (await spin(1))) / (await spin(2)) });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const digests = new Set(rounds.flatMap(({ one, two }) => [one.digest, two.digest]));
  if (digests.size !== 1) throw new Error('one core and two found different things');
  const least = (of: (round: (typeof rounds)[number]) => number) => Math.min(...rounds.map(of));
  const [oneMs, twoMs] = [least(({ one }) => one.ms), least(({ two }) => two.ms)];
  const [oneCpu, twoCpu] = [least(({ one }) => one.processorMs), least(({ two }) => two.processorMs)];
  const each = rounds.map(({ one, two, ceiling }) => `${(one.ms / two.ms).toFixed(2)} of ${ceiling.toFixed(2)}`);
  return {
    name: `sweep, ${rounds[0]?.one.jobs ?? 0} backtests of two recorded windows, best of ${ROUNDS}`,
    lines: [
      `in one process ${seconds(oneMs)}, on two threads ${seconds(twoMs)}: ${(oneMs / twoMs).toFixed(2)} × (budget ${BUDGET.toFixed(1)} ×); results are equal`,
      `each round, of what two threads of bare arithmetic got of this machine just then: ${each.join(', ')} ×`,
      `processor time ${seconds(oneCpu)} and ${seconds(twoCpu)}: two undisturbed cores can give ${((2 * oneCpu) / twoCpu).toFixed(2)} ×`,
    ],
  };
}

async function timed(folder: string, out: string, workers: number): Promise<Timed> {
  const from = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, folder, out, String(workers)]);
  return { ...(JSON.parse(stdout) as SweepRun), ms: performance.now() - from };
}

/** Milliseconds until so many threads have each counted to the same number. */
async function spin(threads: number): Promise<number> {
  const code = `let x = 1; for (let i = 0; i < ${SPIN}; i++) x = (x * 48271) % 2147483647; if (x === 0) throw x;`;
  const from = performance.now();
  const started = Array.from({ length: threads }, () => new Worker(code, { eval: true }));
  await Promise.all(started.map((one) => new Promise((done, fail) => one.once('exit', done).once('error', fail))));
  return performance.now() - from;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

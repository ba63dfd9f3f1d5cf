/**
 * A job that stands in for a backtest: pure, quick, and as bad as its setting asks for. A module that workers load, as they
 * load the real one. What it computes is nonsense that differs with every part of the job.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import type { JobResult, SweepJob } from '../../src/lib/app/sweep/job.ts';

export interface StandInTask {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly fill: string;
}

export interface StandInContext {
  /** A line is added for every job that is begun, and for every one that is ended. */
  readonly log?: string;
  /** Of computing, per job. */
  readonly milliseconds?: number;
  /** Differs from the pure answer by it. */
  readonly bias?: number;
  /** Jobs of this setting end their thread, the first so many times. */
  readonly deaths?: number;
}

const EVENTS = 4;
const HOUR_MS = 3_600_000;

export function runJob({ id, task, seed, files }: SweepJob<StandInTask>, context: StandInContext = {}): JobResult {
  const { log, milliseconds = 0, bias = 0, deaths = 0 } = context;
  if (log !== undefined) appendFileSync(log, `begun ${id}\n`);
  const { 'quoting.lease_seconds': lease } = task.parameters;
  if (lease === 13) throw Object.assign(new Error('the strategy threw'), { code: 'KMM_BACKTEST_FAILED' });
  if (lease === 14 && log !== undefined && deathsOf(log, id) <= deaths) process.exit(1);
  for (const until = performance.now() + milliseconds; performance.now() < until; );
  const day = Number.parseInt(files[0]?.sha256.slice(0, 6) ?? '0', 16) * 24 * HOUR_MS;
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const drawn = createHash('sha256')
      .update(JSON.stringify([task, seed, files[0]?.sha256, index]))
      .digest();
    return {
      event: `EVENT-${files[0]?.sha256.slice(0, 6)}-${index}`,
      from: day + index * HOUR_MS,
      to: day + (index + 1) * HOUR_MS,
      net: drawn.readInt32BE() + bias,
      fees: drawn.readUInt16BE(4),
      fills: drawn[6] ?? 0,
      contracts: 100,
    };
  });
  if (log !== undefined) appendFileSync(log, `ended ${id}\n`);
  return { events };
}

function deathsOf(log: string, id: string): number {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line === `begun ${id}`).length;
}

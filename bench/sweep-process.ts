/** One sweep of a bench, in a process that has loaded and compiled nothing before: `node sweep-process.ts FOLDER OUT WORKERS` */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { backtestTasks } from '../src/lib/app/sweep/backtest-task.ts';
import { backtestWork } from '../src/lib/app/sweep/backtest-work.ts';
import { sweep } from '../src/lib/app/sweep/sweep.ts';
import { summaryJson } from '../src/lib/app/sweep/sweep-files.ts';

/** What it prints, as JSON. */
export interface SweepRun {
  readonly jobs: number;
  /** Of its summary. */
  readonly digest: string;
  /** Of all threads. */
  readonly processorMs: number;
}

const [folder = '', out = '', workers = ''] = process.argv.slice(2);
const { report } = await sweep({
  ...{ file: join(folder, 'spec.toml'), out: join(folder, out), home: folder, workers: Number(workers) },
  ...{ isResumed: false, stopped: new AbortController().signal, work: backtestWork({}) },
  taskOf: backtestTasks({ environment: 'sim' }),
  ...{ onPlan: () => {}, onJob: () => {}, note: () => {} },
});
const { user, system } = process.cpuUsage();
const digest = createHash('sha256').update(summaryJson(report)).digest('hex');
process.stdout.write(JSON.stringify({ jobs: report.done, digest, processorMs: (user + system) / 1_000 } as SweepRun));

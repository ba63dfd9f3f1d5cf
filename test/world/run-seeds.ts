/** Many worlds on all processors: what each came to, in the order of the seeds, whichever thread ran it. */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { Counts } from './counts.ts';
import type { WorldOutcome } from './world.ts';

/** A world is short-lived rubbish almost whole: with room for it, little is ever copied by the collector. */
const YOUNG_MB = 64;

export interface Batch {
  readonly outcomes: readonly WorldOutcome[];
  readonly counts: readonly (readonly [string, number])[];
  /** Over the traces of all worlds. */
  readonly traceHash: string;
}

export interface BatchOptions {
  readonly seeds: number;
  readonly from: number;
  readonly threads: number;
  readonly onOutcome?: (outcome: WorldOutcome) => void;
}

export async function runSeeds({ seeds, from, threads, onOutcome = () => {} }: BatchOptions): Promise<Batch> {
  const all = Array.from({ length: seeds }, (_, index) => from + index);
  const outcomes: WorldOutcome[] = [];
  const take = (outcome: WorldOutcome) => {
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  const shares = Array.from({ length: threads }, (_, thread) =>
    all.filter((_seed, index) => index % threads === thread),
  );
  await Promise.all(shares.map((share) => runShare(share, take)));
  outcomes.sort((a, b) => a.seed - b.seed);
  const counts = new Counts();
  const trace = createHash('sha256');
  for (const outcome of outcomes) {
    counts.merge(outcome.counts);
    trace.update(outcome.trace);
  }
  return { outcomes, counts: counts.entries(), traceHash: trace.digest('hex') };
}

function runShare(seeds: readonly number[], take: (outcome: WorldOutcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
      workerData: { seeds },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on('message', take);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

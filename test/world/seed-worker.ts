/** A thread that runs the worlds of the seeds it is given, one after the other, and tells of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { drawPlan } from './fault-pool.ts';
import { runWorld } from './world.ts';

for (const seed of (workerData as { readonly seeds: readonly number[] }).seeds) {
  parentPort?.postMessage(await runWorld(drawPlan(seed)));
}

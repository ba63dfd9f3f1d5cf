/**
 * `npm run dst -- --seeds N [--from S] [--threads T] [--keep] [--out FILE]`: simulated worlds with faults drawn per seed. Prints
 * what happened how often and every broken promise with its smallest plan (kept in test/world/regressions.ndjson with
 * --keep); the last line is one of JSON. --out appends a line with the counts, of which docs/reliability.md is made. With a
 * thousand seeds or more, every plan that once broke a promise is run as well. Exit 1
 * when a promise was broken, or when a fault or an edge was seen too seldom in a large batch (I15).
 */
import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { missingIn } from '../test/world/expected.ts';
import { drawPlan } from '../test/world/fault-pool.ts';
import { addRegression, regressions } from '../test/world/regressions.ts';
import { runSeeds } from '../test/world/run-seeds.ts';
import { shrink } from '../test/world/shrink.ts';
import { runWorld } from '../test/world/world.ts';

/** In fewer worlds a rare fault may not come up. */
const WHOLE_BATCH = 1_000;
/** Of whatever there is, a batch must have seen one for so many seeds. */
const SEEDS_FOR_ONE = 5_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    threads: { type: 'string', default: `${Math.min(4, availableParallelism())}` },
    keep: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const [seeds, from, threads] = [wholeNumber('seeds', 1), wholeNumber('from', 0), wholeNumber('threads', 1)];

const startedAt = performance.now();
const { outcomes, counts, traceHash } = await runSeeds({ seeds, from, threads, onOutcome: progress() });
const minutes = (performance.now() - startedAt) / 60_000;
say(`${seeds} seeds from ${from}, ${Math.round(seeds / minutes)} a minute on ${threads} threads`);
for (const [name, times] of counts) say(`${`${times}`.padStart(8)}  ${name}`);
const least = Math.max(1, Math.floor(seeds / SEEDS_FOR_ONE));
const missing = missingIn(counts, least);
if (missing.length > 0) say(`less than ${least} times: ${missing.join(', ')}`);

let violations = 0;
if (seeds >= WHOLE_BATCH) {
  for (const { note: _note, invariant, ...plan } of regressions()) {
    const found = (await runWorld(plan)).violations;
    violations += found.length;
    for (const { text } of found) say(`seed ${plan.seed}, which once broke ${invariant}, breaks again: ${text}`);
  }
}
for (const { seed, violations: found } of outcomes) {
  for (const { invariant, text } of found) {
    violations += 1;
    const plan = await shrink(drawPlan(seed), invariant);
    const isKept = (await runWorld(plan)).violations.some((one) => one.invariant === invariant);
    say(`seed ${seed} breaks ${invariant}: ${text}`);
    say(`  ${JSON.stringify(plan)}${isKept ? '' : ' (not repeated)'}`);
    if (values.keep && isKept) addRegression({ ...plan, invariant, note: text.slice(0, 160) });
  }
}
if (values.out !== undefined) {
  const line = { type: 'dst', seeds, from, violations, traceHash, seconds: Math.round(minutes * 60), counts };
  appendFileSync(values.out, `${JSON.stringify({ ...line, counts: Object.fromEntries(counts) })}\n`);
}
say(JSON.stringify({ type: 'dst', seeds, from, violations, traceHash }));
process.exitCode = violations > 0 || (seeds >= WHOLE_BATCH && missing.length > 0) ? 1 : 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function progress(): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (process.stderr.isTTY && done % 10 === 0) process.stderr.write(`\r${done} of ${seeds}`);
  };
}

function wholeNumber(name: 'seeds' | 'from' | 'threads', least: number): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  process.stderr.write(`--${name} ${values[name]}: a whole number, at least ${least}\n`);
  process.exit(2);
}

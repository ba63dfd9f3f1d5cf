/**
 * `npm run chaos -- [--runs N] [--from S] [--only NAME] [--loop POINT] [--workers W] [--json] [--out FILE]`: real processes
 * of kmm and of the exchange, with a fault proxy between them and a killer. Each run prints its plan and what came of it;
 * the last line is one of JSON. Exit 1 when a promise was broken, or when a large batch never reached a named point.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runBatch, runLoop, summaryOf } from '../test/chaos/batch.ts';
import type { RunResult } from '../test/chaos/run.ts';
import { SCENARIO_NAMES } from '../test/chaos/scenarios.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    from: { type: 'string', default: '0' },
    /** Scenarios whose name begins so. */
    only: { type: 'string', default: '' },
    /** A scenario with N = 1, 2, 3 … until a run passes untouched. */
    loop: { type: 'string' },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const [runs, from, workers] = [wholeNumber('runs', 1), wholeNumber('from', 0), wholeNumber('workers', 1)];
const names = SCENARIO_NAMES.filter((name) => name.startsWith(values.loop ?? values.only));
if (names.length === 0)
  fail(`no scenario begins with ${values.loop ?? values.only}; there are ${SCENARIO_NAMES.join(', ')}`);
if (values.out !== undefined) writeFileSync(values.out, '');

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const results: RunResult[] = [];
if (values.loop === undefined) await runBatch({ runs, from, names, workers, onResult: tell, signal: stopping.signal });
else for (const name of names) await runLoop(name, from, tell);
const summary = summaryOf(results, from, names);
say(summary);
process.exit(summary.violations > 0 || summary.neverFired.length > 0 ? 1 : 0);

function tell(result: RunResult): void {
  results.push(result);
  const { plan, facts, violations } = result;
  if (values.json) {
    say(result);
    return;
  }
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(result)}\n`);
  const { seed, scenario, nth, victims } = plan;
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${seed} ${scenario} n=${nth} ${victims}: ${result.seconds} s; ${told.join(', ')}\n`);
  for (const { invariant, text } of violations) process.stdout.write(`  breaks ${invariant}: ${text}\n`);
  if (violations.length > 0) process.stdout.write(`  ${JSON.stringify(plan)}\n`);
}

function say(record: object): void {
  const line = `${JSON.stringify(record)}\n`;
  process.stdout.write(line);
  if (values.out !== undefined) appendFileSync(values.out, line);
}

function wholeNumber(name: 'runs' | 'from' | 'workers', least: number): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return fail(`--${name} ${values[name]}: a whole number, at least ${least}`);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

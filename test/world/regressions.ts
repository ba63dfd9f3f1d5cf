/** Plans that once broke a promise, one JSON object a line: `{"seed","invariant","faults","note"}`. The newest run with every test, all with every whole batch. */
import { appendFileSync, readFileSync } from 'node:fs';
import type { Invariant } from './observation.ts';
import type { WorldPlan } from './plan.ts';

export interface Regression extends WorldPlan {
  readonly invariant: Invariant;
  /** What was wrong. */
  readonly note: string;
}

const FILE = new URL('./regressions.ndjson', import.meta.url);

export function regressions(): readonly Regression[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export function addRegression(regression: Regression): void {
  appendFileSync(FILE, `${JSON.stringify(regression)}\n`);
}

/**
 * Hunts for seeds on which a property fails: `npm run properties -- [--rounds 10] [--runs 100] [--seed N] [PATH…]`. Each round
 * runs every test file that has properties (or those below PATH) with a seed of its own. The first round that fails is said
 * with its seed and ends the hunt with 1; `KMM_TEST_SEED` of that seed repeats it.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds ?? 10);
const first = Number(values.seed ?? randomInt(2 ** 31));
if (![rounds, first].every(Number.isSafeInteger)) throw new Error('rounds and seed are whole numbers');

const below = positionals.length === 0 ? ['test'] : positionals;
const files = globSync('test/**/*.test.ts').filter(
  (file) => below.some((path) => file.startsWith(path)) && /from 'fast-check'/.test(readFileSync(file, 'utf8')),
);

for (let round = 0; round < rounds; round++) {
  const seed = first + round;
  const { status, stdout } = spawnSync('npx', ['vitest', 'run', '--reporter=dot', ...files], {
    env: { ...process.env, KMM_TEST_SEED: String(seed), ...(values.runs ? { KMM_TEST_RUNS: values.runs } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.log(stdout);
    console.log(`round ${round + 1} of ${rounds} failed: KMM_TEST_SEED=${seed}`);
    process.exit(1);
  }
  console.log(`round ${round + 1} of ${rounds}: seed ${seed}, ${files.length} files, nothing failed`);
}

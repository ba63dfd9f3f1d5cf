import { statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** A file system in memory, where there is a roomy one: half of what a session in virtual time takes is waiting for a disk. */
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 1_000_000_000;

/** `npm run test:long`: whole runs as the operator has them, worlds and sessions with faults, backtests over recorded windows. */
const LONG = [
  'test/processes/**/*.test.ts',
  ...['test/world/world.test.ts', 'test/world/sabotage/*.test.ts'],
  ...['test/commands/backtest-docs.test.ts', 'test/app/backtest/gold.recorded.test.ts', 'test/examples/*.test.ts'],
  // An exchange in real time, or a queue with its workers, waited for.
  ...['test/app/probe/run-probe.test.ts', 'test/commands/quote-index.test.ts'],
  ...['test/app/markets/watch-books.test.ts', 'test/app/sweep/queue.test.ts'],
  // A session for each thing that may fail in it.
  'test/app/session/nth-fault.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'suite', include: ['test/**/*.test.ts'], exclude: LONG } },
      { extends: true, test: { name: 'long', include: LONG } },
    ],
    setupFiles: ['test/support/property-seed.ts'],
    env: hasMemory() ? { TMPDIR: MEMORY } : {},
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Process tests start three processes each: more at once would starve two cores.
    maxConcurrency: 3,
    maxWorkers: 3,
    // A worker keeps the modules that it has read: a fifth of the suite's time was reading them anew for each file.
    isolate: false,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});

function hasMemory(): boolean {
  if (process.platform !== 'linux' || process.env.TMPDIR !== undefined) return false;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}

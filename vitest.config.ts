import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Process tests start three processes each: more at once would starve two cores.
    maxConcurrency: 3,
    maxWorkers: 2,
    // A worker keeps the modules that it has read: a fifth of the suite's time was reading them anew for each file.
    isolate: false,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'json-summary'] },
  },
});

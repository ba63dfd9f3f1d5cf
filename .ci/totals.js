/** Prints `N passed, N failed` from vitest's JSON reports as the last line, and exits 1 when anything has failed. */
import { readFileSync } from 'node:fs';

const [checks, tests, worlds, ...reports] = process.argv.slice(2);
const totals = reports.map(totalsOf);
const passed = totals.reduce((sum, one) => sum + one.passed, 0);
const failed = totals.reduce((sum, one) => sum + one.failed, 0);
const failures = failed + Number(checks) + Number(worlds) + (failed === 0 && Number(tests) !== 0 ? 1 : 0);
if (Number(checks) !== 0) console.log('npm run check failed; it counts as one failure');
if (Number(worlds) !== 0) console.log('npm run dst failed; it counts as one failure');
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

/** A file of tests that could not be loaded has no tests to fail, so suites without any count as one each. */
function totalsOf(path) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(path, 'utf8'));
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/**
 * Says what failed, each with the first line of why, then `N passed, N failed` from vitest's JSON reports as the last line, and
 * exits 1 when anything has failed. What is printed last is what is kept of a long run: the reasons must stand there.
 */
import { readFileSync } from 'node:fs';

const [checks, tests, worlds, ...reports] = process.argv.slice(2);
const totals = reports.map(totalsOf);
const passed = totals.reduce((sum, one) => sum + one.passed, 0);
const failures = totals.flatMap((one) => one.failures);
if (Number(tests) !== 0 && failures.length === 0) {
  failures.push('the tests ended with an error that is no test: see what they printed');
}
if (Number(checks) !== 0) failures.push('npm run check failed');
if (Number(worlds) !== 0) failures.push('npm run dst failed');
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** A file of tests that could not be loaded has no tests to fail, so it counts as one failure. */
function totalsOf(path) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: numPassedTests, failures: testResults.flatMap(failuresOf) };
  } catch (error) {
    return { passed: 0, failures: [`${path} could not be read: ${error.message}`] };
  }
}

function failuresOf({ name, status, message, assertionResults }) {
  if (status !== 'failed') return [];
  const failed = assertionResults.filter((one) => one.status === 'failed');
  if (failed.length === 0) return [`${name}: ${message}`];
  return failed.map((one) => `${name} › ${one.fullName}: ${one.failureMessages.join(' ').slice(0, 1500)}`);
}

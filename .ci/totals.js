/**
 * Says what failed, each with why, then `N passed, N failed` from vitest's JSON reports as the last line, and exits 1 when
 * anything has failed. What is printed last is what is kept of a long run: the reasons must stand there.
 *
 *     node .ci/totals.js CHECKS TESTS WORLDS AGAIN REPORT…    exit codes of the checks, tests and worlds; reports
 *     node .ci/totals.js --failed REPORT…                     only the files with a failure, a line each
 *
 * AGAIN is the report of those files run once more, alone. A test that passes there depends on how busy the machine is: it is
 * named, and is no failure. What a seed decides fails there again.
 */
import { readFileSync } from 'node:fs';

const [first, ...rest] = process.argv.slice(2);
if (first === '--failed') {
  for (const file of new Set(rest.flatMap(failuresOf).map(({ file }) => file))) console.log(file);
} else {
  sumUp(first, ...rest);
}

function sumUp(checks, tests, worlds, again, ...reports) {
  const failed = reports.flatMap(failuresOf);
  const mended = passedIn(again);
  const [lasting, busy] = [false, true].map((is) => failed.filter((one) => mended.has(nameOf(one)) === is));
  for (const failure of busy) console.log(`PASSED ALONE ${wordsOf(failure)}`);
  const failures = lasting.map(wordsOf);
  if (Number(tests) !== 0 && failed.length === 0) {
    failures.push('the tests ended with an error that is no test: see what they printed');
  }
  if (Number(checks) !== 0) failures.push('npm run check failed');
  if (Number(worlds) !== 0) failures.push('npm run dst failed');
  for (const failure of failures) console.log(`FAILED ${failure}`);
  const passed = reports.reduce((sum, path) => sum + (reportOf(path)?.numPassedTests ?? 0), 0);
  console.log(`${passed + busy.length} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/** Each failed test; a file that could not be loaded has none to fail, so it is a failure itself. */
function failuresOf(path) {
  const report = reportOf(path);
  if (report === undefined) return [{ file: path, why: 'could not be read' }];
  return report.testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name: file, message, assertionResults }) => {
      const tests = assertionResults.filter(({ status }) => status === 'failed');
      if (tests.length === 0) return [{ file, why: message }];
      return tests.map(({ fullName, failureMessages }) => ({ file, test: fullName, why: failureMessages.join(' ') }));
    });
}

function passedIn(path) {
  const files = reportOf(path)?.testResults ?? [];
  return new Set(
    files.flatMap(({ name: file, assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'passed').map(({ fullName: test }) => nameOf({ file, test })),
    ),
  );
}

function reportOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function nameOf({ file, test }) {
  return `${file} › ${test ?? 'could not be loaded'}`;
}

function wordsOf(failure) {
  return `${nameOf(failure)}: ${failure.why.slice(0, 1_500)}`;
}

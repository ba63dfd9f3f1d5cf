import { describe, expect, test } from 'vitest';
import { toKmmError } from '../src/error-report.ts';
import { KmmError } from '../src/lib/app/errors/errors.ts';

describe('whatever is thrown', () => {
  test('is itself when it is ours', () => {
    const error = new KmmError('KMM_LOCKED', 'held');
    expect(toKmmError(error)).toBe(error);
  });

  test.each([
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    [new Error('two\nlines'), 'Error: two lines'],
    ['text', 'thrown: text'],
    [undefined, 'thrown: undefined'],
    [null, 'thrown: null'],
  ])('%s is a bug of ours with exit 1', (thrown, what) => {
    const error = toKmmError(thrown);
    expect([error.code, error.exit, error.what, error.cause]).toEqual(['KMM_BUG', 1, what, thrown]);
  });

  test.each(['ENOSPC', 'EROFS', 'EIO', 'EMFILE', 'SQLITE_FULL', 'SQLITE_IOERR_FSYNC'])(
    'F31: is the machine’s fault when it says %s, with an exit code that systemd does not restart',
    (code) => {
      const error = toKmmError(Object.assign(new Error(`${code}: write`), { code }));
      expect([error.code, error.exit, error.what]).toEqual(['KMM_HOME', 3, `the machine refuses: ${code}: write`]);
    },
  );

  test("is a matter of usage when it is oclif's, told by its exit code", () => {
    const usage = Object.assign(new Error('Nonexistent flag: --x\nSee more help with --help'), { oclif: { exit: 2 } });
    expect(toKmmError(usage)).toMatchObject({ code: 'KMM_USAGE', exit: 2, what: 'Nonexistent flag: --x' });
    const two =
      'The following errors occurred:\n  All of the following must be provided when using --key-file: --sim-url\n' +
      '  All of the following must be provided when using --key-id: --sim-url\nSee more help with --help';
    expect(toKmmError(Object.assign(new Error(two), { oclif: { exit: 2 } })).what).toBe(
      '--key-file needs --sim-url; --key-id needs --sim-url',
    );
    const other = Object.assign(new Error('x'), { oclif: { exit: 100 } });
    expect(toKmmError(other).code).toBe('KMM_BUG');
  });
});

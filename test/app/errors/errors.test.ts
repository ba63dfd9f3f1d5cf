import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { errorPage } from '../../../scripts/error-docs.ts';
import { failureText, glyphs } from '../../../src/format.ts';
import {
  catalogueEntry,
  errorCodes,
  errorJson,
  isErrorCode,
  KmmError,
  kmmError,
} from '../../../src/lib/app/errors/errors.ts';
import { EXIT } from '../../../src/lib/app/errors/exit-codes.ts';

describe('the catalogue', () => {
  test.each(errorCodes().map((code) => [code]))('%s says what, what it means, and what to do', (code) => {
    const { title, position, next } = catalogueEntry(code);
    expect(code).toMatch(/^KMM_[A-Z_]+$/);
    for (const sentence of [title, position, ...next]) expect(sentence).toMatch(/^\S[^\n]*[^.\s]$/);
    expect(next.length).toBeGreaterThan(0);
  });

  test('has an error for every exit code but success', () => {
    const used = new Set<number>(errorCodes().map((code) => catalogueEntry(code).exit));
    expect(Object.values(EXIT).filter((exit) => !used.has(exit))).toEqual([EXIT.done]);
  });

  test('has the exit codes of the table that scripts rely on', () => {
    expect(EXIT).toEqual({
      done: 0,
      bug: 1,
      usage: 2,
      config: 3,
      key: 4,
      unreachable: 5,
      risk: 6,
      reconcile: 7,
      locked: 8,
      unconfirmed: 9,
      gate: 10,
      interrupted: 130,
      terminated: 143,
    });
    const exits = {
      KMM_LOCKED: 8,
      KMM_CANCEL_UNCONFIRMED: 9,
      KMM_REPLAY_DIFFERS: 10,
      KMM_UNREACHABLE: 5,
      KMM_KEY_MODE: 4,
    };
    for (const [code, exit] of Object.entries(exits)) expect(isErrorCode(code) && catalogueEntry(code).exit).toBe(exit);
  });

  test('is what docs/errors.md says (npm run docs:errors)', () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), 'utf8');
    expect(page).toBe(errorPage());
  });
});

describe('the tests', () => {
  /** Why no test of its own makes this happen. */
  const UNTRIED: Readonly<Record<string, string>> = {
    KMM_TRADER_LOST: 'six lives of a trader within ten minutes: half a minute of waiting between them',
  };

  test('know every code of the catalogue, but for a named few', () => {
    const folder = fileURLToPath(new URL('../..', import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.test.ts') && !name.endsWith('errors/errors.test.ts'),
    );
    const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const said = new Set(text.match(/KMM_[A-Z_]+/g));
    expect(errorCodes().filter((code) => !said.has(code))).toEqual(Object.keys(UNTRIED));
  });
});

describe('an error', () => {
  const error = new KmmError('KMM_LOCKED', 'process 4711 already runs sim');

  test('says what happened, what it means for the position, and what to do, in its message', () => {
    expect(error.message).toBe(
      'process 4711 already runs sim; the other one goes on; this one has sent nothing. ' +
        'Try: kmm kill · set KMM_HOME to another directory for a second sim',
    );
  });

  test('is printed in three lines', () => {
    expect(failureText(error, glyphs(false)).split('\n')).toEqual([
      '✗ KMM_LOCKED  process 4711 already runs sim',
      '  the other one goes on; this one has sent nothing.  Try: kmm kill · set KMM_HOME to another directory for a second sim',
      '  docs/errors#KMM_LOCKED   exit 8',
    ]);
    expect(failureText(error, glyphs(true))).toMatch(/^[\n -~]*$/);
  });

  test('is an object for --json', () => {
    expect(errorJson(error)).toEqual({
      error: {
        message: 'process 4711 already runs sim; the other one goes on; this one has sent nothing',
        code: 'KMM_LOCKED',
        suggestions: ['kmm kill', 'set KMM_HOME to another directory for a second sim'],
        ref: 'docs/errors#KMM_LOCKED',
        oclif: { exit: 8 },
      },
      type: 'error',
      schemaVersion: 1,
    });
  });

  test('takes a position and suggestions of the case at hand, and keeps its cause', () => {
    const cause = new Error('below');
    const own = new KmmError('KMM_CANCEL_UNCONFIRMED', '2 orders', {
      position: 'they end by 14:03:20 ET',
      next: ['wait'],
      cause,
    });
    expect([own.position, own.next, own.cause, own.exit]).toEqual(['they end by 14:03:20 ET', ['wait'], cause, 9]);
  });
});

describe("an adapter's error value", () => {
  test('becomes the error of its code', () => {
    const error = kmmError({ code: 'KMM_TAPE_EXISTS', message: 'x.db exists already' });
    expect([error.code, error.what, error.exit]).toEqual(['KMM_TAPE_EXISTS', 'x.db exists already', 2]);
  });

  test.each(['KMM_NO_SUCH_CODE', 'toString', ''])('with the code %j is our bug and says so', (code) => {
    const error = kmmError({ code, message: 'what happened' });
    expect([error.code, error.exit]).toEqual(['KMM_BUG', 1]);
    expect(error.what).toContain('what happened');
  });
});

/** What is installed with kmm, and how (reliability.md S18–S20). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../scripts/advisories.ts';

const text = (name: string): string => readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8');
const manifest = JSON.parse(text('package.json'));
const lock = JSON.parse(text('package-lock.json'));

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const locked = Object.entries<Locked>(lock.packages).filter(([path]) => path !== '');

/** Its prebuilt binaries are inside the package; the script would build what is there already, and never runs. */
const WITH_SCRIPTS = ['node_modules/better-sqlite3'];

/** Releases of DuckDB's client are named after the database that is in them, with a number of their own behind it. */
const EXACT = (name: string): RegExp => (name === '@duckdb/node-api' ? /^\d+\.\d+\.\d+-r\.\d+$/ : /^\d+\.\d+\.\d+$/);

describe('what is installed', () => {
  const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries<string>(manifest[kind]).map(([name, version]) => ({ kind, name, version })),
  );

  test('is named in exact versions, the same in the lock file', () => {
    for (const { kind, name, version } of direct) {
      expect(version, name).toMatch(EXACT(name));
      expect(lock.packages[''][kind][name]).toBe(version);
      expect(lock.packages[`node_modules/${name}`].version).toBe(version);
    }
  });

  test('is proved by a digest, and comes from the registry alone', () => {
    for (const [path, { integrity, resolved = 'https://registry.npmjs.org/' }] of locked) {
      expect(integrity, path).toMatch(/^sha512-/);
      expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  test('runs no script when it is installed, and none would want to but those that are known', () => {
    expect(locked.filter(([, one]) => one.hasInstallScript === true).map(([path]) => path)).toEqual(WITH_SCRIPTS);
    expect(text('.npmrc').trim().split('\n').sort()).toEqual([
      'ignore-scripts=true',
      'min-release-age=7',
      'save-exact=true',
    ]);
  });

  test('holds nothing that was compromised once, and no official client of the exchange', () => {
    expect(locked.filter(([path]) => /\/(axios|kalshi-\w+|event-stream|ua-parser-js)$/.test(path))).toEqual([]);
  });
});

describe('the advisory scan', () => {
  test('is green only when it was run and found nothing', () => {
    const answer = (total: number) => JSON.stringify({ metadata: { vulnerabilities: { total } } });
    expect(verdictOf(answer(0))).toEqual({ exit: 0, text: 'advisories: none for what is installed to run' });
    expect(verdictOf(answer(2))).toMatchObject({ exit: 1, text: expect.stringContaining('2') });
    const down = JSON.stringify({ message: '405 Method Not Allowed', error: { summary: 'endpoint', detail: '' } });
    for (const said of [down, '', 'npm error audit endpoint returned an error']) {
      expect(verdictOf(said)).toMatchObject({ exit: 2, text: expect.stringMatching(/^advisories: not run/) });
    }
  });
});

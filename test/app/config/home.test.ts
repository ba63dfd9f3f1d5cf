import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kmm-home-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the data directory', () => {
  test.each([
    [{ KMM_HOME: '/own', XDG_DATA_HOME: '/xdg' }, '/own/demo'],
    [{ XDG_DATA_HOME: '/xdg' }, '/xdg/kmm/demo'],
    [{}, '/home/me/.local/share/kmm/demo'],
    [{ KMM_HOME: '', XDG_DATA_HOME: '' }, '/home/me/.local/share/kmm/demo'],
  ])('with %j is %s', (variables, directory) => {
    expect(homeOf('demo', variables, '/home/me')).toEqual({
      env: 'demo',
      directory,
      database: `${directory}/kmm.db`,
      lock: `${directory}/lock`,
      tapes: `${directory}/tape`,
      keys: `${directory}/keys`,
      latches: `${directory}/latches`,
      calib: `${directory}/calib`,
      reference: `${directory}/reference`,
      progress: `${directory}/progress`,
    });
  });

  test('is one per environment', () => {
    const directories = (['sim', 'demo', 'prod'] as const).map((env) => homeOf(env, { KMM_HOME: '/x' }, '/').directory);
    expect(new Set(directories).size).toBe(3);
  });

  test('a relative KMM_HOME counts from the working directory', () => {
    expect(homeOf('sim', { KMM_HOME: 'data' }, '/').directory).toBe(join(process.cwd(), 'data/sim'));
  });

  test('is made for its owner alone, and made twice without complaint', () => {
    const home = homeOf('sim', { KMM_HOME: join(root, 'deep/er') }, '/');
    prepareHome(home);
    prepareHome(home);
    for (const directory of [home.directory, home.tapes, home.keys]) {
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    }
    expect(existsSync(home.database)).toBe(false);
  });

  test('is refused when other users may write to it', () => {
    const home = homeOf('sim', { KMM_HOME: root }, '/');
    mkdirSync(home.directory);
    chmodSync(home.directory, 0o770);
    expect(() => prepareHome(home)).toThrow(expect.objectContaining({ code: 'KMM_HOME', exit: 3 }));
  });

  test('is refused when something else has its name', () => {
    writeFileSync(join(root, 'sim'), '');
    expect(() => prepareHome(homeOf('sim', { KMM_HOME: root }, '/'))).toThrow(
      expect.objectContaining({ code: 'KMM_HOME' }),
    );
  });
});

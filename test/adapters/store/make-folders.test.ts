import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolders } from '../../../src/lib/adapters/store/make-folders.ts';
import { assertDirectory } from '../../../src/lib/app/config/home.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HERE = new URL('../../../src/lib/adapters/store/make-folders.ts', import.meta.url).href;

describe('a folder and those above it', () => {
  test('are made for the owner alone, and are left as they are where they are there', () => {
    const root = tempDir();
    const path = join(root, 'a', 'b', 'c');
    makeFolders(path);
    makeFolders(path);
    for (const one of [path, join(root, 'a')]) expect(statSync(one).mode & 0o777).toBe(0o700);
    symlinkSync(join(root, 'a'), join(root, 'link'));
    makeFolders(join(root, 'link'));
    makeFolders(join(root, 'link', 'd'));
    expect(existsSync(join(root, 'a', 'd'))).toBe(true);
  });

  test('cannot be made over a file', () => {
    const root = tempDir();
    writeFileSync(join(root, 'file'), '');
    expect(() => makeFolders(join(root, 'file'))).toThrow('EEXIST');
    expect(() => makeFolders(join(root, 'file', 'below'))).toThrow('ENOTDIR');
  });
});

describe.skipIf(!existsSync('/proc/self'))('where the kernel takes none', () => {
  test('it is refused at once, and not asked for without end', () => {
    // As a process of its own: what goes round for ever can only be ended from outside.
    const script = `import { makeFolders } from ${JSON.stringify(HERE)}; makeFolders('/proc/kmm/sim');`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      ...{ timeout: 60_000, encoding: 'utf8' },
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("ENOENT: no such file or directory, mkdir '/proc/kmm'"),
    ]);
  });

  test('whoever only reads is told so, also through a link', () => {
    const root = tempDir();
    symlinkSync('/proc', join(root, 'data'));
    mkdirSync(join(root, 'home'));
    for (const place of ['/proc/kmm/sim', join(root, 'data', 'kmm', 'sim')])
      expect(() => assertDirectory({ directory: place })).toThrow(/cannot be made: .* is the kernel's \(proc\)/);
    expect(() => assertDirectory({ directory: join(root, 'home', 'sim') })).not.toThrow();
    expect(() => assertDirectory({ directory: join(root, 'none', 'sim') })).not.toThrow();
  });
});

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKeyFile } from '../../../src/lib/adapters/kalshi/key-file.ts';
import { generateKeyPair } from '../../../src/lib/adapters/kalshi/sign.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kmm-key-'));
  file = join(directory, 'key.pem');
  writeFileSync(file, generateKeyPair('ed25519').privateKey, { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

function codeOf(path: string): string {
  const result = loadKeyFile('key-1', path);
  return result.ok ? result.signer.kind : result.error.code;
}

describe('a key file', () => {
  it('is read when it is a regular file for its owner alone', () => {
    expect(codeOf(file)).toBe('ed25519');
    chmodSync(file, 0o400);
    expect(codeOf(file)).toBe('ed25519');
  });

  it.each([0o640, 0o604, 0o620, 0o601, 0o666])('is refused with mode %o, and told the cure', (mode) => {
    chmodSync(file, mode);
    const result = loadKeyFile('key-1', file);
    expect(result).toMatchObject({ ok: false, error: { code: 'mode' } });
    expect(result.ok ? '' : result.error.message).toContain('chmod 600');
  });

  it('is refused when it is reached through a symbolic link', () => {
    const link = join(directory, 'link.pem');
    symlinkSync(file, link);
    expect(codeOf(link)).toBe('symlink');
  });

  it('is refused when it is missing, a directory, or holds no key', () => {
    expect(codeOf(join(directory, 'absent.pem'))).toBe('unreadable');
    mkdirSync(join(directory, 'folder'), { mode: 0o700 });
    expect(codeOf(join(directory, 'folder'))).toBe('not_a_file');
    writeFileSync(file, 'certainly not a key');
    expect(codeOf(file)).toBe('not_a_key');
  });

  it('is refused in a directory that others can write, unless the sticky bit protects it', () => {
    chmodSync(directory, 0o777);
    expect(codeOf(file)).toBe('mode');
    chmodSync(directory, 0o1777);
    expect(codeOf(file)).toBe('ed25519');
    chmodSync(directory, 0o700);
  });
});

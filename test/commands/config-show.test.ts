import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kmm } from '../support/kmm.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A working directory with this config.toml. */
function withConfig(text: string): { readonly directory: string; readonly file: string } {
  const directory = tempDir();
  const file = join(directory, 'config.toml');
  writeFileSync(file, text);
  return { directory, file };
}

describe('kmm config show', () => {
  test('prints what is in force, as it was written', async () => {
    const { exit, stdout, stderr } = await kmm(['config', 'show']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^# sim, data in .*\/data\/sim\n/);
    expect(stdout).toContain('quoting.lease_seconds = 180\n');
    expect(stdout).not.toContain('# preset');
  });

  test('--origin says where each value comes from', async () => {
    const { directory, file } = withConfig('schema = "kmm/1"\n[quoting]\nlease_seconds = 60\n');
    const variables = { KMM_QUOTER_STRATEGY: 'as' };
    const { stdout } = await kmm(['config', 'show', '--origin'], { directory, variables });
    expect(stdout).toMatch(new RegExp(`^quoting\\.lease_seconds = 60 +# ${file}:3:1$`, 'm'));
    expect(stdout).toMatch(/^quoter\.strategy = "as" +# KMM_QUOTER_STRATEGY$/m);
    expect(stdout).toMatch(/^quoting\.freeze_seconds = 60 +# preset$/m);
  });

  test('--json is one line with type and schema version', async () => {
    const { stdout } = await kmm(['config', 'show', '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ type: 'config', schemaVersion: 1, env: 'sim' });
    expect(said.values).toContainEqual({ key: 'quoting.lease_seconds', value: 180, origin: 'preset' });
  });

  test('an unknown key ends it with exit 3, and as an object under --json', async () => {
    const { directory, file } = withConfig('schema = "kmm/1"\n[quoting]\nlease_second = 60\n');
    const plain = await kmm(['config', 'show'], { directory });
    const what = `${file}:3:1: unknown key quoting.lease_second (did you mean lease_seconds?)`;
    expect([plain.exit, plain.stdout]).toEqual([3, '']);
    expect(plain.stderr.split('\n')[0]).toBe(`✗ KMM_CONFIG_UNKNOWN_KEY  ${what}`);
    const json = await kmm(['config', 'show', '--json'], { directory });
    expect([json.exit, json.stderr]).toEqual([3, '']);
    expect(JSON.parse(json.stdout).error).toMatchObject({
      code: 'KMM_CONFIG_UNKNOWN_KEY',
      message: expect.stringContaining(what),
      ref: 'docs/errors#KMM_CONFIG_UNKNOWN_KEY',
      oclif: { exit: 3 },
    });
  });

  test("a stranger's config.toml is left alone, with a note that --quiet silences", async () => {
    const { directory } = withConfig('title = "x"\n');
    expect((await kmm(['config', 'show'], { directory })).stderr).toContain('./config.toml is not read');
    expect((await kmm(['config', 'show', '--quiet'], { directory })).stderr).toBe('');
  });
});

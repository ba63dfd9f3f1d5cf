/** What all commands share: usage errors, help, output that scripts read, readers that go away. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BIN, kmm } from '../support/kmm.ts';

describe('usage', () => {
  test.each([
    [['frobnicate', 'KXBTC15M'], 'there is no command "frobnicate KXBTC15M"', 'kmm --help'],
    [['bok', 'KXBTC15M'], 'there is no command "bok KXBTC15M" (did you mean book?)', 'kmm --help'],
    [['config', 'shwo'], 'there is no command "config shwo" (did you mean config show?)', 'kmm --help'],
    [['explan', 'KMM_LOCKED'], 'there is no command "explan KMM_LOCKED" (did you mean explain?)', 'kmm --help'],
    [['config', 'show', '--orign'], 'Nonexistent flag: --orign', 'kmm config show --help'],
    [['explain', 'KMM_LOCKED', 'extra'], 'Unexpected argument: extra', 'kmm explain --help'],
    [
      ['config', 'show', '--env', 'live'],
      'Expected --env=live to be one of: sim, demo, prod',
      'kmm config show --help',
    ],
    [['explain', 'KMM_LOKED'], 'there is no error code KMM_LOKED (did you mean KMM_LOCKED?)', 'kmm explain'],
  ])('%j is refused with exit 2', async (words, what, next) => {
    const { exit, stdout, stderr } = await kmm(words);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `✗ KMM_USAGE  ${what}\n` +
        `  nothing was sent; positions and resting orders are as they were.  Try: ${next}\n` +
        '  docs/errors#KMM_USAGE   exit 2\n',
    );
  });

  test('a wrong KMM_ENV is refused like a wrong --env', async () => {
    const { exit, stderr } = await kmm(['config', 'show'], { variables: { KMM_ENV: 'live' } });
    expect(exit).toBe(2);
    expect(stderr).toContain('to be one of: sim, demo, prod');
  });

  test('--json after -- is no flag', async () => {
    const { stdout, stderr } = await kmm(['explain', '--', '--json']);
    expect(stdout).toBe('');
    expect(stderr).toContain('there is no error code --json');
  });

  test('KMM_ASCII=1 keeps errors in ASCII', async () => {
    expect((await kmm(['bok'], { variables: { KMM_ASCII: '1' } })).stderr).toMatch(/^[\n -~]*$/);
  });
});

describe('help', () => {
  test.each([
    ['--help'],
    ['explain', '--help'],
    ['config', '--help'],
    ['config', 'show', '--help'],
    ['help', 'explain'],
  ])('%s %s is printed to stdout with exit 0', async (...words) => {
    const { exit, stdout, stderr } = await kmm(words.filter((word) => word !== undefined));
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain('USAGE');
    expect(stdout).toContain('$ kmm');
  });
});

describe('kmm alone', () => {
  test('says how things stand and what to do next', async () => {
    const { exit, stdout } = await kmm([]);
    expect([exit, stdout]).toEqual([
      0,
      'kmm has not run here yet\nnext    kmm run --env sim · kmm doctor · kmm --help\n',
    ]);
  });
});

describe('explain', () => {
  test('says meaning, position, next and exit code', async () => {
    const { exit, stdout } = await kmm(['explain', 'KMM_LOCKED']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^KMM_LOCKED: another kmm holds the lock.*\nPosition: .*\nNext: kmm kill · .*\nExit code: 8\n$/,
    );
  });

  test('--json is one object, also for all codes', async () => {
    const one = JSON.parse((await kmm(['explain', 'KMM_LOCKED', '--json'])).stdout);
    expect(one).toMatchObject({ type: 'explanation', schemaVersion: 1, code: 'KMM_LOCKED', exit: 8 });
    const all = JSON.parse((await kmm(['explain', '--json'])).stdout);
    expect(all.codes).toContainEqual(expect.objectContaining({ code: 'KMM_LOCKED', exit: 8 }));
  });
});

describe('stdout', () => {
  /** How it ends when stdout is this file descriptor, or is closed after the first bytes. */
  async function endOf(stdout: number | 'closed'): Promise<{ exit: number | null; stderr: string }> {
    const stdio = ['ignore', stdout === 'closed' ? 'pipe' : stdout, 'pipe'] as const;
    const child = spawn(process.execPath, [BIN, 'explain'], { stdio: [...stdio] });
    child.stdout?.destroy();
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exit, stderr };
  }

  test('a reader that goes away ends a printing command in silence', async () => {
    expect(await endOf('closed')).toEqual({ exit: 0, stderr: '' });
  });

  test('a full disk is said in one line, with exit 1', async () => {
    const { exit, stderr } = await endOf(openSync('/dev/full', 'w'));
    expect(exit).toBe(1);
    expect(stderr).toMatch(/^stdout cannot be written: ENOSPC.*\n$/);
  });
});

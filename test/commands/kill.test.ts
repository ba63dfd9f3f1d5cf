/** `kmm kill` and `kmm resume` where nothing runs: never a question, never a surprise, and what is latched is said. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { place } from '../support/cli.ts';

describe.concurrent('kill', () => {
  it('without --env finds nothing to do where nothing runs', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const { exit, stdout, stderr } = await here.kmm('kill');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toBe('nothing to kill: no kmm runs here and no order of ours may rest\n');
    expect((await here.json('kill')).records).toEqual([{ type: 'kill', schemaVersion: 1, environments: [] }]);
  });

  it('of sim says that no exchange runs, and latches where there is a database', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const before = await here.json('kill', '--env', 'sim');
    expect(before.exit).toBe(0);
    expect(before.records[0].environments).toMatchObject([
      { isLatched: false, isExchangeGone: true, isConfirmed: true, notes: [expect.stringContaining('no database')] },
    ]);
    expect((await here.json('run', '--for', '3s', '--speed', 'max')).exit).toBe(0);
    const after = await here.json('kill', '--env', 'sim');
    expect(after.records[0].environments).toMatchObject([{ isLatched: true, isExchangeGone: true, notes: [] }]);
    const { stdout } = await here.kmm('resume', 'KILLED', '--yes');
    expect(stdout).toMatch(/^cleared KILLED \(\*\) since \d{4}-.* ET by .*: killed by the operator\n$/);
  });

  it('of demo without a key says so, with exit 4', async ({ expect, onTestFinished }) => {
    const { exit, stderr } = await place({}, onTestFinished).kmm('kill', '--env', 'demo');
    expect(exit).toBe(4);
    expect(stderr).toContain('KMM_KEY_MISSING');
    expect(stderr).toContain('no halt could be latched, and nothing was cancelled: what rests ends with its lease');
  });

  it('is not kept from anything by a config file or a database that is broken', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    writeFileSync(join(here.directory, 'config.toml'), 'schema = "kmm/1"\nbroken = [');
    mkdirSync(here.home.directory, { recursive: true });
    writeFileSync(here.home.database, 'this is no database, and long enough to be looked at as one'.repeat(100));
    const { exit, stderr, records } = await here.json('kill');
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^the configuration is left aside: .*config\.toml:2:/);
    expect(records[0].environments).toMatchObject([
      {
        env: 'sim',
        isLatched: false,
        isConfirmed: true,
        notes: [expect.stringContaining('the halt is not latched: ')],
      },
    ]);
  });
});

describe.concurrent('resume', () => {
  it('says that nothing is latched', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const { exit, stdout } = await here.kmm('resume');
    expect([exit, stdout]).toEqual([0, 'no halt is latched in sim\n']);
    expect((await here.json('resume')).records).toEqual([
      { type: 'resume', schemaVersion: 1, env: 'sim', cleared: [], left: [] },
    ]);
  });

  it('of a halt that is not on is refused, naming those that are', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    await here.kmm('run', '--for', '3s', '--speed', 'max');
    await here.kmm('kill', '--env', 'sim');
    const { exit, stderr } = await here.kmm('resume', 'LOSS_DAY');
    expect(exit).toBe(2);
    expect(stderr).toContain('no halt LOSS_DAY is on in sim; there are: KILLED (*)');
    expect((await here.kmm('resume', 'KILLED', '--yes')).exit).toBe(0);
  });
});

/** pause, resume and stop as they are typed: where nothing runs, through the database, and to a trader that is there or deaf. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import { homeOf } from '../../src/lib/app/config/home.ts';
import type { Halt } from '../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { type Here, jsonHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const YESTERDAY = epochMs(Date.now() - 26 * 3_600_000);

/** A data directory in which these halts are latched, by ann. */
function place(...halts: (Pick<Halt, 'name'> & Partial<Halt>)[]) {
  const directory = tempDir();
  const here: Here = { directory, variables: {} };
  const home = homeOf('sim', { KMM_HOME: `${directory}/data` }, directory);
  mkdirSync(home.directory, { recursive: true });
  const journal = openJournal({ path: home.database, env: 'sim', access: 'owner' });
  if (journal instanceof StoreProblem) throw journal;
  for (const halt of halts) journal.setLatch({ scope: '*', since: YESTERDAY, reason: 'a test', ...halt }, 'ann');
  const latched = () => journal.latches().map(({ name, scope, by }) => `${name} ${scope} by ${by}`);
  return { home, journal, latched, kmm: (...words: string[]) => jsonHere(here, words) };
}

describe('kmm resume', () => {
  it('clears nothing that is not named and confirmed where nobody can be asked', async () => {
    const { kmm, latched } = place({ name: 'KILLED', reason: 'fat finger' }, { name: 'PAUSED', scope: 'KX-1' });
    const { exit, records, stderr } = await kmm('resume');
    expect([exit, records[0].error.code]).toEqual([2, 'KMM_NOT_CONFIRMED']);
    expect(records[0].error.suggestions).toEqual(['kmm resume KILLED --yes', 'kmm resume PAUSED --scope KX-1 --yes']);
    expect(stderr).toMatch(/KILLED \(\*\) since \d{4}-.* ET by ann: fat finger; it is cleared with --yes/);
    expect((await kmm('resume', '--yes')).exit).toBe(2);
    expect((await kmm('resume', 'KILLED')).exit).toBe(2);
    expect(latched()).toHaveLength(2);
  });

  it('clears the one that is named, and of several scopes the one that is meant', async () => {
    const { kmm, latched } = place({ name: 'PAUSED' }, { name: 'PAUSED', scope: 'KX-1' }, { name: 'KILLED' });
    expect((await kmm('resume', 'PAUSED', '--yes')).exit).toBe(2);
    const { exit, records } = await kmm('resume', 'PAUSED', '--scope', 'KX-1', '--yes');
    expect([exit, records[0].cleared.length, records[0].left.length]).toEqual([0, 1, 2]);
    expect(records[0].cleared[0]).toMatchObject({ name: 'PAUSED', scope: 'KX-1', by: 'ann', clears: 'operator' });
    expect((await kmm('resume', '--all', '--yes')).records[0].left).toEqual([]);
    expect(latched()).toEqual([]);
  });

  it('wants the end of the key id for a halt over money, and keeps all while one is not confirmed', async () => {
    const { kmm, latched } = place({ name: 'DRAWDOWN' }, { name: 'KILLED' });
    expect((await kmm('resume', '--all', '--yes')).records[0].error.code).toBe('KMM_NOT_CONFIRMED');
    expect((await kmm('resume', 'DRAWDOWN', '--confirm', 'nope')).exit).toBe(2);
    expect(latched()).toHaveLength(2);
    // No key was ever used here: the environment stands for the account.
    expect((await kmm('resume', '--all', '--yes', '--confirm', 'sim')).exit).toBe(0);
    expect(latched()).toEqual([]);
  });

  it("does not clear a day's loss before the next Eastern day, and says when (F39)", async () => {
    const { kmm, latched } = place({ name: 'LOSS_DAY', since: epochMs(Date.now()) });
    const { exit, records } = await kmm('resume', 'LOSS_DAY', '--confirm', 'sim');
    expect([exit, records[0].error.code]).toEqual([6, 'KMM_HALT_STAYS']);
    expect(records[0].error.suggestions[0]).toMatch(/^kmm resume LOSS_DAY after 00:00 ET, which is \d{4}-.*T0[45]:00/);
    expect(latched()).toHaveLength(1);
    const later = place({ name: 'LOSS_DAY', since: epochMs(Date.now() - 50 * 3_600_000) });
    expect((await later.kmm('resume', 'LOSS_DAY', '--confirm', 'sim')).exit).toBe(0);
  });

  it('explains what ends with its process', async () => {
    const { kmm } = place({ name: 'STOPPING', reason: 'kmm stop' });
    const { exit, records } = await kmm('resume', 'STOPPING', '--yes');
    expect([exit, records[0].error.suggestions]).toEqual([6, ['kmm stop', 'kmm run']]);
  });
});

describe('kmm why', () => {
  it('has nothing to explain where nothing ever ran', async () => {
    const here: Here = { directory: tempDir(), variables: {} };
    const { exit, records } = await jsonHere(here, ['why', 'KXBTC15M']);
    expect([exit, records[0].error.code]).toEqual([2, 'KMM_NOTHING_RECORDED']);
  });
});

describe('kmm pause', () => {
  it('asks, and latches all markets or those that are named, for whoever runs next', async () => {
    const { kmm, latched } = place();
    expect((await kmm('pause')).records[0].error.code).toBe('KMM_NOT_CONFIRMED');
    expect(latched()).toEqual([]);
    const { exit, records } = await kmm('pause', 'KX-1', 'KX-2', '--yes');
    expect([exit, records[0]]).toMatchObject([0, { type: 'pause', via: 'database', tickers: ['KX-1', 'KX-2'] }]);
    await kmm('pause', '--yes');
    const scopes = latched().map((text) => text.replace(/ by .*/, ''));
    expect(scopes.sort()).toEqual(['PAUSED *', 'PAUSED KX-1', 'PAUSED KX-2']);
  });

  it('has nothing to pause where nothing ever ran', async () => {
    const here: Here = { directory: tempDir(), variables: {} };
    const { exit, records } = await jsonHere(here, ['pause', '--yes']);
    expect([exit, records[0].error.code]).toEqual([2, 'KMM_USAGE']);
  });
});

describe('kmm stop', () => {
  it('where nothing runs says so', async () => {
    const { kmm } = place();
    const { exit, records } = await kmm('stop', '--yes');
    expect([exit, records[0]]).toMatchObject([0, { type: 'stop', via: 'none', pid: null, isConfirmed: true }]);
  });

  it('to a run that does not answer goes through the database and by a signal to its supervisor (F30)', async () => {
    const { kmm, home, latched } = place();
    const lock = acquireLock(home.lock, { env: 'sim', since: YESTERDAY });
    if ('held' in lock) throw new Error('the lock is held');
    lock.update({ control: join(home.directory, 'nobody.sock') });
    let heard: string[] = [];
    process.once('SIGTERM', () => {
      heard = latched();
      lock.release();
    });
    const { exit, records } = await kmm('stop', '--yes');
    expect([exit, records[0]]).toMatchObject([0, { via: 'signal', pid: process.pid, isConfirmed: true }]);
    expect(heard).toEqual([expect.stringContaining('STOPPING *')]);
    // It was for that process alone: the next one is not stopped by it.
    expect(latched()).toEqual([]);
  });
});

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { LatchFiles } from '../../../src/lib/adapters/store/latch-files.ts';
import { MIGRATIONS, migrate } from '../../../src/lib/adapters/store/migrations.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';
import { haltedError, leaveHalt, standingHalt } from '../../../src/lib/app/run/standing-halt.ts';
import { Supervisor } from '../../../src/lib/app/run/supervise.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { KILLED, openedJournal, T0 } from '../../support/journal.ts';
import { tempDir } from '../../support/temp-dir.ts';

function placed() {
  const home = homeOf('sim', { KMM_HOME: tempDir() });
  prepareHome(home);
  openedJournal(home.database).close();
  return { env: 'sim', home } as const;
}

describe('the halt of a crash loop', () => {
  it('outlives the supervisor: the next start finds it, says the command that clears it, and exits 6', () => {
    const place = placed();
    expect(standingHalt(place)).toBeUndefined();
    expect(leaveHalt(place, 'crash loop: 6 lives in ten minutes')).toBeUndefined();
    const halt = standingHalt(place);
    expect(halt).toMatchObject({ name: 'INVARIANT', scope: '*', by: 'the supervisor' });
    // RestartPreventExitStatus=3 4 6 8 of deploy/systemd/kmm.service keeps it down.
    expect(haltedError(halt!)).toMatchObject({
      ...{ code: 'KMM_HALTED', exit: 6, next: ['kmm resume INVARIANT', 'kmm run'] },
      what: expect.stringContaining('crash loop: 6 lives'),
    });
    const journal = openedJournal(place.home.database, 'guest');
    journal.clearLatch('INVARIANT', '*', 'me', epochMs(T0));
    journal.close();
    expect(standingHalt(place)).toBeUndefined();
  });

  it('I5: is found in a file as well, where a full disk left it', () => {
    const place = placed();
    const halt = { name: 'JOURNAL', scope: '*', since: epochMs(T0), reason: 'the disk is full' } as const;
    new LatchFiles(place.home.latches).write({ kind: 'latch', halt, by: 'the trader' });
    expect(standingHalt(place)).toEqual({ ...halt, by: 'the trader' });
  });

  it('is not any other halt: a killed trader starts, and stands halted', () => {
    const place = placed();
    const journal = openedJournal(place.home.database, 'guest');
    journal.setLatch(KILLED, 'me');
    journal.close();
    expect(standingHalt(place)).toBeUndefined();
  });

  it('is kept also where the trader died before there was a database, or on the way to a newer one', () => {
    const home = homeOf('sim', { KMM_HOME: tempDir() });
    prepareHome(home);
    expect(leaveHalt({ env: 'sim', home }, 'crash loop')).toBeUndefined();
    expect(standingHalt({ env: 'sim', home })).toMatchObject({ name: 'INVARIANT' });
    rmSync(home.database);
    const old = new Database(home.database);
    migrate(old, MIGRATIONS.slice(0, 1));
    old.pragma('application_id = 0x6b6d6d6a');
    old.close();
    expect(leaveHalt({ env: 'sim', home }, 'crash loop')).toBeUndefined();
    expect(standingHalt({ env: 'sim', home })).toMatchObject({ name: 'INVARIANT' });
  });

  it('that cannot be written is answered with the reason', () => {
    const home = homeOf('sim', { KMM_HOME: tempDir() });
    expect(leaveHalt({ env: 'sim', home }, 'x')).toContain('cannot be opened');
    prepareHome(home);
    writeFileSync(home.database, 'no database, '.repeat(1_000));
    expect(leaveHalt({ env: 'sim', home }, 'x')).toContain('file is not a database');
  });

  it('keeps a supervisor from starting a trader at all', async () => {
    const directory = tempDir();
    const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
    const configuration = loadConfiguration({ environment: 'sim', flags: [], host });
    prepareHome(configuration.home);
    openedJournal(configuration.home.database).close();
    leaveHalt(configuration, 'crash loop');
    const link = { rest: 'http://127.0.0.1:1', ws: 'ws://127.0.0.1:1', keyId: 'k', keyFile: join(directory, 'k') };
    const supervisor = new Supervisor({ configuration, link, onView: () => {}, onLog: () => {} });
    await expect(supervisor.run()).rejects.toMatchObject({ code: 'KMM_HALTED', exit: 6 });
  });
});

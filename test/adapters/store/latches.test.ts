import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import { startChild } from '../../support/child.ts';
import { begun, commit, create, databasePath, KILLED, openedJournal, T0 } from '../../support/journal.ts';

describe('latches', () => {
  test('outlive the process, keep since when they stand, and clear by name and scope', () => {
    const path = databasePath();
    const journal = openedJournal(path);
    expect(journal.setLatch(KILLED, 'kmm kill')).toBeUndefined();
    journal.setLatch({ ...KILLED, since: epochMs(T0 + 9), reason: 'again' }, 'watchdog');
    journal.setLatch(
      { name: 'PAUSED', scope: 'KXBTC15M', since: epochMs(T0 + 1), until: epochMs(T0 + 2), reason: 'x' },
      'me',
    );
    journal.close();
    const later = openedJournal(path);
    expect(later.latches()).toEqual([
      { ...KILLED, reason: 'again', by: 'watchdog' },
      { name: 'PAUSED', scope: 'KXBTC15M', since: T0 + 1, until: T0 + 2, reason: 'x', by: 'me' },
    ]);
    later.clearLatch('KILLED', 'KXBTC15M', 'me', T0);
    expect(later.latches()).toHaveLength(2);
    later.clearLatch('KILLED', '*', 'me', T0);
    expect(later.latches().map(({ name }) => name)).toEqual(['PAUSED']);
  });

  test('who did what is kept', () => {
    const path = databasePath();
    const journal = openedJournal(path);
    journal.setLatch(KILLED, 'kmm kill');
    journal.clearLatch('KILLED', '*', 'ann', epochMs(T0 + 1));
    journal.recordOperation({ at: epochMs(T0 + 2), by: 'ann', verb: 'resume', detail: 'after lunch' });
    expect(new Database(path).prepare('SELECT at, by, verb, detail FROM operations ORDER BY id').all()).toEqual([
      { at: T0, by: 'kmm kill', verb: 'latch', detail: 'KILLED *: by hand' },
      { at: T0 + 1, by: 'ann', verb: 'clear', detail: 'KILLED *' },
      { at: T0 + 2, by: 'ann', verb: 'resume', detail: 'after lunch' },
    ]);
  });

  test('another process latches while the trader commits turn after turn, and the trader sees it', async () => {
    const path = databasePath();
    const { journal } = begun(path);
    const before = journal.latchVersion();
    const child = startChild(`
      import { openJournal } from 'src/lib/adapters/store/journal.ts';
      const journal = openJournal({ path: ${JSON.stringify(path)}, env: 'sim', access: 'guest' });
      const problem = journal.setLatch(${JSON.stringify(KILLED)}, 'kmm kill');
      console.log(JSON.stringify(problem ?? 'latched'));
      journal.close();`);
    const answer = child.line();
    let turn = 0;
    let isDone = false;
    void answer.then(() => {
      isDone = true;
    });
    while (!isDone) {
      turn++;
      commit(journal, turn, create(turn));
      // A trader's turns follow one another, but not without a breath.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await answer).toBe('"latched"');
    expect(journal.latchVersion()).not.toBe(before);
    expect(journal.latches()).toEqual([{ ...KILLED, by: 'kmm kill' }]);
    expect(journal.verify()).toEqual({ isWhole: true, turns: turn });
  });

  test('our own writing does not look like another’s', () => {
    const { journal } = begun(databasePath());
    const before = journal.latchVersion();
    commit(journal, 1, create(1));
    journal.setLatch(KILLED, 'engine');
    expect(journal.latchVersion()).toBe(before);
  });

  test('one that cannot be written is answered within 200 ms', () => {
    const path = databasePath();
    openedJournal(path).close();
    const stuck = new Database(path);
    stuck.exec('BEGIN IMMEDIATE');
    const guest = openedJournal(path, 'guest');
    let shortest = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3; attempt++) {
      const from = performance.now();
      const problem = guest.setLatch(KILLED, 'kmm kill');
      expect(problem).toMatchObject({ code: 'KMM_JOURNAL', message: expect.stringContaining('locked') });
      shortest = Math.min(shortest, performance.now() - from);
    }
    expect(shortest).toBeLessThan(200);
    expect(shortest).toBeGreaterThan(100);
    stuck.exec('ROLLBACK');
    expect(guest.setLatch(KILLED, 'kmm kill')).toBeUndefined();
  });
});

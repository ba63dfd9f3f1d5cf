import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Alert } from '../../../src/lib/core/alerts/condition.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { begun, commit, create, databasePath, openedJournal, problemCode, T0 } from '../../support/journal.ts';

const ALERT: Alert = {
  key: 'halt KILLED *',
  priority: 'critical',
  change: 'raised',
  stage: '',
  text: 'killed',
  at: T0,
};

describe('the queue of alerts', () => {
  it('keeps what was told across processes, with the session that told it', () => {
    const path = databasePath();
    const { journal } = begun(path);
    expect(journal.queueAlerts([ALERT, { ...ALERT, key: 'tape' }])).toBeUndefined();
    journal.close();
    const next = openedJournal(path);
    expect(next.toldAlerts(epochMs(T0 - 1)).map(({ key }) => key)).toEqual(['halt KILLED *', 'tape']);
    next.close();
    const database = new Database(path, { readonly: true });
    expect(database.prepare('SELECT DISTINCT session FROM alerts').pluck().all()).toEqual([1]);
    database.close();
  });

  it('tells of older ones only the last word of each key', () => {
    const { journal } = begun(databasePath());
    journal.queueAlerts([ALERT, { ...ALERT, change: 'cleared', at: epochMs(T0 + 1) }]);
    expect(journal.toldAlerts(epochMs(T0 + 10)).map(({ change }) => change)).toEqual(['cleared']);
    journal.close();
  });

  it('enters the same word of two processes once: a kill and the trader that obeys it', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const guest = openedJournal(path, 'guest');
    guest.queueAlerts([ALERT]);
    journal.queueAlerts([{ ...ALERT, text: 'killed, seen by the trader' }]);
    journal.queueAlerts([{ ...ALERT, stage: '2', change: 'changed' }, { ...ALERT, change: 'cleared' }, ALERT]);
    expect(guest.toldAlerts(epochMs(0)).map(({ change }) => change)).toEqual([
      'raised',
      'changed',
      'cleared',
      'raised',
    ]);
    guest.close();
    journal.close();
  });

  it('is bounded: the newest 5,000 are kept', () => {
    const path = databasePath();
    const { journal } = begun(path);
    journal.queueAlerts(Array.from({ length: 5_005 }, (_, index) => ({ ...ALERT, key: `key ${index}` })));
    const kept = journal.toldAlerts(epochMs(0));
    expect([kept.length, kept[0]?.key]).toEqual([5_000, 'key 5']);
    journal.close();
  });

  it('never waits for another writer: it answers at once, and the journal goes on as it was (I14)', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const other = new Database(path);
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const durations = Array.from({ length: 10 }, () => {
      const began = performance.now();
      expect(problemCode(journal.queueAlerts([ALERT]))).toBe('KMM_JOURNAL');
      return performance.now() - began;
    });
    other.exec('ROLLBACK');
    expect(Math.min(...durations)).toBeLessThan(5);
    commit(journal, 1, create(1));
    expect(journal.queueAlerts([ALERT])).toBeUndefined();
    journal.close();
  });

  it('leaves the settings of the connection as they were, also after a failure', () => {
    const { journal } = begun(databasePath());
    journal.close();
    expect(problemCode(journal.queueAlerts([ALERT]))).toBe('KMM_JOURNAL');
  });
});

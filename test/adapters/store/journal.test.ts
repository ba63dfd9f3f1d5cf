import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { JournalFailure, openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { startChild } from '../../support/child.ts';
import {
  amend,
  begun,
  cancel,
  commit,
  committingCode,
  create,
  databasePath,
  FILL,
  openedJournal,
  problemCode,
  START,
  T0,
} from '../../support/journal.ts';

describe('sessions', () => {
  test('are numbered in the database, which draws its instance once', () => {
    const path = databasePath();
    const first = begun(path);
    expect(first.session).toMatchObject({ session: 1, tape: '/tmp/1.tape', account: 'world-7' });
    expect(first.session.instance).toMatch(/^[0-9a-f]{6}$/);
    first.journal.endSession(epochMs(T0 + 5));
    first.journal.close();
    const second = begun(path);
    expect(second.session).toMatchObject({ session: 2, instance: first.session.instance });
    const { tapeOf: _, ...kept } = START;
    expect(second.journal.lastSession()).toEqual({ ...kept, session: 2, tape: '/tmp/2.tape' });
    second.journal.endSession(epochMs(T0 + 9));
    expect(second.journal.lastSession()?.endedAt).toBe(T0 + 9);
  });

  test('there is none in a new database, and nothing is recorded before one has begun', () => {
    const journal = openedJournal(databasePath());
    expect(journal.lastSession()).toBeUndefined();
    expect(() => commit(journal, 1, create(1))).toThrow('before a session');
    expect(() => journal.recordEvent(FILL)).toThrow('before a session');
  });
});

describe('a turn', () => {
  test('is on disk when commitTurn returns: kill −9 right after it loses nothing', async () => {
    const path = databasePath();
    const child = startChild(`${committingCode(path)}
      import { writeSync } from 'node:fs';
      for (let turn = 1; ; turn++) {
        commit(turn);
        if (turn === 40) writeSync(1, turn + '\\n');
      }`);
    const said = Number(await child.line());
    await child.kill();
    const journal = openedJournal(path);
    const orders = journal.openOrders(T0);
    expect(orders.length).toBeGreaterThanOrEqual(said);
    expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).has(`kmm-${said}`)).toBe(true);
    expect(journal.verify()).toEqual({ isWhole: true, turns: orders.length });
  });

  test('that asks for nothing is not kept', () => {
    const { journal } = begun(databasePath());
    commit(journal, 1);
    expect(journal.verify()).toEqual({ isWhole: true, turns: 0 });
  });

  test('cannot use an id a second time: nothing of it is written, and the journal is not trusted again', () => {
    const { journal } = begun(databasePath());
    commit(journal, 1, create(1));
    expect(() => commit(journal, 2, create(2), create(3, { clientOrderId: create(1).clientOrderId }))).toThrow(
      JournalFailure,
    );
    expect(() => commit(journal, 3, create(4))).toThrow(JournalFailure);
    expect(journal.openOrders(T0).map(({ clientOrderId }) => clientOrderId)).toEqual([create(1).clientOrderId]);
  });

  test('that cannot be written because another process holds the database fails, and so does every later one', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(() => commit(journal, 1, create(1))).toThrow(JournalFailure);
    other.exec('ROLLBACK');
    expect(() => commit(journal, 2, create(2))).toThrow('database is locked');
    expect(journal.openOrders(T0)).toEqual([]);
  });

  test('on a full disk fails, and all earlier ones are there', async () => {
    const path = databasePath();
    const code = `${committingCode(path)}
      let turn = 1;
      try {
        for (; ; turn++) commit(turn);
      } catch (error) {
        console.log(JSON.stringify({ code: error.code, turn }));
      }`;
    const child = startChild(code, 600);
    const said = JSON.parse((await child.line()) ?? 'null') as { code: string; turn: number };
    await child.kill();
    expect(said.code).toBe('KMM_JOURNAL');
    expect(said.turn).toBeGreaterThan(2);
    expect(openedJournal(path).verify()).toEqual({ isWhole: true, turns: said.turn - 1 });
  });
});

describe('the hash chain', () => {
  const changes = [
    'UPDATE intents SET price = price + 1 WHERE counter = 3',
    "UPDATE intents SET side = 'ask' WHERE counter = 3",
    'UPDATE intents SET counter = 99 WHERE counter = 3',
    'UPDATE intents SET expires_at = NULL WHERE counter = 3',
    'DELETE FROM intents WHERE counter = 3',
    'INSERT INTO intents SELECT session, 98, turn, at, kind, client_order_id, order_id, ticker, shard, side, price, size, filled, expires_at, takes, reduce_by FROM intents WHERE counter = 3',
    'UPDATE turns SET at = at + 1 WHERE turn = 2',
    'DELETE FROM turns WHERE turn = 2',
  ];

  test.each(changes)('breaks when a stored turn is changed: %s', (change) => {
    const path = databasePath();
    const { journal } = begun(path);
    commit(journal, 1, create(1), create(2));
    commit(journal, 2, create(3), amend(create(1), 4, T0 + 300_000));
    commit(journal, 3, cancel(create(2), 5));
    expect(journal.verify()).toEqual({ isWhole: true, turns: 3 });
    new Database(path).exec(change).close();
    expect(problemCode(journal.verify())).toBe('KMM_DB_UNREADABLE');
    expect(problemCode(journal.verify(2))).toBe('KMM_DB_UNREADABLE');
    journal.close();
    expect(problemCode(openJournal({ path, env: 'sim' }))).toBe('KMM_DB_UNREADABLE');
  });

  test('holds for a turn that sends its cancels first, whatever their counters', () => {
    const { journal } = begun(databasePath());
    commit(journal, 1, create(1), create(2));
    commit(journal, 2, cancel(create(2), 4), amend(create(1), 3, T0 + 300_000));
    expect(journal.verify()).toEqual({ isWhole: true, turns: 2 });
  });

  test('can be checked over the newest turns only, believing what was before', () => {
    const path = databasePath();
    const { journal } = begun(path);
    for (let turn = 1; turn <= 5; turn++) commit(journal, turn, create(turn));
    new Database(path).exec('UPDATE intents SET price = 1 WHERE turn = 2').close();
    expect(journal.verify(3)).toEqual({ isWhole: true, turns: 3 });
    expect(problemCode(journal.verify(4))).toBe('KMM_DB_UNREADABLE');
  });

  test('goes on over sessions', () => {
    const path = databasePath();
    for (let session = 1; session <= 3; session++) {
      const { journal } = begun(path);
      commit(journal, 1, create(1, { clientOrderId: `kmm-${session}-1` }));
      expect(journal.verify()).toEqual({ isWhole: true, turns: session });
      journal.close();
    }
  });
});

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BegunSession,
  JournalFailure,
  type JournalFile,
  openJournal,
  type SessionStart,
} from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import type { EngineEvent, FillSeen, SettlementSeen } from '../../../src/lib/core/events.ts';
import type { Halt } from '../../../src/lib/core/halts.ts';
import type { AmendIntent, CancelIntent, CreateIntent, Intent } from '../../../src/lib/core/intents.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { startChild } from '../../support/child.ts';
import { tempDir } from '../../support/temp-dir.ts';

const T0 = epochMs(1_778_477_863_278);
const START: SessionStart = {
  account: 'world-7',
  version: '0.1.0+abc',
  configHash: 'c0ffee',
  startedAt: T0,
  restUrl: 'http://127.0.0.1:4010/trade-api/v2',
  wsUrl: 'ws://127.0.0.1:4010/trade-api/ws/v2',
  keyId: 'key-1',
  keyFile: '/tmp/key.pem',
  tapeOf: (session) => `/tmp/${session}.tape`,
};
const KILLED: Halt = { name: 'KILLED', scope: '*', since: T0, reason: 'by hand' };

function open(path: string, access: 'owner' | 'guest' = 'owner'): JournalFile {
  const journal = openJournal({ path, env: 'sim', access });
  if (journal instanceof StoreProblem) throw new Error(journal.message);
  return journal;
}

function begin(path: string): { journal: JournalFile; session: BegunSession } {
  const journal = open(path);
  return { journal, session: journal.beginSession(START) };
}

function databasePath(): string {
  return join(tempDir(), 'kmm.db');
}

function create(counter: number, more: Partial<CreateIntent> = {}): CreateIntent {
  return {
    kind: 'create',
    counter,
    ticker: 'KXBTC15M-26MAY110145-45',
    shard: 2,
    clientOrderId: `kmm-a1b2c3-1-cara-${counter}`,
    side: 'bid',
    price: centicents(4_500),
    size: centicontracts(1_000),
    expiresAt: epochMs(T0 + 180_000),
    ...more,
  };
}

function amend(of: CreateIntent, counter: number, expiresAt: number): AmendIntent {
  return {
    ...of,
    kind: 'amend',
    counter,
    orderId: `o-${of.counter}`,
    filled: centicontracts(0),
    expiresAt: epochMs(expiresAt),
  };
}

function cancel(of: CreateIntent, counter: number): CancelIntent {
  const { expiresAt: _, ...rest } = of;
  return { ...rest, kind: 'cancel', counter, orderId: `o-${of.counter}` };
}

function commit(journal: JournalFile, turn: number, ...intents: Intent[]): void {
  journal.commitTurn({ turn, at: epochMs(T0 + turn), intents });
}

function codeOf(result: object | undefined): string {
  return result instanceof StoreProblem ? result.code : 'none';
}

const FILL: FillSeen = {
  type: 'fill',
  at: T0,
  tradeId: 't-1',
  orderId: 'o-1',
  ticker: 'KXBTC15M-26MAY110145-45',
  side: 'ask',
  price: centicents(5_510),
  size: centicontracts(250),
  isTaker: false,
  fee: microdollars(10_000),
};

describe('sessions', () => {
  test('are numbered in the database, which draws its instance once', () => {
    const path = databasePath();
    const first = begin(path);
    expect(first.session).toMatchObject({ session: 1, tape: '/tmp/1.tape', account: 'world-7' });
    expect(first.session.instance).toMatch(/^[0-9a-f]{6}$/);
    first.journal.endSession(epochMs(T0 + 5));
    first.journal.close();
    const second = begin(path);
    expect(second.session).toMatchObject({ session: 2, instance: first.session.instance });
    const { tapeOf: _, ...kept } = START;
    expect(second.journal.lastSession()).toEqual({ ...kept, session: 2, tape: '/tmp/2.tape' });
    second.journal.endSession(epochMs(T0 + 9));
    expect(second.journal.lastSession()?.endedAt).toBe(T0 + 9);
  });

  test('there is none in a new database, and nothing is recorded before one has begun', () => {
    const journal = open(databasePath());
    expect(journal.lastSession()).toBeUndefined();
    expect(() => commit(journal, 1, create(1))).toThrow('before a session');
    expect(() => journal.recordEvent(FILL)).toThrow('before a session');
  });
});

describe('a turn', () => {
  test('is on disk when commitTurn returns: kill −9 right after it loses nothing', async () => {
    const path = databasePath();
    const child = startChild(`
      import { writeSync } from 'node:fs';
      import { openJournal } from 'src/lib/adapters/store/journal.ts';
      const journal = openJournal({ path: ${JSON.stringify(path)}, env: 'sim' });
      journal.beginSession({ ...${JSON.stringify(START)}, tapeOf: () => '' });
      const intent = ${JSON.stringify(create(1))};
      for (let turn = 1; ; turn++) {
        journal.commitTurn({ turn, at: ${T0}, intents: [{ ...intent, counter: turn, clientOrderId: 'kmm-' + turn }] });
        if (turn === 40) writeSync(1, turn + '\\n');
      }`);
    const said = Number(await child.line());
    await child.kill();
    const journal = open(path);
    const orders = journal.openOrders(T0);
    expect(orders.length).toBeGreaterThanOrEqual(said);
    expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).has(`kmm-${said}`)).toBe(true);
    expect(journal.verify()).toEqual({ isWhole: true, turns: orders.length });
  });

  test('that asks for nothing is not kept', () => {
    const { journal } = begin(databasePath());
    commit(journal, 1);
    expect(journal.verify()).toEqual({ isWhole: true, turns: 0 });
  });

  test('cannot use an id a second time: nothing of it is written, and the journal is not trusted again', () => {
    const { journal } = begin(databasePath());
    commit(journal, 1, create(1));
    expect(() => commit(journal, 2, create(2), create(3, { clientOrderId: create(1).clientOrderId }))).toThrow(
      JournalFailure,
    );
    expect(() => commit(journal, 3, create(4))).toThrow(JournalFailure);
    expect(journal.openOrders(T0).map(({ clientOrderId }) => clientOrderId)).toEqual([create(1).clientOrderId]);
  });

  test('that cannot be written because another process holds the database fails, and so does every later one', () => {
    const path = databasePath();
    const { journal } = begin(path);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(() => commit(journal, 1, create(1))).toThrow(JournalFailure);
    other.exec('ROLLBACK');
    expect(() => commit(journal, 2, create(2))).toThrow('database is locked');
    expect(journal.openOrders(T0)).toEqual([]);
  });

  test('on a full disk fails, and all earlier ones are there', async () => {
    const path = databasePath();
    const code = `
      import { openJournal } from 'src/lib/adapters/store/journal.ts';
      const journal = openJournal({ path: ${JSON.stringify(path)}, env: 'sim' });
      journal.beginSession({ ...${JSON.stringify(START)}, tapeOf: () => '' });
      const intent = ${JSON.stringify(create(1))};
      let turn = 1;
      try {
        for (; ; turn++) {
          journal.commitTurn({ turn, at: ${T0}, intents: [{ ...intent, counter: turn, clientOrderId: 'kmm-' + turn }] });
        }
      } catch (error) {
        console.log(JSON.stringify({ code: error.code, turn }));
      }`;
    const child = startChild(code, 600);
    const said = JSON.parse((await child.line()) ?? 'null') as { code: string; turn: number };
    await child.kill();
    expect(said.code).toBe('KMM_JOURNAL');
    expect(said.turn).toBeGreaterThan(2);
    expect(open(path).verify()).toEqual({ isWhole: true, turns: said.turn - 1 });
  });
});

describe('the hash chain', () => {
  const changes = [
    'UPDATE intents SET price = price + 1 WHERE counter = 3',
    "UPDATE intents SET side = 'ask' WHERE counter = 3",
    'UPDATE intents SET counter = 99 WHERE counter = 3',
    'UPDATE intents SET expires_at = NULL WHERE counter = 3',
    'DELETE FROM intents WHERE counter = 3',
    'INSERT INTO intents SELECT session, 98, turn, at, kind, client_order_id, order_id, ticker, shard, side, price, size, filled, expires_at FROM intents WHERE counter = 3',
    'UPDATE turns SET at = at + 1 WHERE turn = 2',
    'DELETE FROM turns WHERE turn = 2',
  ];

  test.each(changes)('breaks when a stored turn is changed: %s', (change) => {
    const path = databasePath();
    const { journal } = begin(path);
    commit(journal, 1, create(1), create(2));
    commit(journal, 2, create(3), amend(create(1), 4, T0 + 300_000));
    commit(journal, 3, cancel(create(2), 5));
    expect(journal.verify()).toEqual({ isWhole: true, turns: 3 });
    new Database(path).exec(change).close();
    expect(codeOf(journal.verify())).toBe('KMM_DB_UNREADABLE');
    expect(codeOf(journal.verify(2))).toBe('KMM_DB_UNREADABLE');
    journal.close();
    expect(codeOf(openJournal({ path, env: 'sim' }))).toBe('KMM_DB_UNREADABLE');
  });

  test('can be checked over the newest turns only, believing what was before', () => {
    const path = databasePath();
    const { journal } = begin(path);
    for (let turn = 1; turn <= 5; turn++) commit(journal, turn, create(turn));
    new Database(path).exec('UPDATE intents SET price = 1 WHERE turn = 2').close();
    expect(journal.verify(3)).toEqual({ isWhole: true, turns: 3 });
    expect(codeOf(journal.verify(4))).toBe('KMM_DB_UNREADABLE');
  });

  test('goes on over sessions', () => {
    const path = databasePath();
    for (let session = 1; session <= 3; session++) {
      const { journal } = begin(path);
      commit(journal, 1, create(1, { clientOrderId: `kmm-${session}-1` }));
      expect(journal.verify()).toEqual({ isWhole: true, turns: session });
      journal.close();
    }
  });
});

describe('orders that may rest', () => {
  const outcome = (counter: number, what: object): EngineEvent =>
    ({ type: 'create_outcome', at: T0, clientOrderId: create(counter).clientOrderId, outcome: what }) as EngineEvent;
  const accepted = (counter: number, remaining = 1_000): EngineEvent =>
    outcome(counter, { kind: 'accepted', orderId: `o-${counter}`, filled: 0, remaining });
  const changed = (counter: number, change: string, what: object): EngineEvent =>
    ({
      type: 'change_outcome',
      at: T0,
      clientOrderId: create(counter).clientOrderId,
      change,
      outcome: what,
    }) as EngineEvent;
  const seen = (counter: number, status: string, more: object = {}): EngineEvent =>
    ({
      type: 'own_order',
      at: T0,
      source: 'stream',
      order: {
        orderId: `o-${counter}`,
        clientOrderId: create(counter).clientOrderId,
        ticker: create(counter).ticker,
        side: 'bid',
        price: 4_500,
        status,
        filled: 0,
        remaining: 1_000,
        initial: 1_000,
        ...more,
      },
    }) as EngineEvent;

  test.each<[string, EngineEvent[], boolean]>([
    ['nothing was heard', [], true],
    ['the answer is unknown', [outcome(1, { kind: 'unknown', reason: 'timeout' })], true],
    ['it was accepted', [accepted(1)], true],
    ['it was accepted with nothing left', [accepted(1, 0)], false],
    ['it was refused', [outcome(1, { kind: 'refused', status: 400, code: 'x', message: 'y' })], false],
    ['it was never sent', [outcome(1, { kind: 'dropped', reason: 'gate' })], false],
    ['its cancel was confirmed', [accepted(1), changed(1, 'cancel', { kind: 'cancelled', reducedBy: 1_000 })], false],
    ['its cancel found nothing', [accepted(1), changed(1, 'cancel', { kind: 'not_found' })], true],
    ['its cancel is unknown', [accepted(1), changed(1, 'cancel', { kind: 'unknown', reason: 'reset' })], true],
    ['the stream says it rests', [seen(1, 'resting')], true],
    ['the stream says it was executed', [accepted(1), seen(1, 'executed', { remaining: 0 })], false],
    ['it ended, and a late record says it rests', [accepted(1), seen(1, 'canceled'), seen(1, 'resting')], false],
    ['it ended before its acceptance was heard', [seen(1, 'canceled'), accepted(1)], false],
  ])('when %s', (_, events, mayRest) => {
    const { journal } = begin(databasePath());
    commit(journal, 1, create(1));
    for (const event of [...events, ...events]) journal.recordEvent(event);
    journal.flush();
    expect(journal.openOrders(T0).map(({ clientOrderId }) => clientOrderId)).toEqual(
      mayRest ? [create(1).clientOrderId] : [],
    );
  });

  test('are forgotten a minute after their lease, however it was renewed', () => {
    const { journal } = begin(databasePath());
    commit(journal, 1, create(1));
    journal.recordEvent(accepted(1));
    commit(journal, 2, amend(create(1), 2, T0 + 360_000));
    // A record from before the amend: the later expiry stands.
    journal.recordEvent(seen(1, 'resting', { expiresAt: T0 + 180_000 }));
    journal.flush();
    expect(journal.openOrders(epochMs(T0 + 360_000 + 59_999))).toHaveLength(1);
    expect(journal.openOrders(epochMs(T0 + 360_000 + 60_000))).toHaveLength(0);
  });

  test('say all that a cancel from outside needs', () => {
    const { journal } = begin(databasePath());
    commit(journal, 1, create(1));
    journal.recordEvent(accepted(1, 700));
    journal.flush();
    expect(journal.openOrders(T0, 'world-7')).toEqual([
      {
        account: 'world-7',
        clientOrderId: create(1).clientOrderId,
        orderId: 'o-1',
        session: 1,
        ticker: create(1).ticker,
        shard: 2,
        side: 'bid',
        price: 4_500,
        remaining: 700,
        expiresAt: T0 + 180_000,
      },
    ]);
    expect(journal.openOrders(T0, 'another')).toEqual([]);
  });

  test('include those of ours that only the exchange knows, and no stranger’s', () => {
    const { journal } = begin(databasePath());
    const ours = seen(7, 'resting') as Extract<EngineEvent, { type: 'own_order' }>;
    const strangers = ['', 'web-1'].map((clientOrderId) => ({ ...ours.order, clientOrderId }));
    journal.recordEvent({ type: 'orders_listed', at: T0, askedAt: T0, orders: [...strangers, ours.order] });
    journal.flush();
    const orders = journal.openOrders(epochMs(T0 + 10 ** 9));
    expect(orders.map(({ clientOrderId, orderId }) => [clientOrderId, orderId])).toEqual([
      [create(7).clientOrderId, 'o-7'],
    ]);
    expect(orders[0]).not.toHaveProperty('session');
  });
});

describe('an account’s history', () => {
  const id = fc.string({ minLength: 1, maxLength: 4 });
  const fill: fc.Arbitrary<FillSeen> = fc
    .record({
      tradeId: id,
      side: fc.constantFrom<'bid' | 'ask'>('bid', 'ask'),
      price: fc.integer({ min: 0, max: 10_000 }),
      size: fc.integer({ min: 1, max: 900_000_000_000 }),
      fee: fc.maxSafeInteger(),
      isTaker: fc.boolean(),
      at: fc.integer({ min: T0, max: T0 + 10 }),
      extra: fc.record(
        { clientOrderId: id, shard: fc.nat(3), exchangeAt: fc.integer({ min: T0, max: T0 + 99 }) },
        { requiredKeys: [] },
      ),
    })
    .map(({ extra, ...rest }) => ({ ...FILL, ...rest, ...extra }) as FillSeen);
  const settlement: fc.Arbitrary<SettlementSeen> = fc
    .record({
      ticker: id,
      settledAt: fc.integer({ min: T0, max: T0 + 3 }),
      value: fc.constantFrom(0, 5_000, 10_000),
      result: fc.constantFrom('yes', 'no', 'scalar', 'void'),
      extra: fc.record({ shard: fc.nat(3) }, { requiredKeys: [] }),
    })
    .map(({ extra, ...rest }) => ({ type: 'settlement', at: T0, ...rest, ...extra }) as SettlementSeen);

  test('comes back as it was recorded: the first of each trade and settlement, to the last digit, per account', () => {
    const path = databasePath();
    const journal = open(path);
    let run = 0;
    fc.assert(
      fc.property(fc.array(fill), fc.array(settlement), (fills, settlements) => {
        const account = `account-${run++}`;
        journal.beginSession({ ...START, account });
        for (const event of [...fills, ...settlements, ...fills]) journal.recordEvent(event);
        journal.flush();
        const { fills: keptFills, settlements: keptSettlements, openingCash } = journal.restore(account);
        expect(sorted(keptFills.map(withoutName))).toEqual(
          sorted(firstOf(fills, (one) => one.tradeId).map(withoutName)),
        );
        expect(sorted(keptSettlements)).toEqual(
          sorted(firstOf(settlements, (one) => `${one.ticker} ${one.settledAt}`)),
        );
        expect(openingCash).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  /** A later record of a trade may add the client order id that the first one lacked. */
  function withoutName({ clientOrderId: _, ...rest }: FillSeen): object {
    return rest;
  }

  function firstOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
    const byKey = new Map<string, Row>();
    for (const row of rows) if (!byKey.has(keyOf(row))) byKey.set(keyOf(row), row);
    return [...byKey.values()];
  }

  function sorted(rows: readonly object[]): object[] {
    return [...rows].sort((a, b) =>
      JSON.stringify(Object.entries(a).sort()) < JSON.stringify(Object.entries(b).sort()) ? -1 : 1,
    );
  }

  test('a fill that REST gave without our id gets it when the stream tells it', () => {
    const { journal } = begin(databasePath());
    journal.recordEvent(FILL);
    journal.recordEvent({ ...FILL, clientOrderId: 'kmm-1' });
    journal.recordEvent({ ...FILL, clientOrderId: 'kmm-2' });
    journal.flush();
    expect(journal.restore('world-7').fills).toEqual([{ ...FILL, clientOrderId: 'kmm-1' }]);
  });

  test('keeps the cash an account was opened with, and what the exchange knew beyond us', () => {
    const { journal } = begin(databasePath());
    const settlement = {
      type: 'settlement',
      at: T0,
      ticker: 'X',
      settledAt: T0,
      value: centicents(10_000),
      result: 'yes',
    } as const;
    const restored = (cash: number): EngineEvent => ({
      type: 'ledger_restored',
      at: T0,
      fills: [FILL],
      settlements: [settlement],
      openingCash: [
        { shard: 0, cash: microdollars(cash) },
        { shard: 2, cash: microdollars(0) },
      ],
    });
    journal.recordEvent(restored(25_000_000_000));
    journal.recordEvent(restored(1));
    journal.flush();
    expect(journal.restore('world-7')).toEqual({
      fills: [FILL],
      settlements: [settlement],
      openingCash: [
        { shard: 0, cash: 25_000_000_000 },
        { shard: 2, cash: 0 },
      ],
    });
  });

  test('what was recorded is in the file with the next turn, with the end of the session, when there is much of it, and after a second', () => {
    const path = databasePath();
    const { journal } = begin(path);
    const inFile = (): number =>
      new Database(path).prepare<[], number>('SELECT count(*) FROM fills').pluck().get() ?? -1;
    journal.recordEvent(FILL);
    expect(inFile()).toBe(0);
    commit(journal, 1, create(1));
    expect(inFile()).toBe(1);
    for (let index = 0; index < 600; index++) journal.recordEvent({ ...FILL, tradeId: `more-${index}` });
    expect(inFile()).toBeGreaterThan(500);
    journal.recordEvent({ ...FILL, tradeId: 'later', at: epochMs(T0 + 1_000) });
    expect(inFile()).toBe(602);
    journal.recordEvent({ ...FILL, tradeId: 'last' });
    journal.endSession(T0);
    expect(inFile()).toBe(603);
  });
});

describe('latches', () => {
  test('outlive the process, keep since when they stand, and clear by name and scope', () => {
    const path = databasePath();
    const journal = open(path);
    expect(journal.setLatch(KILLED, 'kmm kill')).toBeUndefined();
    journal.setLatch({ ...KILLED, since: epochMs(T0 + 9), reason: 'again' }, 'watchdog');
    journal.setLatch(
      { name: 'PAUSED', scope: 'KXBTC15M', since: epochMs(T0 + 1), until: epochMs(T0 + 2), reason: 'x' },
      'me',
    );
    journal.close();
    const later = open(path);
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
    const journal = open(path);
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
    const { journal } = begin(path);
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
      if (turn % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await answer).toBe('"latched"');
    expect(journal.latchVersion()).not.toBe(before);
    expect(journal.latches()).toEqual([{ ...KILLED, by: 'kmm kill' }]);
    expect(journal.verify()).toEqual({ isWhole: true, turns: turn });
  });

  test('our own writing does not look like another’s', () => {
    const { journal } = begin(databasePath());
    const before = journal.latchVersion();
    commit(journal, 1, create(1));
    journal.setLatch(KILLED, 'engine');
    expect(journal.latchVersion()).toBe(before);
  });

  test('one that cannot be written is answered within 200 ms', () => {
    const path = databasePath();
    open(path).close();
    const stuck = new Database(path);
    stuck.exec('BEGIN IMMEDIATE');
    const guest = open(path, 'guest');
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

describe('what is refused', () => {
  test('the database of another environment', () => {
    const path = databasePath();
    open(path).close();
    for (const access of ['owner', 'guest'] as const) {
      expect(codeOf(openJournal({ path, env: 'prod', access }))).toBe('KMM_DB_ENV');
    }
    expect(codeOf(openJournal({ path, env: 'sim' }))).toBe('none');
  });

  test('a database of a later version, which is left as it is', () => {
    const path = databasePath();
    open(path).close();
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(path);
    expect(codeOf(openJournal({ path, env: 'sim' }))).toBe('KMM_DB_NEWER');
    expect(codeOf(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_NEWER');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('another program’s database, text, a missing folder, a damaged file', () => {
    const path = databasePath();
    const problem = (name: string): string => codeOf(openJournal({ path: join(path, '..', name), env: 'sim' }));
    new Database(join(path, '..', 'other')).exec('CREATE TABLE theirs (id INTEGER)').close();
    writeFileSync(join(path, '..', 'text'), 'not a database, '.repeat(500));
    const { journal } = begin(path);
    for (let turn = 1; turn <= 200; turn++) commit(journal, turn, create(turn));
    journal.close();
    const whole = readFileSync(path);
    writeFileSync(join(path, '..', 'damaged'), whole.fill(0x55, whole.length / 2, whole.length / 2 + 9_000));
    for (const name of ['other', 'text', 'no/kmm.db', 'damaged']) expect(problem(name), name).toBe('KMM_DB_UNREADABLE');
  });

  test('a guest neither makes a database nor waits for one', () => {
    const path = databasePath();
    expect(codeOf(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_UNREADABLE');
    expect(() => statSync(path)).toThrow();
    writeFileSync(path, '');
    expect(codeOf(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_UNREADABLE');
  });

  test('other users of the machine: the file is its owner’s only', () => {
    const path = databasePath();
    begin(path);
    for (const name of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(name).mode & 0o777, name).toBe(0o600);
  });
});

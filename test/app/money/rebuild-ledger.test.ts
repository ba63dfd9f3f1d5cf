import { existsSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS, migrate, newestVersion } from '../../../src/lib/adapters/store/migrations.ts';
import { MoneyRows } from '../../../src/lib/adapters/store/money-rows.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { entryLine, ledgerHash, rebuildLedger } from '../../../src/lib/app/money/rebuild-ledger.ts';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import type { Entry } from '../../../src/lib/core/money/entry.ts';
import type { Ledger } from '../../../src/lib/core/money/ledger.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { parametersOf } from '../../support/engine.ts';
import { begun, create, databasePath, openedJournal, START, T0 } from '../../support/journal.ts';

const ACCOUNT = START.account;
const at = (ms: number) => epochMs(T0 + ms);
let told = 0;

function fill(n: number, side: 'bid' | 'ask', price: number, size: number, ticker = 'A', shard?: number): EngineEvent {
  return {
    // We hear of things later than they happen, and not in their order.
    ...{ type: 'fill', at: at(1_000 + told++), exchangeAt: at(n), tradeId: `trade-${n}`, orderId: `order-${n}` },
    ...{
      ticker,
      side,
      price: centicents(price),
      size: centicontracts(size),
      fee: microdollars(100 * n),
      isTaker: false,
    },
    ...(shard !== undefined && { shard }),
  };
}

function settlement(ms: number, value: number, ticker = 'A'): EngineEvent {
  const result = value === 0 ? 'no' : value === 10_000 ? 'yes' : 'void';
  return { type: 'settlement', at: at(2_000), ticker, settledAt: at(ms), value: centicents(value), result };
}

const OPENING: EngineEvent = {
  ...{ type: 'ledger_restored', at: T0, fills: [], settlements: [] },
  openingCash: [0, 2].map((shard) => ({ shard, cash: microdollars(100_000_000) })),
};
const HISTORY: readonly EngineEvent[] = [
  fill(1, 'bid', 4_000, 500, 'A', 2),
  fill(2, 'bid', 5_000, 300, 'A', 2),
  fill(3, 'ask', 6_000, 1_000, 'A', 2),
  fill(4, 'ask', 3_000, 200, 'B', 0),
  // Once more, of a market that nobody has defined.
  fill(5, 'bid', 2_500, 100, 'VANISHED', 2),
  settlement(20, 10_000),
  settlement(30, 0),
  settlement(40, 4_200, 'B'),
  {
    type: 'cash_entered',
    at: at(900),
    exchangeAt: at(6),
    entryId: 'in',
    kind: 'deposit',
    shard: 0,
    amount: microdollars(7_130_000),
    label: 'ach',
  },
  {
    type: 'cash_moved',
    at: at(900),
    exchangeAt: at(7),
    transferId: 'over',
    from: 0,
    to: 2,
    amount: microdollars(1_000_000),
  },
];

function journalOf(events: readonly EngineEvent[]): MoneyRows {
  const path = databasePath();
  const { journal } = begun(path);
  for (const event of [OPENING, ...events]) journal.recordEvent(event);
  journal.flush();
  journal.close();
  return opened(path);
}

function opened(path: string): MoneyRows {
  const rows = MoneyRows.open(path, 'sim');
  if (rows instanceof StoreProblem) throw new Error(rows.message);
  return rows;
}

function engineOf(events: readonly EngineEvent[]): Ledger {
  const engine = new Engine({ idPrefix: 'kmm-a1b2c3-1', parameters: parametersOf() });
  for (const event of [OPENING, ...events]) engine.apply(event);
  return engine.ledger;
}

const balancesOf = (ledger: Ledger) =>
  [...ledger.balances()]
    .filter(({ balance }) => balance !== 0)
    .map(({ account, shard, balance }) => `${account} on ${shard}: ${balance}`)
    .sort();

describe('the ledger that is rebuilt from the journal', () => {
  it('is the engine’s, account by account', () => {
    const balances = balancesOf(rebuildLedger(journalOf(HISTORY), ACCOUNT));
    expect(balances).toEqual(balancesOf(engineOf(HISTORY)));
    expect(balances).toHaveLength(11);
  });

  it('has the same entries to the last byte, in whatever order and however often the journal was told', () => {
    const once = ledgerHash(journalOf(HISTORY), ACCOUNT);
    expect(once.entries).toBe(13);
    fc.assert(
      fc.property(fc.shuffledSubarray([...HISTORY, ...HISTORY], { minLength: 2 * HISTORY.length }), (shuffled) => {
        const rows = journalOf(shuffled);
        expect(ledgerHash(rows, ACCOUNT)).toEqual(once);
        const cash = (ledger: Ledger) => [0, 2].map((shard) => ledger.cash(shard));
        expect(cash(rebuildLedger(rows, ACCOUNT))).toEqual(cash(engineOf(shuffled)));
        rows.close();
      }),
      { numRuns: 15 },
    );
  });

  it('names what was traded elsewhere, and knows our own orders by their id when REST alone told the fill', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const intent = create(1, { ticker: 'A' });
    journal.commitTurn({ turn: 1, at: T0, intents: [intent] });
    const { clientOrderId } = intent;
    const outcome = {
      kind: 'accepted',
      orderId: 'order-1',
      remaining: centicontracts(0),
      filled: centicontracts(500),
    } as const;
    journal.recordEvent({ type: 'create_outcome', at: at(1), clientOrderId, outcome });
    journal.recordEvent(fill(1, 'bid', 4_000, 500));
    journal.recordEvent(fill(2, 'ask', 6_000, 500));
    journal.flush();
    const entries: Entry[] = [];
    rebuildLedger(opened(path), ACCOUNT, { onEntry: (entry) => entries.push(entry) });
    expect(entries.map(({ cause, label }) => [cause, label])).toEqual([
      ['trade-1', undefined],
      ['trade-2', 'EXTERNAL'],
    ]);
    // The order says which cash paid.
    expect(entries[0]?.postings.map(({ account }) => account)).toContain('cash:2');
  });

  it('is written down one entry a line', () => {
    const entries: Entry[] = [];
    rebuildLedger(journalOf(HISTORY.slice(0, 1)), ACCOUNT, { onEntry: (entry) => entries.push(entry) });
    expect(entries.slice(2).map(entryLine)).toEqual([
      `[${T0 + 1},"fill","trade-1","EXTERNAL",["position:A",2000000],["fees:A",100],["cash:2",-2000100]]\n`,
    ]);
  });

  it('knows nothing of an account that the journal has not met', () => {
    expect(ledgerHash(journalOf(HISTORY), 'somebody else').entries).toBe(0);
  });
});

describe('a journal that is not whole', () => {
  it('of an older version is left alone by whoever only reads, and has the same ledger once kmm run has migrated it', () => {
    const path = databasePath();
    const old = new Database(path);
    migrate(old, MIGRATIONS.slice(0, 4));
    old.pragma(`application_id = ${0x6b6d6d6a}`);
    old.exec(`
      INSERT INTO meta VALUES ('env', 'sim'), ('instance', 'a1b2c3');
      INSERT INTO sessions VALUES (1, '${ACCOUNT}', '0.1.0', 'c', ${T0}, NULL, 'r', 'w', 'k', 'f', 't');
      INSERT INTO opening_cash VALUES ('${ACCOUNT}', 2, 250000000, ${T0});
      INSERT INTO fills VALUES ('${ACCOUNT}', 't-1', 1, 'o-2', NULL, 'KX-1', 'bid', 4500, 300, 0, 10000, NULL, NULL, ${T0});
      INSERT INTO orders VALUES ('${ACCOUNT}', 'kmm-a1b2c3-1-cara-1', 'o-2', 1, 'KX-1', 2, 'bid', 4500, 0, 300,
        ${T0}, 'ended', NULL, ${T0});`);
    old.close();
    expect(MoneyRows.open(path, 'sim')).toMatchObject({
      code: 'KMM_DB_UNREADABLE',
      message: `${path} is still of version 4, kmm run brings it to ${newestVersion(MIGRATIONS)}`,
    });
    openedJournal(path).close();
    expect(existsSync(`${path}.before-v${newestVersion(MIGRATIONS)}`)).toBe(true);
    const ledger = rebuildLedger(opened(path), ACCOUNT);
    expect([ledger.cash(2), ledger.holding('KX-1').position]).toEqual([250_000_000 - 1_350_000 - 10_000, 300]);
  });

  it('is refused when it is damaged or no journal at all', () => {
    const path = databasePath();
    writeFileSync(path, 'money, money, money');
    expect(MoneyRows.open(path, 'sim')).toMatchObject({ code: 'KMM_DB_UNREADABLE' });
    expect(MoneyRows.open(`${path}.gone`, 'sim')).toMatchObject({ code: 'KMM_DB_UNREADABLE' });
  });
});

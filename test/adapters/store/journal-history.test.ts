import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent, FillSeen, SettlementSeen } from '../../../src/lib/core/events.ts';
import type { FeeCheck } from '../../../src/lib/core/money/fee-check.ts';
import { centicents, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { begun, commit, create, databasePath, FILL, openedJournal, START, T0 } from '../../support/journal.ts';

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

  const SHARD_LATER: FillSeen[] = [FILL, { ...FILL, shard: 0 }];

  test('comes back as it was recorded: the first of each trade and settlement, to the last digit, per account', () => {
    const path = databasePath();
    const journal = openedJournal(path);
    let run = 0;
    fc.assert(
      fc.property(fc.array(fill), fc.array(settlement), (fills, settlements) => {
        const account = `account-${run++}`;
        journal.beginSession({ ...START, account });
        for (const event of [...fills, ...settlements, ...fills]) journal.recordEvent(event);
        journal.flush();
        const { fills: keptFills, settlements: keptSettlements, openingCash } = journal.restore(account);
        expect(sorted(keptFills.map(withoutName))).toEqual(
          sorted(firstOf(fills, (one) => one.tradeId).map((one) => withoutName(withShard(one, fills)))),
        );
        expect(sorted(keptSettlements)).toEqual(
          sorted(firstOf(settlements, (one) => `${one.ticker} ${one.settledAt}`)),
        );
        expect(openingCash).toEqual([]);
      }),
      { numRuns: 40, examples: [[SHARD_LATER, []]] },
    );
  });

  /** A later record of a trade may add the client order id and the shard that the first one lacked. */
  function withoutName({ clientOrderId: _, ...rest }: FillSeen): object {
    return rest;
  }

  function withShard(first: FillSeen, fills: readonly FillSeen[]): FillSeen {
    const shard = fills.find((one) => one.tradeId === first.tradeId && one.shard !== undefined)?.shard;
    return shard === undefined ? first : { ...first, shard };
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
    const { journal } = begun(databasePath());
    journal.recordEvent(FILL);
    journal.recordEvent({ ...FILL, clientOrderId: 'kmm-1' });
    journal.recordEvent({ ...FILL, clientOrderId: 'kmm-2' });
    journal.flush();
    expect(journal.restore('world-7').fills).toEqual([{ ...FILL, clientOrderId: 'kmm-1' }]);
  });

  test('keeps the cash an account was opened with, what it moved since, and what the exchange knew beyond us', () => {
    const { journal } = begun(databasePath());
    const settlement = {
      type: 'settlement',
      at: T0,
      ticker: 'X',
      settledAt: T0,
      value: centicents(10_000),
      result: 'yes',
    } as const;
    const amount = microdollars(5_000_000);
    const move = { type: 'cash_moved', at: T0, transferId: 'move-1', from: 0, to: 2, amount } as const;
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
    for (const one of [move, { ...move, amount: microdollars(1) }]) journal.recordEvent(one);
    const entry = {
      type: 'cash_entered',
      entryId: 'deposit-1',
      kind: 'deposit',
      shard: 2,
      amount,
      label: 'ach',
    } as const;
    const told = { ...entry, at: epochMs(T0 + 60_000), exchangeAt: epochMs(T0 + 1_000) };
    for (const one of [told, { ...told, amount: microdollars(1) }]) journal.recordEvent(one);
    journal.flush();
    expect(journal.restore('world-7')).toEqual({
      fills: [FILL],
      settlements: [settlement],
      openingCash: [
        { shard: 0, cash: 25_000_000_000 },
        { shard: 2, cash: 0 },
      ],
      moves: [move],
      entries: [{ ...entry, at: epochMs(T0 + 1_000) }],
      fees: { drift: 0, differences: [] },
      marks: [],
    });
  });

  test('keeps what was found of every fee, the last word on each, and says which fills nobody has compared', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const found = (tradeId: string, over: Partial<FeeCheck>): FeeCheck => ({
      ...{ tradeId, ticker: 'KX-A', seriesTicker: 'KX', size: FILL.size, charged: microdollars(10_000) },
      ...{ predicted: microdollars(4_000), verdict: 'differs', at: T0 },
      ...over,
    });
    const later = epochMs(T0 + 2 * 86_400_000);
    const settled = found('settled', { at: later });
    journal.recordFeeChecks([
      found('old', { charged: microdollars(3_000) }),
      found('settled', { verdict: 'doubted', reason: 'an earlier fill of its order may be missing', at: later }),
      found('right', { predicted: microdollars(10_000), verdict: 'agreed' }),
      settled,
    ]);
    journal.recordFeeChecks([found('open', { verdict: 'doubted', reason: 'an earlier fill may be missing' })]);
    journal.flush();
    journal.recordEvent({ type: 'ledger_restored', at: T0, fills: [FILL], settlements: [], openingCash: [] });
    journal.flush();
    expect(journal.restore('world-7').fees).toEqual({ drift: 5_000, differences: [settled] });
    expect(journal.restore('another').fees).toEqual({ drift: 0, differences: [] });
    const rows = new Database(path)
      .prepare("SELECT * FROM fee_checks WHERE verdict = 'unpredictable' ORDER BY trade_id DESC")
      .all();
    expect(rows).toMatchObject([
      {
        trade_id: FILL.tradeId,
        predicted: null,
        charged: FILL.fee,
        reason: 'no session was there when it was executed',
      },
      { trade_id: 'open', predicted: null, reason: 'its session ended while an earlier fill may be missing' },
    ]);
  });

  test('what was recorded is in the file with the next turn, with the end of the session, when there is much of it, and after a second', () => {
    const path = databasePath();
    const { journal } = begun(path);
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

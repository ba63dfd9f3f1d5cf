/** Whatever was planted between ledger and exchange: the causes add up to the difference, and name what was planted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FillSeen, SettlementSeen } from '../../../src/lib/core/events.ts';
import { bridge } from '../../../src/lib/core/money/bridge.ts';
import type { Cause, Listings, MoneyRecords } from '../../../src/lib/core/money/bridge-types.ts';
import { Ledger } from '../../../src/lib/core/money/ledger.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';

const AT = epochMs(1_790_000_000_000);
const MARKETS = ['KX-A', 'KX-B', 'KX-C'] as const;
const SHARD_OF = { 'KX-A': 0, 'KX-B': 0, 'KX-C': 2 } as const;

function ledgerOf({ openingCash, fills, settlements, moves = [], entries = [] }: MoneyRecords): Ledger {
  const ledger = new Ledger();
  for (const { shard, cash } of openingCash) ledger.deposit(shard, cash);
  for (const move of moves) ledger.move(move);
  for (const entry of entries) ledger.enter(entry);
  for (const fill of fills) ledger.fill(fill, fill.shard ?? 0);
  for (const settlement of settlements) ledger.settlement(settlement, settlement.shard ?? 0);
  return ledger;
}

const anyTrade = fc.record({
  ticker: fc.constantFrom(...MARKETS),
  side: fc.constantFrom('bid' as const, 'ask' as const),
  price: fc.integer({ min: 1, max: 9_999 }),
  size: fc.integer({ min: 1, max: 5_000 }),
  fee: fc.integer({ min: 0, max: 20_000 }),
});
/** Which rows the journal lacks, and which fees and values it has otherwise. */
const anyFlaw = fc.constantFrom('none', 'none', 'none', 'missing', 'otherwise');

const anyHistory = fc.record({
  fills: fc.array(fc.tuple(anyTrade, anyFlaw), { maxLength: 12 }),
  settled: fc.array(fc.tuple(fc.constantFrom(...MARKETS), fc.integer({ min: 0, max: 10_000 }), anyFlaw), {
    maxLength: 3,
  }),
  vanished: fc.integer({ min: -3, max: 3 }).map((dollars) => dollars * 1_000_001),
});

function fillOf(
  { ticker, side, price, size, fee }: typeof anyTrade extends fc.Arbitrary<infer T> ? T : never,
  n: number,
) {
  return {
    ...{ type: 'fill', at: AT, exchangeAt: epochMs(AT + n), tradeId: `t-${n}`, orderId: `o-${n}`, ticker, side },
    ...{ price: centicents(price), size: centicontracts(size), fee: microdollars(fee), isTaker: true },
    shard: SHARD_OF[ticker],
  } satisfies FillSeen;
}

function settlementOf(ticker: (typeof MARKETS)[number], value: number, n: number): SettlementSeen {
  const settledAt = epochMs(AT + 1_000 + n);
  return {
    type: 'settlement',
    at: AT,
    ticker,
    settledAt,
    value: centicents(value),
    result: 'scalar',
    shard: SHARD_OF[ticker],
  };
}

const OPENING = [0, 2].map((shard) => ({ shard, cash: microdollars(1_000_000_000) }));
const NOTHING_ELSE = { transfers: [], movements: [], entries: [], paid: [] };

/** What the figures of the causes come to, and what the ledger and the statement differ by. */
function sums(causes: readonly Cause[]) {
  const sum = new Map<string, number>();
  const add = (name: string, amount: number) => sum.set(name, (sum.get(name) ?? 0) + amount);
  for (const { cash, sizes } of causes) {
    for (const { shard, amount } of cash) add(`shard ${shard}`, amount);
    for (const { ticker, size } of sizes) add(ticker, size);
  }
  return new Map([...sum].filter(([, amount]) => amount !== 0).toSorted());
}

function difference(ours: Ledger, theirs: Ledger, vanished: number) {
  const rows: [string, number][] = [
    ...[0, 2].map((shard): [string, number] => {
      return [`shard ${shard}`, theirs.cash(shard) - ours.cash(shard) + (shard === 2 ? vanished : 0)];
    }),
    ...MARKETS.map((ticker): [string, number] => {
      return [ticker, theirs.holding(ticker).position - ours.holding(ticker).position];
    }),
  ];
  return new Map(rows.filter(([, amount]) => amount !== 0).toSorted());
}

describe('the bridge from the ledger to the exchange', () => {
  it('adds up to the last digit on every shard and in every market, and names every row that was planted', () => {
    fc.assert(
      fc.property(anyHistory, ({ fills, settled, vanished }) => {
        const truth = {
          fills: fills.map(([trade], n) => fillOf(trade, n)),
          settlements: settled.map(([ticker, value], n) => settlementOf(ticker, value, n)),
        };
        const ours: MoneyRecords = {
          openingCash: OPENING,
          fills: truth.fills.flatMap((fill, n) => {
            const flaw = fills[n]?.[1];
            if (flaw === 'missing') return [];
            return flaw === 'otherwise' ? [{ ...fill, fee: microdollars(fill.fee + 100) }] : [fill];
          }),
          settlements: truth.settlements.flatMap((one, n) => {
            const flaw = settled[n]?.[2];
            if (flaw === 'missing') return [];
            return flaw === 'otherwise' ? [{ ...one, value: centicents(one.value === 0 ? 1 : one.value - 1) }] : [one];
          }),
        };
        const theirs = ledgerOf({ openingCash: OPENING, ...truth });
        const cash = new Map(theirs.cashByShard());
        cash.set(2, microdollars((cash.get(2) ?? 0) + vanished));
        const positions = new Map(
          MARKETS.map((ticker) => [ticker as string, theirs.holding(ticker).position] as const),
        );
        const listed: Listings = { ...truth, ...NOTHING_ELSE };
        const causes = bridge({ ours, theirs: { cash, positions }, listed, ledgerOf });
        expect(sums(causes)).toEqual(difference(ledgerOf(ours), theirs, vanished));
        const unknown = causes.filter(({ kind }) => kind === 'unknown');
        expect(sums(unknown)).toEqual(new Map(vanished === 0 ? [] : [['shard 2', vanished]]));
        const named = causes.filter(({ kind }) => kind !== 'unknown').length;
        const planted = [...fills.map(([, flaw]) => flaw), ...settled.map(([, , flaw]) => flaw)];
        expect(named).toBe(planted.filter((flaw) => flaw !== 'none').length);
      }),
      { numRuns: 300 },
    );
  });

  const fill = fillOf({ ticker: 'KX-A', side: 'bid', price: 4_000, size: 500, fee: 700 }, 1);
  const empty: Listings = { fills: [], settlements: [], ...NOTHING_ELSE };
  const opened: MoneyRecords = { openingCash: OPENING, fills: [], settlements: [] };
  const flat = { cash: new Map(OPENING.map(({ shard, cash }) => [shard, cash])), positions: new Map() };

  it('names a fill of ours that the exchange does not list, only when it explains something', () => {
    const ours = { ...opened, fills: [fill] };
    const [cause, ...more] = bridge({ ours, theirs: flat, listed: empty, ledgerOf });
    expect([cause, more]).toMatchObject([
      { kind: 'fill_not_listed', id: 't-1', cash: [{ shard: 0, amount: 2_000_700 }], sizes: [{ size: -500 }] },
      [],
    ]);
    const ledger = ledgerOf(ours);
    const same = { cash: ledger.cashByShard(), positions: new Map([['KX-A', ledger.holding('KX-A').position]]) };
    expect(bridge({ ours, theirs: same, listed: empty, ledgerOf })).toEqual([]);
    const older = { ...empty, wholeSince: epochMs(AT + 5) };
    const kinds = bridge({ ours, theirs: flat, listed: older, ledgerOf }).map(({ kind }) => kind);
    expect(kinds).toEqual(['unknown', 'unknown']);
  });

  it('sees a payment that is not listed yet by what is gone and what came', () => {
    const ours = { ...opened, fills: [fill] };
    const cash = new Map(flat.cash);
    cash.set(0, microdollars(1_000_000_000 - 2_000_700 + 5_000_000));
    const paid = [{ ticker: 'KX-A', value: centicents(10_000), shard: 0 }];
    const listed = { ...empty, fills: [fill], paid };
    const causes = bridge({ ours, theirs: { cash, positions: new Map() }, listed, ledgerOf });
    expect(causes).toMatchObject([{ kind: 'paid_not_listed', cash: [{ amount: 5_000_000 }], sizes: [{ size: -500 }] }]);
  });

  it('gives a deposit to the shard where it fits, and none where it fits nowhere', () => {
    const deposit = { id: 'd-1', kind: 'deposit', amount: microdollars(25_000_000), at: AT } as const;
    const cash = new Map(flat.cash);
    cash.set(2, microdollars(1_025_000_000));
    cash.set(0, microdollars(1_000_000_000 - 7));
    const listed = { ...empty, movements: [deposit] };
    const causes = bridge({ ours: opened, theirs: { ...flat, cash }, listed, ledgerOf });
    expect(causes.map(({ kind, cash: parts }) => [kind, parts])).toEqual([
      ['deposit', [{ shard: 2, amount: 25_000_000 }]],
      ['unknown', [{ shard: 0, amount: -7 }]],
    ]);
    expect(bridge({ ours: opened, theirs: flat, listed, ledgerOf })).toEqual([]);
  });

  it('does not tell a second time what an adjustment has answered', () => {
    const dear = { ...fill, fee: microdollars(900) };
    const ours = { ...opened, fills: [fill] };
    const ledger = ledgerOf({ ...opened, fills: [dear] });
    const theirs = { cash: ledger.cashByShard(), positions: new Map([['KX-A', ledger.holding('KX-A').position]]) };
    const listed = { ...empty, fills: [dear] };
    expect(bridge({ ours, theirs, listed, ledgerOf })).toMatchObject([
      { kind: 'fee_differs', cash: [{ amount: -200 }] },
    ]);
    const entry = { type: 'cash_entered', at: AT, entryId: 'fee_differs t-1', kind: 'adjustment', shard: 0 } as const;
    const entries = [{ ...entry, amount: microdollars(-200), label: 'fee differs' }];
    const adjusted = new Set(['fee_differs t-1']);
    expect(bridge({ ours: { ...ours, entries }, theirs, listed, adjusted, ledgerOf })).toEqual([]);
  });
});

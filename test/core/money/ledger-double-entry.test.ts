import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CashEntered, CashMoved, FillSeen, SettlementSeen } from '../../../src/lib/core/events.ts';
import type { Entry } from '../../../src/lib/core/money/entry.ts';
import { EXTERNAL, Ledger, lockedOf } from '../../../src/lib/core/money/ledger.ts';
import { type ClosedLot, shareOf } from '../../../src/lib/core/money/lots.ts';
import {
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  signOf,
} from '../../../src/lib/core/units.ts';

const AT = 1_790_000_000_000;
const TICKERS = ['A', 'B'] as const;
const SHARD = { A: 0, B: 2 } as const;

type Told = FillSeen | SettlementSeen | CashEntered | CashMoved;

const time = fc.integer({ min: 0, max: 50 }).map((ms) => epochMs(AT + ms));
const anyFill = fc
  .record({
    tradeId: fc.integer({ min: 0, max: 25 }).map((n) => `trade-${n}`),
    ticker: fc.constantFrom(...TICKERS),
    side: fc.constantFrom('bid' as const, 'ask' as const),
    price: fc.integer({ min: 1, max: 9_999 }).map(centicents),
    size: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 90_000_000 })).map(centicontracts),
    // What an unknown kind of fee may come to, a rebate among them.
    fee: fc
      .oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: -5_000, max: 5_000_000_000 }))
      .map(microdollars),
    isTaker: fc.boolean(),
    exchangeAt: time,
  })
  .map((one): FillSeen => ({ type: 'fill', at: one.exchangeAt, orderId: 'nobody knows it', ...one }));
/** Void pays what the exchange's list says: any value. */
const anySettlement = fc
  .record({
    ticker: fc.constantFrom(...TICKERS),
    settledAt: time,
    value: fc.oneof(fc.constantFrom(0, 10_000), fc.integer({ min: 0, max: 10_000 })).map(centicents),
  })
  .map(
    (one): SettlementSeen => ({
      ...{ type: 'settlement', at: one.settledAt, ...one },
      result: one.value === 10_000 ? 'yes' : one.value === 0 ? 'no' : 'void',
    }),
  );
const anyCash = fc
  .record({
    entryId: fc.integer({ min: 0, max: 6 }).map((n) => `cash-${n}`),
    kind: fc.constantFrom('deposit', 'withdrawal', 'transfer', 'incentive', 'adjustment'),
    shard: fc.constantFrom(0, 2),
    amount: fc.integer({ min: -1e10, max: 1e10 }).map(microdollars),
    at: time,
  })
  .map((one): CashEntered => ({ type: 'cash_entered', label: 'by hand', ...one }));
const anyMove = fc
  .record({
    transferId: fc.integer({ min: 0, max: 6 }).map((n) => `move-${n}`),
    from: fc.constantFrom(0, 2),
    to: fc.constantFrom(0, 2, 3),
    amount: fc.integer({ min: 1, max: 1e10 }).map(microdollars),
    at: time,
  })
  .map((one): CashMoved => ({ type: 'cash_moved', ...one }));

/** The same id is the same thing, whenever it is told again. */
const history = fc
  .array(fc.oneof({ arbitrary: anyFill, weight: 6 }, { arbitrary: anySettlement, weight: 2 }, anyCash, anyMove), {
    maxLength: 40,
  })
  .map((told) => [...new Map(told.map((one) => [keyOf(one), one])).values()]);

function keyOf(told: Told): string {
  switch (told.type) {
    case 'fill':
      return told.tradeId;
    case 'settlement':
      return `${told.ticker} ${told.settledAt}`;
    case 'cash_entered':
      return told.entryId;
    case 'cash_moved':
      return told.transferId;
  }
}

class Kept {
  readonly entries: Entry[] = [];
  readonly lots: ClosedLot[] = [];
  readonly ledger = new Ledger({
    onEntry: (entry) => this.entries.push(entry),
    onLotClosed: (lot) => this.lots.push(lot),
  });

  tell(...all: readonly Told[]): this {
    for (const told of all) book(this.ledger, told);
    return this;
  }
}

function book(ledger: Ledger, told: Told): boolean {
  switch (told.type) {
    case 'fill':
      return ledger.fill(told, SHARD[told.ticker as 'A']);
    case 'settlement':
      // It may come first, and says nothing of the shard.
      return ledger.settlement(told, 0);
    case 'cash_entered':
      return ledger.enter(told);
    case 'cash_moved':
      return ledger.move(told);
  }
}

/** What there must be, from the records alone. */
function expected(told: readonly Told[]) {
  const cash = new Map<number, number>();
  const add = (shard: number, amount: number) => cash.set(shard, (cash.get(shard) ?? 0) + amount);
  const positions = new Map<string, number>();
  let fees = 0;
  for (const one of told) {
    if (one.type === 'cash_entered') add(one.shard, one.amount);
    if (one.type === 'cash_moved') {
      add(one.from, -one.amount);
      add(one.to, one.amount);
    }
    if (one.type !== 'fill') continue;
    const signed = signOf(one.side) * one.size;
    add(SHARD[one.ticker as 'A'], -signed * one.price - one.fee);
    positions.set(one.ticker, (positions.get(one.ticker) ?? 0) + signed);
    fees += one.fee;
  }
  for (const ticker of TICKERS) {
    const last = told
      .filter((one) => one.type === 'settlement' && one.ticker === ticker)
      .sort((a, b) => (a as SettlementSeen).settledAt - (b as SettlementSeen).settledAt)
      .at(-1) as SettlementSeen | undefined;
    const position = positions.get(ticker) ?? 0;
    if (last !== undefined) {
      add(SHARD[ticker], position * last.value);
      positions.set(ticker, 0);
    } else add(SHARD[ticker], -lockedOf(centicontracts(position)));
  }
  return { cash, positions, fees };
}

describe('double entry', () => {
  it('conserves money over any history, in any order of arrival, with anything told twice', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (told, draws) => {
        const drawn = draws[Symbol.iterator]();
        const shuffled = [...told, ...told]
          .map((one) => ({ one, key: drawn.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const { ledger, entries } = new Kept().tell(...shuffled);
        const { cash, positions, fees } = expected(told);
        for (const shard of [0, 2, 3]) expect(ledger.cash(shard)).toBe(cash.get(shard) ?? 0);
        for (const ticker of TICKERS) expect(ledger.holding(ticker).position).toBe(positions.get(ticker) ?? 0);
        expect(ledger.fees).toBe(fees);
        // Nothing comes from nowhere: cash and cost and collateral are what came in and what was earned, less fees.
        const held = TICKERS.reduce((sum, ticker) => {
          const { cost, position } = ledger.holding(ticker);
          return sum + cost + lockedOf(position);
        }, 0);
        const { realized, incentives, adjustments, transfers } = ledger;
        expect(ledger.totalCash() + held).toBe(realized - fees + incentives + adjustments + transfers);
        for (const { postings, cause } of entries) {
          expect([cause, postings.reduce((sum, { amount }) => sum + amount, 0)]).toEqual([cause, 0]);
          expect(postings.every(({ amount }) => amount !== 0)).toBe(true);
        }
      }),
    );
  });

  it('has every balance from the postings alone, and all of them add up to zero', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { ledger, entries } = new Kept().tell(...told);
        const posted = new Map<string, number>();
        for (const { account, shard, amount } of entries.flatMap(({ postings }) => postings)) {
          posted.set(`${account} on ${shard}`, (posted.get(`${account} on ${shard}`) ?? 0) + amount);
        }
        let sum = 0;
        for (const { account, shard, balance } of ledger.balances()) {
          const name = `${account} on ${shard}`;
          expect([name, balance]).toEqual([name, posted.get(name) ?? 0]);
          posted.delete(name);
          sum += balance;
        }
        expect([sum, [...posted]]).toEqual([0, []]);
      }),
    );
  });

  it('keeps the books of every shard apart: each adds up to what has moved there and away, and nothing else', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { ledger, entries } = new Kept().tell(...told);
        const byShard = new Map<number, number>();
        for (const { shard, balance } of ledger.balances()) byShard.set(shard, (byShard.get(shard) ?? 0) + balance);
        for (const { kind, postings } of entries) {
          if (kind !== 'move') expect(new Set(postings.map(({ shard }) => shard)).size).toBe(1);
          for (const { shard, amount } of kind === 'move' ? postings : []) {
            byShard.set(shard, (byShard.get(shard) ?? 0) - amount);
          }
        }
        expect([...byShard.values()].every((sum) => sum === 0)).toBe(true);
      }),
    );
  });

  it('adds lots up to what was realized, with every fee of what was closed and not a microdollar more', () => {
    fc.assert(
      fc.property(history, (told) => {
        const { ledger, lots } = new Kept().tell(...told);
        const sum = (figure: (lot: ClosedLot) => number) => lots.reduce((total, lot) => total + figure(lot), 0);
        expect(sum(({ gain }) => gain)).toBe(ledger.realized);
        for (const { basis, proceeds, gain, size, openPrice, closePrice } of lots) {
          expect([basis, proceeds, gain]).toEqual([openPrice * size + 0, closePrice * size + 0, proceeds - basis]);
        }
        const isFlat = TICKERS.every((ticker) => ledger.holding(ticker).position === 0);
        if (isFlat) expect(sum(({ openFee, closeFee }) => openFee + closeFee)).toBe(ledger.fees);
      }),
    );
  });

  it('says of a fill what it cost and why, by accounts', () => {
    const bought = fillOf('t1', 'bid', 4_000, 500, 700);
    const sold = { ...fillOf('t2', 'ask', 6_000, 800, 40), clientOrderId: 'kmm-0a1b2c-1-cara-7' };
    const { entries } = new Kept().tell(bought, sold);
    expect(entries.map(({ kind, cause, label, postings }) => [kind, cause, label, accountsOf(postings)])).toEqual([
      ['fill', 't1', EXTERNAL, { 'position:A': 2_000_000, 'fees:A': 700, 'cash:0': -2_000_700 }],
      [
        'fill',
        't2',
        undefined,
        {
          // Five closed at a gain of 20 ¢ each, three sold short at 60 ¢.
          ...{ 'position:A': -2_000_000 - 1_800_000, 'realized:A': -1_000_000, 'collateral:A': 3_000_000 },
          ...{ 'fees:A': 40, 'cash:0': 4_800_000 - 3_000_000 - 40 },
        },
      ],
    ]);
  });

  it('shares the fee of a trade that closes and opens out among both, and that of a lot among its parts', () => {
    const told = [
      fillOf('t1', 'bid', 4_000, 300, 100),
      fillOf('t2', 'ask', 6_000, 100, 7),
      fillOf('t3', 'ask', 6_000, 500, 1_000),
      settlementOf(0, 20),
    ];
    const { lots } = new Kept().tell(...told);
    expect(
      lots.map(({ outcome, size, openedBy, closedBy, openFee, closeFee }) => [
        ...[outcome, size, openedBy, closedBy, openFee, closeFee],
      ]),
    ).toEqual([
      ['yes', 100, 't1', 't2', 33, 7],
      ['yes', 200, 't1', 't3', 67, 400],
      ['no', 300, 't3', `A ${AT + 20}`, 600, 0],
    ]);
  });

  it('takes a result that did not stand back by entries of their own, lot by lot, and pays anew (F26)', () => {
    const told = [fillOf('t1', 'bid', 4_000, 100, 3), fillOf('t2', 'ask', 7_000, 300, 5)];
    const { entries, lots, ledger } = new Kept().tell(...told, settlementOf(10_000, 20), settlementOf(0, 30));
    expect(entries.slice(2).map(({ kind, cause, label }) => [kind, cause, label])).toEqual([
      ['settlement', `A ${AT + 20}`, undefined],
      ['reversal', `A ${AT + 30}`, `takes back A ${AT + 20}`],
      ['settlement', `A ${AT + 30}`, undefined],
    ]);
    const [paid, back, anew] = lots.slice(1) as [ClosedLot, ClosedLot, ClosedLot];
    expect([paid.gain, back.gain, anew.gain]).toEqual([-600_000, 600_000, 1_400_000]);
    expect([back.size, back.isReversal, anew.size, anew.isReversal]).toEqual([-200, true, 200, undefined]);
    expect(ledger.holding('A')).toMatchObject({ position: 0, cost: 0, realized: 300_000 + 1_400_000, fees: 8 });
  });

  it('keeps what the opening cash holds already in mind, without booking anything', () => {
    const known = { ...cashOf('deposit', 0), label: 'part of the opening cash' };
    const { ledger, entries } = new Kept().tell(known, { ...known, amount: microdollars(5) });
    expect([entries, ledger.totalCash(), ledger.enteredAmount('cash')]).toEqual([[], 0, 0]);
  });

  it.each([
    ['deposit', 'transfers'],
    ['withdrawal', 'transfers'],
    ['transfer', 'transfers'],
    ['incentive', 'incentives'],
    ['adjustment', 'adjustments'],
  ] as const)('books a %s against %s, as no gain or loss of trading', (kind, counter) => {
    const { ledger, entries } = new Kept().tell(cashOf(kind, 250_000));
    expect(accountsOf(entries[0]?.postings ?? [])).toEqual({ 'cash:2': 250_000, [counter]: -250_000 });
    expect([ledger.realized, ledger.fees, ledger[counter]]).toEqual([0, 0, 250_000]);
  });

  it('counts a fee that the exchange gives back as a rebate', () => {
    const { ledger, entries } = new Kept().tell(
      fillOf('t1', 'bid', 4_000, 100, -30),
      fillOf('t2', 'bid', 4_000, 100, 50),
    );
    expect(accountsOf(entries[0]?.postings ?? [])).toMatchObject({ 'rebates:A': -30 });
    expect([ledger.fees, ledger.holding('A').fees]).toEqual([20, 20]);
  });
});

describe('a share', () => {
  it('is exact however large the figures, and shares taken one after another lose nothing', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1e11 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), parts, (amount, sizes) => {
        let left = amount;
        let whole = sizes.reduce((sum, size) => sum + size, 0);
        for (const size of sizes) {
          const share = shareOf(left, size, whole);
          expect(BigInt(share)).toBe((BigInt(left) * BigInt(size)) / BigInt(whole));
          left -= share;
          whole -= size;
        }
        expect(left).toBe(0);
      }),
    );
  });
});

function fillOf(tradeId: string, side: 'bid' | 'ask', price: number, size: number, fee: number): FillSeen {
  return {
    ...{ type: 'fill', at: AT as EpochMs, tradeId, orderId: 'order', ticker: 'A', side, isTaker: false },
    ...{ price: centicents(price), size: centicontracts(size), fee: microdollars(fee) },
  };
}

function settlementOf(value: number, ms: number): SettlementSeen {
  const at = epochMs(AT + ms);
  return {
    type: 'settlement',
    at,
    ticker: 'A',
    settledAt: at,
    value: centicents(value),
    result: value === 0 ? 'no' : 'yes',
  };
}

function cashOf(kind: CashEntered['kind'], amount: number): CashEntered {
  const figures = { shard: 2, amount: microdollars(amount), at: epochMs(AT) };
  return { type: 'cash_entered', entryId: 'cash', kind, label: 'by hand', ...figures };
}

function accountsOf(postings: Entry['postings']): Record<string, number> {
  return Object.fromEntries(postings.map(({ account, amount }) => [account, amount]));
}

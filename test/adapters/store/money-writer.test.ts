/** What is noted beside the fills, read back; old samples thinned out; and whether the account reconciles. */
import { describe, expect, it } from 'vitest';
import { type MarketRow, MoneyRows, type ReconciliationRow } from '../../../src/lib/adapters/store/money-rows.ts';
import type { AccountSample, MarketSample, MoneyNotes } from '../../../src/lib/adapters/store/money-writer.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { reconciledOf } from '../../../src/lib/app/money/reconciled.ts';
import type { FillSeen } from '../../../src/lib/core/events.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../../../src/lib/core/units.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { begun, databasePath, FILL, START, T0 } from '../../support/journal.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ACCOUNT = START.account;
const HOUR = Math.floor(T0 / HOUR_MS) * HOUR_MS;
const EVER = { from: epochMs(0), to: epochMs(T0 + 100 * DAY_MS) };

const NOTHING: MoneyNotes = { markets: [], fillMarks: [], marketSamples: [], accountSamples: [], reconciliations: [] };

function fill(more: Partial<FillSeen>): FillSeen {
  return { ...FILL, side: 'bid', ...more };
}

function marketSample(ticker: string, at: number, bid: number | null = 4_400): MarketSample {
  const money = { unrealized: 0 as Microdollars, realized: 0 as Microdollars, fees: 0 as Microdollars };
  return {
    ...{ ticker, at: epochMs(at), midDoubled: 10_000, bid: null, ask: null, ...money, latencyUs: 120 },
    ...{ exitBid: bid as Centicents | null, exitAsk: bid === null ? null : (5_600 as Centicents) },
    position: 0 as Centicontracts,
  };
}

function accountSample(at: number): AccountSample {
  const zero = 0 as Microdollars;
  return {
    at: epochMs(at),
    cash: zero,
    realized: zero,
    unrealized: zero,
    fees: zero,
    worstLoss: zero,
    resting: 0,
    unknown: 0,
  };
}

function compared(
  at: number,
  cash: number,
  positions: Readonly<Record<string, number>>,
  differences: string[] = [],
): ReconciliationRow {
  return {
    ...{ at: at as EpochMs, occasion: 'end', cash: new Map([[2, cash as Microdollars]]), differences },
    positions: new Map(Object.entries(positions) as [string, Centicontracts][]),
  };
}

function rowsIn(path: string): MoneyRows {
  const rows = MoneyRows.open(path, 'sim');
  if (rows instanceof StoreProblem) throw rows;
  return rows;
}

describe('samples', () => {
  it('are kept for 35 days as they are, and then the last of each hour, of markets and of the account', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const minutes = [0, 20, 40, 59, 61, 80];
    const marketSamples = ['A', 'B'].flatMap((ticker) => minutes.map((m) => marketSample(ticker, HOUR + m * 60_000)));
    const accountSamples = minutes.map((m) => accountSample(HOUR + m * 60_000));
    journal.money.write(ACCOUNT, { ...NOTHING, marketSamples, accountSamples }, T0);
    const rows = rowsIn(path);
    const kept = () =>
      [...rows.marketSamples(ACCOUNT, EVER)].map(({ ticker, at }) => `${ticker} ${(at - HOUR) / 60_000}`);
    for (let step = 0; step < 5; step += 1) journal.money.prune(epochMs(HOUR + 35 * DAY_MS));
    expect(kept()).toHaveLength(12);
    // By now the first hour is old.
    for (let step = 0; step < 5; step += 1) journal.money.prune(epochMs(HOUR + 35 * DAY_MS + HOUR_MS));
    expect(kept()).toEqual(['A 59', 'B 59', 'A 61', 'B 61', 'A 80', 'B 80']);
    expect(rows.accountSamples(ACCOUNT, EVER).map(({ at }) => (at - HOUR) / 60_000)).toEqual([59, 61, 80]);
    rows.close();
    journal.close();
  });

  it('tell at what a position could have been left last, also where the newest knows no price', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const marketSamples = [
      marketSample('A', T0, 4_400),
      marketSample('A', T0 + 15_000, 4_500),
      marketSample('A', T0 + 30_000, null),
    ];
    journal.money.write(ACCOUNT, { ...NOTHING, marketSamples }, T0);
    const rows = rowsIn(path);
    const bids = [-1, 0, 15_000, 99_000].map((ms) => rows.exitBefore(ACCOUNT, 'A', epochMs(T0 + ms))?.bid);
    expect(bids).toEqual([undefined, 4_400, 4_500, 4_500]);
    expect(rows.exitBefore('another', 'A', epochMs(T0 + 99_000))).toBeUndefined();
    rows.close();
    journal.close();
  });
});

it('of a market the last definition stands, and its shard is that of fills which do not say', () => {
  const path = databasePath();
  const { journal } = begun(path);
  const market: MarketRow = {
    ...{ ticker: 'A', eventTicker: 'E', seriesTicker: 'S', shard: 2, title: 'first', isExclusive: 0, closeAt: T0 },
  };
  const markets = [market, { ...market, title: 'second', closeAt: epochMs(T0 + 1) }];
  const { shard: _, ...unsharded } = fill({ ticker: 'A' });
  journal.recordEvent(unsharded);
  journal.flush();
  journal.money.write(ACCOUNT, { ...NOTHING, markets }, T0);
  const rows = rowsIn(path);
  expect(rows.markets()).toEqual([{ ...market, title: 'second', closeAt: T0 + 1 }]);
  expect([...rows.fills(ACCOUNT)].map(({ shard }) => shard)).toEqual([2]);
  rows.close();
  journal.close();
});

describe('an account', () => {
  function reconciledAfter(...noted: readonly ReconciliationRow[]) {
    const path = databasePath();
    const { journal } = begun(path);
    journal.recordEvent({
      type: 'ledger_restored',
      at: T0,
      fills: [],
      settlements: [],
      openingCash: [{ shard: 2, cash: 1_000_000 as Microdollars }],
    });
    journal.recordEvent(
      fill({
        ticker: 'A',
        shard: 2,
        size: 100 as Centicontracts,
        price: 4_000 as Centicents,
        fee: 20_000 as Microdollars,
        at: epochMs(T0 + 10),
      }),
    );
    journal.flush();
    for (const row of noted) journal.money.reconciled(ACCOUNT, row);
    const rows = rowsIn(path);
    const reconciled = reconciledOf(rows, ACCOUNT, [...rows.fills(ACCOUNT)]);
    rows.close();
    journal.close();
    return reconciled;
  }

  it('reconciles when the ledger of that moment is what the exchange stated, to the last digit', () => {
    expect(reconciledAfter(compared(T0 + 20, 580_000, { A: 100 }))).toEqual({ kind: 'equal', at: T0 + 20, since: 0 });
    // Before the fill: what came after is counted, not proved.
    expect(reconciledAfter(compared(T0 + 5, 1_000_000, {}))).toEqual({ kind: 'equal', at: T0 + 5, since: 1 });
  });

  it('does not where one microdollar or one position differs, and both figures are told', () => {
    expect(reconciledAfter(compared(T0 + 20, 580_001, { A: 100 }))).toMatchObject({
      kind: 'differs',
      differences: ['cash on shard 2: ours $0.580000, theirs $0.580001'],
    });
    expect(reconciledAfter(compared(T0 + 20, 580_000, {}))).toMatchObject({
      kind: 'differs',
      differences: ['A: ours 1.00, theirs 0.00'],
    });
  });

  it('goes by the last comparison; one that was never compared does not reconcile', () => {
    const differing = compared(T0 + 20, 580_000, { A: 100 }, ['as it was said']);
    expect(reconciledAfter(differing)).toMatchObject({ kind: 'differs', differences: ['as it was said'] });
    expect(reconciledAfter(differing, compared(T0 + 30, 580_000, { A: 100 }))).toMatchObject({ kind: 'equal' });
    expect(reconciledAfter()).toEqual({ kind: 'never' });
  });
});

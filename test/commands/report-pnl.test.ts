/** `kmm report pnl`, as people and scripts see it: exact where the money reconciles, without a total where it does not. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalFile } from '../../src/lib/adapters/store/journal.ts';
import type { ReconciliationRow } from '../../src/lib/adapters/store/money-rows.ts';
import { homeOf, prepareHome } from '../../src/lib/app/config/home.ts';
import { type Centicents, type Centicontracts, epochMs, type Microdollars } from '../../src/lib/core/units.ts';
import { FILL, openedJournal, START } from '../support/journal.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

/** 2026-11-20 10:00 in New York. */
const T0 = epochMs(Date.UTC(2026, 10, 20, 15));
const after = (seconds: number) => epochMs(T0 + seconds * 1_000);
const MARKET = { eventTicker: 'KXE', seriesTicker: 'KXS', shard: 0, title: '', isExclusive: 0, closeAt: T0 } as const;

const directory = tempDir(afterAll);
const here = { directory, variables: { COLUMNS: '120' } };
let journal: JournalFile;

function compared(seconds: number, cash: number, more: Partial<ReconciliationRow> = {}) {
  const row = { at: after(seconds), occasion: 'end', positions: new Map(), differences: [], ...more } as const;
  expect(
    journal.money.reconciled(START.account, { cash: new Map([[0, cash as Microdollars]]), ...row }),
  ).toBeUndefined();
}

beforeAll(() => {
  const home = homeOf('sim', { KMM_HOME: join(directory, 'data') }, directory);
  prepareHome(home);
  journal = openedJournal(home.database);
  journal.beginSession({ ...START, startedAt: T0 });
  const fill = { ...FILL, shard: 0, ticker: 'KXE-A', at: after(1), clientOrderId: 'kmm-b20383-1-cara-5' };
  journal.recordEvent({
    type: 'ledger_restored',
    at: T0,
    fills: [],
    settlements: [],
    openingCash: [{ shard: 0, cash: 100_000_000 as Microdollars }],
  });
  // The three fills of math.md section 19, two held to YES and one to NO.
  const [c, q, f] = [
    (n: number) => n as Centicents,
    (n: number) => n as Centicontracts,
    (n: number) => n as Microdollars,
  ];
  journal.recordEvent({ ...fill, tradeId: 't1', side: 'bid', size: q(1_000), price: c(4_600), fee: f(50_000) });
  journal.recordEvent({
    ...fill,
    tradeId: 't2',
    side: 'ask',
    size: q(500),
    price: c(9_100),
    fee: f(20_000),
    at: after(3_700),
  });
  journal.recordEvent({
    ...fill,
    tradeId: 't3',
    side: 'bid',
    size: q(300),
    price: c(9_100),
    fee: f(10_000),
    ticker: 'KXE-B',
    clientOrderId: 'kmm-b20383-1-hand-6',
  });
  journal.recordEvent({
    type: 'settlement',
    ticker: 'KXE-A',
    settledAt: after(7_300),
    value: c(10_000),
    result: 'yes',
    shard: 0,
    at: after(7_301),
  });
  journal.recordEvent({
    type: 'settlement',
    ticker: 'KXE-B',
    settledAt: after(7_300),
    value: c(0),
    result: 'no',
    shard: 0,
    at: after(7_301),
  });
  journal.flush();
  const mark = (tradeId: string, horizonMs: number, midDoubled: number) => ({
    tradeId,
    horizonMs,
    midDoubled,
    fair: null,
    model: null,
    at: T0,
  });
  const fillMarks = [
    mark('t1', 0, 9_400),
    mark('t1', 60_000, 9_300),
    mark('t2', 0, 18_101),
    mark('t2', 60_000, 18_600),
    mark('t3', 0, 18_200),
  ];
  const markets = ['KXE-A', 'KXE-B'].map((ticker) => ({ ...MARKET, ticker }));
  journal.money.write(
    START.account,
    { markets, fillMarks, marketSamples: [], accountSamples: [], reconciliations: [] },
    T0,
  );
});

afterAll(() => journal.close());

describe('report pnl', () => {
  it('prints no total before ledger and exchange were ever compared, and says so first', async () => {
    const { stdout, exit } = await kmmHere(here, ['report', 'pnl']);
    expect(exit).toBe(0);
    expect(stdout.split('\n')[1]).toBe('! never compared with the exchange: no total is printed');
    expect(stdout).toMatch(/^KXE-A .* \+4\.88$/m);
    expect(stdout).not.toMatch(/total {5}|Sharpe|drawdown/);
  });

  it('prints what differs by how much instead of a total, with exit 7', async () => {
    compared(8_000, 102_220_001);
    const { stdout, exit } = await kmmHere(here, ['report', 'pnl']);
    expect(exit).toBe(7);
    expect(stdout).toContain('ours $102.140000, theirs $102.220001');
    expect(stdout).not.toContain('total  ');
    const { records } = await jsonHere(here, ['report', 'pnl']);
    expect(records[0]).toMatchObject({ type: 'pnl', proof: { state: 'differs' }, total: null, figures: null });
  });

  it('does not take a comparison for one of what came after it', async () => {
    // Before the settlements: 100 − 4.65 + 4.53 − 2.74, nothing of it locked.
    compared(8_001, 102_140_000);
    compared(8_002, 97_140_000, { at: after(9_000), differences: [] });
    const { records } = await jsonHere(here, ['report', 'pnl']);
    expect(records[0].proof.state).toBe('differs');
  });

  it('is exact where it reconciles: the fills of math.md section 19, in parts that add up', async () => {
    compared(9_001, 102_140_000);
    const { records, exit } = await jsonHere(here, ['report', 'pnl', '--by', 'strategy']);
    expect(exit).toBe(0);
    const { rows, total, figures, proof } = records[0];
    expect(proof).toMatchObject({ state: 'equal', at: '2026-11-20T17:30:01.000Z', entriesAfter: 0 });
    expect(rows.map((row: { key: string; netDollars: string }) => [row.key, row.netDollars])).toEqual([
      ['cara', '4.880000'],
      ['hand', '-2.740000'],
    ]);
    expect(total).toMatchObject({ grossDollars: '2.220000', feesDollars: '0.080000', netDollars: '2.140000' });
    expect(total).toMatchObject({ roundTripDollars: '2.250000', heldDollars: '-0.030000', fills: 3 });
    expect(total.split.spreadDollars).toBe('0.124750');
    expect(total.split.horizons[2]).toEqual({
      ...{
        seconds: 60,
        markoutDollars: '-0.174750',
        residualDollars: '5.000000',
        unknownDollars: '-2.730000',
        unknownFills: 1,
      },
    });
    expect(figures).toMatchObject({ capitalDollars: '100.000000', events: { won: 1, lost: 0, open: 0 } });
  });

  it('tells an hour what it brought, in New York or in UTC, and takes days of New York', async () => {
    const hours = await kmmHere(here, ['report', 'pnl', '--by', 'hour', '--from', '2026-11-20', '--to', '2026-11-20']);
    expect(hours.stdout.match(/^2026-11-20 \d\d:00 ET/gm)).toEqual([
      '2026-11-20 10:00 ET',
      '2026-11-20 11:00 ET',
      '2026-11-20 12:00 ET',
    ]);
    const utc = await kmmHere(here, ['report', 'pnl', '--by', 'hour', '--utc']);
    expect(utc.stdout).toContain('2026-11-20 15:00 UTC');
    const plain = await kmmHere(here, ['report', 'pnl', '--by', 'day', '--plain']);
    expect(plain.stdout.split('\t')[0]).toBe('2026-11-20');
  });

  it.each([
    [['--from', '2026-02-30'], /2026-02-30 is no day/],
    [['--to', 'yesterday-ish'], /yesterday-ish is no day/],
    [['--from', '2026-11-21', '--to', '2026-11-20'], /2026-11-20 lies before 2026-11-21/],
    [['--from', '2026-11-21', '--to', '2026-11-22'], /nothing is known of 2026-11-21 to 2026-11-22/],
    [['--account', 'nobody'], /nobody has no session here; those that have: world-7/],
    [['--by', 'moon'], /Expected --by=moon/],
  ] as const)('%j is refused in words', async (words, message) => {
    const { stderr, exit } = await kmmHere(here, ['report', 'pnl', ...words]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('where kmm has never run says that there is nothing', async () => {
    const { stderr, exit } = await kmmHere({ directory: tempDir(), variables: {} }, ['report', 'pnl']);
    expect([exit, stderr]).toEqual([expect.any(Number), expect.stringContaining('no database')]);
  });
});

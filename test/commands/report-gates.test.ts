import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type Composed, compose, DAY, reconciled, SMALL_DAY, smallDay } from '../support/composed-account.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

function place(fill: (database: string) => void, env = 'sim') {
  const directory = tempDir();
  const home = join(directory, 'data', env);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  fill(join(home, 'kmm.db'));
  return { directory, variables: {} };
}

const DAY_MS = 86_400_000;

/** A week of forty events, a round trip of ten contracts in each that brings `cents` a contract, and a cent more or less. */
function week(database: string, cents: number, off = 0): void {
  const from = DAY - 7 * DAY_MS;
  const events = Array.from({ length: 40 }, (_, index) => ({
    ticker: `KXE-${index}`,
    at: from + (index + 1) * 3_600_000,
  }));
  const bought = (index: number) => 5_000 - 100 * (cents + (index % 2 === 0 ? 1 : -1));
  compose(database, {
    sessions: [{ session: 1, started_at: from, ended_at: DAY }],
    opening_cash: [{ cash: 1_000_000_000, at: from }],
    markets: events.map(({ ticker }) => ({ ticker, event_ticker: ticker, series_ticker: 'KXE' })),
    fills: events.flatMap(({ ticker, at }, index) => [
      { trade_id: `b-${index}`, ticker, price: bought(index), size: 500, at },
      { trade_id: `s-${index}`, ticker, side: 'ask', price: 5_000, size: 500, at: at + 60_000 },
    ]),
    account_samples: Array.from({ length: 7 }, (_, day) => ({ at: from + day * DAY_MS + 3_600_000 })),
  });
  reconciled(database, DAY, undefined, off);
}

/** Of an account on demo. */
function asDemo(database: string): void {
  const sql = new Database(database);
  sql.exec("UPDATE meta SET value = 'demo' WHERE key = 'env'");
  sql.close();
}

type Gates = { step: string; gates: Record<string, unknown>[] }[];

describe('kmm report gates', () => {
  test('opens the step whose gates are all passed, and exits 0 under --check', async () => {
    const here = place((database) => week(database, 2));
    const { records, exit } = await jsonHere(here, ['report', 'gates', '--check']);
    expect(exit).toBe(0);
    expect(records[0]).toMatchObject({
      type: 'report_gates',
      ownStep: 'sim_to_shadow',
      isPassed: true,
      proof: 'equal',
    });
    const [sim] = records[0]?.steps as Gates;
    // Half of ten contracts bought and half sold: 2 ¢ a contract held are 1 ¢ a contract traded.
    expect(sim?.gates).toMatchObject([
      { id: 'reconciled', outcome: 'passed' },
      { id: 'ev', outcome: 'passed', needed: 30, had: 40, figure: 1, threshold: 1 },
      { id: 'days', outcome: 'passed', needed: 7, had: 7 },
    ]);
    const { stdout } = await kmmHere(here, ['report', 'gates']);
    expect(stdout).toMatch(/^\| ev \| passed \| 30 \| 40 \| 1\.00 ¢ \| 0\.84 to 1\.16 ¢ \|/m);
    expect(stdout).toMatch(/^\| honest ev \| not measured \|.*not read: another environment feeds it/m);
    for (const gate of ['freshness', 'parameter age', 'kill switch', 'var'])
      expect(stdout).toMatch(new RegExp(`^\\| ${gate} \\| not measured \\|.*not read: `, 'm'));
  });

  test('a gate that fails is said, and exits 10 under --check alone', async () => {
    const here = place((database) => week(database, -1));
    expect((await kmmHere(here, ['report', 'gates', '--check'])).exit).toBe(10);
    const { stdout, exit } = await kmmHere(here, ['report', 'gates']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\| ev \| FAILED \| 30 \| 40 \| -0\.50 ¢/m);
    expect(stdout).toContain('next step: closed');
  });

  test('too few is not passed: a day of three events', async () => {
    const here = place(smallDay);
    const { records, exit } = await jsonHere(here, ['report', 'gates', '--check']);
    expect(exit).toBe(10);
    expect(records[0]).toMatchObject({ isPassed: false, openEvents: 1 });
    const [sim] = records[0]?.steps as Gates;
    expect(sim?.gates[1]).toMatchObject({ outcome: 'too_few', needed: 30, had: 2 });
    expect(sim?.gates[2]).toMatchObject({ outcome: 'too_few', needed: 7, had: 1 });
  });

  test('takes evidence since a day, and refuses one that lies ahead', async () => {
    const here = place((database) => week(database, 2));
    const { records } = await jsonHere(here, ['report', 'gates', '--since', '2026-11-14']);
    const [sim] = records[0]?.steps as Gates;
    expect(sim?.gates[1]).toMatchObject({ outcome: 'too_few', had: 17 });
    const ahead = await kmmHere(here, ['report', 'gates', '--since', '2099-01-01']);
    expect([ahead.exit, ahead.stderr]).toEqual([2, expect.stringContaining('has not begun')]);
  });

  test('of money that does not reconcile has no figure, exit 7, and 10 under --check', async () => {
    const here = place((database) => week(database, 2, -10_000));
    const { stdout, exit } = await kmmHere(here, ['report', 'gates']);
    expect([exit, stdout]).toEqual([7, expect.stringContaining('The money does not reconcile.')]);
    expect(stdout).toMatch(/^\| ev \| not measured \| — \| — \| — \| — \|/m);
    expect((await kmmHere(here, ['report', 'gates', '--check'])).exit).toBe(10);
    const never = place((database) => compose(database, SMALL_DAY));
    expect((await kmmHere(never, ['report', 'gates', '--check'])).exit).toBe(10);
  });
});

describe('thirty days of honest EV', () => {
  /** Four events a day, ten contracts bought in each at 0.40 that were thought to be worth 0.50: `hits` of ten paid. */
  function month(database: string, hits: number): void {
    const from = DAY - 30 * DAY_MS;
    const events = Array.from({ length: 120 }, (_, n) => ({ ticker: `KXE-${n}`, at: from + n * (DAY_MS / 4) }));
    const isTrue = (n: number) => (n * 7) % 10 < hits;
    compose(database, {
      sessions: [{ session: 1, started_at: from, ended_at: DAY }],
      opening_cash: [{ cash: 1_000_000_000, at: from }],
      markets: events.map(({ ticker, at }) => ({
        ticker,
        event_ticker: ticker,
        series_ticker: 'KXE',
        close_at: at + 60_000,
      })),
      fills: events.map(({ ticker, at }) => ({ trade_id: ticker, ticker, price: 4_000, size: 1_000, at })),
      fill_marks: events.map(({ ticker }) => ({ trade_id: ticker, horizon_ms: 0, mid_doubled: 8_000, fair: 5_000 })),
      settlements: events.map(({ ticker, at }, n) => ({
        ...{ ticker, value: isTrue(n) ? 10_000 : 0, result: isTrue(n) ? 'yes' : 'no', settled_at: at + 120_000 },
      })),
    });
    reconciled(database, DAY);
    asDemo(database);
  }

  test.each([
    [5, 'passed'],
    [3, 'failed'],
  ])('are read from the fills: %i of ten paid', async (hits, outcome) => {
    const here = place((database) => month(database, hits), 'demo');
    const { records } = await jsonHere(here, ['report', 'gates', '--env', 'demo']);
    const [, , scale] = records[0]?.steps as Gates;
    const gate = scale?.gates.find(({ id }) => id === 'honest_ev');
    expect(gate).toMatchObject({ outcome, had: 30, needed: 30, figure: expect.closeTo(hits - 4, 9) });
  });
});

describe('how it trades', () => {
  const BEFORE = Date.now() - 86_400_000;
  /** What sessions, kills and settlements of a day left: 40 events, of which `beyond` lost more than their VaR. */
  function traded(database: string, beyond: number, more: Composed = {}): void {
    const events = Array.from({ length: 40 }, (_, n) => ({ ticker: `KXE-${n}`, event_ticker: `KXE-${n}` }));
    compose(database, {
      sessions: [{ session: 1, started_at: BEFORE, ended_at: null }],
      opening_cash: [{ cash: 1_000_000_000, at: BEFORE }],
      data_ages: [
        ...[0, 1].map((hour) => look(hour, 'any', 3_000, 0, 900)),
        ...[0, 1].map((hour) => look(hour, 'reference', 3_000, 0, 900)),
        look(0, 'parameters', 2_000, 0, 3 * 86_400_000),
        look(1, 'parameters', 2_000, 1, 8 * 86_400_000),
      ],
      // Ten of YES bought for $9: lost, or a dollar more.
      event_tails: events.map(({ event_ticker }) => tail(event_ticker, -1_000_000)),
      settlements: events.map(({ ticker }, n) => ({
        ...{ ticker, value: n < beyond ? 0 : 10_000, settled_at: BEFORE + 120_000 },
      })),
      kills: [kill({ orders: 3 })],
      ...more,
    });
    asDemo(database);
  }
  const look = (hour: number, kind: string, looks: number, old: number, age_ms_max: number) => ({
    ...{ session: 1, hour: Math.ceil(BEFORE / 3_600_000 + hour) * 3_600_000, kind, looks, old, age_ms_max },
  });
  const tail = (event_ticker: string, value_at_risk: number, positions = `[["${event_ticker}",1000]]`) => ({
    ...{ account: 'composed', event_ticker, horizon_s: 600, at: BEFORE + 1_000, method: 'pmf', value_at_risk },
    ...{ shortfall: 5_000_000, worst: 9_000_000, if_no: -9_000_000, positions },
  });
  const kill = (more: Record<string, string | number | null>) => ({
    ...{ at: BEFORE, by: 'operator', scope: 'account', covers: '["*"]', orders: 0, first_cancel_ms: 200 },
    ...{ confirmed_ms: 3_100, is_exchange_gone: 0, ...more },
  });

  async function gatesHere(fill: (database: string) => void): Promise<Record<string, Record<string, unknown>>> {
    const { records } = await jsonHere(place(fill, 'demo'), ['report', 'gates', '--env', 'demo']);
    const [, , scale] = records[0]?.steps as Gates;
    return Object.fromEntries(scale?.gates.map((gate) => [String(gate.id), gate]) ?? []);
  }

  test('is read from looks at quotes, from kills, and from what was held in events that are over', async () => {
    const gates = await gatesHere((database) => traded(database, 0));
    expect(gates.freshness).toMatchObject({ outcome: 'passed', needed: 3_838, had: 6_000, figure: 0 });
    expect(gates.parameter_age).toMatchObject({ outcome: 'failed', had: 4_000, figure: 8 });
    expect(gates.kill_switch).toMatchObject({ outcome: 'passed', had: 1, figure: 3.1 });
    expect(gates.var).toMatchObject({ outcome: 'passed', needed: 35, had: 40, figure: 0 });
    const unlucky = await gatesHere((database) => traded(database, 8));
    expect(unlucky.var).toMatchObject({ outcome: 'failed', had: 40, figure: 20 });
  });

  test('takes no event for over of which a market is not, and no kill that took nothing away', async () => {
    const nothing = [
      kill({ orders: 0 }),
      kill({ orders: 2, scope: 'own' }),
      kill({ orders: 2, covers: '["KXE"]' }),
      kill({ orders: 2, is_exchange_gone: 1 }),
      kill({ orders: 2, at: BEFORE - 40 * 86_400_000 }),
    ];
    const event_tails = [tail('KXE-1', 0), tail('KXE-2', 0, '[["KXE-2",1000],["KXE-OPEN",-500]]')];
    const gates = await gatesHere((database) => traded(database, 0, { kills: nothing, event_tails }));
    expect(gates.kill_switch).toMatchObject({
      outcome: 'too_few',
      had: 0,
      reason: expect.stringContaining('kmm kill'),
    });
    expect(gates.var).toMatchObject({ outcome: 'too_few', had: 1 });
    const last = await gatesHere((database) =>
      traded(database, 0, { kills: [kill({ orders: 2 }), kill({ orders: 2, confirmed_ms: null })] }),
    );
    expect(last.kill_switch).toMatchObject({ outcome: 'failed', had: 1, figure: null });
  });
});

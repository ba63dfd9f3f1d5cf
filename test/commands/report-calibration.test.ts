import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compose, DAY } from '../support/composed-account.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const COUNT = 40;

/** 0 … 39 in an order in which what comes true is no run. */
const spread = (n: number) => (n * 17) % COUNT;

/**
 * Forty settled events that were said to be worth 0.50 at two minutes and at one; of the even ones ten contracts were bought at
 * 0.40. `hits` of the filled ones paid, and all others but as many. One market more is open, one paid 0.30.
 */
function place(hits: number) {
  const directory = tempDir(afterAll);
  const home = join(directory, 'data', 'sim');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const events = Array.from({ length: 2 * COUNT }, (_, n) => ({
    ...{ ticker: `KXE-${n}`, at: DAY + (n + 1) * 60_000, isFilled: n % 2 === 0 },
    isTrue: spread(Math.floor(n / 2)) < hits === (n % 2 === 0),
  }));
  const filled = events.filter(({ isFilled }) => isFilled);
  const estimated = [...events, ...['KXE-open', 'KXE-scalar'].map((ticker) => ({ ticker, at: DAY + 1_000 }))];
  compose(join(home, 'kmm.db'), {
    sessions: [{ session: 1, started_at: DAY, ended_at: DAY + 86_400_000 }],
    opening_cash: [{ cash: 1_000_000_000, at: DAY }],
    markets: events.map(({ ticker, at }) => ({
      ...{ ticker, event_ticker: ticker, series_ticker: 'KXE', close_at: at + 120_000 },
    })),
    fills: [
      ...filled.map(({ ticker, at }) => ({ trade_id: `t-${ticker}`, ticker, price: 4_000, size: 1_000, at })),
      // By hand: no model stands for it.
      ...filled.slice(0, 1).map(({ ticker, at }) => ({
        ...{ trade_id: 'by-hand', ticker, price: 9_000, size: 9_000, at, client_order_id: 'kmm-c0ffee-1-hand-1' },
      })),
    ],
    fill_marks: [...filled.map(({ ticker }) => `t-${ticker}`), 'by-hand'].map((trade_id) => ({
      ...{ trade_id, horizon_ms: 0, mid_doubled: 8_200, fair: 5_000 },
    })),
    settlements: filled.map(({ ticker, at, isTrue }) => ({
      ...{ ticker, value: isTrue ? 10_000 : 0, result: isTrue ? 'yes' : 'no' },
      ...{ settled_at: at + 180_000, at: at + 180_000 },
    })),
    estimated_markets: [
      ...events.map(({ ticker, at, isTrue }) => ({
        ...{ ticker, event_ticker: ticker, series_ticker: 'KXE', close_at: at + 120_000 },
        ...{ result: isTrue ? 'yes' : 'no', value: isTrue ? 10_000 : 0, settled_at: at + 180_000 },
      })),
      {
        ticker: 'KXE-open',
        event_ticker: 'KXE-open',
        series_ticker: 'KXE',
        close_at: DAY + 120_000,
        result: null,
        value: null,
        settled_at: null,
      },
      {
        ticker: 'KXE-scalar',
        event_ticker: 'KXE-scalar',
        series_ticker: 'KXE',
        close_at: DAY + 120_000,
        result: 'scalar',
        value: 3_000,
        settled_at: DAY + 180_000,
      },
    ],
    estimates: estimated.flatMap(({ ticker, at }) =>
      [120, 60].map((horizon_s) => ({
        ...{ ticker, horizon_s, at: at + (120 - horizon_s) * 1_000, probability: 0.5, mid_doubled: 8_200 },
      })),
    ),
  });
  return { directory, variables: {} };
}

interface Report {
  readonly leftOut: object;
  readonly groups: readonly {
    readonly by: string;
    readonly name: string;
    readonly decided: Record<string, unknown>;
    readonly filled: Record<string, unknown>;
  }[];
  readonly models: readonly Record<string, unknown>[];
  readonly evBins: readonly Record<string, unknown>[];
}

async function reported(hits: number): Promise<Report> {
  const { exit, records } = await jsonHere(place(hits), ['report', 'calibration']);
  expect(exit).toBe(0);
  return records[0] as unknown as Report;
}

describe('report calibration', () => {
  it('lays all decisions beside what was filled, by model, series and time to close, and counts what is left out', async () => {
    const { groups, leftOut, models, evBins } = await reported(20);
    expect(leftOut).toEqual({ fills: 1, open: 2, scalar: 2 });
    expect(groups.map(({ by, name }) => `${by} ${name}`)).toEqual([
      'all all',
      'model micro',
      'series KXE',
      'close 2 min',
      'close 60 s',
    ]);
    const [all, , , far, near] = groups;
    expect(all?.decided).toMatchObject({ estimates: 4 * COUNT, markets: 2 * COUNT, calibrationError: 0 });
    expect(all?.filled).toMatchObject({ fills: COUNT, calibrationError: 0, isDrifting: false });
    // What was said at 120 s and at 60 s; all fills came two minutes before the close.
    expect([far?.decided.estimates, near?.decided.estimates]).toEqual([2 * COUNT, 2 * COUNT]);
    expect([far?.filled.fills, near?.filled.fills]).toEqual([COUNT, 0]);
    expect(models).toMatchObject([{ model: 'micro', series: 'KXE', events: 2 * COUNT, benched: null, brier: 0.25 }]);
    expect(evBins).toMatchObject([{ model: 'micro', series: 'KXE', from: 0.5, to: 0.6, fills: COUNT, events: COUNT }]);
  });

  it('shows adverse selection: right over all, wrong in what was filled', async () => {
    const { groups, evBins } = await reported(4);
    expect(groups[0]?.decided).toMatchObject({ calibrationError: 0 });
    expect(groups[0]?.filled.calibrationError).toBeCloseTo(0.4, 9);
    expect(evBins).toMatchObject([{ ev: { isOff: true, sizeFactor: 0 } }]);
  });

  it('says so to people, and draws both halves', async () => {
    const here = place(4);
    const { stdout } = await kmmHere(here, ['report', 'calibration']);
    expect(stdout).toContain('The calibration error of what was filled is above 5 %.');
    expect(stdout).toContain('Drift');
    expect(stdout).toMatch(/micro in KXE is benched: every bin/);
    expect(stdout).not.toContain('of all decisions is above');
    const file = join(here.directory, 'calibration.html');
    await kmmHere(here, ['report', 'calibration', '--out', file]);
    const html = readFileSync(file, 'utf8');
    for (const half of ['all decisions', 'what was filled']) expect(html).toContain(`Reliability of ${half}`);
  });
});

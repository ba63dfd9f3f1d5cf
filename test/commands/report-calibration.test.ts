import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compose, DAY } from '../support/composed-account.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const COUNT = 40;

/** Forty settled events: ten contracts bought at 0.40 that were thought to be worth 0.50; `hits` of them paid. */
function place(hits: number) {
  const directory = tempDir(afterAll);
  const home = join(directory, 'data', 'sim');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const events = Array.from({ length: COUNT }, (_, n) => ({ ticker: `KXE-${n}`, at: DAY + (n + 1) * 60_000 }));
  compose(join(home, 'kmm.db'), {
    sessions: [{ session: 1, started_at: DAY, ended_at: DAY + 86_400_000 }],
    opening_cash: [{ cash: 1_000_000_000, at: DAY }],
    markets: events.map(({ ticker, at }) => ({
      ...{ ticker, event_ticker: ticker, series_ticker: 'KXE', close_at: at + 120_000 },
    })),
    fills: events.map(({ ticker, at }) => ({ trade_id: `t-${ticker}`, ticker, price: 4_000, size: 1_000, at })),
    fill_marks: events.map(({ ticker, at }) => ({
      ...{ trade_id: `t-${ticker}`, horizon_ms: 0, mid_doubled: 8_200, fair: 5_000, at },
    })),
    settlements: events.map(({ ticker, at }, n) => ({
      ...{ ticker, value: n % COUNT < hits ? 10_000 : 0, result: n % COUNT < hits ? 'yes' : 'no' },
      ...{ settled_at: at + 180_000, at: at + 180_000 },
    })),
  });
  return { directory, variables: {} };
}

interface Report {
  readonly leftOut: number;
  readonly groups: readonly { readonly by: string; readonly name: string; readonly filled: Record<string, unknown> }[];
}

it('says that half came of what was said to be half, by series and time to close, against the mid', async () => {
  const { exit, records } = await jsonHere(place(20), ['report', 'calibration']);
  expect(exit).toBe(0);
  const { groups, leftOut } = records[0] as unknown as Report;
  expect(leftOut).toBe(0);
  expect(groups.map(({ by, name }) => [by, name])).toEqual([
    ['all', 'all'],
    ['series', 'KXE'],
    ['close', '60_to_300s'],
  ]);
  expect(groups[0]?.filled).toMatchObject({ fills: COUNT, calibrationError: 0, isDrifting: false });
});

it('warns where much less came than was said', async () => {
  const { stdout } = await kmmHere(place(4), ['report', 'calibration']);
  expect(stdout).toContain('The calibration error is above 5 %.');
  expect(stdout).toContain('Drift');
});

/** Scores of the statistical models: on recordings, the tables of docs/models.md; on composed files, what is left out and refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scoreCpi } from '../../../src/lib/app/model/score/score-cpi.ts';
import { scoreTsa } from '../../../src/lib/app/model/score/score-tsa.ts';
import { scoreWeather } from '../../../src/lib/app/model/score/score-weather.ts';
import { dateOfDay, dayOfDate } from '../../../src/lib/core/eastern.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

const PAGE = readFileSync(new URL('../../../docs/models.md', import.meta.url), 'utf8');
const forecasts = sharedPath('data/cpi_forecasts.csv');
const highs = sharedPath('data/station_daily_highs.csv.gz');
const directory = tempDir(afterAll);
const figure = (value: number | undefined) => (value ?? Number.NaN).toFixed(4).replace('0.', '.').replace('-', '−');

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

describe('the page of models', () => {
  it.skipIf(forecasts === undefined)('has what the nowcast scored', async () => {
    const { tables } = await scoreCpi(forecasts as string);
    for (const name of ['market', 'cpi', 'last figure']) {
      const briers = tables.map(({ rivals }) => figure(rivals.find((one) => one.name === name)?.brier.mean));
      const row = PAGE.split('\n').find((line) => briers.every((brier) => line.includes(` ${brier} `)));
      expect([name, briers, row]).toEqual([name, briers, expect.any(String)]);
    }
  });

  it.skipIf(highs === undefined)('has what the climate scored', async () => {
    const { tables } = await scoreWeather({ data: highs as string, minutes: [] });
    expect(tables).toHaveLength(4);
    for (const { rivals } of tables) {
      const briers = rivals.map(({ brier }) => figure(brier.mean)).join(' | ');
      expect(PAGE).toContain(`| ${briers} |`);
    }
  });
});

describe('throughput, composed', () => {
  const sunday = dayOfDate('2025-11-30');
  const rows = Array.from({ length: 1_100 }, (_, index) => dayOfDate('2023-01-01') + index)
    .filter((day) => day <= sunday)
    .map((day) => `${dateOfDay(day)},${Math.round(2_000_000 * (1 + 0.02 * Math.sin(day)))}`);
  const data = file('days.csv', `Date,Passengers\n${rows.join('\n')}\n`);
  const outcomes = file(
    'markets.csv',
    'ticker,floor_strike,cap_strike,close_time,result\nT-1,1900000,,2025-12-01T04:59:00Z,yes\nT-2,2100000,,2025-12-01T04:59:00Z,no\n',
  );
  // Friday as it begins, and after the close.
  const [friday, after] = [Date.parse('2025-11-28T05:00:00Z') / 1_000, Date.parse('2025-12-01T05:00:00Z') / 1_000];
  const candle = (ticker: string, endsAt: number, bid: string, ask: string) =>
    `${ticker},2025-11-30,${endsAt},${bid},${ask}`;
  const candles = file(
    'candles.csv',
    [
      'ticker,week_sunday,end_period_ts,yes_bid_close,yes_ask_close',
      candle('T-1', friday, '0.90', '0.94'),
      candle('T-2', friday, '', ''),
      candle('T-1', after, '0.90', '0.94'),
      candle('T-3', friday, '0.5', '0.6'),
    ].join('\n'),
  );

  it('is asked with what was published then, and says what it left out', async () => {
    const { tables, leftOut } = await scoreTsa({ data, candles, outcomes });
    expect(tables.map(({ name, rivals }) => [name, rivals[0]?.questions])).toEqual([
      ...[
        ['against results', 2],
        ['… with 3 of 7 days published', 2],
        ['against prices', 1],
        ['… with 3 of 7 days published', 1],
      ],
    ]);
    const brier = (name: string) => tables[2]?.rivals.find((one) => one.name === name)?.brier.mean ?? 1;
    expect(brier('market')).toBeCloseTo(0.08 ** 2, 9);
    expect(brier('tsa')).toBeLessThan(brier('market'));
    expect(leftOut.map(({ why }) => why).toSorted()).toEqual([
      ...['no result', 'nobody quoted both sides: asked without the market', 'the market had closed'],
    ]);
  });

  it('refuses files that are something else', async () => {
    await expect(scoreTsa({ data: outcomes, candles, outcomes })).rejects.toMatchObject({ code: 'KMM_MODEL_DATA' });
    await expect(scoreCpi(data)).rejects.toMatchObject({ code: 'KMM_MODEL_DATA' });
    await expect(scoreWeather({ data: join(directory, 'none.csv'), minutes: [] })).rejects.toThrow(/none\.csv/);
  });
});

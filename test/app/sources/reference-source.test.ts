/** Statistical models as a configuration names them: from its table to what the session is told of each event that is followed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIRTUAL_FILES } from '../../../src/lib/adapters/sources/read-file.ts';
import { loadSources } from '../../../src/lib/app/config/sources.ts';
import { sourceOf } from '../../../src/lib/app/sources/source-of.ts';
import { dateOfDay, dayOfDate } from '../../../src/lib/core/eastern.ts';
import type { Market } from '../../../src/lib/core/market.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const directory = tempDir(afterAll);
const host = { directory, variables: {}, userHome: directory, systemFile: join(directory, 'none') };

function source(table: string) {
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n[sources.one]\n${table}\n`);
  const [settings] = loadSources({ environment: 'sim', host }).settings;
  if (settings === undefined) throw new Error('no source');
  return sourceOf(settings, VIRTUAL_FILES);
}

const look = (eventTicker: string, closes: string) => ({
  signal: new AbortController().signal,
  markets: [{ market: { eventTicker, ticker: `${eventTicker}-A`, closeAt: epochMs(Date.parse(closes)) } as Market }],
});
const at = (text: string) => epochMs(Date.parse(text));

beforeAll(() => {
  const days = Array.from({ length: 1_100 }, (_, index) => dayOfDate('2023-01-01') + index).filter(
    (day) => day <= dayOfDate('2025-11-27'),
  );
  const count = (day: number) => Math.round(2_400_000 * (1 + 0.05 * Math.sin(day) + 0.02 * Math.sin(day * 12.9898)));
  const rows = days.map((day) => `${dateOfDay(day)},${count(day)}`);
  writeFileSync(join(directory, 'tsa.csv'), `Date,Passengers\n${rows.join('\n')}\n`);
  const highs = Array.from(
    { length: 1_500 },
    (_, index) => `${dateOfDay(dayOfDate('2021-10-01') + index)},${60 + ((index * 7) % 23)}`,
  );
  writeFileSync(join(directory, 'highs.csv'), `date,high_f\n${highs.join('\n')}\n`);
  const charts = Array.from({ length: 15 }, (_, index) => {
    const [year, month] = [2024 + Math.floor(index / 12), (index % 12) + 1];
    const label = (day: number) => ({ label: `${String(month).padStart(2, '0')}/${day}` });
    const isOut = index < 14;
    return {
      chart: { subcaption: `${year}-${month}` },
      categories: [{ category: [label(20), label(28)] }],
      dataset: [
        { seriesname: 'CPI Inflation', data: [{ value: '0.25' }, { value: '' }] },
        {
          seriesname: 'Actual CPI Inflation',
          data: [{ value: '' }, { value: isOut ? (0.2 + (index % 3) / 10).toFixed(1) : '' }],
        },
      ],
    };
  });
  writeFileSync(join(directory, 'charts.json'), JSON.stringify(charts));
});

describe('a source over public figures', () => {
  it('tells the week of every event of throughput that is followed', async () => {
    const tsa = source('kind = "tsa"\nfiles = "tsa.csv"');
    const now = at('2025-11-28T17:00:00Z');
    const [said, ...rest] = await tsa.read(now, look('KXTSAW-25NOV30', '2025-12-01T04:59:00Z'));
    expect(rest).toEqual([]);
    expect(said).toMatchObject({ about: 'KXTSAW-25NOV30', madeAt: now, says: { kind: 'normal', grid: 1 } });
    expect(await tsa.read(now, look('KXTSAW-25NOV30', '2025-12-01T04:59:00Z'))).toEqual([said]);
    const [later] = await tsa.read(at('2025-12-09T17:00:00Z'), look('KXTSAW-25DEC14', '2025-12-15T04:59:00Z'));
    expect(later?.says).toMatchObject({ kind: 'refused', code: 'tsa_late' });
  });

  it('tells the high of the day, from the record, forecast and observations', async () => {
    const spell = (validTime: string, value: number) => ({ uom: 'wmoUnit:degC', values: [{ validTime, value }] });
    const properties = {
      updateTime: '2025-11-01T12:00:00+00:00',
      maxTemperature: spell('2025-11-01T12:00:00+00:00/PT12H', 25),
      minTemperature: spell('2025-11-01T00:00:00+00:00/PT12H', 10),
      temperature: spell('2025-11-01T12:00:00+00:00/PT24H', 22),
    };
    writeFileSync(join(directory, 'grid.json'), JSON.stringify({ properties }));
    const temperature = { value: 24.4, unitCode: 'wmoUnit:degC', qualityControl: 'V' };
    const features = [{ properties: { timestamp: '2025-11-01T19:51:00+00:00', temperature } }];
    writeFileSync(join(directory, 'seen.json'), JSON.stringify({ features }));
    const plain = 'kind = "weather"\nextreme = "high"\nutc_offset_hours = -5\nhistory_file = "highs.csv"';
    const day = look('KXHIGHNY-25NOV01', '2025-11-02T04:59:00Z');
    const [eve] = await source(plain).read(at('2025-10-31T22:00:00Z'), day);
    expect(eve?.says).toMatchObject({ kind: 'normal', grid: 1 });
    const [told] = await source(`${plain}\nforecast_file = "grid.json"`).read(at('2025-11-01T04:00:00Z'), day);
    expect(told?.reasons.join()).toContain('forecast 77.0 °F');
    const both = `${plain}\nforecast_file = "grid.json"\nobservations_file = "seen.json"`;
    const [afternoon] = await source(both).read(at('2025-11-01T20:30:00Z'), day);
    expect(afternoon?.says.kind).toBe('points');
    expect(afternoon?.reasons[0]).toBe('high so far 75.8 °F');
    const [unseen] = await source(plain).read(at('2025-11-01T20:30:00Z'), day);
    expect(unseen?.says).toMatchObject({ kind: 'refused', code: 'weather_unobserved' });
  });

  it('tells the release of the month before, until the BLS has it', async () => {
    const cpi = 'kind = "cpi"\nmeasure = "cpi"\nfile = "charts.json"';
    const release = look('KXCPI-25MAR', '2025-04-10T12:25:00Z');
    const [said] = await source(cpi).read(at('2025-03-21T15:00:00Z'), release);
    expect(said).toMatchObject({ about: 'KXCPI-25MAR', says: { kind: 'normal', grid: 0.1 } });
    const [old] = await source(cpi).read(at('2025-04-01T15:00:00Z'), release);
    expect(old?.says).toMatchObject({ kind: 'refused', code: 'cpi_stale' });
    const [unknown] = await source(cpi).read(at('2025-03-21T15:00:00Z'), look('KXCPI-25APR', '2025-05-13T12:25:00Z'));
    expect(unknown?.says).toMatchObject({ kind: 'refused', code: 'cpi_unknown' });
    const data = [
      { year: '2025', period: 'M03', value: '101' },
      { year: '2025', period: 'M02', value: '100' },
    ];
    const answer = { status: 'REQUEST_SUCCEEDED', Results: { series: [{ seriesID: 'CUSR0000SA0', data }] } };
    writeFileSync(join(directory, 'bls.json'), JSON.stringify(answer));
    const [out] = await source(`${cpi}\nbls_file = "bls.json"`).read(at('2025-03-21T15:00:00Z'), release);
    expect(out?.says).toMatchObject({ kind: 'refused', code: 'cpi_released' });
  });

  it.each([
    ['a source of nothing', 'kind = "tsa"'],
    ['two places for one text', 'kind = "cpi"\nmeasure = "cpi"\nfile = "a"\nurl = "https://example.com/a"'],
    ['an address that anybody could answer for', 'kind = "cpi"\nmeasure = "cpi"\nurl = "http://example.com/a"'],
    ['a station without its time', 'kind = "weather"\nextreme = "high"\nhistory_file = "highs.csv"'],
  ])('is refused by the configuration: %s', (_what, table) => {
    expect(() => source(table)).toThrow(/sources\.one/);
  });

  it('says so when a file is not what is due', async () => {
    writeFileSync(join(directory, 'page.html'), '<!DOCTYPE html><html>sorry</html>');
    const reading = source('kind = "tsa"\nfiles = "page.html"').read(
      at('2025-11-28T17:00:00Z'),
      look('E', '2025-12-01T04:59:00Z'),
    );
    await expect(reading).rejects.toMatchObject({ code: 'source_html' });
  });
});

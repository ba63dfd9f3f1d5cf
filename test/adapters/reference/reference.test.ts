/** Public figures as they come: composed pages and answers, a real server on loopback, and everything that is not what is due. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blsChanges } from '../../../src/lib/adapters/reference/bls-series.ts';
import { cpiReleases, nowcastsOf } from '../../../src/lib/adapters/reference/cpi-nowcasts.ts';
import { keptPage } from '../../../src/lib/adapters/reference/kept-text.ts';
import { gridpointOf } from '../../../src/lib/adapters/reference/nws-gridpoint.ts';
import { readingsOf } from '../../../src/lib/adapters/reference/nws-observations.ts';
import { PAGE_BYTES_MAX } from '../../../src/lib/adapters/reference/page.ts';
import { stationHistory } from '../../../src/lib/adapters/reference/station-history.ts';
import { tsaCounts } from '../../../src/lib/adapters/reference/tsa-table.ts';
import { dateOfDay } from '../../../src/lib/core/eastern.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HTML = '<!DOCTYPE html><html><body>We are doing some maintenance</body></html>';

/** The code that a parser refuses with. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing';
}

describe('the table of throughput', () => {
  const page = (rows: string) => `<!DOCTYPE html><table><tr><th>Date</th><th>Numbers</th></tr>${rows}</table>`;

  it('is read from the page and from a CSV alike, in rising order', () => {
    const rows =
      '<tr><td class="x">11/26/2025</td><td>2,871,234</td></tr><tr>\n<td> 11/25/2025 </td><td><b>2,500,000</b></td></tr>';
    const fromPage = tsaCounts(page(rows));
    expect(fromPage.map(({ day, count }) => [dateOfDay(day), count])).toEqual([
      ...[
        ['2025-11-25', 2_500_000],
        ['2025-11-26', 2_871_234],
      ],
    ]);
    expect(tsaCounts('Date,Passengers\n2025-11-26,2871234\n2025-11-25,2500000\n')).toEqual(fromPage);
  });

  it.each([
    ['a page without it', 'source_html', HTML],
    ['another file', 'source_not_csv', 'a,b\n1,2'],
    ['a figure that is none', 'source_figure', page('<tr><td>11/26/2025</td><td>n/a</td></tr>')],
    ['a date that is none', 'source_figure', 'Date,Passengers\n2025-02-30,2000000'],
    ['a figure in millions', 'source_figure', 'Date,Passengers\n2025-02-20,2.1'],
    ['two figures for a day', 'source_figure', 'Date,Passengers\n2025-02-20,2000000\n2025-02-20,2000001'],
    ['nothing', 'source_empty', 'Date,Passengers\n'],
  ])('%s is refused', (_what, code, text) => {
    expect(refusal(() => tsaCounts(text))).toBe(code);
  });
});

describe('the forecast of a gridpoint', () => {
  const layer = (uom: string, values: object[]) => ({ uom, values });
  const grid = (high: object) =>
    JSON.stringify({
      properties: {
        updateTime: '2026-07-16T10:12:00+00:00',
        maxTemperature: high,
        minTemperature: layer('wmoUnit:degC', [{ validTime: '2026-07-17T00:00:00+00:00/PT13H', value: null }]),
        temperature: layer('wmoUnit:degC', [{ validTime: '2026-07-16T12:00:00+00:00/P1DT2H30M', value: 20 }]),
      },
    });

  it('is spells in °F, without those that have no value', () => {
    const { madeAt, highs, lows, hours } = gridpointOf(
      grid(layer('wmoUnit:degC', [{ validTime: '2026-07-16T12:00:00+00:00/PT12H', value: 30 }])),
    );
    expect(new Date(madeAt).toISOString()).toBe('2026-07-16T10:12:00.000Z');
    expect(highs).toEqual([
      { from: Date.parse('2026-07-16T12:00Z'), until: Date.parse('2026-07-17T00:00Z'), fahrenheit: 86 },
    ]);
    expect(lows).toEqual([]);
    expect((hours[0]?.until ?? 0) - (hours[0]?.from ?? 0)).toBe(26.5 * 3_600_000);
  });

  it.each([
    ['a page for people', 'source_html', HTML],
    ['no JSON', 'source_not_json', '{"properties":'],
    ['another document', 'source_format', '{"properties":{"forecast":"sunny"}}'],
    [
      'another unit',
      'source_format',
      grid(layer('wmoUnit:K', [{ validTime: '2026-07-16T12:00:00+00:00/PT1H', value: 300 }])),
    ],
    [
      'no interval',
      'source_format',
      grid(layer('wmoUnit:degC', [{ validTime: '2026-07-16T12:00:00+00:00', value: 30 }])),
    ],
  ])('%s is refused', (_what, code, text) => {
    expect(refusal(() => gridpointOf(text))).toBe(code);
  });
});

describe('observations', () => {
  const feature = (timestamp: string, value: number | null, qualityControl = 'V') => ({
    properties: { timestamp, temperature: { unitCode: 'wmoUnit:degC', value, qualityControl } },
  });

  it('say how far they were rounded, and leave out what is rejected or empty', () => {
    const readings = readingsOf(
      JSON.stringify({
        features: [
          feature('2026-07-16T14:51:00+00:00', 30),
          feature('2026-07-16T13:51:00+00:00', 28.9),
          feature('2026-07-16T12:51:00+00:00', null),
          feature('2026-07-16T11:51:00+00:00', 55, 'X'),
        ],
      }),
    );
    expect(readings.map(({ least, most }) => [least.toFixed(2), most.toFixed(2)])).toEqual([
      ...[
        ['83.93', '84.11'],
        ['85.10', '86.90'],
      ],
    ]);
  });

  it('a page for people, or another document, is refused', () => {
    expect(refusal(() => readingsOf(HTML))).toBe('source_html');
    expect(refusal(() => readingsOf('{"features":[{}]}'))).toBe('source_format');
  });
});

describe('the record of a station', () => {
  const query = { extreme: 'high', unit: 'tenths-celsius' } as const;

  it('is read from daily summaries in tenths of a degree, days without a figure left out', () => {
    const text =
      '"STATION","DATE","TMAX","TMIN"\n"USW1","2024-07-01","311","200"\n"USW1","2024-07-02","","210"\n"USW1","2024-07-03","267","190"';
    expect(stationHistory(text, query).map(({ value }) => value)).toEqual([88, 80]);
    expect(stationHistory(text, { ...query, extreme: 'low' }).map(({ value }) => value)).toEqual([68, 70, 66]);
  });

  it('of several stations is refused until one is named', () => {
    const text = 'date,city,station_id,high_f\n2020-01-01,CHI,A,42\n2020-01-01,NYC,B,38';
    expect(refusal(() => stationHistory(text, query))).toBe('source_figure');
    expect(stationHistory(text, { ...query, station: 'NYC' })[0]?.value).toBe(38);
    expect(refusal(() => stationHistory(text, { ...query, station: 'MIA' }))).toBe('source_empty');
    expect(refusal(() => stationHistory('date,city,station_id,high_f\n2020-01-01,A,B,999', query))).toBe(
      'source_figure',
    );
  });
});

describe('nowcasts and releases of consumer prices', () => {
  const chart = (month: string, labels: string[], lines: Record<string, string[]>) => ({
    chart: { subcaption: month },
    categories: [{ category: labels.map((label) => ({ label })) }],
    dataset: Object.entries(lines).map(([seriesname, values]) => ({
      seriesname,
      data: values.map((value) => ({ value })),
    })),
  });
  const text = JSON.stringify([
    chart('2025-12', ['12/30', '01/12', '01/13'], {
      'CPI Inflation': ['0.21', '0.24', '0.24'],
      'Actual CPI Inflation': ['', '', '0.30'],
    }),
    chart('2025-9', ['09/02'], { 'CPI Inflation': ['0.11'], 'Actual CPI Inflation': [''] }),
  ]);

  it('are a path of days up to the release, over New Year too', () => {
    const [first, second] = nowcastsOf(text, 'cpi');
    expect(first).toMatchObject({ month: '2025-09', path: [{ value: 0.11 }] });
    expect(first?.actual).toBeUndefined();
    expect(second?.path.map(({ day, value }) => [dateOfDay(day), value])).toEqual([
      ...[
        ['2025-12-30', 0.21],
        ['2026-01-12', 0.24],
      ],
    ]);
    expect(second?.actual?.value).toBe(0.3);
  });

  it('are refused where they are none', () => {
    expect(refusal(() => nowcastsOf(HTML, 'cpi'))).toBe('source_html');
    expect(refusal(() => nowcastsOf('[]', 'cpi'))).toBe('source_format');
    expect(refusal(() => nowcastsOf(text.replace('0.21', 'x'), 'cpi'))).toBe('source_figure');
    expect(refusal(() => nowcastsOf(text.replace('2025-12', 'soon'), 'cpi'))).toBe('source_format');
    expect(refusal(() => cpiReleases('event_ticker\nA'))).toBe('source_not_csv');
  });

  it('of the BLS are changes to one decimal, where both months are known', () => {
    const data = [
      ...[
        ['2026', 'M02', '103.5'],
        ['2026', 'M01', '103.2'],
        ['2025', 'M13', '101'],
        ['2025', 'M12', '103'],
        ['2025', 'M10', '-'],
        ['2025', 'M02', '100'],
      ],
    ].map(([year, period, value]) => ({ year, period, value }));
    const answer = JSON.stringify({
      status: 'REQUEST_SUCCEEDED',
      Results: { series: [{ seriesID: 'CUSR0000SA0', data }] },
    });
    expect([...blsChanges(answer, 'CUSR0000SA0', 1)]).toEqual([
      ...[
        ['2026-02', 0.3],
        ['2026-01', 0.2],
      ],
    ]);
    expect([...blsChanges(answer, 'CUSR0000SA0', 12)]).toEqual([['2026-02', 3.5]]);
    expect(refusal(() => blsChanges(answer, 'OTHER', 1))).toBe('source_empty');
    const failed = '{"status":"REQUEST_NOT_PROCESSED","message":["daily threshold"]}';
    expect(refusal(() => blsChanges(failed, 'CUSR0000SA0', 1))).toBe('source_refuses');
    expect(refusal(() => blsChanges(HTML, 'CUSR0000SA0', 1))).toBe('source_html');
  });
});

describe('a page that is kept', () => {
  let server: Server;
  let asked = 0;
  let answer: { status: number; body: string | Buffer } = { status: 200, body: '' };
  const directory = tempDir(afterAll);
  const GOOD = 'Date,Passengers\n2025-11-26,2871234\n';
  const NOW = epochMs(1_764_200_000_000);

  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      if (answer.status === 0) response.destroy();
      else response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  function page(name: string) {
    const { port } = server.address() as AddressInfo;
    const places = { url: `http://127.0.0.1:${port}/`, keptAt: join(directory, name, 'text') };
    return keptPage({ ...places, everyMs: 60_000, holdsMs: 3_600_000, check: tsaCounts });
  }
  const signal = new AbortController().signal;

  it('is asked no more often than it changes, and is kept on disk', async () => {
    asked = 0;
    answer = { status: 200, body: GOOD };
    const read = page('paced');
    expect(await read(NOW, signal)).toEqual({ text: GOOD, readAt: NOW });
    await read(epochMs(NOW + 59_000), signal);
    expect(asked).toBe(1);
    expect((await read(epochMs(NOW + 61_000), signal)).readAt).toBe(NOW + 61_000);
    expect(asked).toBe(2);
    expect(readFileSync(join(directory, 'paced', 'text'), 'utf8')).toBe(GOOD);
  });

  it('bridges silence with what it said, after a restart too, and not for ever', async () => {
    answer = { status: 200, body: GOOD };
    await page('silent')(NOW, signal);
    utimesSync(join(directory, 'silent', 'text'), NOW / 1_000, NOW / 1_000);
    answer = { status: 503, body: 'later' };
    expect((await page('silent')(epochMs(NOW + 120_000), signal)).readAt).toBe(NOW);
    answer = { status: 0, body: '' };
    expect((await page('silent')(epochMs(NOW + 120_000), signal)).readAt).toBe(NOW);
    await expect(page('silent')(epochMs(NOW + 3_700_000), signal)).rejects.toMatchObject({ code: 'source_silent' });
  });

  it.each([
    ['a page for people', { status: 200, body: HTML }, 'source_html'],
    ['another place', { status: 302, body: '' }, 'source_refuses'],
    ['a refusal', { status: 403, body: 'no' }, 'source_refuses'],
    ['more than there can be', { status: 200, body: Buffer.alloc(PAGE_BYTES_MAX + 1) }, 'source_too_large'],
  ])('tells of %s, and does not keep it', async (name, bad, code) => {
    const keptAt = join(directory, name, 'text');
    answer = { status: 200, body: GOOD };
    const read = page(name);
    await read(NOW, signal);
    answer = bad;
    await expect(read(epochMs(NOW + 61_000), signal)).rejects.toMatchObject({ code });
    expect(readFileSync(keptAt, 'utf8')).toBe(GOOD);
  });

  it('gives up when nobody waits any more', async () => {
    const stopped = AbortSignal.abort();
    await expect(page('stopped')(NOW, stopped)).rejects.toMatchObject({ code: 'source_silent' });
  });

  it('does not trust a kept text that is dated ahead', async () => {
    answer = { status: 200, body: GOOD };
    await page('ahead')(NOW, signal);
    writeFileSync(join(directory, 'ahead', 'text'), GOOD);
    asked = 0;
    await page('ahead')(NOW, signal);
    expect(asked).toBe(1);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { compose, DAY, reconciled, SMALL_DAY, smallDay } from '../support/composed-account.ts';
import { HOSTILE } from '../support/hostile-text.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const GOLDEN = new URL('../fixtures/reports/', import.meta.url).pathname;

interface Place {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly database: string;
  readonly reports: string;
}

function place(fill: (database: string) => void = smallDay): Place {
  const directory = tempDir();
  const home = join(directory, 'data', 'sim');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const database = join(home, 'kmm.db');
  fill(database);
  return { directory, variables: {}, database, reports: join(home, 'reports') };
}

/** What cron sees: the day after, at five past one in New York. */
function atNight(): void {
  vi.useFakeTimers({ now: DAY + 25 * 3_600_000 + 300_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

const DATE = ['--date', '2026-11-20'];

/** JSON is printed as one line; kept a field a line, so that a change of it can be read. */
function reviewed(stdout: string, format: string): string {
  if (format !== 'json') return stdout;
  expect(stdout.indexOf('\n')).toBe(stdout.length - 1);
  return `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`;
}

describe('kmm report daily', () => {
  test.each(['md', 'csv', 'json'] as const)('prints a composed day as %s, as it was agreed', async (format) => {
    const { stdout, exit, stderr } = await kmmHere(place(), ['report', 'daily', ...DATE, '--format', format]);
    expect([exit, stderr]).toEqual([0, '']);
    await expect(reviewed(stdout, format)).toMatchFileSnapshot(`${GOLDEN}composed-day.${format}`);
  });

  test('tells the fees it judged by verdict, and counts as drift only those that differ', async () => {
    const at = DAY + 11 * 3_600_000;
    const here = place((database) => {
      compose(database, {
        ...SMALL_DAY,
        fee_checks: [
          { trade_id: 't-1', size: 1_000, predicted: 50_000, charged: 50_000, at },
          { trade_id: 't-2', size: 500, predicted: 10_000, charged: 20_000, at, verdict: 'differs' },
          {
            trade_id: 't-3',
            size: 300,
            predicted: 0,
            charged: 10_000,
            at,
            verdict: 'doubted',
            reason: 'a fill is missing',
          },
          {
            trade_id: 't-4',
            size: 400,
            predicted: null,
            charged: 0,
            at,
            verdict: 'unpredictable',
            reason: 'no session',
          },
          { trade_id: 't-5', size: 250, predicted: 0, charged: 9, at: DAY + 24 * 3_600_000, verdict: 'differs' },
        ],
      });
      reconciled(database, DAY + 25 * 3_600_000);
    });
    const { records } = await jsonHere(here, ['report', 'daily', ...DATE]);
    expect(records[0].fees).toMatchObject({
      ...{ checked: 4, differing: 1, doubted: 1, unpredicted: 1, driftDollars: '0.010000' },
      differences: [
        { tradeId: 't-2', verdict: 'differs', predictedDollars: '0.010000', chargedDollars: '0.020000' },
        { tradeId: 't-3', verdict: 'doubted', reason: 'a fill is missing' },
      ],
    });
    const { stdout } = await kmmHere(here, ['report', 'daily', ...DATE]);
    expect(stdout).toContain(
      '4 fees judged: 1 as predicted, 1 differs (0.010000 $ in all), 1 in doubt, 1 could not be predicted.',
    );
    expect(stdout).toMatch(/^\| t-3 \|.*\| 0\.000000 \| 0\.010000 \| 0\.010000 \| doubted \| a fill is missing \|$/m);
  });

  test('gives the same bytes whenever it is asked for, in HTML too, and whatever was learned of later days', async () => {
    const here = place();
    const ask = async () => (await kmmHere(here, ['report', 'daily', ...DATE, '--format', 'html'])).stdout;
    const first = await ask();
    compose(here.database, {
      fills: [{ trade_id: 't-9', ticker: 'KXHIGHNY-26NOV20-T50', price: 100, size: 100, at: DAY + 30 * 3_600_000 }],
      sessions: [{ session: 3, started_at: DAY + 29 * 3_600_000 }],
    });
    reconciled(here.database, DAY + 31 * 3_600_000, undefined, 5);
    expect(await ask()).toBe(first);
  });

  test('in HTML has pictures and tables, no script, and loads nothing', async () => {
    const { stdout } = await kmmHere(place(), ['report', 'daily', ...DATE, '--format', 'html']);
    expect(stdout.match(/<svg /g)).toHaveLength(7);
    for (const id of ['equity', 'inventory', 'spread', 'fills-KXHIGHNY-26NOV20-T50', 'reliability'])
      expect(stdout).toContain(`<svg id="chart-${id}"`);
    expect(stdout).toContain("default-src 'none'");
    expect(stdout).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|href=|url\((?!#)|@import|javascript:|\son\w+=/i);
  });

  test('what others wrote is text in every format, and nothing else', async () => {
    const evil = `${HOSTILE}</td><script>alert(1)</script>[x](http://evil) | # <@everyone>`;
    const here = place((database) => {
      compose(database, {
        ...SMALL_DAY,
        alerts: [{ key: 'clock', text: evil, at: DAY + 3_600_000 }],
        operations: [{ at: DAY, verb: evil, by: evil, detail: '=1+1' }],
      });
      reconciled(database, DAY + 25 * 3_600_000);
    });
    const [html, md, csv] = await Promise.all([]).then(async () => [
      (await kmmHere(here, ['report', 'daily', ...DATE, '--format', 'html'])).stdout,
      (await kmmHere(here, ['report', 'daily', ...DATE])).stdout,
      (await kmmHere(here, ['report', 'daily', ...DATE, '--format', 'csv'])).stdout,
    ]);
    expect(html).not.toMatch(/<script|href=/i);
    expect(md).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(|:\/\/evil|(?<!\\)<@/);
    expect(csv).toContain("'=1+1");
    for (const said of [html, md, csv])
      expect(said?.replaceAll('\n', ' ')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/u);
    for (const line of (csv ?? '').split('\n')) expect(line).not.toMatch(/(^|,)"?[=+@\t]/);
  });
});

describe('money that does not reconcile', () => {
  test('is said before every number, has no total, and ends with exit 7', async () => {
    const here = place((database) => {
      compose(database, SMALL_DAY);
      reconciled(database, DAY + 25 * 3_600_000, undefined, -10_000);
    });
    const md = await kmmHere(here, ['report', 'daily', ...DATE]);
    expect(md.exit).toBe(7);
    const lines = md.stdout.split('\n').filter((line) => line !== '');
    expect(lines[2]).toMatch(
      /^> \*\*The money does not reconcile\. At .*ours 1052716000, .*No total is printed\.\*\*$/,
    );
    expect(md.stdout).toMatch(/^- net: —$/m);
    expect(md.stdout).not.toMatch(/^\| (net|gross) \|/m);
    const { records, exit } = await jsonHere(here, ['report', 'daily', ...DATE]);
    expect(exit).toBe(7);
    expect(records[0]).toMatchObject({ total: null, proof: { kind: 'differs', differences: [expect.any(String)] } });
    const csv = (await kmmHere(here, ['report', 'daily', ...DATE, '--format', 'csv'])).stdout.split('\n');
    expect(csv[1]).toMatch(/^daily,2026-11-20,warning,,warning,"?The money does not reconcile/);
    expect(csv).toContain('daily,2026-11-20,lead,,net,,dollars');
  });

  test('that was never compared, or not since its last fill, has no total either', async () => {
    const never = place((database) => compose(database, SMALL_DAY));
    expect((await kmmHere(never, ['report', 'daily', ...DATE])).stdout).toContain(
      'were never compared. No total is printed.',
    );
    const { fills = [], settlements = [], cash_entries: entries = [] } = SMALL_DAY;
    const behind = place((database) => {
      const early = { fills: fills.slice(0, 4), settlements: settlements.slice(0, 1), cash_entries: entries.slice(1) };
      compose(database, { ...SMALL_DAY, ...early });
      reconciled(database, DAY + 10.6 * 3_600_000);
      const late = fills.slice(4).map((fill) => ({ ...fill, at: DAY + 20 * 3_600_000, exchange_at: fill.at ?? 0 }));
      compose(database, { fills: late, settlements: settlements.slice(1), cash_entries: entries.slice(0, 1) });
    });
    const { records } = await jsonHere(behind, ['report', 'daily', ...DATE]);
    expect(records[0]).toMatchObject({ total: null, proof: { kind: 'behind', entriesSince: 3 } });
  });
});

describe('a day with nothing in it', () => {
  test('is reported as such: no fills, all of it a gap, no decisions yet', async () => {
    const { stdout, exit } = await kmmHere(place(), ['report', 'daily', '--date', '2026-11-18', '--format', 'md']);
    expect(exit).toBe(0);
    for (const text of ['- fills: 0', 'Nothing was traded or held.', 'No decisions yet', '| 24h00 |'])
      expect(stdout).toContain(text);
  });

  test.each([
    ['2026-11-01', '| 25h00 |'],
    ['2026-03-08', '| 23h00 |'],
  ])('%s has as many hours as it has in New York', async (date, hours) => {
    expect((await kmmHere(place(), ['report', 'daily', '--date', date])).stdout).toContain(hours);
  });
});

describe('a report for cron', () => {
  test('is written once in every format, whole, and never again; the alert is queued once', async () => {
    atNight();
    const here = place();
    const first = await kmmHere(here, ['report', 'daily', '--if-due', '--alert']);
    const files = ['csv', 'html', 'json', 'md'].map((format) => `daily-2026-11-20.${format}`);
    expect([first.exit, readdirSync(here.reports).sort()]).toEqual([0, files]);
    expect(first.stdout.trim().split('\n')).toHaveLength(4);
    const again = await kmmHere(here, ['report', 'daily', '--if-due', '--alert']);
    expect([again.exit, again.stdout, again.stderr]).toEqual([0, '', '']);
    const database = new Database(here.database, { readonly: true });
    const alerts = database.prepare("SELECT key, priority, text FROM alerts WHERE key LIKE 'report%'").all();
    database.close();
    expect(alerts).toEqual([
      { key: 'report daily 2026-11-20', priority: 'low', text: expect.stringContaining('net +3.47 $; 5 fills') },
    ]);
  });

  test('what is missing is written, what is there is left as it is', async () => {
    atNight();
    const here = place();
    mkdirSync(here.reports);
    writeFileSync(join(here.reports, 'daily-2026-11-20.md'), 'kept');
    await kmmHere(here, ['report', 'daily', '--if-due']);
    expect(readFileSync(join(here.reports, 'daily-2026-11-20.md'), 'utf8')).toBe('kept');
    expect(existsSync(join(here.reports, 'daily-2026-11-20.html'))).toBe(true);
  });

  test('needs neither a home, nor a terminal, nor a locale', async () => {
    atNight();
    const here = place();
    const bare = { ...here, variables: { KMM_HOME: join(here.directory, 'data'), HOME: '', TERM: '', LANG: '' } };
    const { exit, stdout, stderr } = await kmmHere(bare, ['report', 'daily', '--if-due', '--format', 'md']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout.trim()).toBe(join(here.reports, 'daily-2026-11-20.md'));
  });
});

describe('weekly and monthly', () => {
  test('say what a longer time can, with n and an interval', async () => {
    const here = place();
    reconciled(here.database, DAY + 12 * 86_400_000);
    const { records } = await jsonHere(here, ['report', 'weekly', ...DATE]);
    expect(records[0]).toMatchObject({
      ...{ type: 'report_week', period: '2026-W47', total: { netDollars: '3.471550' } },
      days: expect.arrayContaining([
        expect.objectContaining({ from: '2026-11-20T05:00:00.000Z', netDollars: '3.471550' }),
      ]),
      term: { wins: { won: 1, lost: 1, interval: { low: expect.any(Number), high: expect.any(Number) } } },
    });
    const month = await kmmHere(here, ['report', 'monthly', ...DATE]);
    expect(month.stdout).toContain('# Month 2026-11, sim');
    expect(month.stdout).toMatch(/win rate: 50\.0 % \(1 of 2 events, 95 %: 9\.5 % to 90\.5 %, 1 still open\)/);
  });

  test('tell the win rate by how lots were closed, with n, interval and net', async () => {
    const here = place((database) => {
      const fills = (SMALL_DAY.fills ?? []).map((fill) =>
        fill.trade_id === 't-5' ? { ...fill, client_order_id: 'kmm-c0ffee-1-flatten-9' } : fill,
      );
      compose(database, { ...SMALL_DAY, fills });
      reconciled(database, DAY + 12 * 86_400_000);
    });
    const { records } = await jsonHere(here, ['report', 'weekly', ...DATE]);
    const { exits } = records[0]?.term as { exits: Record<string, unknown>[] };
    expect(exits).toMatchObject([
      { reason: 'quoter', lots: 1, won: 1, lost: 0 },
      { reason: 'flatten', lots: 1, won: 1, lost: 0, netDollars: '0.076000' },
      { reason: 'hand', lots: 0, won: 0, lost: 0 },
      { reason: 'elsewhere', lots: 0 },
      { reason: 'settled', lots: 2, won: 1, lost: 1, rate: 0.5 },
    ]);
    const { stdout } = await kmmHere(here, ['report', 'weekly', ...DATE]);
    expect(stdout).toMatch(/^\| settled \| 2 \| 2 \| 1 \| 50\.0 % \| 9\.5 % \| 90\.5 % \|/m);
    expect(stdout).toMatch(/^\| by hand \| 0 \| 0 \| 0 \| — \| — \| — \|/m);
  });
});

describe('report tax', () => {
  test('has a line a lot, exact, with the trade or settlement that closed it', async () => {
    const { stdout, exit } = await kmmHere(place(), ['report', 'tax', '--year', '2026', '--format', 'csv']);
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`${GOLDEN}composed-tax.csv`);
  });

  test('adds up to what the fills and settlements brought, by month and in all', async () => {
    const { records } = await jsonHere(place(), ['report', 'tax', '--year', '2026']);
    expect(records[0]).toMatchObject({
      total: { lots: 4, netDollars: '2.216000', feesDollars: '0.079000' },
      months: [{ month: '2026-11', netDollars: '2.216000' }],
      ...{ incentivesDollars: '1.250000', flows: { fills: 5, feesDollars: '0.079000', settlements: 2 }, stated: null },
    });
  });

  test('without a proof has lots and no total; a year without lots says so', async () => {
    const here = place((database) => compose(database, SMALL_DAY));
    const { records } = await jsonHere(here, ['report', 'tax', '--year', '2026']);
    expect(records[0]).toMatchObject({ total: null, months: [], incentivesDollars: null });
    expect((await kmmHere(here, ['report', 'tax', '--year', '2025'])).stdout).toContain('No lot was closed.');
    expect((await kmmHere(here, ['report', 'tax', '--year', '1999'])).exit).toBe(2);
  });
});

describe('bad input', () => {
  let here: Place;
  beforeAll(() => {
    here = undefined as unknown as Place;
  });

  test.each([
    [['report', 'daily', '--date', '2026-02-30'], 2, 'is no day'],
    [['report', 'weekly', '--date', '2099-01-01'], 2, '2099-W01 has not begun'],
    [['report', 'tax', '--year', '2099'], 2, '2099 has not begun'],
    [['report', 'daily', ...DATE, '--account', 'nobody'], 2, 'nobody has no session here'],
    [['report', 'daily', ...DATE, '--out', '/no/such/folder/x.md'], 2, 'is no folder'],
    [['export', 'fills', '--format', 'parquet'], 2, 'parquet comes with'],
    [['export', 'fills', '--from', '2026-11-21', '--to', '2026-11-20'], 2, 'lies before'],
    [['export', 'fills', '--json', '--format', 'csv'], 2, 'the rows are JSON'],
  ])('%j ends with exit %i', async (words, exit, text) => {
    here = place();
    const ended = await kmmHere(here, words);
    expect([ended.exit, ended.stderr + ended.stdout]).toEqual([exit, expect.stringContaining(text)]);
  });

  test('no database, one that is none, and one of another environment are refused with what helps', async () => {
    const empty = place(() => {});
    const nobody = await kmmHere(place(), ['report', 'daily', ...DATE, '--account', 'nobody']);
    expect([nobody.exit, nobody.stderr]).toEqual([2, expect.stringContaining('KMM_REPORT_ACCOUNT')]);
    expect((await kmmHere(empty, ['report', 'daily'])).stderr).toContain('has no database yet');
    const damaged = place((database) => writeFileSync(database, 'no database at all, only words '.repeat(100)));
    const ended = await kmmHere(damaged, ['report', 'daily', ...DATE]);
    expect([ended.exit, ended.stderr]).toEqual([expect.any(Number), expect.stringContaining('KMM_DB_UNREADABLE')]);
  });

  test('a database whose pages are torn gives an error that names it, never half a report', async () => {
    const torn = place((database) => {
      smallDay(database);
      const connection = new Database(database);
      connection.pragma('journal_mode = DELETE');
      connection.close();
      const bytes = readFileSync(database);
      bytes.fill(0xff, 3 * 4_096, bytes.length - 4_096);
      writeFileSync(database, bytes);
    });
    const ended = await kmmHere(torn, ['report', 'daily', ...DATE]);
    expect([ended.exit, ended.stdout, ended.stderr]).toEqual([
      expect.any(Number),
      '',
      expect.stringContaining('KMM_DB_UNREADABLE'),
    ]);
  });
});

describe('kmm export', () => {
  test('tape has the columns of KMM-v1, a line a market and moment in their order', async () => {
    const { stdout } = await kmmHere(place(), ['export', 'tape', '--format', 'csv']);
    const [head, ...lines] = stdout.trim().split('\n');
    expect(head).toBe('ts,ticker,mid,my_bid,my_ask,inventory,unrealized,realized,latency_ms');
    expect(lines).toHaveLength(400);
    expect(lines).toEqual(lines.toSorted());
    expect(lines[5]).toBe('2026-11-20T15:00:00.000Z,KXBTC15M-26NOV201015-15,0.46980,,,10.00,0.000000,0.000000,0.850');
  });

  test('of the ledger adds up to zero, entry by entry, and is the cash in the end', async () => {
    const { records } = await jsonHere(place(), ['export', 'ledger']);
    const sums = new Map<unknown, number>();
    for (const { entry, amountDollars } of records)
      sums.set(entry, (sums.get(entry) ?? 0) + Math.round(Number(amountDollars) * 1e6));
    expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
    const cash = records.filter(({ account }) => account === 'cash:0');
    const total = cash.reduce((sum, { amountDollars }) => sum + Math.round(Number(amountDollars) * 1e6), 0);
    expect(total).toBe(1_052_716_000);
  });

  test('writes a file whole, only the days that are asked for, and under --json says what it wrote', async () => {
    const here = place();
    const out = join(here.directory, 'fills.csv');
    const { records } = await jsonHere(here, ['export', 'fills', '--out', out, '--to', '2026-11-19']);
    expect(records[0]).toMatchObject({ type: 'export', what: 'fills', file: out, rows: 0 });
    await kmmHere(here, ['export', 'fills', '--out', out]);
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(6);
    expect(readdirSync(here.directory).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('report scoreboard', () => {
  test('has what was expected beside what came of it, and says what is not known yet', async () => {
    const { records } = await jsonHere(place(), ['report', 'scoreboard', '--window', 'day', '--date', '2026-11-20']);
    const [btc] = records[0]?.markets as Record<string, unknown>[];
    // (4700 − 4600)·1000 − (9050 − 9100)·500 − fees of 0.07 $
    expect(btc).toMatchObject({ ticker: 'KXBTC15M-26NOV201015-15', expectedDollars: '0.055000', expectedFills: 2 });
    expect(btc).toMatchObject({ realizedDollars: '4.880000', twoSided: 0.85, fillRealismDelta: null, reasons: [] });
    expect(btc).toMatchObject({ calibrationAgeSeconds: null });
  });

  test('says since when what models say was held against a result of its series', async () => {
    const here = place();
    const until = DAY + 86_400_000;
    compose(join(here.directory, 'data', 'sim', 'kmm.db'), {
      estimated_markets: [7_200_000, 3_600_000].map((ms) => ({
        ...{
          ticker: `KXBTC15M-${ms}`,
          event_ticker: `KXBTC15M-${ms}`,
          series_ticker: 'KXBTC15M',
          close_at: until - ms,
        },
        ...{ result: 'yes', value: 10_000, settled_at: until - ms },
      })),
    });
    const { records } = await jsonHere(here, ['report', 'scoreboard', '--window', 'day', '--date', '2026-11-20']);
    const ages = (records[0]?.markets as { calibrationAgeSeconds: number | null }[]).map(
      ({ calibrationAgeSeconds }) => calibrationAgeSeconds,
    );
    expect(ages).toEqual([3_600, 3_600, null]);
  });
});

describe('report quotes', () => {
  test('has the figures of the daily report, over a window of its own', async () => {
    const { records } = await jsonHere(place(), ['report', 'quotes', '--window', 'day', ...DATE]);
    const { records: daily } = await jsonHere(place(), ['report', 'daily', ...DATE]);
    const { quotes, adverse } = daily[0] ?? {};
    expect(quotes).toHaveLength(3);
    expect(records[0]).toMatchObject({ type: 'report_quotes', period: '2026-11-20', quotes, adverse });
    const { stdout } = await kmmHere(place(), ['report', 'quotes', ...DATE]);
    expect(stdout).toContain('# Quotes 2026-W47, sim');
  });
});

/**
 * The daily report of an account with a million fills behind it: a year of quarter hours, composed, with marks, settlements
 * and samples. What is measured is `kmm report daily` as a user waits for it, without the start of the program; beside it a
 * bare read of the same fills.
 */
import { mkdirSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { homeOf } from '../src/lib/app/config/home.ts';
import { moneyReport } from '../src/lib/app/report/money-report.ts';
import { periodAt } from '../src/lib/app/report/period.ts';
import { withSources } from '../src/lib/app/report/report-account.ts';
import { epochMs } from '../src/lib/core/units.ts';
import { moneyDocument } from '../src/print/report/money-document.ts';
import { moneyRecord } from '../src/print/report/money-record.ts';
import { renderReport } from '../src/print/report/render-report.ts';
import { compose, DAY, insert, reconciled } from '../test/support/composed-account.ts';
import type { BenchResult } from './run.ts';

const FILLS = Number(process.env.KMM_BENCH_FILLS ?? 1_000_000);
const PER_MARKET = 30;
const QUARTER_MS = 900_000;

export async function run(): Promise<BenchResult> {
  const directory = `/tmp/kmm-bench-report-${process.pid}`;
  const home = homeOf('sim', { KMM_HOME: directory });
  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  try {
    const made = timed(() => fill(home.database));
    const read = timed(() => bareRead(home.database));
    const period = periodAt('day', '2026-11-20', epochMs(DAY));
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    const report = await withSources(home, (sources) =>
      moneyReport(sources, { period, now: epochMs(DAY + 2 * 86_400_000) }),
    );
    const gathered = performance.now() - started;
    const printed = { document: moneyDocument(report), record: moneyRecord(report) };
    const sizes = [];
    for (const format of ['md', 'csv', 'json', 'html'] as const) {
      const at = performance.now();
      const text = await renderReport(printed, format);
      sizes.push(`${format} ${ms(performance.now() - at)}, ${Math.round(text.length / 1024)} KiB`);
    }
    const whole = performance.now() - started;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      name: `daily report over ${FILLS.toLocaleString('en-US')} fills, ${report.fills.length} of them of the day (composed in ${ms(made)})`,
      lines: [
        `gathered ${ms(gathered)}, printed in four formats: ${sizes.join('; ')}`,
        `whole ${ms(whole)} (bound 3,000 ms); a bare read of all fills ${ms(read)}: ratio ${(whole / read).toFixed(2)}`,
        `of the processor ${ms((user + system) / 1_000)}, whatever else runs; proof ${report.proof.kind}; ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Markets of a quarter hour, three series, the last of them in the day that is reported. */
function fill(path: string): void {
  const markets = Math.ceil(FILLS / PER_MARKET);
  const startOf = (market: number) => DAY + 86_400_000 - Math.ceil((markets - market) / 3) * QUARTER_MS;
  const ticker = (market: number) => `KX${['BTC', 'ETH', 'SOL'][market % 3]}15M-${startOf(market)}`;
  compose(path, {
    sessions: [{ session: 1, started_at: startOf(0), ended_at: DAY + 86_400_000 }],
    opening_cash: [{ cash: 10_000_000_000, at: startOf(0) }],
    account_samples: Array.from({ length: 1_440 }, (_, minute) => ({
      at: DAY + minute * 60_000,
      realized: minute * 1_000,
    })),
  });
  const database = new Database(path);
  database.pragma('foreign_keys = OFF');
  database.pragma('synchronous = OFF');
  database.transaction(() => {
    insert(
      database,
      'markets',
      rows(markets, (m) => ({
        ticker: ticker(m),
        event_ticker: ticker(m),
        series_ticker: ticker(m).slice(0, 8),
        close_at: startOf(m) + QUARTER_MS,
      })),
    );
    insert(
      database,
      'settlements',
      rows(markets, (m) => ({
        ticker: ticker(m),
        settled_at: startOf(m) + QUARTER_MS,
        value: m % 2 === 0 ? 10_000 : 0,
      })),
    );
    insert(
      database,
      'fills',
      rows(FILLS, (index) => {
        const market = Math.floor(index / PER_MARKET);
        const at = startOf(market) + (index % PER_MARKET) * 29_000;
        const side = index % 2 === 0 ? 'bid' : 'ask';
        return {
          trade_id: `t-${index}`,
          ticker: ticker(market),
          side,
          price: 4_800 + (index % 7) * 50,
          size: 500,
          fee: 1_000,
          at,
        };
      }),
    );
    insert(
      database,
      'fill_marks',
      rows(FILLS * 4, (index) => ({
        trade_id: `t-${index >> 2}`,
        horizon_ms: [0, 1_000, 10_000, 60_000][index & 3] ?? 0,
        mid_doubled: 9_800 + ((index * 7) % 400),
        fair: (index & 3) === 0 ? 5_000 : null,
      })),
    );
    insert(
      database,
      'market_samples',
      rows(288 * 15, (index) => ({
        ticker: ticker(markets - 288 + Math.floor(index / 15)),
        at: startOf(markets - 288 + Math.floor(index / 15)) + (index % 15) * 60_000,
        ...{ mid_doubled: 9_900, bid: 4_800, ask: 5_100, exit_bid: 4_900, exit_ask: 5_000, position: 500 },
      })),
    );
  })();
  database.close();
  reconciled(path, DAY + 87_000_000);
}

function* rows<Row>(count: number, of: (index: number) => Row): Generator<Row> {
  for (let index = 0; index < count; index += 1) yield of(index);
}

function bareRead(path: string): number {
  const database = new Database(path, { readonly: true });
  const count = database.prepare('SELECT * FROM fills').all().length;
  database.close();
  return count;
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function ms(duration: number): string {
  return `${Math.round(duration).toLocaleString('en-US')} ms`;
}

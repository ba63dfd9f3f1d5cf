import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitLatency } from '../../../src/lib/app/model/fit-latency.ts';
import { readTakerOrders } from '../../../src/lib/app/model/taker-orders.ts';
import { fitTaker, foundChance, type TakerOrder } from '../../../src/lib/core/fill-model/taker.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HEAD =
  'ts_utc,market_ticker,leg,side,time_in_force,limit_cents,target_qty,book_top5_own_side,book_age_ms,feed_age_ms,submit_latency_ms,event,exchange_status,fill_count,remaining_count';
const row = (changes: Record<string, string> = {}) => {
  const cells: Record<string, string> = {
    ...{
      ts_utc: '2026-05-01T02:17:02.454334+00:00',
      market_ticker: 'KXBTC15M-26APR302230-30',
      leg: 'entry',
      side: 'yes',
    },
    ...{
      time_in_force: 'immediate_or_cancel',
      limit_cents: '69',
      target_qty: '2',
      book_top5_own_side: '"[69:22.92, 70:18]"',
    },
    ...{ book_age_ms: '422', feed_age_ms: '529.3', submit_latency_ms: '47', event: '', exchange_status: 'executed' },
    ...{ fill_count: '2', remaining_count: '0', ...changes },
  };
  return HEAD.split(',')
    .map((name) => cells[name] ?? '')
    .join(',');
};

function file(...rows: readonly string[]): string {
  const path = join(tempDir(), 'orders.csv');
  writeFileSync(path, `${[HEAD, ...rows].join('\n')}\n`);
  return path;
}

describe('a file of taker orders', () => {
  it('is read with what was seen before each order and what became of it', async () => {
    const { orders, leftOut } = await readTakerOrders(
      file(row(), row({ limit_cents: '70', fill_count: '0', exchange_status: 'canceled' })),
    );
    expect(leftOut).toEqual([]);
    expect(orders[0]).toMatchObject({
      found: true,
      bookAgeMs: 422,
      submitMs: 47,
      priceCents: 69,
      cover: 11.46,
      slackCents: 0,
    });
    expect(orders[1]).toMatchObject({ found: false, cover: 20.46, slackCents: 1, isExit: false });
  });

  it('leaves out, and counts, what the exchange refused and exits whose limit is only a trigger', async () => {
    const bids = { leg: 'exit', book_top5_own_side: '"[55:10, 54:3]"' };
    const { orders, leftOut, times } = await readTakerOrders(
      file(
        row({ ...bids, limit_cents: '54' }),
        row({ ...bids, limit_cents: '79' }),
        row({ exchange_status: 'rejected', fill_count: '0' }),
      ),
    );
    expect(orders.length).toBe(1);
    expect(leftOut.map((one) => [one.orders, one.found])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(times.length).toBe(3);
  });

  it.each([
    ['limit_cents "much" is no number', row({ limit_cents: 'much' })],
    ['book_age_ms "" is no number', row({ book_age_ms: '' })],
    ['fill_count "NaN" is no number', row({ fill_count: 'NaN' })],
    ['ts_utc "yesterday" is no time', row({ ts_utc: 'yesterday' })],
    ['"69-22" is no level of a book', row({ book_top5_own_side: '"[69-22]"' })],
  ])('is refused with its line where %s', async (what, line) => {
    await expect(readTakerOrders(file(row(), line))).rejects.toMatchObject({
      code: 'KMM_MODEL_DATA',
      what: expect.stringMatching(/:3: /),
    });
    await expect(readTakerOrders(file(row(), line))).rejects.toMatchObject({ what: expect.stringContaining(what) });
  });

  it('is refused when it holds no order, or lacks a column', async () => {
    await expect(readTakerOrders(file())).rejects.toMatchObject({ what: expect.stringContaining('no order in it') });
    const path = file();
    writeFileSync(path, 'ts_utc,leg\n2026-05-01,entry\n');
    await expect(readTakerOrders(path)).rejects.toMatchObject({ what: expect.stringContaining('market_ticker') });
  });

  it('is too few for a latency below thirty orders', async () => {
    await expect(fitLatency(file(row(), row()), new Date(0))).rejects.toMatchObject({ code: 'KMM_MODEL_DATA' });
  });
});

describe('whether a quote is still there', () => {
  /** Small sizes are gone twice as often; in markets that come one after the other. */
  const orders = Array.from({ length: 400 }, (_, n): TakerOrder => {
    const isLarge = n % 2 === 0;
    return {
      ...{ market: `M${Math.floor(n / 10)}`, at: n, found: isLarge ? n % 10 !== 0 : n % 10 === 1, isExit: false },
      ...{ bookAgeMs: (n * 37) % 900, submitMs: 30 + (n % 5), priceCents: 60, cover: isLarge ? 500 : 5, slackCents: 0 },
    };
  });

  it('is learned from orders, and held against a simulator that always fills, on later markets', () => {
    const model = fitTaker(orders, []);
    if (model === undefined) throw new Error('nothing was fitted');
    const { brier, brierRate, brierAlways, found, testMarkets } = model.error;
    expect([testMarkets, found]).toEqual([16, 0.5]);
    expect(brierAlways).toBeCloseTo(1 - found, 12);
    expect(brier).toBeLessThan(brierRate);
    const [large, small] = [orders[2], orders[3]].map((order) => foundChance(model, order as TakerOrder));
    expect(large).toBeGreaterThan(0.7);
    expect(small).toBeLessThan(0.3);
  });

  it('is not learned from fewer than fifty', () => {
    expect(fitTaker(orders.slice(0, 49), [])).toBeUndefined();
  });
});

const recorded = sharedPath('data/kxbtc15m_real_ioc_orders.csv.gz');
describe.skipIf(recorded === undefined)('the 615 recorded orders', () => {
  it('found their quote in about half of the cases in which it was seen: nobody may count on all of it', async () => {
    const { orders, leftOut, times } = await readTakerOrders(recorded as string);
    expect([orders.length, times.length]).toEqual([485, 615]);
    expect(leftOut.map((one) => one.orders)).toEqual([15, 115]);
    const model = fitTaker(orders, leftOut);
    expect(model).toMatchObject({ found: 255, markets: 115 });
    expect(model?.error.brier).toBeLessThan(model?.error.brierRate as number);
    expect(model?.error.brierAlways).toBeGreaterThan(0.4);
  });

  it('are no likelier gone for an older book, and hardly for a later answer: the table adds up to them all', async () => {
    const { orders, leftOut } = await readTakerOrders(recorded as string);
    const table = fitTaker(orders, leftOut)?.table ?? [];
    const [all, ...cells] = table;
    expect(all).toMatchObject({ bookAgeMs: [0, null], submitMs: [0, null], orders: 485, found: 255 });
    // With a constant in it, what the formula says of all orders is what became of them.
    expect(all?.said).toBeCloseTo(255 / 485, 4);
    const isAny = (range: readonly [number, number | null]) => range[0] === 0 && range[1] === null;
    const ages = cells.filter((cell) => isAny(cell.submitMs));
    const latencies = cells.filter((cell) => isAny(cell.bookAgeMs));
    const both = cells.filter((cell) => !isAny(cell.submitMs) && !isAny(cell.bookAgeMs));
    for (const some of [ages, latencies, both]) {
      expect(some.reduce((sum, { found }) => sum + found, 0)).toBe(255);
      expect(some.reduce((sum, cell) => sum + cell.orders, 0)).toBe(485);
    }
    const total = 255 / 485;
    for (const { low, high } of ages) expect([(low ?? 1) < total, (high ?? 0) > total]).toEqual([true, true]);
    const rates = latencies.map(({ found, orders: count }) => found / count);
    expect(rates[0]).toBeGreaterThan(rates.at(-1) as number);
  });

  it('give a latency whose median round trip is the median that was measured', async () => {
    const { entry, response, feed, count } = await fitLatency(recorded as string, new Date(0));
    expect(count).toBe(615);
    expect((entry.ms[50] as number) + (response.ms[50] as number)).toBeCloseTo(47, -1);
    expect(feed.ms[0]).toBe(0);
  });
});

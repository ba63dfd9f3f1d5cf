import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { KalshiCatalogue } from '../../../src/lib/adapters/kalshi/rest-catalogue.ts';
import { feeExamples } from '../../../src/lib/app/markets/fee-example.ts';
import { type MarketSheet, showMarket } from '../../../src/lib/app/markets/show-market.ts';
import { type EpochMs, epochMs, formatMoney } from '../../../src/lib/core/units.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { sheetRecord } from '../../../src/print/market/market-record.ts';
import { sheetLines } from '../../../src/print/market/market-sheet.ts';
import { textWidth } from '../../../src/text-width.ts';
import { FAILURE, json, refusal, ScriptedWire } from '../../adapters/kalshi/wire-doubles.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

const QUARTER = 'KXBTC15M-26SEP211115-15';

/** At a moment of the embedded exchange's world, with a hand on some of its answers. */
function show(name: string, { minutes = 1, hand }: { minutes?: number; hand?: (wire: Wire) => Wire } = {}) {
  const venue = world();
  const now = epochMs(WORLD_STARTS_AT + minutes * 60_000);
  venue.advanceTo(now);
  const wire = venueWire(venue);
  return { now, sheet: showMarket(new KalshiCatalogue(hand?.(wire) ?? wire), name, () => now) };
}

async function linesOf(
  name: string,
  options: { minutes?: number; width?: number; isAscii?: boolean; hand?: (wire: Wire) => Wire } = {},
) {
  const { now, sheet } = show(name, options);
  const { width = 100, isAscii = false } = options;
  return sheetLines(await sheet, { now, zone: 'UTC', layout: { width, isAscii, signs: glyphs(isAscii) } });
}

/** Answers of one path from elsewhere. */
function instead(ending: string, answer: Awaited<ReturnType<Wire['request']>>) {
  return (wire: Wire): Wire => ({
    request: async (request) => (request.path.endsWith(ending) ? answer : wire.request(request)),
  });
}

describe('a market', () => {
  it('is explained: status, times, strike, prices, fees, shard, book, rules', async () => {
    const text = (await linesOf(QUARTER, { width: 150 })).join('\n');
    expect(text).toMatch(/^KXBTC15M-26SEP211115-15 {2}\S/);
    expect(text).toContain('  status        active: orders may be placed, changed and cancelled');
    expect(text).toContain('  closes        2026-09-21 15:15:00 UTC, in 14m00\n');
    expect(text).toMatch(/ {2}strike {8}YES if at or above [\d,.]+\n/);
    expect(text).toContain(
      'from 0.1 ¢ to 99.9 ¢, in steps of 0.1 ¢ between 0 ¢ and 10 ¢, 1 ¢ between 10 ¢ and 90 ¢, 0.1 ¢ between',
    );
    expect(text).toContain('takers pay 7 % x P x (1 - P) a contract, makers nothing');
    expect(text).toMatch(/ {16}100 contracts at \d+ ¢: taker \$[\d.]+, maker \$0\n/);
    expect(text).toContain('  shard         2\n');
    expect(text).toMatch(/ {2}book {10}bid [\d.]+ ¢ x [\d.,]+, ask /);
    expect(text).toMatch(/ {2}rules hash {4}[0-9a-f]{64}$/);
  });

  it('is one object with exact decimals for scripts', async () => {
    const record = sheetRecord(await show(QUARTER).sheet);
    expect(record).toMatchObject({
      ...{ type: 'market', ticker: QUARTER, shard: 2, closeAt: '2026-09-21T15:15:00.000Z', missing: [] },
      ...{ fees: { type: 'quadratic', multiplier: 1, examples: [{ contracts: 1 }, { contracts: 100 }] } },
      ...{ event: { ticker: 'KXBTC15M-26SEP211115' }, series: { ticker: 'KXBTC15M', frequency: 'fifteen_min' } },
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('that is over says so, with its result', async () => {
    const text = (await linesOf(QUARTER, { minutes: 20 })).join('\n');
    expect(text).toContain('finalized: paid, nothing more happens here');
    expect(text).toMatch(/ {2}settles {7}result (yes|no) on /);
  });

  it('past its close takes no orders, whatever its record still says', async () => {
    const { sheet } = show(QUARTER);
    const late = epochMs(WORLD_STARTS_AT + 15 * 60_000);
    const [line] = sheetLines(await sheet, {
      now: late,
      zone: 'UTC',
      layout: { width: 120, isAscii: false, signs: glyphs(false) },
    }).filter((one) => one.startsWith('  status'));
    expect(line).toContain('active, past its close: no order call is answered, cancels included');
  });

  it.each([40, 60, 80, 120])('keeps to %d columns where words allow, and to ASCII when asked', async (width) => {
    const lines = await linesOf('KXHIGHNY-26SEP21', { width, isAscii: true });
    for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
    const table = lines.slice(lines.findIndex((line) => line.startsWith('TICKER')));
    expect(table.length).toBeGreaterThan(3);
    for (const line of table) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });
});

describe('what stands beside a market', () => {
  const change = {
    id: 'c',
    series_ticker: 'KXBTC15M',
    fee_type: 'quadratic_with_maker_fees',
    fee_multiplier: 0.5,
    scheduled_ts: '2026-10-01T00:00:00Z',
  };
  const programme = {
    ...{ id: 'p', market_id: 'm', market_ticker: QUARTER, incentive_type: 'liquidity', incentive_description: 'Depth' },
    ...{
      start_date: '2026-09-21T00:00:00Z',
      end_date: '2026-09-22T00:00:00Z',
      period_reward: 1_000_000,
      paid_out: false,
    },
  };

  it('are fee changes to come and incentive programmes of this market alone', async () => {
    const other = { ...programme, id: 'q', market_ticker: 'KXBTCD-26SEP2112-T1' };
    const changes = instead('/series/fee_changes', json(200, { series_fee_change_arr: [change] }));
    const programmes = instead(
      '/incentive_programs',
      json(200, { incentive_programs: [programme, other], next_cursor: '' }),
    );
    const text = (await linesOf(QUARTER, { width: 200, hand: (wire) => programmes(changes(wire)) })).join('\n');
    expect(text).toMatch(/fee changes {3}2026-10-01 00:00:00 UTC, in 9d 8h: quadratic_with_maker_fees x 0\.5\n/);
    expect(text).toContain(`incentives    ${QUARTER}: liquidity, Depth, $100 a period, until 2026-09-22 00:00:00 UTC`);
    expect(text).not.toContain('KXBTCD');
  });

  it('may fail to come without hiding the market', async () => {
    const hand = instead('/incentive_programs', FAILURE);
    const { beside } = (await show(QUARTER, { hand }).sheet) as MarketSheet;
    expect(beside.missing).toEqual([
      'active incentive programmes: no proper answer (ECONNRESET: socket hang up)',
      'upcoming incentive programmes: no proper answer (ECONNRESET: socket hang up)',
    ]);
    expect((await linesOf(QUARTER, { width: 200, hand })).join('\n')).toContain(
      '  not known     active incentive programmes: ',
    );
  });
});

describe('an event and a series', () => {
  it('show their markets, a series the open ones', async () => {
    const event = await show('KXBTCD-26SEP2112').sheet;
    expect(event).toMatchObject({ kind: 'event', series: { ticker: 'KXBTCD' } });
    const series = await show('KXBTC15M').sheet;
    expect(series).toMatchObject({ kind: 'series', markets: [{ ticker: QUARTER }], isCut: false });
    expect(sheetRecord(event)).toMatchObject({ type: 'event', isMutuallyExclusive: false, markets: expect.any(Array) });
    expect(sheetRecord(series)).toMatchObject({ type: 'series', openMarkets: [{ ticker: QUARTER }] });
  });
});

describe('a name that is not there', () => {
  it.each([
    ['KXBTC5M', 'KXBTC15M'],
    ['kxbtcd', 'KXBTCD'],
    ['KXBTC15M-26SEP211115-16', QUARTER],
    ['KXBTCD-26SEP2113', 'KXBTCD-26SEP2112'],
    ['KXQZZZZZZZ', undefined],
  ])('%s is answered with the nearest: %s', async (name, near) => {
    const what = `there is no market, event or series ${name}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
    await expect(show(name).sheet).rejects.toMatchObject({ code: 'KMM_TICKER_UNKNOWN', exit: 2, what });
  });

  it('is not made of an answer that failed', async () => {
    for (const [reply, code] of [
      [FAILURE, 'KMM_UNREACHABLE'],
      [json(200, {}), 'KMM_UNREACHABLE'],
      [refusal(403, 'forbidden'), 'KMM_KEY_REFUSED'],
    ] as const) {
      const catalogue = new KalshiCatalogue(new ScriptedWire(() => reply));
      for (const name of ['KXBTC15M', QUARTER]) {
        await expect(showMarket(catalogue, name, () => WORLD_STARTS_AT)).rejects.toMatchObject({ code });
      }
    }
  });
});

describe('what an order costs', () => {
  const at = WORLD_STARTS_AT as EpochMs;
  const terms = (type: string, numerator = 1, denominator = 1) => ({ type, multiplier: { numerator, denominator } });

  /** kalshi/api.md 8.3, at the precision of a direct member. */
  it.each([
    [terms('quadratic'), 5_200, ['0.017500', '0.000000'], ['1.747200', '0.000000']],
    [terms('quadratic'), 9_900, ['0.000700', '0.000000'], ['0.069300', '0.000000']],
    [terms('quadratic_with_maker_fees'), 5_000, ['0.017500', '0.004400'], ['1.750000', '0.437500']],
    [terms('quadratic', 1, 2), 5_000, ['0.008800', '0.000000'], ['0.875000', '0.000000']],
  ])('%j at %d', (fees, price, one, hundred) => {
    const [first, second] = feeExamples(fees, price as never, at).map(({ takerFee, makerFee }) =>
      [takerFee, makerFee].map((fee) => fee !== undefined && formatMoney(fee)),
    );
    expect([first, second]).toEqual([one, hundred]);
  });

  it('is not named where no formula is published', () => {
    for (const example of feeExamples(terms('flat'), 5_000 as never, at))
      expect(Object.keys(example)).toEqual(['contracts', 'price']);
  });
});

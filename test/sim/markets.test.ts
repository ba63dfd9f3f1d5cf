import { describe, expect, it } from 'vitest';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { outcomeOf } from '../../src/lib/sim/markets/average-market.ts';
import { dailyHighProgram } from '../../src/lib/sim/markets/daily-high.ts';
import { hourlyLadderProgram } from '../../src/lib/sim/markets/hourly-ladder.ts';
import { quarterHourProgram } from '../../src/lib/sim/markets/quarter-hour.ts';
import { tickerDate, tickerHour, tickerMinute } from '../../src/lib/sim/markets/ticker-date.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import { ReferencePath } from '../../src/lib/sim/reference.ts';
import { seriesFacts } from '../../src/lib/sim/series.ts';

function utc(text: string): EpochMs {
  return epochMs(Date.parse(text));
}

/** 20:37 in New York on 28 September 2026. */
const NOW = utc('2026-09-29T00:37:00Z');
const PATH_START = utc('2026-09-29T00:25:00Z');

function pathOf(seed: number): ReferencePath {
  return new ReferencePath({ stream: seededStream(seed), startAt: PATH_START, price: 85_000, annualVolatility: 0.5 });
}

describe('ticker dates are US Eastern wall clock', () => {
  it('in summer and in winter', () => {
    expect(tickerMinute(utc('2026-09-29T00:45:00Z'))).toBe('26SEP282045');
    expect(tickerHour(utc('2026-10-03T22:00:00Z'))).toBe('26OCT0318');
    expect(tickerMinute(utc('2026-12-01T04:15:00Z'))).toBe('26NOV302315');
    expect(tickerDate(utc('2027-01-01T05:00:00Z'))).toBe('27JAN01');
  });

  it('skip an hour in March and repeat one in November', () => {
    const hours = (text: string) => [0, 1, 2].map((hour) => tickerHour(epochMs(utc(text) + hour * 3_600_000)));
    expect(hours('2026-03-08T06:00:00Z')).toEqual(['26MAR0801', '26MAR0803', '26MAR0804']);
    expect(hours('2026-11-01T05:00:00Z')).toEqual(['26NOV0101', '26NOV0101', '26NOV0102']);
  });
});

describe('KXBTC15M', () => {
  it('rolls every quarter hour, one market per event, named as the exchange names them', () => {
    const program = quarterHourProgram(pathOf(1));
    const event = program.eventAt(NOW);
    expect(event).toMatchObject({
      eventTicker: 'KXBTC15M-26SEP282045',
      openAt: utc('2026-09-29T00:30:00Z'),
      closeAt: utc('2026-09-29T00:45:00Z'),
      listAt: utc('2026-09-29T00:15:00Z'),
    });
    expect(event.markets(NOW).map((market) => market.ticker)).toEqual(['KXBTC15M-26SEP282045-45']);
    expect(program.eventAfter(event).eventTicker).toBe('KXBTC15M-26SEP282100');
    expect(program.eventAt(event.closeAt).eventTicker).toBe('KXBTC15M-26SEP282100');
  });

  it('asks whether the average at the close is at least the one at the open', () => {
    const path = pathOf(1);
    const event = quarterHourProgram(path).eventAt(NOW);
    const market = event.markets(NOW)[0];
    expect(market?.strike).toBeUndefined();
    expect(market?.strikeAtOpen?.()).toEqual({ type: 'greater_or_equal', floor: path.settlementAverage(event.openAt) });
    const closing = path.settlementAverage(event.closeAt);
    const isYes = closing >= path.settlementAverage(event.openAt);
    expect(market?.outcome()).toMatchObject({ result: isYes ? 'yes' : 'no', expirationValue: closing.toFixed(2) });
  });

  it('pays a tie where "at least" is asked, and not where "above" is', () => {
    const closeAt = utc('2026-09-29T00:45:00Z');
    const flat = new ReferencePath({
      stream: seededStream(1),
      startAt: PATH_START,
      price: 85_000,
      annualVolatility: 0,
    });
    expect(outcomeOf(flat, closeAt, { type: 'greater_or_equal', floor: 85_000 }).result).toBe('yes');
    expect(outcomeOf(flat, closeAt, { type: 'greater', floor: 85_000 }).result).toBe('no');
    expect(outcomeOf(flat, closeAt, { type: 'greater', floor: 84_999.99 }).result).toBe('yes');
  });

  it('tells a truth that is right on average, and certain at the end', () => {
    const yes = { expected: 0, happened: 0 };
    for (let seed = 0; seed < 300; seed += 1) {
      const event = quarterHourProgram(pathOf(seed)).eventAt(NOW);
      const market = event.markets(NOW)[0];
      const outcome = market?.outcome().result === 'yes' ? 1 : 0;
      yes.expected += market?.probability(epochMs(event.closeAt - 300_000)) ?? Number.NaN;
      yes.happened += outcome;
      expect(market?.probability(event.closeAt)).toBe(outcome);
      expect(market?.probability(epochMs(event.closeAt + 1_000))).toBe(outcome);
    }
    expect(Math.abs(yes.happened - yes.expected)).toBeLessThan(4 * Math.sqrt(300 * 0.2));
  });
});

describe('the hourly ladder', () => {
  it('has five rungs around the price of its listing, above which it pays', () => {
    const path = pathOf(4);
    const program = hourlyLadderProgram(path);
    const event = program.eventAt(NOW);
    expect(event.eventTicker).toBe('KXBTCD-26SEP2821');
    const rungs = event.markets(NOW);
    const floors = rungs.map((rung) => rung.strike?.floor ?? 0);
    expect(rungs.every((rung) => rung.strike?.type === 'greater')).toBe(true);
    expect(floors.map((floor) => floor.toFixed(2).slice(-3))).toEqual(new Array(5).fill('.99'));
    expect(Math.abs((floors[2] ?? 0) - path.priceAt(NOW))).toBeLessThanOrEqual(125.01);
    expect(rungs.map((rung) => rung.ticker)).toEqual(
      floors.map((floor) => `${event.eventTicker}-T${floor.toFixed(2)}`),
    );
    const chances = rungs.map((rung) => rung.probability(NOW));
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    const results = rungs.map((rung) => rung.outcome().value);
    expect(results).toEqual([...results].sort((a, b) => b - a));
  });
});

describe('the daily high', () => {
  const program = dailyHighProgram(seededStream(5));

  it('is one event a day, of the day it is in New York by standard time', () => {
    const event = program.eventAt(NOW);
    expect(event).toMatchObject({
      eventTicker: 'KXHIGHNY-26SEP28',
      openAt: utc('2026-09-28T05:00:00Z'),
      closeAt: utc('2026-09-29T04:59:00Z'),
    });
    expect(program.eventAfter(event).eventTicker).toBe('KXHIGHNY-26SEP29');
    expect(program.eventAt(utc('2026-09-29T04:59:30Z')).eventTicker).toBe('KXHIGHNY-26SEP29');
  });

  it('has six brackets without a hole or an overlap, of which exactly one pays', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const event = dailyHighProgram(seededStream(seed)).eventAt(NOW);
      const brackets = event.markets(NOW);
      expect(brackets.map((bracket) => bracket.strike?.type)).toEqual([
        'less',
        'between',
        'between',
        'between',
        'between',
        'greater',
      ]);
      const lowest = brackets[0]?.strike?.cap ?? Number.NaN;
      expect(brackets.slice(1, 5).map((bracket) => bracket.strike?.floor)).toEqual(
        [0, 2, 4, 6].map((step) => lowest + step),
      );
      expect(brackets[5]?.strike?.floor).toBe(lowest + 7);
      expect(brackets.map((bracket) => bracket.ticker.split('-')[2])).toEqual([
        `T${lowest}`,
        ...[0.5, 2.5, 4.5, 6.5].map((step) => `B${lowest + step}`),
        `T${lowest + 7}`,
      ]);
      expect(brackets.filter((bracket) => bracket.outcome().result === 'yes')).toHaveLength(1);
      for (const at of [event.openAt, NOW, event.closeAt, epochMs(event.openAt - 60_000)]) {
        expect(brackets.reduce((total, bracket) => total + bracket.probability(at), 0)).toBeCloseTo(1, 9);
      }
    }
  });

  it('is known at the close', () => {
    const event = program.eventAt(NOW);
    for (const bracket of event.markets(NOW)) {
      const isYes = bracket.outcome().result === 'yes';
      expect(bracket.probability(event.closeAt)).toBeCloseTo(isYes ? 1 : 0, 0);
    }
  });
});

describe('what is known of a series', () => {
  it('is its grid, fees, shard and settlement, by any ticker of it', () => {
    expect(seriesFacts('KXBTC15M-26SEP282045-45')).toMatchObject({
      ticker: 'KXBTC15M',
      grid: TAPERED_DECI_CENT,
      shard: 2,
    });
    expect(seriesFacts('KXETH15M')).toMatchObject({ grid: TAPERED_DECI_CENT, shard: 2, category: 'Crypto' });
    expect(seriesFacts('KXGOLD15M-26AUG050000')).toMatchObject({
      grid: LINEAR_CENT,
      shard: 2,
      settlementTimerSeconds: 1,
    });
    expect(seriesFacts('KXBTC')).toMatchObject({ grid: LINEAR_CENT, shard: 2, isMutuallyExclusive: true });
    expect(seriesFacts('KXBTCD')).toMatchObject({ shard: 2, isMutuallyExclusive: false });
    expect(seriesFacts('KXINX-26FEB12H1600-B6987')).toMatchObject({ shard: 0, isMutuallyExclusive: true });
    expect(seriesFacts('KXINXU')).toMatchObject({ shard: 0, isMutuallyExclusive: false });
    expect(seriesFacts('KXHIGHMIA-26APR20-B81.5')).toMatchObject({
      ticker: 'KXHIGHMIA',
      isMutuallyExclusive: true,
      shard: 0,
    });
    for (const series of ['KXBTC15M', 'KXINX', 'KXHIGHCHI']) {
      expect(seriesFacts(series).fees).toEqual({ type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } });
    }
  });

  it('of an unknown one is the exchange’s usual', () => {
    expect(seriesFacts('KXNEW-X')).toMatchObject({ ticker: 'KXNEW', title: 'KXNEW', shard: 0, grid: LINEAR_CENT });
  });
});

/** S&P 500 as the embedded exchange has it: when its events are, what is true of them, and the law that its index follows. */
import { describe, expect, it } from 'vitest';
import { easternDay, easternWallTime } from '../../src/lib/core/eastern.ts';
import { fitIndex } from '../../src/lib/core/fair-value/index-ladder/fit-index.ts';
import { type IndexRow, sessionsOf } from '../../src/lib/core/fair-value/index-ladder/sessions.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { INDEX_LAW } from '../../src/lib/sim/index-law.ts';
import { IndexPath } from '../../src/lib/sim/index-path.ts';
import { indexCloseProgram, indexHourlyProgram } from '../../src/lib/sim/markets/index-series.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import type { VenueFact } from '../../src/lib/sim/venue.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';

const at = (text: string): EpochMs => epochMs(Date.parse(text));
const pathFrom = (startAt: EpochMs, seed = 1) => new IndexPath({ stream: seededStream(seed), startAt, level: 6_900 });

describe('S&P 500 by the hour', () => {
  const FRIDAY = at('2026-11-20T10:30:00-05:00');

  it('has an event for every full hour of a session, named as the exchange names them', () => {
    const program = indexHourlyProgram(pathFrom(FRIDAY));
    const names: string[] = [];
    for (let event = program.eventAt(at('2026-11-20T03:00:00-05:00')); names.length < 8 && event !== undefined; ) {
      names.push(event.eventTicker);
      event = program.eventAfter(event);
    }
    const hours = [10, 11, 12, 13, 14, 15, 16];
    // After Friday comes Monday.
    expect(names).toEqual([...hours.map((hour) => `KXINXU-26NOV20H${hour}00`), 'KXINXU-26NOV23H1000']);
  });

  it('has strikes of five points about the level, 6,900 or above being T6899.9999', () => {
    const path = pathFrom(FRIDAY);
    const event = indexHourlyProgram(path).eventAt(FRIDAY);
    const markets = event?.markets(FRIDAY) ?? [];
    const middle = Math.round(path.levelAt(FRIDAY) / 5) * 5;
    expect(markets).toHaveLength(9);
    expect(markets[4]).toMatchObject({
      ticker: `KXINXU-26NOV20H1100-T${middle - 1}.9999`,
      title: `${middle} or above`,
      strike: { type: 'greater', floor: middle - 0.0001 },
    });
    const chances = markets.map(({ probability }) => probability(FRIDAY));
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    const close = at('2026-11-20T11:00:00-05:00');
    for (const { title, outcome, probability } of markets) {
      const isYes = path.publishedAt(close) >= Number(title.split(' ')[0]);
      expect(outcome(close)).toMatchObject({ result: isYes ? 'yes' : 'no' });
      expect(probability(close)).toBe(isYes ? 1 : 0);
    }
  });

  it.each([
    [
      'the day after Thanksgiving ends at one',
      '2026-11-27T12:30:00-05:00',
      'KXINXU-26NOV27H1300',
      'KXINXU-26NOV30H1000',
    ],
    ['the night before daylight time ends', '2026-10-30T15:30:00-04:00', 'KXINXU-26OCT30H1600', 'KXINXU-26NOV02H1000'],
    ['Christmas is none', '2026-12-24T12:59:00-05:00', 'KXINXU-26DEC24H1300', 'KXINXU-26DEC28H1000'],
  ])('knows the days of New York: %s', (_, moment, running, next) => {
    const program = indexHourlyProgram(pathFrom(at(moment)));
    const event = program.eventAt(at(moment));
    expect(event?.eventTicker).toBe(running);
    if (event !== undefined) expect(program.eventAfter(event)?.eventTicker).toBe(next);
  });

  it('ends where the calendar does', () => {
    const moment = at('2029-01-02T10:30:00-05:00');
    expect(indexHourlyProgram(pathFrom(moment)).eventAt(moment)).toBeUndefined();
    expect(pathFrom(moment).nextTickAt(moment)).toBeUndefined();
  });
});

describe('S&P 500 at the close', () => {
  it('has ranges and two tails of which exactly one pays, and whose chances add up', () => {
    const moment = at('2026-11-20T14:10:00-05:00');
    for (const seed of [1, 2, 3]) {
      const event = indexCloseProgram(pathFrom(moment, seed)).eventAt(moment);
      expect(event?.eventTicker).toBe('KXINX-26NOV20H1600');
      const markets = event?.markets(moment) ?? [];
      expect(markets.map(({ ticker }) => ticker.split('-')[2]?.[0]).join('')).toBe('TBBBBBBBBT');
      expect(markets.reduce((sum, { probability }) => sum + probability(moment), 0)).toBeCloseTo(1, 12);
      expect(markets.filter(({ outcome }) => outcome().result === 'yes')).toHaveLength(1);
    }
  });
});

describe('the simulated index', () => {
  const FIRST = easternDay(at('2026-02-02T12:00:00-05:00'));
  const START = easternWallTime(FIRST, 0);

  it('is what the fit of a live index finds in it: the shape of a day, its level, and closes where they were expected', () => {
    const path = pathFrom(START);
    const rows: IndexRow[] = [];
    for (let day = FIRST; day < FIRST + 88; day += 1) {
      const from = easternWallTime(day, 570);
      for (let minute = 0; minute <= 390; minute += 1) {
        const moment = epochMs(from + minute * 60_000);
        rows.push({ at: moment, value: path.publishedAt(moment) });
      }
    }
    const { sessions } = sessionsOf(rows);
    const fit = fitIndex({ sessions, shape: 'fitted', closes: new Map() });
    if (fit.kind === 'refused') throw new Error(fit.reason);
    expect(fit.wholeSessions).toBeGreaterThanOrEqual(59);
    const off = fit.shares.map((share, minute) => Math.log(share / (INDEX_LAW.shares[minute] ?? Number.NaN)));
    expect(Math.sqrt(off.reduce((sum, one) => sum + one * one, 0) / off.length)).toBeLessThan(0.08);
    expect(Math.log(fit.day.expected / INDEX_LAW.dayVariance) / 2).toBeCloseTo(0, 0.5);
    expect(fit.day.doubt).toBeGreaterThan(INDEX_LAW.volatilityDoubt * 0.7);
    expect(fit.day.doubt).toBeLessThan(INDEX_LAW.volatilityDoubt * 1.6);
    for (const { meanSquare } of fit.coverage) expect(meanSquare).toBeLessThan(2.5);
  });

  it('stands still at night, opens with a gap, and is the same whoever asks for what first', () => {
    const [one, other] = [pathFrom(START), pathFrom(START)];
    const evening = at('2026-02-03T20:00:00-05:00');
    const open = at('2026-02-04T09:30:00-05:00');
    const late = one.levelAt(at('2026-02-05T12:00:00-05:00'));
    expect(other.levelAt(evening)).toBe(other.levelAt(at('2026-02-04T09:29:59-05:00')));
    expect(other.levelAt(open)).not.toBe(other.levelAt(evening));
    expect(other.levelAt(at('2026-02-05T12:00:00-05:00'))).toBe(late);
    expect(one.nextTickAt(evening)).toBe(open);
    expect(one.nextTickAt(epochMs(open + 1))).toBe(open + 500);
  });
});

describe('a world with an index', () => {
  it('leaves every other market as it would have been without', () => {
    const startAt = at('2026-11-20T10:30:30-05:00');
    const traded = (series: readonly ('KXBTC15M' | 'KXINXU' | 'KXINX')[]) => {
      const world = generatedWorld({ seed: 5, startAt, series });
      world.advanceTo(epochMs(startAt + 90_000));
      const of = (fact: VenueFact) =>
        fact.type === 'reference' ||
        ((fact.type === 'trade' || fact.type === 'level') && fact.ticker.startsWith('KXBTC'));
      const facts = world.drain().filter(of);
      return facts.map((fact) => (fact.type === 'trade' ? { ...fact, tradeId: '' } : fact));
    };
    const alone = traded(['KXBTC15M']);
    expect(alone.length).toBeGreaterThan(500);
    expect(traded(['KXINXU', 'KXBTC15M', 'KXINX'])).toEqual(alone);
  });
});

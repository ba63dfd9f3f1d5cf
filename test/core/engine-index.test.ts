import { describe, expect, it } from 'vitest';
import type { IndexCalibration } from '../../src/lib/core/fair-value/index-ladder/calibration.ts';
import { assumedShares } from '../../src/lib/core/fair-value/index-ladder/shape.ts';
import type { IndexCalibrated } from '../../src/lib/core/index-events.ts';
import { refused } from '../../src/lib/core/refused.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { type StoryOptions, story } from '../support/engine.ts';
import { T0, TICKER } from '../support/orders.ts';

/** T0 is a Monday, 10:13:20 in New York; the level is fixed at 11:00. */
const HOUR = epochMs(Date.parse('2026-09-21T11:00:00-04:00'));
const LAST_MINUTE_MS = HOUR - T0 - 30_000;

const CALIBRATION: IndexCalibration = {
  ...{ kind: 'calibration', madeAt: T0, profile: 'fitted', shares: assumedShares() },
  ...{ dayVariance: 1e-4, volatilityDoubt: 0.1, auctionBeta: 0 },
};

function index(over: StoryOptions = {}) {
  const told = story({
    ...{ fairBySeries: { KXINXU: { kind: 'index-ladder', referenceAgeMsMax: 2_000 } } },
    ...{ quoting: { freezeMs: 2_000 }, ...over },
  });
  return told
    .market({
      ...{ seriesTicker: 'KXINXU', closeAt: HOUR, settles: { kind: 'level', index: 'SPX' } },
      strike: { type: 'greater_or_equal', floor: 6_900 },
    })
    .book([[4_000, 10_000]], [[6_000, 10_000]]);
}
type Told = ReturnType<typeof index>;

const calibrate = (told: Told, says: IndexCalibrated['says'] = CALIBRATION) =>
  told.tell({ type: 'index_calibrated', index: 'SPX', product: 'hourly', says });
const level = (told: Told, value: number) =>
  told.tell({ type: 'reference_price', index: 'SPX', value, exchangeAt: told.at });
const gateOf = ({ engine, told }: Told) => {
  const [ticker = ''] = told
    .flatMap((event) => (event.type === 'market_defined' ? [event.market.ticker] : []))
    .slice(-1);
  return engine.market(ticker)?.decision?.gate?.name;
};
const kinds = (told: Told) => told.quote().map(({ kind }) => kind);

describe('an engine that prices an index', () => {
  it('quotes about the model and not about the book, and says by what', () => {
    const told = level(calibrate(index()), 6_900);
    expect(kinds(told)).toEqual(['create', 'create']);
    const fair = told.engine.market(told.order('bid').ticker)?.decision?.fair;
    expect(fair).toMatchObject({ source: 'index-ladder' });
    expect(fair?.probability).toBeCloseTo(0.5, 1);
    expect(fair?.inputs).toMatchObject({ reference: 6_900, floor: 6_900, minutesToFix: 46 + 40 / 60 });
  });

  it('shows nothing before it was told parameters, and says why', () => {
    const told = level(index(), 6_900);
    expect(kinds(told)).toEqual([]);
    expect(gateOf(told)).toBe('parameters_unknown');
    expect(kinds(calibrate(told))).toEqual(['create', 'create']);
  });

  it('pulls when the parameters are taken back, and when all sources are lost, and comes again with a value', () => {
    const told = level(calibrate(index()), 6_900);
    told.quote();
    calibrate(told, refused('parameters_bad', 'of another version'));
    expect(kinds(told)).toEqual(['cancel', 'cancel']);
    expect(gateOf(told)).toBe('parameters_bad');
    level(calibrate(told), 6_900).wait(5_000);
    level(told, 6_900);
    expect(kinds(told)).toEqual(['create', 'create']);
    told.tell({ type: 'reference_lost', index: 'SPX', reason: '0 of 1 sources of SPX are fresh' });
    expect(kinds(told)).toEqual(['cancel', 'cancel']);
    expect(gateOf(told)).toBe('reference_doubted');
    level(told.wait(5_000), 6_901);
    expect(kinds(told)).toEqual(['create', 'create']);
  });

  it('gives the reason why a source was never heard: a page of HTML, say', () => {
    const told = calibrate(index());
    const reason = '0 of 1 sources of SPX are fresh (polygon: it answers 200 and no WebSocket)';
    told.tell({ type: 'reference_lost', index: 'SPX', reason });
    expect(kinds(told)).toEqual([]);
    expect(told.engine.market(TICKER)?.decision?.gate).toEqual({ name: 'reference_unknown', posture: 'pull', reason });
    expect(kinds(level(told, 6_900))).toEqual(['create', 'create']);
  });

  it('freezes and cancels in the last minute when the level is 701 ms old', () => {
    const told = level(calibrate(index()).wait(LAST_MINUTE_MS), 6_900).book([[4_000, 10_000]], [[6_000, 10_000]]);
    expect(kinds(told)).toEqual(['create', 'create']);
    expect(kinds(told.wait(700).book([[4_000, 9_000]], [[6_000, 10_000]]))).toEqual([]);
    expect(kinds(told.wait(1).book([[4_000, 10_000]], [[6_000, 10_000]]))).toEqual(['cancel', 'cancel']);
    expect(gateOf(told)).toBe('reference_stale');
  });

  it('is not priced across the FOMC, for which the parameters know no jump', () => {
    const release = { name: 'FOMC', hour: 10, minute: 30, dates: ['2026-09-21'], series: ['KXINX'] };
    const news = { beforeMs: 60_000, afterMs: 120_000, releases: [release] };
    const told = level(calibrate(index({ clock: { series: {}, news } })), 6_900);
    expect(kinds(told)).toEqual([]);
    expect(gateOf(told)).toBe('release_before_fix');
  });
});

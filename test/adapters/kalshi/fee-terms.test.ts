import { describe, expect, it } from 'vitest';
import { eventFeeChangeSchema, seriesFeeChangeSchema } from '../../../src/lib/adapters/kalshi/catalogue-schema.ts';
import { type FeeChanges, feeTerms, NO_FEE_CHANGES } from '../../../src/lib/adapters/kalshi/fee-terms.ts';
import { eventSchema, seriesSchema } from '../../../src/lib/adapters/kalshi/market-schema.ts';
import { feeMultiplier, feeRuleAt } from '../../../src/lib/core/money/fees.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const T1 = '2026-12-01T00:00:00Z';
const T2 = '2026-12-02T00:00:00Z';
const T3 = '2026-12-03T00:00:00Z';
const FREE = 'quadratic';
const PAID = 'quadratic_with_maker_fees';

const series = (type: string, multiplier: number) =>
  seriesSchema.parse({ ticker: 'KX', title: 'KX', fee_type: type, fee_multiplier: multiplier });
const event = (type: string | null = null, multiplier: number | null = null) =>
  eventSchema.parse({
    ...{ event_ticker: 'KX-A', series_ticker: 'KX', title: 'A', mutually_exclusive: false },
    ...{ fee_type_override: type, fee_multiplier_override: multiplier },
  });
const ofSeries = (at: string, type: string, multiplier: number, ticker = 'KX') =>
  seriesFeeChangeSchema.parse({ series_ticker: ticker, fee_type: type, fee_multiplier: multiplier, scheduled_ts: at });
const ofEvent = (at: string, type: string | null, multiplier: number | null, ticker = 'KX-A') =>
  eventFeeChangeSchema.parse({
    ...{ event_ticker: ticker, series_ticker: 'KX', scheduled_ts: at },
    ...{ fee_type_override: type, fee_multiplier_override: multiplier },
  });

/** "type × multiplier" at the start and from each moment on. */
function story(from: ReturnType<typeof series>, over: ReturnType<typeof event>, changes: Partial<FeeChanges> = {}) {
  const terms = feeTerms({}, from, over, { ...NO_FEE_CHANGES, ...changes });
  if (terms === undefined) return undefined;
  return [0, ...[T1, T2, T3].map(Date.parse)].map((at) => textOf(feeRuleAt(terms, epochMs(at))));
}

function textOf({ type, multiplier }: ReturnType<typeof feeRuleAt>): string {
  const paid = type === PAID ? 'paid' : type;
  return `${paid === FREE ? 'free' : paid} ${multiplier.numerator}/${multiplier.denominator}`;
}

describe('the fee terms of a market', () => {
  it('are the series’, each part of them overridden by the event', () => {
    expect(story(series(FREE, 0.5), event())?.[0]).toBe('free 1/2');
    expect(story(series(FREE, 0.5), event(PAID))?.[0]).toBe('paid 1/2');
    expect(story(series(FREE, 0.5), event(null, 2))?.[0]).toBe('free 2/1');
    expect(story(series('flat', 1), event(FREE, 0))?.[0]).toBe('free 0/1');
  });

  it('follow the changes of series and event, each at its time, in whatever order they are listed', () => {
    const changes = { ofSeries: [ofSeries(T3, PAID, 1), ofSeries(T1, FREE, 1)], ofEvents: [ofEvent(T2, PAID, 2)] };
    expect(story(series(FREE, 0.5), event(), changes)).toEqual(['free 1/2', 'free 1/1', 'paid 2/1', 'paid 2/1']);
  });

  it('are the series’ of that time again when the override ends', () => {
    const changes = { ofSeries: [ofSeries(T1, PAID, 1)], ofEvents: [ofEvent(T2, null, null)] };
    expect(story(series(FREE, 1), event(FREE, 0.5), changes)).toEqual(['free 1/2', 'free 1/2', 'paid 1/1', 'paid 1/1']);
  });

  it('have nothing scheduled where only others change, or where nothing becomes different', () => {
    const changes = {
      ofSeries: [ofSeries(T1, PAID, 1, 'KXOTHER'), ofSeries(T2, FREE, 1)],
      ofEvents: [ofEvent(T1, PAID, 1, 'KX-B')],
    };
    expect(feeTerms({}, series(FREE, 1), event(), changes)).toEqual({ type: FREE, multiplier: feeMultiplier('1') });
    const waived = { feesWaivedUntil: epochMs(Date.parse(T1)) };
    expect(feeTerms(waived, series(FREE, 1), event())).toHaveProperty('waivedUntil', Date.parse(T1));
  });

  it.each([
    ['of the series', { ofSeries: [ofSeries(T1, FREE, 1 / 3)] }],
    ['of the event', { ofEvents: [ofEvent(T1, FREE, -1)] }],
  ])('are refused with a scheduled multiplier %s that is no short decimal', (_, changes) => {
    expect(story(series(FREE, 1), event(), changes)).toBeUndefined();
  });

  it.each(['0.5', null, undefined])('are not read from a record whose multiplier is %j', (multiplier) => {
    const record = { ticker: 'KX', title: 'KX', fee_type: FREE, fee_multiplier: multiplier };
    expect(seriesSchema.safeParse(record).success).toBe(false);
    const change = { series_ticker: 'KX', fee_type: FREE, fee_multiplier: multiplier, scheduled_ts: T1 };
    expect(seriesFeeChangeSchema.safeParse(change).success).toBe(false);
  });
});

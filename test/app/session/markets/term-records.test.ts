/** What fee terms are read from: kept, read again, overridden by the stream, and had when a listing cannot be read. */
import { describe, expect, it } from 'vitest';
import { eventSchema, seriesSchema } from '../../../../src/lib/adapters/kalshi/market-schema.ts';
import { type MarketTerms, TermRecords } from '../../../../src/lib/app/session/markets/term-records.ts';
import { type EpochMs, epochMs } from '../../../../src/lib/core/units.ts';

const T0 = 1_790_000_000_000;
const EVENT = { event_ticker: 'KX-A', series_ticker: 'KX', title: 'A', mutually_exclusive: false };
const SERIES = { ticker: 'KX', title: 'KX', fee_type: 'quadratic', fee_multiplier: 1 };
const MALFORMED = { ok: false, error: { kind: 'malformed', reason: 'no list' } } as const;

function records() {
  const asked: string[] = [];
  const warned: string[] = [];
  const exchange = {
    now: T0,
    override: {} as object,
    changes: [] as { seriesTicker: string; feeType: string; feeMultiplier: number; at: EpochMs }[],
    isBroken: false,
  };
  const rest = {
    event: async () => {
      asked.push('event');
      return {
        ok: true,
        value: { event: eventSchema.parse({ ...EVENT, ...exchange.override }), markets: [] },
      } as const;
    },
    series: async () => {
      asked.push('series');
      return { ok: true, value: seriesSchema.parse(SERIES) } as const;
    },
    feeChanges: async () => {
      asked.push('changes');
      return exchange.isBroken
        ? MALFORMED
        : ({ ok: true, value: { ofSeries: exchange.changes, ofEvents: [] } } as const);
    },
  };
  const clock = { now: () => epochMs(exchange.now) };
  const terms = new TermRecords({ rest, clock, readLagMs: 5_000, warn: (text) => warned.push(text) });
  const read = async () => (await terms.of('KX-A')) as MarketTerms;
  return { asked, warned, exchange, terms, read };
}

const change = (at: number) => ({ seriesTicker: 'KX', feeType: 'flat', feeMultiplier: 1, at: epochMs(at) });

describe('the records that terms are read from', () => {
  it('are read once for all markets of an event, what is scheduled first, and again when they are cleared', async () => {
    const { asked, terms, read } = records();
    await read();
    await read();
    expect(asked).toEqual(['changes', 'event', 'series']);
    terms.clear();
    await read();
    expect(asked).toHaveLength(6);
  });

  it('hold what was scheduled for before they were read, as far as a reading may lag', async () => {
    const { exchange, read } = records();
    exchange.changes = [change(T0 - 5_000), change(T0 - 4_999), change(T0 + 60_000)];
    expect((await read()).changes.ofSeries.map(({ at }) => at - T0)).toEqual([-4_999, 60_000]);
  });

  it('are overridden by the stream at once, and a reading that is older does not undo it', async () => {
    const { exchange, terms, read } = records();
    expect(terms.override({ eventTicker: 'KX-A', feeType: 'flat' })).toBe(false);
    await read();
    expect(terms.override({ eventTicker: 'KX-A', feeType: 'flat', feeMultiplier: 2 })).toBe(true);
    expect((await read()).event).toMatchObject({ feeTypeOverride: 'flat', feeMultiplierOverride: 2 });
    terms.clear();
    expect((await read()).event).toMatchObject({ feeTypeOverride: 'flat' });
    exchange.now += 5_000;
    terms.clear();
    expect((await read()).event).not.toHaveProperty('feeTypeOverride');
    terms.override({ eventTicker: 'KX-A', feeType: 'flat' });
    terms.override({ eventTicker: 'KX-A' });
    expect((await read()).event).not.toHaveProperty('feeTypeOverride');
  });

  it('keep the schedule that was read last while it cannot be read, and say so once in a while', async () => {
    const { asked, warned, exchange, terms, read } = records();
    exchange.changes = [change(T0 + 60_000)];
    await read();
    exchange.isBroken = true;
    terms.clear();
    for (let market = 0; market < 3; market += 1) expect((await read()).changes.ofSeries).toHaveLength(1);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain('the fee changes that are scheduled');
    exchange.isBroken = false;
    exchange.changes = [];
    exchange.now += 30_000;
    expect((await read()).changes.ofSeries).toEqual([]);
    expect(asked.filter((what) => what === 'changes')).toHaveLength(3);
  });

  it('are read again when the schedule comes that they were read without: a change since then is in it no more', async () => {
    const { asked, exchange, terms, read } = records();
    exchange.isBroken = true;
    await read();
    await read();
    expect([terms.takeIsWhole(), asked]).toEqual([false, ['changes', 'event', 'series']]);
    exchange.isBroken = false;
    exchange.override = { fee_type_override: 'flat' };
    exchange.now += 6_000;
    expect((await read()).event).toMatchObject({ feeTypeOverride: 'flat' });
    expect([terms.takeIsWhole(), asked.slice(3)]).toEqual([true, ['changes', 'event', 'series']]);
  });

  it('are not whole where the schedule came too late for some of those who asked', async () => {
    const { exchange, terms, read } = records();
    exchange.isBroken = true;
    await read();
    exchange.isBroken = false;
    exchange.now += 1_500;
    await read();
    expect([terms.takeIsWhole(), terms.takeIsWhole()]).toEqual([false, true]);
  });
});

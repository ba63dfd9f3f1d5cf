import { describe, expect, it } from 'vitest';
import { exchangeStatusSchema, settlementSchema } from '../../../src/lib/adapters/kalshi/account-schema.ts';
import { toMarket } from '../../../src/lib/adapters/kalshi/market-definition.ts';
import { bookSchema, eventSchema, marketSchema, seriesSchema } from '../../../src/lib/adapters/kalshi/market-schema.ts';
import { TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';

/** Composed after the specification; shard 2, tapered grid, nulls where the exchange may send them. */
const MARKET = {
  ticker: 'KXBTC15M-26SEP282045-45',
  event_ticker: 'KXBTC15M-26SEP282045',
  title: 'BTC up in next\u200b 15 mins?\u001b[31m',
  yes_sub_title: '',
  status: 'active',
  open_time: '2026-09-29T00:30:00Z',
  close_time: '2026-09-29T00:45:00.123456Z',
  strike_type: 'greater_or_equal',
  floor_strike: 109876.54,
  cap_strike: null,
  price_ranges: [
    { start: '0.0000', end: '0.1000', step: '0.0010' },
    { start: '0.1000', end: '0.9000', step: '0.0100' },
    { start: '0.9000', end: '1.0000', step: '0.0010' },
  ],
  yes_bid_dollars: '0.0930',
  yes_bid_size_fp: '13.50',
  yes_ask_dollars: '0.000000',
  yes_ask_size_fp: '0.00',
  volume_fp: '12.34',
  result: '',
  settlement_value_dollars: null,
  fee_waiver_expiration_time: '2026-10-01T00:00:00Z',
  exchange_index: 2,
};
const SERIES = { ticker: 'KXBTC15M', title: 'Bitcoin', fee_type: 'quadratic', fee_multiplier: 1 };
const EVENT = {
  event_ticker: 'KXBTC15M-26SEP282045',
  series_ticker: 'KXBTC15M',
  title: 'Bitcoin 15 min',
  mutually_exclusive: false,
  fee_type_override: null,
  fee_multiplier_override: null,
};

function defined(market: object, series: object, event: object) {
  return toMarket(marketSchema.parse(market), seriesSchema.parse(series), eventSchema.parse(event));
}

describe('a market of the exchange', () => {
  it('keeps its shard, its own grid and the series’ fees, with the title cleaned', () => {
    const result = defined(MARKET, SERIES, EVENT);
    expect(result).toMatchObject({
      ok: true,
      value: {
        shard: 2,
        grid: TAPERED_DECI_CENT,
        closeAt: Date.parse('2026-09-29T00:45:00.123Z'),
        strike: { type: 'greater_or_equal', floor: 109876.54 },
        title: 'BTC up in next 15 mins? [31m',
        fees: {
          type: 'quadratic',
          multiplier: { numerator: 1, denominator: 1 },
          waivedUntil: Date.parse('2026-10-01T00:00:00Z'),
        },
      },
    });
    expect(marketSchema.parse(MARKET)).toMatchObject({ bid: { price: 930, size: 1_350 } });
    expect(marketSchema.parse(MARKET).ask).toBeUndefined();
  });

  it('takes the event’s fee override and, where it names none itself, the event’s or series’ shard', () => {
    const { exchange_index: _, ...unsharded } = MARKET;
    const override = { fee_type_override: 'quadratic_with_maker_fees', fee_multiplier_override: 0.25 };
    expect(defined(unsharded, SERIES, { ...EVENT, ...override, exchange_index: 3 })).toMatchObject({
      value: { shard: 3, fees: { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 4 } } },
    });
    expect(defined(unsharded, { ...SERIES, exchange_index: 1 }, EVENT)).toMatchObject({ value: { shard: 1 } });
    expect(defined(unsharded, SERIES, EVENT)).toMatchObject({ value: { shard: 0 } });
  });

  it('is an error, not a guess, with a grid that has a hole, an inexact multiplier or foreign records', () => {
    const holed = { ...MARKET, price_ranges: MARKET.price_ranges.slice(0, 2) };
    expect(defined(holed, SERIES, EVENT)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
    expect(defined({ ...MARKET, price_ranges: [] }, SERIES, EVENT)).toMatchObject({ ok: false });
    expect(defined(MARKET, { ...SERIES, fee_multiplier: 1 / 3 }, EVENT)).toMatchObject({ ok: false });
    expect(defined(MARKET, { ...SERIES, fee_multiplier: -1 }, EVENT)).toMatchObject({ ok: false });
    expect(defined(MARKET, { ...SERIES, ticker: 'KXETH15M' }, EVENT)).toMatchObject({ ok: false });
  });

  it.each([
    ['a number where a string belongs', { yes_bid_dollars: 0.093 }],
    ['a price finer than a centicent', { yes_bid_dollars: '0.09301' }],
    ['a price above a dollar', { yes_bid_dollars: '1.0001' }],
    ['a status of another page', { status: 'settled' }],
    ['a time without zone', { close_time: '2026-09-29T00:45:00' }],
    ['a ticker that is a path', { ticker: '../portfolio/balance' }],
    ['a missing field', { price_ranges: undefined }],
  ])('is refused with %s', (_what, change) => {
    expect(marketSchema.safeParse({ ...MARKET, ...change }).success).toBe(false);
  });
});

describe('other answers', () => {
  it('show an absent or null side of a book as empty', () => {
    expect(bookSchema.parse({})).toEqual({ bids: [], asks: [] });
    expect(bookSchema.parse({ yes_dollars: null, no_dollars: [['0.4800', '3.00']] })).toEqual({
      bids: [],
      asks: [{ price: 5_200, size: 300 }],
    });
  });

  it('pay a scalar by its stated value, and nothing is made up for one without', () => {
    const counts = { yes_count_fp: '10.00', no_count_fp: '0.00' };
    const row = { ticker: 'X-1', market_result: 'scalar', settled_time: '2026-08-17T14:00:00Z', ...counts };
    expect(settlementSchema.parse({ ...row, value: 37 })).toMatchObject({ result: 'scalar', value: 3_700 });
    expect(settlementSchema.safeParse({ ...row, value: null }).success).toBe(false);
    expect(settlementSchema.parse({ ...row, market_result: 'no', value: null })).toMatchObject({ value: 0 });
  });

  it('tell the shards of the exchange apart', () => {
    const row = { exchange_active: true, trading_active: true };
    const shards = [{ exchange_index: 2, exchange_active: true, trading_active: false, description: 'crypto' }];
    expect(exchangeStatusSchema.parse({ ...row, exchange_index_statuses: shards })).toEqual({
      isExchangeActive: true,
      isTradingActive: true,
      shards: [{ shard: 2, isExchangeActive: true, isTradingActive: false }],
    });
    const blocked = { intra_exchange_transfers_active: false };
    const statuses = shards.map((one) => ({ ...one, ...blocked }));
    expect(exchangeStatusSchema.parse({ ...row, ...blocked, exchange_index_statuses: statuses })).toMatchObject({
      isTransferActive: false,
      shards: [{ shard: 2, isTransferActive: false }],
    });
  });
});

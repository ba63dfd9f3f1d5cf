/** The operator's path of the embedded exchange, and what a client sees afterwards over the ordinary endpoints. */
import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import { type Desk, restDesk } from '../../support/rest-desk.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const CONTROL = '/sim/control';
const NOW = WORLD_STARTS_AT / 1_000;

let venue: SimWorld;
let desk: Desk;
let ticker: string;

beforeEach(() => {
  venue = world('control');
  desk = restDesk(venue, 'alice');
  ticker = desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
});

function order(action: string, body: object = {}) {
  return desk('POST', CONTROL, { action, ...body });
}

function market() {
  return desk('GET', `/markets/${ticker}`).json.market;
}

function laterBy(seconds: number): void {
  venue.advanceTo(epochMs(venue.now + seconds * 1_000));
}

describe('the control path', () => {
  it('answers with the time of the exchange', () => {
    expect(order('deactivate', { market_ticker: ticker })).toEqual({ status: 200, json: { ts_ms: WORLD_STARTS_AT } });
  });

  it.each<[string, object, number, string]>([
    ['no action', {}, 400, 'action'],
    ['an action nobody knows', { action: 'explode' }, 400, 'action'],
    ['a market that is missing', { action: 'close_early' }, 400, 'market_ticker'],
    ['a market nobody knows', { action: 'close_early', market_ticker: 'KXNONE' }, 404, 'market_not_found'],
    ['a shard nobody knows', { action: 'pause', exchange_index: 9 }, 400, 'no shard 9'],
    ['a pause that is over', { action: 'pause', resume_ts: 5 }, 400, 'future'],
    ['a time that is no number', { action: 'move_close', market_ticker: 'K', close_ts: 'noon' }, 400, 'close_ts'],
    [
      'a price off the scale',
      { action: 'determine', market_ticker: 'K', result: 'scalar', settlement_value: '1.5' },
      400,
      'a price',
    ],
    [
      'a grid with a hole',
      { action: 'change_grid', market_ticker: 'K', price_ranges: [{ start: '0', end: '0.5', step: '0.01' }] },
      400,
      'bands',
    ],
    [
      'both tickers',
      { action: 'fee_change', series_ticker: 'K', event_ticker: 'K', fee_type: null, fee_multiplier: null },
      400,
      'one of the two',
    ],
    [
      'half of the fee terms',
      { action: 'fee_change', series_ticker: 'K', fee_type: 'quadratic', fee_multiplier: null },
      400,
      'neither',
    ],
    [
      'a multiplier that is no decimal',
      { action: 'fee_change', series_ticker: 'K', fee_type: 'quadratic', fee_multiplier: '1/2' },
      400,
      'decimal',
    ],
    [
      'a programme that ends before it starts',
      {
        action: 'create_incentive',
        market_ticker: 'K',
        incentive_type: 'volume',
        start_ts: 2,
        end_ts: 1,
        period_reward: 1,
      },
      404,
      'market_not_found',
    ],
  ])('refuses %s and changes nothing', (_, body, status, words) => {
    const before = desk('GET', '/exchange/status').json;
    const answer = desk('POST', CONTROL, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.json)).toContain(words);
    expect(desk('GET', '/exchange/status').json).toEqual(before);
  });
});

describe('on request', () => {
  it('a shard pauses, which its status and the refusals of orders tell, and resumes', () => {
    order('pause', { exchange_index: 0, scope: 'exchange', resume_ts: NOW + 600 });
    const { json } = desk('GET', '/exchange/status');
    expect(json).toMatchObject({
      exchange_active: false,
      trading_active: false,
      intra_exchange_transfers_active: false,
      exchange_estimated_resume_time: '2026-09-21T15:10:00.000Z',
    });
    expect(json.exchange_index_statuses.map((one: { trading_active: boolean }) => one.trading_active)).toEqual([
      false,
      true,
    ]);
    order('resume', { exchange_index: 0 });
    expect(desk('GET', '/exchange/status').json).not.toHaveProperty('exchange_estimated_resume_time');
  });

  it('a market closes early, is determined, disputed, amended and paid', () => {
    order('close_early', { market_ticker: ticker });
    expect(market()).toMatchObject({ status: 'closed', close_time: '2026-09-21T15:00:00.000Z' });
    order('determine', {
      market_ticker: ticker,
      result: 'scalar',
      settlement_value: '0.4200',
      expiration_value: '84,200',
    });
    expect(market()).toMatchObject({
      status: 'determined',
      result: 'scalar',
      settlement_value_dollars: '0.4200',
      expiration_value: '84,200',
    });
    order('dispute', { market_ticker: ticker });
    expect(market().status).toBe('disputed');
    laterBy(30);
    expect(market()).not.toHaveProperty('settlement_ts');
    order('amend_result', { market_ticker: ticker, result: 'yes' });
    expect(market()).toMatchObject({ status: 'amended', result: 'yes' });
    laterBy(1);
    expect(market()).toMatchObject({
      status: 'finalized',
      settlement_value_dollars: '1.0000',
      settlement_ts: '2026-09-21T15:00:31.000Z',
    });
    expect(order('determine', { market_ticker: ticker, result: 'no' }).status).toBe(400);
  });

  it('a market stops, comes back without its orders, moves its close, and gets another title', () => {
    order('deactivate', { market_ticker: ticker });
    expect(market().status).toBe('inactive');
    expect(desk('GET', '/markets?status=paused').json.markets).toHaveLength(1);
    order('reactivate', { market_ticker: ticker });
    expect(market()).toMatchObject({ status: 'active', yes_bid_size_fp: '0.00', yes_ask_size_fp: '0.00' });
    order('move_close', { market_ticker: ticker, close_ts: NOW + 1_200 });
    order('describe', { market_ticker: ticker, title: 'Another' });
    expect(market()).toMatchObject({ close_time: '2026-09-21T15:20:00.000Z', title: 'Another' });
  });

  it('a grid changes, under the exchange’s own name where it has one', () => {
    const edge = { step: '0.0010' };
    const bands = [
      { start: '0', end: '0.1', ...edge },
      { start: '0.1', end: '0.9', step: '0.005' },
      { start: '0.9', end: '1', ...edge },
    ];
    order('change_grid', { market_ticker: ticker, price_ranges: bands });
    expect(market()).toMatchObject({ price_level_structure: 'center_half_edge_deci_cent' });
    order('change_grid', { market_ticker: ticker, price_ranges: [{ start: '0', end: '1', ...edge }] });
    expect(market()).toMatchObject({ price_level_structure: 'deci_cent', price_ranges: [{ step: '0.0010' }] });
  });

  it('fees change at their time: of a series, of an event and back, waived for a market', () => {
    const event = market().event_ticker;
    const id = order('fee_change', {
      series_ticker: 'KXBTC15M',
      fee_type: 'quadratic_with_maker_fees',
      fee_multiplier: 0.5,
      scheduled_ts: NOW + 60,
    }).json.id;
    const change = { id, series_ticker: 'KXBTC15M', fee_type: 'quadratic_with_maker_fees', fee_multiplier: 0.5 };
    expect(desk('GET', '/series/fee_changes').json.series_fee_change_arr).toMatchObject([change]);
    expect(desk('GET', '/series/KXBTC15M').json.series).toMatchObject({ fee_type: 'quadratic', fee_multiplier: 1 });
    laterBy(60);
    expect(desk('GET', '/series/fee_changes').json.series_fee_change_arr).toEqual([]);
    expect(desk('GET', '/series/fee_changes?show_historical=true').json.series_fee_change_arr).toHaveLength(1);
    expect(
      desk('GET', '/series/fee_changes?show_historical=true&series_ticker=KXBTCD').json.series_fee_change_arr,
    ).toEqual([]);
    expect(desk('GET', '/series/KXBTC15M').json.series).toMatchObject({
      fee_type: change.fee_type,
      fee_multiplier: 0.5,
    });
    order('fee_change', { event_ticker: event, fee_type: 'quadratic', fee_multiplier: '2' });
    expect(desk('GET', `/events/${event}`).json.event).toMatchObject({
      fee_type_override: 'quadratic',
      fee_multiplier_override: 2,
    });
    order('fee_change', { event_ticker: event, fee_type: null, fee_multiplier: null, scheduled_ts: NOW + 3_600 });
    expect(desk('GET', '/events/fee_changes').json.event_fee_changes).toMatchObject([
      { event_ticker: event, fee_type_override: null, fee_multiplier_override: null },
    ]);
    expect(
      desk('GET', `/events/fee_changes?show_historical=true&event_ticker=${event}`).json.event_fee_changes,
    ).toHaveLength(2);
    order('waive_fees', { market_ticker: ticker, until_ts: NOW + 600 });
    expect(market().fee_waiver_expiration_time).toBe('2026-09-21T15:10:00.000Z');
  });

  it('incentives are listed by state, kind and words, page by page', () => {
    const program = {
      market_ticker: ticker,
      incentive_type: 'liquidity',
      period_reward: 1_000_000,
      incentive_description: 'Quote both sides',
    };
    order('create_incentive', {
      ...program,
      start_ts: NOW - 10,
      end_ts: NOW + 600,
      discount_factor_bps: 5_000,
      target_size_fp: '500.00',
    });
    order('create_incentive', { ...program, start_ts: NOW + 10, end_ts: NOW + 600, incentive_type: 'volume' });
    order('create_incentive', {
      ...program,
      start_ts: NOW - 20,
      end_ts: NOW - 10,
      paid_out: true,
      max_reward_per_account: 5,
    });
    const list = (query: string) => desk('GET', `/incentive_programs?${query}`).json;
    expect(list('status=active').incentive_programs).toMatchObject([
      {
        market_ticker: ticker,
        period_reward: 1_000_000,
        discount_factor_bps: 5_000,
        target_size_fp: '500.00',
        paid_out: false,
      },
    ]);
    expect(list('status=upcoming').incentive_programs).toMatchObject([{ incentive_type: 'volume' }]);
    expect(list('status=paid_out').incentive_programs).toMatchObject([{ max_reward_per_account: 5 }]);
    expect(list('status=closed').incentive_programs).toEqual([]);
    expect(list('type=liquidity').incentive_programs).toHaveLength(2);
    expect(list('incentive_description=Quote').incentive_programs).toEqual([]);
    const first = list('limit=2');
    expect(first.incentive_programs).toHaveLength(2);
    expect(list(`limit=2&cursor=${first.next_cursor}`)).toMatchObject({
      incentive_programs: [{ paid_out: true }],
      next_cursor: '',
    });
    expect(desk('GET', '/incentive_programs?limit=10001').status).toBe(400);
  });
});

import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const TRANSFERS = '/portfolio/intra_exchange_instance_transfers';

describe('the cash of an account', () => {
  const venue = world('cash');
  const desk = restDesk(venue, 'alice');
  const transfer = (amount: number, from: number, to: number) =>
    desk('POST', '/portfolio/intra_exchange_instance_transfer', {
      source: 'event_contract',
      destination: 'event_contract',
      amount,
      source_exchange_shard: from,
      destination_exchange_shard: to,
    });

  it('moved between shards is listed, newest first, page by page, and found by its id', () => {
    const first = transfer(12_345, 0, 2).json.transfer_id;
    venue.advanceTo(epochMs(WORLD_STARTS_AT + 5_000));
    const second = transfer(10_000, 2, 0).json.transfer_id;
    expect(second).not.toBe(first);
    const { json } = desk('GET', `${TRANSFERS}?limit=1`);
    expect(json.transfers).toEqual([
      {
        transfer_id: second,
        source: 'event_contract',
        destination: 'event_contract',
        source_exchange_shard: 2,
        destination_exchange_shard: 0,
        amount: '1.000000',
        status: 'complete',
        created_ts: WORLD_STARTS_AT / 1_000 + 5,
      },
    ]);
    const last = desk('GET', `${TRANSFERS}?limit=1&cursor=${json.cursor}`).json;
    expect(last.transfers).toMatchObject([{ transfer_id: first, amount: '1.234500' }]);
    expect(last).not.toHaveProperty('cursor');
    expect(desk('GET', `${TRANSFERS}/${first}`).json.transfer).toMatchObject({ transfer_id: first });
    expect(desk('GET', `${TRANSFERS}/nope`).status).toBe(404);
    expect(restDesk(venue, 'bob')('GET', `${TRANSFERS}/${first}`).status).toBe(404);
    expect(desk('GET', `${TRANSFERS}?limit=501`).status).toBe(400);
  });

  it('came in as deposits and never leaves', () => {
    expect(desk('GET', '/portfolio/deposits').json.deposits).toMatchObject([
      { status: 'applied', amount_cents: 500_000, fee_cents: 0 },
      { status: 'applied', amount_cents: 500_000, fee_cents: 0 },
    ]);
    expect(desk('GET', '/portfolio/withdrawals').json).toEqual({ withdrawals: [], cursor: '' });
  });

  it('that resting orders may cost is summed per shard, each order at the price of its own side', () => {
    const likely = venue.markets().find(({ market }) => (venue.book(market.ticker)?.bids[0]?.price ?? 0) > 2_000);
    const { ticker = '', shard = 0 } = likely?.market ?? {};
    const rest = { time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross' };
    desk('POST', '/portfolio/events/orders', { ticker, side: 'bid', price: '0.0100', count: '50.00', ...rest });
    desk('POST', '/portfolio/events/orders', { ticker, side: 'ask', price: '0.9900', count: '10.00', ...rest });
    const { json } = desk('GET', '/portfolio/summary/total_resting_order_value');
    expect(json.total_resting_order_value).toBe(60);
    const [here] = json.resting_order_value_breakdown.filter(
      (one: { exchange_index: number }) => one.exchange_index === shard,
    );
    expect(here.balance).toBe('0.6000');
  });

  it('lies in the primary subaccount, the only one', () => {
    const { subaccount_balances: balances } = desk('GET', '/portfolio/subaccounts/balances').json;
    expect(balances.map((one: { subaccount_number: number }) => one.subaccount_number)).toEqual([0, 0]);
    expect(balances[0].balance).toBe('4999.7655');
    expect(desk('GET', '/portfolio/subaccounts/netting').json.netting_configs).toHaveLength(2);
    expect(desk('GET', '/portfolio/subaccounts/transfers').json).toEqual({ transfers: [], cursor: '' });
    expect(desk('POST', '/portfolio/subaccounts', {}).status).toBe(400);
    const move = { client_transfer_id: 'a', from_subaccount: 0, to_subaccount: 1, amount_cents: 5 };
    expect(desk('POST', '/portfolio/subaccounts/transfer', move).json.error.details).toContain('no numbered');
    expect(desk('GET', '/portfolio/balance?subaccount=1').status).toBe(400);
  });
});

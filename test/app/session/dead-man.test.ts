/**
 * The dead man's first two layers, each with the others off, against the embedded exchange (reliability.md I6, X-3). The
 * third, the watchdog, is in test/processes/watchdog.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { SIM_CASH } from '../../../src/lib/app/sim/sim-world.ts';
import { restDesk } from '../../support/rest-desk.ts';
import type { Json } from '../../support/sim-client.ts';
import { Scene } from '../../support/virtual-session.ts';

const LEASES_OF_TEN_SECONDS = 'schema = "kmm/1"\n[quoting]\nlease_seconds = 10\n';

describe('the lease alone', () => {
  it('clears the book of a host that is gone for good within its time and five seconds: no kill, no group (F29)', async () => {
    const scene = new Scene('KXBTC15M,KXHIGHNY', undefined, 'sim', LEASES_OF_TEN_SECONDS);
    await scene.open();
    await scene.run(15);
    await scene.crash(0);
    // The group is there and idle: nothing fills against its limit, and no time ends it.
    expect(scene.resting()).toBeGreaterThan(5);
    await scene.crash(15);
    expect(scene.resting()).toBe(0);
    const ended = new Set(scene.orders().map(({ status }) => status));
    expect(ended).toEqual(new Set(['canceled', ...(ended.has('executed') ? ['executed'] : [])]));
  });
});

describe('the order group alone', () => {
  it('lets a sweep through the quotes of a dead trader fill its limit in 15 s, and cancels the rest (F27, I5)', async () => {
    // Ten contracts a side, of which three markets may fill at once: 30; there are more markets than that.
    const config = `schema = "kmm/1"
[quoting]
lease_seconds = 600
order_size_contracts = 10
[risk]
loss_market_dollars_max = 50
loss_event_dollars_max = 200
loss_total_dollars_max = 300
loss_day_dollars_max = 50
position_contracts_max = 10
order_size_contracts_max = 10
orders_per_minute_max = 600
`;
    const scene = new Scene('KXHIGHNY', undefined, 'sim', config);
    await scene.open();
    await scene.run(15);
    await scene.crash(0);
    const bids = resting(scene).filter(({ book_side: side }) => side === 'bid');
    const limit = Number(groups(scene)[0]?.contracts_limit_fp);
    const rest = bids.reduce((total, { remaining_count_fp: left }) => total + Number(left), 0);
    expect([limit, rest > limit]).toEqual([30, true]);
    const filledBefore = filled(scene);
    sweep(scene, bids);
    await scene.run(1);

    // The match that passes the limit is made: one order too many, never two, and every other is cancelled, asks too.
    expect([filled(scene) - filledBefore, resting(scene)]).toEqual([limit + 10, []]);
  });
});

function resting(scene: Scene): Json[] {
  return scene.orders('resting') as unknown as Json[];
}

function groups(scene: Scene): Json[] {
  return scene.desk('GET', '/portfolio/order_groups').json.order_groups;
}

/** Contracts of ours that have filled. */
function filled(scene: Scene): number {
  return (scene.orders() as unknown as Json[]).reduce((sum, { fill_count_fp: count }) => sum + Number(count), 0);
}

/** Somebody sells into every one of these bids, through all that stands before them. */
function sweep(scene: Scene, bids: readonly Json[]): void {
  for (const [index, { ticker, yes_price_dollars: price }] of bids.entries()) {
    const whale = `whale ${index}`;
    scene.venue.openAccount(whale, SIM_CASH);
    const { status } = restDesk(scene.venue, whale)('POST', '/portfolio/events/orders', {
      ...{ ticker, side: 'ask', count: '9000.00', price, client_order_id: `whale-${index}` },
      ...{ time_in_force: 'immediate_or_cancel', self_trade_prevention_type: 'taker_at_cross' },
    });
    expect(status).toBe(201);
  }
}

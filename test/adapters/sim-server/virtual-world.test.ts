/** A whole world behind the link of virtual time: the same seed and the same client make the same bytes, every time. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../../src/lib/adapters/sim-server/virtual-clock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

interface Run {
  readonly digest: string;
  readonly frames: number;
  readonly placed: number;
}

/** A small maker that bids one tick below the best bid every second, over REST, and listens to everything. */
async function run(seed: string, minutes: number): Promise<Run> {
  const venue = world(seed);
  const served = new ServedVenue(venue);
  const clock = new VirtualClock(WORLD_STARTS_AT);
  const { wire, stream } = virtualLink({ served, accountId: 'alice', clock, latencyMs: 8 });
  const digest = createHash('sha256');
  const ticker = venue.markets()[0]?.market.ticker ?? '';
  let frames = 0;
  let placed = 0;
  stream.open({
    onUp() {
      const channels = ['orderbook_delta', 'trade', 'ticker', 'fill', 'user_orders', 'market_lifecycle_v2'];
      stream.send(JSON.stringify({ id: 1, cmd: 'subscribe', params: { channels, market_ticker: ticker } }));
    },
    onFrame(_, frame) {
      frames += 1;
      digest.update(frame).update('\n');
    },
    onHeard() {},
    onDown() {},
  });
  async function quote(): Promise<void> {
    const path = `/trade-api/v2/markets/${ticker}`;
    const market = await wire.request({ method: 'GET', path });
    if (market.kind === 'failure') throw new Error(market.reason);
    const { yes_bid_dollars: bid } = JSON.parse(market.body).market as { yes_bid_dollars: string };
    placed += 1;
    const order = {
      ticker,
      side: 'bid',
      price: bid,
      count: '1.00',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'maker',
      client_order_id: `quote-${placed}`,
      expiration_time: Math.floor(clock.now() / 1_000) + 3,
      exchange_index: 2,
    };
    const reply = await wire.request({
      method: 'POST',
      path: '/trade-api/v2/portfolio/events/orders',
      body: JSON.stringify(order),
    });
    digest.update(JSON.stringify(reply)).update('\n');
  }
  clock.every(1_000, () => void quote());
  await clock.run(epochMs(WORLD_STARTS_AT + minutes * 60_000), served);
  return { digest: digest.digest('hex'), frames, placed };
}

describe('a world in virtual time', () => {
  it('gives the same frames and answers for the same seed and others for another', async () => {
    const [first, second, other] = [await run('one', 5), await run('one', 5), await run('two', 5)];
    expect(first.frames).toBeGreaterThan(1_000);
    expect(first.placed).toBe(299);
    expect(second.digest).toBe(first.digest);
    expect(second.frames).toBe(first.frames);
    expect(other.digest).not.toBe(first.digest);
  });
});

describe('the minute after a sweep', () => {
  it('has each new order cancelled at the moment in which it came', async () => {
    const venue = world('swept');
    const served = new ServedVenue(venue);
    const clock = new VirtualClock(WORLD_STARTS_AT);
    const { ticker } = venue.markets()[0]?.market ?? { ticker: '' };
    venue.cancelAll('alice');
    clock.after(100, () => {
      served.catchUp(clock.now());
      const order = { ticker, side: 'bid', price: 100, size: 100, timeInForce: 'good_till_canceled' } as const;
      venue.create('alice', { ...order, selfTradePrevention: 'maker' } as never);
      served.catchUp(clock.now());
    });
    await clock.run(epochMs(WORLD_STARTS_AT + 1_000), served);
    expect(venue.orders('alice')).toMatchObject([{ status: 'canceled', updatedAt: WORLD_STARTS_AT + 100 }]);
  });
});

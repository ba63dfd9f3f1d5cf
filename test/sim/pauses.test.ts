import { describe, expect, it } from 'vitest';
import { maintenanceWindow } from '../../src/lib/core/clock/maintenance.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';
import { delta, recorded, advanceTo as runTo, snapshot } from './support/recording.ts';
import { accepted, factsOf, order, refusal, SHARD, START, smallWorld } from './support/small-world.ts';

describe('the weekly pause', () => {
  it.each([
    ['in winter', Date.UTC(2026, 10, 25, 12), Date.UTC(2026, 10, 26, 8)],
    ['in summer', Date.UTC(2026, 6, 3, 12), Date.UTC(2026, 6, 9, 7)],
    ['from its first moment on', Date.UTC(2026, 10, 26, 8), Date.UTC(2026, 10, 26, 8)],
    ['until its last', Date.UTC(2026, 10, 26, 9, 59, 59, 999), Date.UTC(2026, 10, 26, 8)],
    ['and then the next', Date.UTC(2026, 10, 26, 10), Date.UTC(2026, 11, 3, 8)],
    ['over the change of clocks', Date.UTC(2026, 9, 30, 12), Date.UTC(2026, 10, 5, 8)],
  ])('%s is on Thursday, 03:00 to 05:00 in New York', (_, at, startsAt) => {
    expect(maintenanceWindow(epochMs(at))).toEqual({ startsAt, endsAt: startsAt + 2 * 3_600_000 });
  });

  it('stops trading on every shard by itself, says when it ends, and ends then', () => {
    const startsAt = Date.UTC(2026, 10, 26, 8);
    const world = generatedWorld({ seed: 1, startAt: epochMs(startsAt - 60_000), series: ['KXHIGHNY'] });
    world.openAccount('ann', [{ shard: 0, cash: 100_000_000 as never }]);
    world.advanceTo(epochMs(startsAt - 1));
    const likely = world.markets().find(({ market }) => (world.book(market.ticker)?.bids[0]?.price ?? 0) > 2_000);
    const ticker = likely?.market.ticker ?? '';
    const bid = (cents: number, more = {}) => world.create('ann', { ...order('bid', cents, 1, more), ticker });
    const stays = accepted(bid(1));
    const leaves = accepted(bid(2, { cancelOnPause: true }));
    world.drain();
    world.advanceTo(epochMs(startsAt));
    const facts = world.drain();
    expect(factsOf(facts, 'pause').map(({ shard, isTrading, isActive }) => [shard, isTrading, isActive])).toEqual(
      [0, 1, 2, 3].map((shard) => [shard, false, true]),
    );
    expect(world.resumesAt(0)).toBe(startsAt + 7_200_000);
    expect(world.order('ann', leaves.orderId)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' });
    expect(refusal(bid(1))).toBe('400 trading_is_paused');
    world.advanceTo(epochMs(startsAt + 600_000));
    expect(factsOf(world.drain(), 'trade')).toEqual([]);
    expect(world.cancel('ann', stays.orderId).kind).toBe('cancelled');
    world.advanceTo(epochMs(startsAt + 7_200_000));
    expect([world.isTradingActive(0), world.isTradingActive(SHARD)]).toEqual([true, true]);
    expect(world.resumesAt(0)).toBeUndefined();
    expect(world.maintenance()?.startsAt).toBe(Date.UTC(2026, 11, 3, 8));
  });

  it('can be left out', () => {
    const startsAt = Date.UTC(2026, 10, 26, 8);
    const rules = { hasWeeklyPause: false };
    const world = generatedWorld({ seed: 1, startAt: epochMs(startsAt - 1_000), series: ['KXHIGHNY'], rules });
    world.advanceTo(epochMs(startsAt + 1_000));
    expect(world.isTradingActive(0)).toBe(true);
    expect(world.maintenance()).toBeUndefined();
  });

  it('does not end a pause that was asked for, and is ended by a resumption that is', () => {
    const startsAt = Date.UTC(2026, 10, 26, 8);
    const world = generatedWorld({ seed: 1, startAt: epochMs(startsAt), series: ['KXHIGHNY'] });
    world.control({ action: 'pause', shard: 1, scope: 'trading' });
    world.control({ action: 'resume', shard: 2 });
    expect([1, 2, 3].map((shard) => world.isTradingActive(shard))).toEqual([false, true, false]);
    world.advanceTo(epochMs(startsAt + 7_200_000));
    expect([1, 2, 3].map((shard) => world.isTradingActive(shard))).toEqual([false, true, true]);
  });
});

describe('a pause on request', () => {
  it('ends by itself when it was told when', () => {
    const { world } = smallWorld();
    world.control({ action: 'pause', scope: 'exchange', until: epochMs(START + 30_000) });
    expect(world.resumesAt(SHARD)).toBe(START + 30_000);
    expect(refusal(world.transfer('ann', SHARD, 0, 1_000_000 as never))).toBe('400 exchange_is_paused');
    world.advanceTo(epochMs(START + 30_000));
    expect([world.isExchangeActive(SHARD), world.isTradingActive(SHARD)]).toEqual([true, true]);
  });

  it('asked for again runs until its newest end', () => {
    const { world } = smallWorld();
    world.control({ action: 'pause', scope: 'trading', until: epochMs(START + 30_000) });
    world.control({ action: 'pause', scope: 'trading', until: epochMs(START + 90_000) });
    world.advanceTo(epochMs(START + 60_000));
    expect(world.isTradingActive(SHARD)).toBe(false);
    world.advanceTo(epochMs(START + 90_000));
    expect(world.isTradingActive(SHARD)).toBe(true);
  });

  it('cannot end in the past', () => {
    const { world } = smallWorld();
    expect(refusal(world.control({ action: 'pause', scope: 'trading', until: START }))).toContain('future');
    expect(world.isTradingActive(SHARD)).toBe(true);
  });

  it('keeps a recording from filling what stands in it', () => {
    const world = recorded([snapshot(0, [[45, 5]], [[55, 5]]), delta(2, 'ask', 45.5, 9), delta(4, 'ask', 46, 1)]);
    const { orderId } = accepted(
      world.create('ann', { ...order('bid', 50, 1), ticker: world.markets()[0]?.market.ticker ?? '' }),
    );
    world.control({ action: 'pause', scope: 'trading' });
    runTo(world, 3);
    expect(world.order('ann', orderId)?.status).toBe('resting');
    world.control({ action: 'resume' });
    runTo(world, 5);
    expect(world.order('ann', orderId)?.status).toBe('executed');
  });
});

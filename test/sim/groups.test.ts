import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/lib/core/units.ts';
import type { SimWorld } from '../../src/lib/sim/sim-world.ts';
import type { VenueGroup } from '../../src/lib/sim/venue.ts';
import {
  accepted,
  bookText,
  contractsOf,
  factsOf,
  IOC,
  order,
  refusal,
  SHARD,
  START,
  smallWorld,
} from './support/small-world.ts';

function groupOf(world: SimWorld, contracts: number): string {
  const group = world.createGroup('ann', contractsOf(contracts), SHARD);
  if ('kind' in group) throw new Error(group.code);
  return group.groupId;
}

function stateOf(world: SimWorld): VenueGroup | undefined {
  return world.groups('ann')[0];
}

describe('an order group', () => {
  it('trips when more than its limit is matched within 15 s: its orders go, new ones are refused', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    for (const cents of [45, 44, 43]) world.create('ann', order('bid', cents, 10, { groupId }));
    world.create('ann', order('bid', 42, 10));
    world.create('bob', order('ask', 45, 10, IOC));
    expect(stateOf(world)?.isTriggered).toBe(false);
    world.drain();
    world.create('bob', order('ask', 44, 1, IOC));
    expect(stateOf(world)).toMatchObject({ isTriggered: true, orderIds: [] });
    expect(bookText(world)).toBe('42×10 |');
    expect(factsOf(world.drain(), 'group').map((fact) => fact.change)).toEqual(['triggered']);
    expect(refusal(world.create('ann', order('bid', 45, 1, { groupId })))).toContain('order group is triggered');
  });

  it('forgets what was matched 15 s ago', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    world.create('ann', order('bid', 45, 30, { groupId }));
    world.create('bob', order('ask', 45, 10, IOC));
    world.advanceTo(epochMs(START + 14_999));
    world.create('bob', order('ask', 45, 0.01, IOC));
    expect(stateOf(world)?.isTriggered).toBe(true);

    const later = smallWorld().world;
    const other = groupOf(later, 10);
    later.create('ann', order('bid', 45, 30, { groupId: other }));
    later.create('bob', order('ask', 45, 10, IOC));
    later.advanceTo(epochMs(START + 15_000));
    later.create('bob', order('ask', 45, 10, IOC));
    expect(stateOf(later)?.isTriggered).toBe(false);
  });

  it('stops a sweep in the middle: the taker meets no more of the group', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    for (const cents of [45, 44, 43]) world.create('ann', order('bid', cents, 8, { groupId }));
    const sweep = accepted(world.create('bob', order('ask', 40, 24, IOC)));
    expect(sweep.filled).toBe(1_600);
  });

  it('stops its own taker: what it has not yet taken is cancelled', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    for (const cents of [50, 51, 52]) world.create('bob', order('ask', cents, 8));
    const taker = accepted(world.create('ann', order('bid', 55, 24, { groupId })));
    expect([taker.filled, taker.status, taker.remaining]).toEqual([1_600, 'canceled', 0]);
  });

  it('is reset with an empty count', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    world.create('ann', order('bid', 45, 30, { groupId }));
    world.create('bob', order('ask', 45, 11, IOC));
    expect(world.changeGroup('ann', groupId, { verb: 'reset' })).toMatchObject({ isTriggered: false });
    world.create('ann', order('bid', 45, 30, { groupId }));
    world.create('bob', order('ask', 45, 10, IOC));
    expect(stateOf(world)?.isTriggered).toBe(false);
  });

  it('is triggered by hand, and by a limit set under what was matched', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    world.create('ann', order('bid', 45, 30, { groupId }));
    world.create('bob', order('ask', 45, 8, IOC));
    world.drain();
    expect(world.changeGroup('ann', groupId, { verb: 'limit', limit: contractsOf(7) })).toMatchObject({
      isTriggered: true,
    });
    expect(factsOf(world.drain(), 'group').map(({ change, limit }) => [change, limit])).toEqual([
      ['limit_updated', 700],
      ['triggered', undefined],
    ]);
    world.changeGroup('ann', groupId, { verb: 'reset' });
    expect(world.changeGroup('ann', groupId, { verb: 'trigger' })).toMatchObject({ isTriggered: true });
  });

  it('cannot be changed in an exchange pause, nor to a limit of nothing', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    expect(refusal(world.changeGroup('ann', groupId, { verb: 'limit', limit: contractsOf(0) }))).toContain(
      'bad_request',
    );
    world.control({ action: 'pause', shard: SHARD, scope: 'exchange' });
    expect(refusal(world.changeGroup('ann', groupId, { verb: 'trigger' }))).toBe('400 exchange_is_paused');
    expect(stateOf(world)).toMatchObject({ isTriggered: false, limit: 1_000 });
  });

  it('deleted takes its orders with it', () => {
    const { world } = smallWorld();
    const groupId = groupOf(world, 10);
    world.create('ann', order('bid', 45, 3, { groupId }));
    world.create('ann', order('bid', 44, 3));
    world.changeGroup('ann', groupId, { verb: 'delete' });
    expect(bookText(world)).toBe('44×3 |');
    expect(world.groups('ann')).toEqual([]);
    expect(refusal(world.changeGroup('ann', groupId, { verb: 'reset' }))).toBe('404 not_found');
  });

  it('belongs to one account and one shard, and its limit is 1 to 1,000,000 contracts', () => {
    const { world } = smallWorld();
    const elsewhere = world.createGroup('ann', contractsOf(5), SHARD + 1);
    if ('kind' in elsewhere) throw new Error(elsewhere.code);
    const { groupId } = elsewhere;
    expect(refusal(world.create('ann', order('bid', 45, 1, { groupId })))).toContain('order group not found');
    expect(refusal(world.create('bob', order('bid', 45, 1, { groupId })))).toContain('order group not found');
    expect(refusal(world.createGroup('ann', contractsOf(0.99), SHARD))).toContain('bad_request');
    expect(refusal(world.createGroup('ann', contractsOf(1_000_000.01), SHARD))).toContain('bad_request');
    expect(refusal(world.createGroup('ann', contractsOf(1), 7))).toContain('exchange_index');
  });
});

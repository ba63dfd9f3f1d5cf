/** Order groups of a session: there whenever they are wanted, and none of them left behind. The exchange's listing judges. */
import { describe, expect, it } from 'vitest';
import { KalshiControls } from '../../../../src/lib/adapters/kalshi/rest-controls.ts';
import { virtualLink } from '../../../../src/lib/adapters/sim-server/link.ts';
import { groupLimit } from '../../../../src/lib/app/session/orders/group-limit.ts';
import { OrderGroups } from '../../../../src/lib/app/session/orders/order-groups.ts';
import { centicontracts } from '../../../../src/lib/core/units.ts';
import type { Wire } from '../../../../src/lib/ports.ts';
import { quotingStory } from '../../../support/engine.ts';
import { ACCOUNT, Scene } from '../../../support/virtual-session.ts';

class Bench {
  readonly scene = new Scene('KXBTC15M');
  isBroken = false;
  isArmed = true;
  readonly warnings: string[] = [];
  readonly made: string[] = [];
  readonly ended: string[] = [];
  left: { account: string; groupId: string; shard: number }[] = [];
  readonly groups: OrderGroups;

  constructor() {
    const { clock, served } = this.scene;
    const { wire: exchange } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const wire: Wire = {
      request: async (request) =>
        this.isBroken ? { kind: 'failure', reason: 'ETIMEDOUT: no answer' } : exchange.request(request),
    };
    this.groups = new OrderGroups({
      ...{ controls: new KalshiControls(wire), engine: quotingStory().engine, account: ACCOUNT },
      rows: {
        made: ({ groupId }) => void this.made.push(groupId),
        ended: ({ groupId }) => void this.ended.push(groupId),
        left: () => this.left,
      },
      ...{ mayMake: () => this.isArmed, now: () => clock.now(), warn: (text) => this.warnings.push(text) },
      asks: () => {},
    });
  }

  settled<Value>(work: Promise<Value>): Promise<Value> {
    return this.scene.clock.runUntilSettled(work, this.scene.served);
  }

  listed(): number {
    return this.scene.desk('GET', '/portfolio/order_groups').json.order_groups.length;
  }
}

describe('the order groups of a session', () => {
  it('are gone at its end, one that was just being made among them', async () => {
    const bench = new Bench();
    await bench.settled(bench.groups.ensure([0]));
    const making = bench.groups.ensure([2]);
    await bench.settled(Promise.all([making, bench.groups.drop()]));
    expect([bench.listed(), bench.groups.count]).toEqual([0, 0]);
  });

  it('are made when production is armed, and asked for in vain until then', async () => {
    const bench = new Bench();
    bench.isArmed = false;
    expect(await bench.settled(bench.groups.ensure([0]))).toBeUndefined();
    expect([bench.listed(), bench.groups.count]).toEqual([0, 0]);
    bench.isArmed = true;
    bench.groups.tick();
    await bench.scene.run(1);
    expect([bench.listed(), bench.groups.count]).toEqual([1, 1]);
  });

  it('are not made any more after its end', async () => {
    const bench = new Bench();
    await bench.settled(bench.groups.drop());
    expect(await bench.settled(bench.groups.ensure([0]))).toMatch(/ending/);
    bench.groups.tick();
    await bench.scene.run(1);
    expect(bench.listed()).toBe(0);
  });

  it('are made later where they could not be made at first', async () => {
    const bench = new Bench();
    bench.isBroken = true;
    expect(await bench.settled(bench.groups.ensure([2]))).toMatch(/ETIMEDOUT/);
    bench.groups.tick();
    await bench.scene.run(1);
    bench.isBroken = false;
    bench.groups.tick();
    await bench.scene.run(1);
    expect([bench.listed(), bench.groups.idOn(2) !== undefined]).toEqual([1, true]);
  });

  it('are there for whoever asked while another was having them made', async () => {
    const bench = new Bench();
    const first = bench.groups.ensure([2]);
    const second = bench.groups.ensure([2]).then(() => bench.groups.idOn(2));
    expect(await bench.settled(second)).toEqual(expect.any(String));
    expect(await bench.settled(first)).toBeUndefined();
    expect(bench.listed()).toBe(1);
  });

  it('of a session that crashed are deleted by the next, those that are gone already are forgotten, no others touched', async () => {
    const bench = new Bench();
    const foreign = bench.scene.desk('POST', '/portfolio/order_groups/create', { contracts_limit: 5 });
    expect(foreign.status).toBe(201);
    await bench.settled(bench.groups.ensure([2]));
    const [groupId = ''] = bench.made;
    const gone = { account: ACCOUNT, groupId: 'long-gone', shard: 0 };
    bench.left = [{ account: ACCOUNT, groupId, shard: 2 }, gone];
    expect([await bench.settled(bench.groups.dropLeft()), bench.ended]).toEqual([2, [groupId, 'long-gone']]);
    expect(bench.listed()).toBe(1);
  });

  it.each(['triggered', 'deleted', 'reset', 'limit_updated'])(
    'that another %s halts its shard (F27)',
    async (eventType) => {
      const bench = new Bench();
      await bench.settled(bench.groups.ensure([0, 2]));
      const groupId = bench.groups.idOn(2) ?? '';
      const at = bench.scene.clock.now();
      const limit = eventType === 'limit_updated' ? { limit: centicontracts(100) } : {};
      expect(bench.groups.heard({ groupId, eventType, ...limit }, at)).toMatchObject({
        name: 'GROUP',
        scope: 'shard:2',
      });
      expect(bench.groups.heard({ groupId, eventType: 'created' }, at)).toBeUndefined();
      expect(bench.groups.heard({ groupId: 'of others', eventType }, at)).toBeUndefined();
      // The engine here knows of no halt: as after it was cleared. A new one takes its place, the old one goes.
      bench.groups.tick();
      await bench.scene.run(1);
      bench.groups.tick();
      await bench.scene.run(1);
      expect([bench.groups.idOn(2) === groupId, bench.ended, bench.listed()]).toEqual([false, [groupId], 2]);
    },
  );

  it('let fill the inventory of a shard in whole contracts, of three markets at most', () => {
    const position = centicontracts(1_050);
    expect([0, 1, 2, 3, 9].map((markets) => groupLimit(position, markets))).toEqual([
      1_100, 1_100, 2_100, 3_200, 3_200,
    ]);
    expect(groupLimit(centicontracts(100_000_000), 3)).toBe(100_000_000);
  });
});

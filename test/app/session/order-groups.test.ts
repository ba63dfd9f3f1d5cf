/** Order groups of a session: there whenever they are wanted, and none of them left behind. The exchange's listing judges. */
import { describe, expect, it } from 'vitest';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { OrderGroups } from '../../../src/lib/app/session/order-groups.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { quotingStory } from '../../support/engine.ts';
import { ACCOUNT, Scene } from '../../support/virtual-session.ts';

class Bench {
  readonly scene = new Scene('KXBTC15M');
  isBroken = false;
  readonly warnings: string[] = [];
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
      rows: { made: () => undefined, ended: () => undefined, left: () => [] },
      ...{ now: () => clock.now(), warn: (text) => this.warnings.push(text) },
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
});

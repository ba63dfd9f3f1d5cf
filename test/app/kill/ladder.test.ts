/** The kill ladder on the wire: what leaves in which order, and what waits for nothing. The exchange judges the rest. */
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { isMeant } from '../../../src/lib/app/kill/kill-scope.ts';
import { climb, type LadderPlan, type LadderResult } from '../../../src/lib/app/kill/ladder.ts';
import type { Wire, WireReply } from '../../../src/lib/ports.ts';
import type { VenueGroup } from '../../../src/lib/sim/venue.ts';
import { ACCOUNT, Scene } from '../../support/virtual-session.ts';

const SPACING_MS = 5_000;
const ALL = { scope: 'account', markets: [] } as const;

/** A trader that has died over its quotes, and a connection to its account whose calls are written down. */
class Bench {
  readonly scene = new Scene('KXBTC15M,KXHIGHNY');
  readonly calls: { readonly at: number; readonly call: string }[] = [];
  /** Calls of which no answer ever comes. */
  lost: RegExp | undefined;

  async left(): Promise<this> {
    await this.scene.open();
    await this.scene.run(15);
    await this.scene.crash(0);
    return this;
  }

  climb(plan: Partial<LadderPlan> = {}): Promise<LadderResult> {
    const { clock, served } = this.scene;
    const { wire: exchange } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const begunAt = clock.now();
    const wire: Wire = {
      request: async (request) => {
        const call = `${request.method} ${request.path.replace(/.*portfolio/, '')}`;
        this.calls.push({ at: clock.now() - begunAt, call });
        if (!this.lost?.test(call)) return exchange.request(request);
        return new Promise<WireReply>((resolve) => {
          clock.after(3_000, () => resolve({ kind: 'failure', reason: 'ETIMEDOUT: no answer' }));
        });
      },
    };
    const whole: LadderPlan = {
      ...{ isSweeping: true, groups: 'all', knownGroups: [], isMeant: isMeant(ALL, 'kmm-') },
      ...{ spacingMs: SPACING_MS, boundMs: 10_000, ...plan },
    };
    const exchangeOf = { rest: new KalshiRest(wire), controls: new KalshiControls(wire), clock };
    return clock.runUntilSettled(climb(exchangeOf, whole), served);
  }

  /** Names of what left at once, before any answer. */
  first(): string[] {
    return this.calls.filter(({ at }) => at === 0).map(({ call }) => call);
  }

  groups(): readonly VenueGroup[] {
    return this.scene.venue.groups(ACCOUNT);
  }
}

describe('the kill ladder', () => {
  it('sends the sweep at once, trips the groups without waiting for it, and believes two listings spaced by the lag', async () => {
    const bench = await new Bench().left();
    const strangers = bench.scene.desk('POST', '/portfolio/events/orders', strangerIn(bench.scene));
    expect(strangers.status).toBe(201);
    const before = bench.scene.resting();
    const result = await bench.climb();
    expect(result).toMatchObject({ isConfirmed: true, isSwept: true, groupsTriggered: 2, resting: [], notes: [] });
    expect(bench.first()).toEqual(['GET /orders', 'DELETE /events/orders', 'GET /order_groups', 'GET /orders']);
    expect(result.found.length).toBe(before);
    expect(result.found.filter(({ clientOrderId }) => !clientOrderId.startsWith('kmm-'))).toHaveLength(1);
    const listings = bench.calls.filter(({ call }) => call === 'GET /orders').map(({ at }) => at);
    expect((listings.at(-1) ?? 0) - (listings.at(-2) ?? 0)).toBeGreaterThanOrEqual(SPACING_MS);
    expect(bench.groups().every(({ isTriggered }) => isTriggered)).toBe(true);
    expect(bench.scene.resting()).toBe(0);
  });

  it('needs neither the sweep nor the listing of groups: what is known is tripped, what rests is cancelled by id', async () => {
    const bench = await new Bench().left();
    bench.lost = /DELETE \/events\/orders$|GET \/order_groups/;
    const [known] = bench.groups();
    const result = await bench.climb({
      knownGroups: known === undefined ? [] : [known],
    });
    expect(bench.first()).toContain(`PUT /order_groups/${known?.groupId}/trigger`);
    expect(result).toMatchObject({ isConfirmed: true, isSwept: false, groupsTriggered: 1 });
    expect(result.cancelled).toBeGreaterThan(0);
    expect(result.notes.join('\n')).toMatch(
      /groups could not be listed[\s\S]*account-wide cancel was no proper answer/,
    );
    expect(bench.calls.find(({ call }) => call.startsWith('DELETE /events/orders/batched'))?.at).toBeLessThan(100);
    expect(bench.scene.resting()).toBe(0);
  });

  it('that cannot cancel says what rests', async () => {
    const bench = await new Bench().left();
    bench.lost = /DELETE|PUT/;
    const result = await bench.climb();
    expect(result.isConfirmed).toBe(false);
    expect(result.resting.length).toBe(bench.scene.resting());
  });

  it('of a series or a strategy takes its orders by id, touches no group, and leaves the others', async () => {
    const bench = await new Bench().left();
    const narrow = { isSweeping: false, groups: 'none' } as const;
    const highs = isMeant({ scope: 'account', markets: ['KXHIGHNY'] }, 'kmm-');
    const result = await bench.climb({ ...narrow, isMeant: highs });
    expect(result).toMatchObject({ isConfirmed: true, cancelled: result.found.length });
    expect(new Set(result.found.map(({ ticker }) => ticker.split('-')[0]))).toEqual(new Set(['KXHIGHNY']));
    const cancelled = bench.scene.orders().filter(({ status }) => status === 'canceled');
    expect(cancelled.filter(({ ticker }) => !ticker.startsWith('KXHIGHNY'))).toEqual([]);
    const hand = isMeant({ scope: 'own', markets: [], strategy: 'hand' }, 'kmm-a-');
    const placed = (by: string) => hand({ ticker: 'KXHIGHNY-1', clientOrderId: `kmm-a-1-${by}-7` });
    expect(['hand', 'flatten', 'cara'].map(placed)).toEqual([true, true, false]);
    const none = isMeant({ scope: 'account', markets: [], strategy: 'hand' }, 'kmm-');
    expect(await bench.climb({ ...narrow, isMeant: none })).toMatchObject({
      isConfirmed: true,
      cancelled: 0,
      found: [],
    });
    expect(bench.groups().some(({ isTriggered }) => isTriggered)).toBe(false);
    expect(bench.calls.map(({ call }) => call.split('/')[1])).not.toContain('order_groups');
  });
});

function strangerIn(scene: Scene) {
  const ticker = scene.orders('resting').find((one) => one.ticker.startsWith('KXHIGHNY'))?.ticker ?? '';
  return {
    ...{ ticker, side: 'bid', count: '3.00', price: '0.0100', client_order_id: 'web-1' },
    ...{ time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross' },
  };
}

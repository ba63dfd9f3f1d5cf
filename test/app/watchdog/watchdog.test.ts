/** The watchdog on a clock of the test: when it acts, and above all when it does not. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../src/lib/adapters/kalshi/result.ts';
import type { KillReport } from '../../../src/lib/app/kill/kill-report.ts';
import { Watchdog } from '../../../src/lib/app/watchdog/watchdog.ts';
import type { WatchdogCheck, WatchdogRecord } from '../../../src/lib/app/watchdog/watchdog-records.ts';
import type { OwnOrder } from '../../../src/lib/core/orders/order-types.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';

const LIMITS = { stallMs: 20_000, checkMs: 5_000, leaseMs: 600_000, freezeMs: 60_000 };
const DOWN: Result<never> = { ok: false, error: { kind: 'unreachable', reason: 'ENETUNREACH' } };

function order(id: string, expiresInS: number, strategy = 'cara'): OwnOrder {
  const size = centicontracts(500);
  return {
    ...{ orderId: id, clientOrderId: `kmm-a1b2c3-7-${strategy}-1`, ticker: 'KXTEST-1', side: 'bid', status: 'resting' },
    ...{ price: centicents(4_500), filled: centicontracts(0), remaining: size, initial: size },
    expiresAt: epochMs(expiresInS * 1_000),
  };
}

/** A trader and an exchange as the watchdog sees them, and what it did. */
class Bench {
  now = 0;
  mark: { pid: number; turn: number; at: number } | undefined;
  orders: readonly OwnOrder[] = [];
  isDown = false;
  closesAt: number | undefined;
  asked = 0;
  readonly reasons: string[] = [];
  readonly records: WatchdogRecord[] = [];
  killed = (): KillReport => ({ isConfirmed: true }) as KillReport;
  readonly watchdog = new Watchdog({
    ...{ env: 'sim', limits: LIMITS, clock: { monotonicMs: () => this.now, after: () => () => {} } },
    wallNow: () => this.now,
    readMark: () => this.mark,
    resting: async () => {
      this.asked += 1;
      return this.isDown ? DOWN : { ok: true, value: this.orders };
    },
    closeOf: async () => this.closesAt,
    kill: async (reason) => {
      this.reasons.push(reason);
      return this.killed();
    },
    tell: (record) => this.records.push(record),
  });

  /** Looks every five seconds for so long; `live` is what happens before each look. */
  async watch(seconds: number, live: (look: number) => void = () => {}): Promise<WatchdogCheck['state'][]> {
    const states: WatchdogCheck['state'][] = [];
    for (let look = 1; look <= seconds / 5; look++) {
      this.now += LIMITS.checkMs;
      live(look);
      states.push((await this.watchdog.look()).state);
    }
    return states;
  }

  turns(): void {
    this.mark = { pid: 1, turn: (this.mark?.turn ?? 0) + 5, at: this.now };
  }
}

describe('beside the trader the watchdog', () => {
  it('fires at the second look that finds no turn for 20 s, within 30 s of the last one, and goes on watching (F34)', async () => {
    const bench = new Bench();
    bench.orders = [order('x', 600)];
    await bench.watch(30, () => bench.turns());
    expect(bench.reasons).toEqual([]);
    expect(await bench.watch(20)).toEqual(['progress', 'progress', 'progress', 'stalled']);
    expect(bench.reasons).toEqual([]);
    expect(await bench.watch(5)).toEqual(['stalled']);
    expect(bench.reasons).toEqual(['watchdog: the trader made no turn for 25 s']);
    bench.orders = [];
    expect(await bench.watch(60)).toEqual(Array(12).fill('nothing_rests'));
    expect(bench.reasons).toHaveLength(1);
  });

  it('asks the exchange once a minute while the trader turns, to know that it could', async () => {
    const bench = new Bench();
    await bench.watch(300, () => bench.turns());
    expect(bench.asked).toBe(5);
  });

  it('leaves alone one that is halted but turns, has ended in good order, or left nothing', async () => {
    const bench = new Bench();
    bench.turns();
    await bench.watch(60, () => bench.turns());
    await bench.watch(300);
    bench.mark = undefined;
    await bench.watch(300);
    expect(bench.reasons).toEqual([]);
  });

  it('leaves alone an order that a person left resting, after a trader that died long ago', async () => {
    const bench = new Bench();
    bench.mark = { pid: 1, turn: 9, at: -86_400_000 };
    bench.orders = [order('x', 600, 'hand')];
    expect(new Set(await bench.watch(60))).toEqual(new Set(['nothing_rests']));
    expect(bench.reasons).toEqual([]);
  });

  it('does not take its own sleep for the death of another', async () => {
    const bench = new Bench();
    bench.orders = [order('x', 600)];
    await bench.watch(20, () => bench.turns());
    bench.now += 3_600_000;
    expect(await bench.watch(5)).toEqual(['progress']);
    expect(await bench.watch(20, () => bench.turns())).toEqual(Array(4).fill('progress'));
  });

  it('tries when it cannot see what rests, and tries again while the kill fails or is not confirmed', async () => {
    const bench = new Bench();
    await bench.watch(20, () => bench.turns());
    bench.isDown = true;
    bench.killed = () => {
      throw new Error('no network');
    };
    await bench.watch(45);
    expect(bench.reasons.length).toBeGreaterThanOrEqual(2);
    const problems = bench.records.flatMap((record) => (record.type === 'watchdog_problem' ? [record.text] : []));
    expect(problems.join('\n')).toMatch(
      /tried again: no proper answer \(ENETUNREACH\)[\s\S]*the kill failed: no network/,
    );
  });

  it('after a reboot without a network does not act on a mark whose leases are over', async () => {
    const bench = new Bench();
    bench.mark = { pid: 1, turn: 9, at: -700_000 };
    bench.isDown = true;
    expect(new Set(await bench.watch(60))).toEqual(new Set(['blind']));
    expect(bench.reasons).toEqual([]);
  });

  it('asks an exchange that does not answer ever less often, and says when it answers again', async () => {
    const bench = new Bench();
    bench.isDown = true;
    await bench.watch(300);
    expect(bench.asked).toBeLessThan(15);
    bench.isDown = false;
    await bench.watch(30);
    expect(bench.records.at(-1)).toMatchObject({ type: 'watchdog_check', state: 'nothing_rests' });
    expect(bench.records).toContainEqual(expect.objectContaining({ text: 'the exchange answers again', isOver: true }));
  });
});

describe('on another host the watchdog', () => {
  const renewed = (bench: Bench) => (look: number) => {
    // Half the lease is 300 s.
    if (look % 60 === 0) bench.orders = [order('x', 600 + bench.now / 1_000)];
  };

  it('sees life in leases that move, and fires when half a lease and 20 s have passed without', async () => {
    const bench = new Bench();
    bench.orders = [order('x', 600)];
    await bench.watch(1_800, renewed(bench));
    expect(bench.reasons).toEqual([]);
    const states = await bench.watch(325);
    expect(states.filter((state) => state === 'stalled')).toHaveLength(2);
    expect(bench.reasons).toEqual(['watchdog: the trader renewed and placed nothing for 325 s']);
  });

  it('sees no life in orders that fill or go', async () => {
    const bench = new Bench();
    bench.orders = [order('x', 600), order('y', 600), order('z', 600)];
    await bench.watch(150);
    bench.orders = bench.orders.slice(1);
    await bench.watch(100);
    bench.orders = bench.orders.map((one) => ({ ...one, remaining: centicontracts(100) }));
    await bench.watch(80);
    expect(bench.reasons).toHaveLength(1);
  });

  it('leaves alone leases that end where quotes leave the market, and orders by hand', async () => {
    const bench = new Bench();
    bench.orders = [order('x', 600)];
    bench.closesAt = 660_000;
    await bench.watch(500);
    bench.closesAt = undefined;
    bench.orders = [order('y', 1_200, 'hand')];
    await bench.watch(500);
    expect(bench.reasons).toEqual([]);
  });
});

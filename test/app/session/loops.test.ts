import { describe, expect, it } from 'vitest';
import { Loops } from '../../../src/lib/app/session/loops.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { Clock, Wire } from '../../../src/lib/ports.ts';
import { Scene } from '../../support/virtual-session.ts';
import { Process } from '../../world/process.ts';

/** A clock that a test moves; its timers are called by hand. */
function handClock() {
  let now = 0;
  const rounds: (() => void)[] = [];
  const clock: Clock = {
    now: () => epochMs(now),
    monotonicMs: () => now,
    after: () => () => {},
    every: (_ms, action) => {
      rounds.push(action);
      return () => {};
    },
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { clock, rounds, pass };
}

const broken = (error: unknown) => {
  throw error;
};

describe('a loop of the session', () => {
  it('has come round when its answer is in, not when it asked', async () => {
    const { clock, rounds, pass } = handClock();
    const loops = new Loops(clock, 1, broken);
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    loops.every('open orders', 30_000, () => asked);
    pass(30_000);
    rounds[0]?.();
    pass(5_000);
    expect(loops.marks()).toEqual([{ name: 'open orders', everyMs: 30_000, sinceMs: 35_000, isOurs: true }]);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(loops.marks()[0]?.sinceMs).toBe(0);
  });

  it('is measured in real time: an exchange that runs ten times as fast is asked ten times as often', () => {
    const { clock } = handClock();
    const loops = new Loops(clock, 10, broken);
    loops.every('fills', 30_000, () => {});
    expect(loops.marks()[0]?.everyMs).toBe(3_000);
  });

  it('that asks now and then stands for as long as its oldest answer is out', async () => {
    const { clock, pass } = handClock();
    const loops = new Loops(clock, 1, broken);
    const asks = loops.asks('in flight', 10_000);
    const { promise, resolve } = Promise.withResolvers<void>();
    pass(60_000);
    expect(loops.marks()[0]?.sinceMs).toBe(0);
    asks(promise);
    pass(5_000);
    asks(Promise.resolve());
    await new Promise((done) => setImmediate(done));
    pass(5_000);
    expect(loops.marks()[0]?.sinceMs).toBe(10_000);
    resolve();
    await new Promise((done) => setImmediate(done));
    expect(loops.marks()[0]?.sinceMs).toBe(0);
  });

  it('that breaks is a fault, whether at once or in its answer', async () => {
    const { clock, rounds } = handClock();
    const faults: unknown[] = [];
    const loops = new Loops(clock, 1, (error) => faults.push(error));
    loops.every('heartbeat', 1_000, () => {
      throw new Error('at once');
    });
    loops.every('open orders', 30_000, () => Promise.reject(new Error('in its answer')));
    loops.asks('in flight', 10_000)(Promise.reject(new Error('in its answer')));
    for (const round of rounds) round();
    await new Promise((done) => setImmediate(done));
    expect(faults.map(String)).toEqual(['Error: at once', 'Error: in its answer', 'Error: in its answer']);
  });

  it('of another thread stands when its counter does', () => {
    const { clock, pass } = handClock();
    const loops = new Loops(clock, 1, broken);
    let rounds = 0;
    loops.counted('tape', 1_000, () => rounds);
    pass(4_000);
    expect(loops.marks()[0]?.sinceMs).toBe(4_000);
    rounds += 1;
    expect(loops.marks()[0]?.sinceMs).toBe(0);
  });
});

describe('a session', () => {
  it('names all its loops, and each comes round', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(2);
    const names = session.loops.marks().map(({ name }) => name);
    expect(new Set(names)).toEqual(
      new Set([
        ...['heartbeat', 'silence', 'stream', 'tape', 'halts', 'markets', 'exchange status'],
        ...[
          'open orders',
          'fills',
          'statements',
          'statements that differ',
          'queue places',
          'settlements',
          'settlements due',
          'limits and costs',
        ],
        ...['order groups', 'in flight', 'book audit', 'full day'],
      ]),
    );
    await scene.end();
  });

  it('F34: that stood still for a minute decides on nothing it knew before: books and account are read first', async () => {
    const scene = new Scene('KXBTC15M');
    const process = new Process(scene.clock);
    const asked: string[] = [];
    const wire = (inner: Wire): Wire => ({
      request(request) {
        asked.push(`${request.method} ${request.path.replace('/trade-api/v2/portfolio/', '')}`);
        return inner.request(request);
      },
    });
    const { session } = await scene.open({ process, wire });
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    process.freeze();
    await scene.run(60);
    asked.length = 0;
    process.thaw();
    await scene.run(20);
    expect(scene.log).toContainEqual(
      'error this process stood still for 60 s: every book and the account are read again',
    );
    const isWrite = (call: string) => /^(POST|PUT) /.test(call);
    expect(asked.findIndex(isWrite)).toBeGreaterThan(asked.indexOf('GET balance'));
    expect(session.view(undefined).halts).toEqual([]);
    expect(scene.resting()).toBe(2);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });
});

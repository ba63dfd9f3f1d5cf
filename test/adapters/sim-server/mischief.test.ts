/** The decisions alone: a plan, a stream of numbers and the time in, faults out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mischief } from '../../../src/lib/adapters/sim-server/mischief.ts';
import { drawPlan } from '../../../src/lib/adapters/sim-server/mischief-draw.ts';
import { type MischiefPlan, readPlan } from '../../../src/lib/adapters/sim-server/mischief-plan.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { seededStream } from '../../../src/lib/sim/random.ts';

const START = 1_790_000_000_000;
const at = (ms: number) => epochMs(START + ms);

function plan(...rules: readonly object[]): MischiefPlan {
  const read = readPlan({ rules });
  if (read.kind === 'refused') throw new Error(read.problem);
  return read.plan;
}

function armed(...rules: readonly object[]): Mischief {
  const mischief = new Mischief();
  mischief.misbehave(plan(...rules), seededStream('test'), at(0));
  return mischief;
}

describe('a rule', () => {
  it('strikes with its chance, and the same seed strikes the same calls', () => {
    const strikes = () => {
      const mischief = armed({ fault: 'reply_lost', chance: 0.2 });
      return Array.from({ length: 1_000 }, (_, ms) => mischief.onCall('GET', '/markets', at(ms)) !== undefined);
    };
    const first = strikes();
    expect(first.filter(Boolean).length).toBeGreaterThan(150);
    expect(first.filter(Boolean).length).toBeLessThan(250);
    expect(strikes()).toEqual(first);
  });

  it('strikes so often at most, from and until its times, and only what it names', () => {
    const mischief = armed({ fault: 'reply_lost', times: 2, after_ms: 100, until_ms: 200, method: 'POST', path: '/a' });
    expect(mischief.onCall('POST', '/a', at(99))).toBeUndefined();
    expect(mischief.onCall('GET', '/a', at(100))).toBeUndefined();
    expect(mischief.onCall('POST', '/b', at(100))).toBeUndefined();
    expect(mischief.onCall('POST', '/a/1', at(100))).toMatchObject({ fault: 'reply_lost', isApplied: true });
    expect(mischief.onCall('POST', '/a', at(101))).toBeDefined();
    expect(mischief.onCall('POST', '/a', at(102))).toBeUndefined();
    expect(armed({ fault: 'reply_lost', until_ms: 200 }).onCall('POST', '/a', at(200))).toBeUndefined();
    expect(mischief.counts.reply_lost).toBe(2);
  });

  it('that lasts strikes everything it matches until it is over, and then draws anew', () => {
    const mischief = armed({ fault: 'too_many_requests', times: 1, lasts_ms: 500 });
    const strikes = [0, 100, 499, 500, 900].map((ms) => mischief.onCall('GET', '/x', at(ms))?.fault);
    expect(strikes).toEqual(['too_many_requests', 'too_many_requests', 'too_many_requests', undefined, undefined]);
  });

  it('comes before those behind it, and either way of `either` comes up', () => {
    const mischief = armed(
      { fault: 'status', status: 503, path: '/a' },
      { fault: 'status', status: 500, applied: 'after' },
    );
    const calls = Array.from({ length: 100 }, () => mischief.onCall('POST', '/a', at(0)));
    expect(new Set(calls.map((fault) => fault?.isApplied))).toEqual(new Set([true, false]));
    expect(calls[0]).toMatchObject({ status: 503 });
    expect(mischief.onCall('POST', '/b', at(0))).toMatchObject({ status: 500, isApplied: true });
  });

  it('does nothing any more after `behave`, and a new plan starts its own time', () => {
    const mischief = armed({ fault: 'reply_lost' });
    mischief.behave();
    expect(mischief.onCall('GET', '/x', at(0))).toBeUndefined();
    expect(mischief.plan).toBeUndefined();
    mischief.misbehave(plan({ fault: 'reply_lost', after_ms: 10 }), seededStream('test'), at(1_000));
    expect(mischief.onCall('GET', '/x', at(1_009))).toBeUndefined();
    expect(mischief.onCall('GET', '/x', at(1_010))).toBeDefined();
  });
});

describe('a plan', () => {
  it.each<[string, unknown, string]>([
    ['no object', 7, 'the plan'],
    ['no rules', {}, 'rules'],
    ['an unknown key', { rules: [], colour: 1 }, 'colour'],
    ['an unknown fault', { rules: [{ fault: 'gremlin' }] }, 'rules.0.fault'],
    ['a misspelt parameter', { rules: [{ fault: 'reply_lost', chanse: 0.1 }] }, 'chanse'],
    ['a chance above 1', { rules: [{ fault: 'reply_lost', chance: 7 }] }, 'rules.0.chance'],
    ['a status that is no fault', { rules: [{ fault: 'status', status: 200 }] }, 'rules.0.status'],
    ['a delay that is missing', { rules: [{ fault: 'reply_delayed' }] }, 'rules.0.delay_ms'],
    ['a channel that is none', { rules: [{ fault: 'frame_dropped', channel: 'news' }] }, 'rules.0.channel'],
  ])('with %s is refused with its place', (_, value, place) => {
    const read = readPlan(value);
    expect(read).toMatchObject({ kind: 'refused', problem: expect.stringContaining(place) });
  });

  it('is drawn from a seed: always valid, the same again, and different for another', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        expect(drawPlan(seed)).toEqual(drawPlan(seed));
      }),
    );
    const faults = Array.from({ length: 60 }, (_, seed) => drawPlan(`${seed}`).rules.map(({ fault }) => fault));
    expect(new Set(faults.map((list) => list.join()))).toHaveProperty('size', 60);
    expect(new Set(faults.flat()).size).toBeGreaterThanOrEqual(17);
  });
});

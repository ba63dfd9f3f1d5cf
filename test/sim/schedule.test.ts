import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { Schedule } from '../../src/lib/sim/schedule.ts';

const at = (ms: number): EpochMs => epochMs(ms);

describe('the schedule', () => {
  it('runs actions in order of time, and at one moment in the order in which they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
        const schedule = new Schedule(at(0));
        const ran: { time: number; asked: number }[] = [];
        for (const [asked, time] of times.entries()) {
          schedule.add(at(time), () => ran.push({ time: schedule.now, asked }));
        }
        schedule.runTo(at(20));
        const expected = times.map((time, asked) => ({ time, asked }));
        expected.sort((a, b) => a.time - b.time || a.asked - b.asked);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('runs what an action adds for the same moment, after all that was asked for before', () => {
    const schedule = new Schedule(at(0));
    const ran: string[] = [];
    schedule.add(at(5), () => {
      ran.push('first');
      schedule.add(at(5), () => ran.push('third'));
      schedule.add(at(1), () => ran.push('fourth, asked for too late'));
    });
    schedule.add(at(5), () => ran.push('second'));
    schedule.runTo(at(5));
    expect(ran).toEqual(['first', 'second', 'third', 'fourth, asked for too late']);
  });

  it('stops at the moment it is run to, and says what comes next', () => {
    const schedule = new Schedule(at(0));
    let ran = 0;
    for (const time of [10, 20]) {
      schedule.add(at(time), () => {
        ran += 1;
      });
    }
    schedule.runTo(at(15));
    expect([ran, schedule.now, schedule.nextAt()]).toEqual([1, 15, 20]);
    schedule.runTo(at(20));
    expect([ran, schedule.now, schedule.nextAt()]).toEqual([2, 20, undefined]);
  });

  it('does not go back', () => {
    const schedule = new Schedule(at(10));
    expect(() => schedule.runTo(at(9))).toThrow('time goes forward');
  });
});

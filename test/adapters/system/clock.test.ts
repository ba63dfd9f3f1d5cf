import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/lib/adapters/system/clock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const WALL = 1_790_000_000_000;
const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({
    now: WALL,
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a live clock', () => {
  it('is wall time plus the measured offset, in whole milliseconds', () => {
    let offset = 137.4;
    const clock = systemClock({ offsetMs: () => offset, wallNow: Date.now });
    expect(clock.now()).toBe(WALL + 137);
    vi.advanceTimersByTime(1_000);
    offset = 250;
    expect(clock.now()).toBe(WALL + 1_250);
  });

  it('does not run backwards when the offset is corrected a little', () => {
    let offset = 300;
    const clock = systemClock({ offsetMs: () => offset, wallNow: Date.now });
    expect(clock.now()).toBe(WALL + 300);
    offset = 250;
    expect(clock.now()).toBe(WALL + 300);
    vi.advanceTimersByTime(60);
    expect(clock.now()).toBe(WALL + 310);
  });

  it('follows the wall time that it is given where that is set anew', () => {
    const clock = systemClock({ offsetMs: () => 0, wallNow: Date.now });
    clock.now();
    vi.setSystemTime(WALL - 3_600_000);
    expect(clock.now()).toBe(WALL - 3_600_000);
  });
});

describe('a simulated clock', () => {
  it('runs from its origin at its own speed', () => {
    const clock = systemClock({ scale: 60, originMs: epochMs(5_000) });
    expect(clock.now()).toBe(5_000);
    vi.advanceTimersByTime(1_000);
    expect(clock.now()).toBe(65_000);
    expect(clock.monotonicMs()).toBe(1_000);
  });

  it('runs its timers at that speed, until they are stopped', () => {
    const clock = systemClock({ scale: 10, originMs: epochMs(0) });
    const after = vi.fn();
    const every = vi.fn();
    clock.after(5_000, after);
    const stop = clock.every(1_000, every);
    vi.advanceTimersByTime(499);
    expect(after).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(after).toHaveBeenCalledOnce();
    expect(every).toHaveBeenCalledTimes(5);
    stop();
    vi.advanceTimersByTime(5_000);
    expect(every).toHaveBeenCalledTimes(5);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('cannot run at %s times the speed', (scale) => {
    expect(() => systemClock({ scale, originMs: epochMs(0) })).toThrow(RangeError);
  });
});

describe('a timer', () => {
  it('waits for months where the platform’s own fires at once, and can be stopped all the while', () => {
    const clock = systemClock({ offsetMs: () => 0, wallNow: Date.now });
    const far = vi.fn();
    const stopped = vi.fn();
    clock.after(60 * DAY_MS, far);
    const stop = clock.after(60 * DAY_MS, stopped);
    vi.advanceTimersByTime(59 * DAY_MS);
    expect(far).not.toHaveBeenCalled();
    stop();
    vi.advanceTimersByTime(DAY_MS);
    expect(far).toHaveBeenCalledOnce();
    expect(stopped).not.toHaveBeenCalled();
  });

  it('that was stopped stays stopped, also when stopped twice', () => {
    const clock = systemClock({ offsetMs: () => 0, wallNow: Date.now });
    const action = vi.fn();
    const stop = clock.after(10, action);
    stop();
    stop();
    vi.advanceTimersByTime(1_000);
    expect(action).not.toHaveBeenCalled();
  });
});

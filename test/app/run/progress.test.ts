import { describe, expect, it } from 'vitest';
import { Progress } from '../../../src/lib/app/run/progress.ts';

/** Looks every second from `from` to `to`; the first complaint with its time. */
function watch(
  progress: Progress,
  from: number,
  to: number,
  turnAt: (now: number) => number | undefined = () => undefined,
) {
  for (let now = from; now <= to; now += 1_000) {
    const turn = turnAt(now);
    if (turn !== undefined) progress.turn(turn, now);
    const stalledMs = progress.stalledMs(now);
    if (stalledMs !== undefined) return { now, stalledMs };
  }
  return undefined;
}

function running(): Progress {
  const progress = new Progress(0);
  progress.started(0);
  return progress;
}

describe('progress of the trading loop', () => {
  it('is made by turns: as long as they come nothing is said', () => {
    expect(watch(running(), 0, 600_000, (now) => now / 1_000)).toBeUndefined();
  });

  it('is missed 20 s after the last turn, however often the same turn is shown', () => {
    expect(watch(running(), 0, 60_000, (now) => Math.min(now, 10_000))).toEqual({ now: 30_000, stalledMs: 20_000 });
  });

  it('is given a minute at the start, and 20 s from then on', () => {
    expect(watch(new Progress(0), 0, 90_000)).toEqual({ now: 60_000, stalledMs: 60_000 });
    const late = new Progress(0);
    expect(watch(late, 0, 50_000)).toBeUndefined();
    late.started(50_000);
    expect(watch(late, 51_000, 90_000)).toEqual({ now: 70_000, stalledMs: 20_000 });
  });

  it('of a stop is bounded by time alone: turns do not prolong it', () => {
    const progress = running();
    expect(watch(progress, 0, 10_000, (now) => now)).toBeUndefined();
    progress.stopping(10_000);
    progress.stopping(30_000);
    expect(watch(progress, 11_000, 90_000, (now) => now)).toEqual({ now: 35_000, stalledMs: 25_000 });
  });

  it('is not missed for the time in which we were asleep ourselves', () => {
    const progress = running();
    expect(watch(progress, 0, 5_000, (now) => now)).toBeUndefined();
    // A laptop closed for an hour: the trader's messages are still in the pipe.
    const woke = 3_600_000;
    expect(progress.stalledMs(woke)).toBeUndefined();
    expect(watch(progress, woke + 1_000, woke + 60_000)).toEqual({ now: woke + 20_000, stalledMs: 20_000 });
  });
});

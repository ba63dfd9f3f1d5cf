import { describe, expect, it } from 'vitest';
import { type Finding, Progress } from '../../../src/lib/app/run/progress.ts';
import type { LoopMark } from '../../../src/lib/app/session/loops.ts';

/** What the trader says at a time; undefined: nothing. */
type Report = { readonly turn: number; readonly loops?: readonly LoopMark[] };

/** Looks every second from `from` to `to`; everything found, with its time in seconds. */
function watch(
  progress: Progress,
  from: number,
  to: number,
  said: (s: number) => Report | undefined = () => undefined,
) {
  const found: [number, Finding['kind'], string][] = [];
  for (let s = from; s <= to; s++) {
    const report = said(s);
    if (report !== undefined) progress.heard(report.turn, report.loops ?? [], s * 1_000);
    for (const { kind, text } of progress.look(s * 1_000)) {
      found.push([s, kind, text]);
      if (kind === 'stalled') return found;
    }
  }
  return found;
}

function running(): Progress {
  const progress = new Progress(0);
  progress.started(0);
  return progress;
}

function mark(name: string, sinceS: number, everyS: number, isOurs = true): LoopMark {
  return { name, sinceMs: sinceS * 1_000, everyMs: everyS * 1_000, isOurs };
}

describe('progress of the trading loop', () => {
  it('is made by turns: as long as they come nothing is said', () => {
    expect(watch(running(), 0, 600, (s) => ({ turn: s }))).toEqual([]);
  });

  it('is missed 20 s after the last turn, in a process that goes on talking: the loop of turns is named', () => {
    expect(watch(running(), 0, 60, (s) => ({ turn: Math.min(s, 10) }))).toEqual([
      [30, 'stalled', 'the loop `turns` has not come round for 20 s (every 1 s)'],
    ]);
  });

  it('F34: when nothing at all comes any more, it is the event loop that is blocked', () => {
    expect(watch(running(), 0, 60, (s) => (s <= 10 ? { turn: s } : undefined))).toEqual([
      [30, 'stalled', 'nothing has come from it for 20 s: its event loop is blocked'],
    ]);
  });

  it('is given a minute at the start, and 20 s from then on', () => {
    expect(watch(new Progress(0), 0, 90)).toEqual([[60, 'stalled', 'it has not come up within 60 s']]);
    const late = new Progress(0);
    expect(watch(late, 0, 50)).toEqual([]);
    late.started(50_000);
    expect(watch(late, 51, 90).at(-1)?.[0]).toBe(70);
  });

  it('of a stop is bounded by time alone: turns do not prolong it', () => {
    const progress = running();
    expect(watch(progress, 0, 10, (s) => ({ turn: s }))).toEqual([]);
    progress.stopping(10_000);
    progress.stopping(30_000);
    expect(watch(progress, 11, 90, (s) => ({ turn: s }))).toEqual([
      [35, 'stalled', 'it has not come to its end within 25 s'],
    ]);
  });

  it('is not missed for the time in which we were asleep ourselves', () => {
    const progress = running();
    expect(watch(progress, 0, 5, (s) => ({ turn: s, loops: [mark('fills', 29, 30)] }))).toEqual([]);
    // A laptop closed for an hour: the trader's messages are still in the pipe.
    const woke = 3_600;
    expect(progress.look(woke * 1_000)).toEqual([]);
    expect(watch(progress, woke + 1, woke + 60).at(-1)?.[0]).toBe(woke + 20);
  });
});

describe('a loop beside the turns', () => {
  /** Last came round at `at`, and again from `again` on. */
  const standsFrom =
    (at: number, isOurs: boolean, again = Number.POSITIVE_INFINITY) =>
    (s: number) => ({
      turn: s,
      loops: [mark('heartbeat', 0, 1), mark('open orders', s < again ? s - at : 0, 30, isOurs)],
    });

  it('that misses three rounds is named once, and once when it comes round again', () => {
    expect(watch(running(), 0, 250, standsFrom(0, true, 150))).toEqual([
      [90, 'late', 'the loop `open orders` has not come round for 90 s (every 30 s)'],
      [150, 'recovered', 'the loop `open orders` comes round again'],
    ]);
  });

  it('that goes on standing for two minutes ends the trader, when it is ours to bring round', () => {
    expect(watch(running(), 0, 400, standsFrom(0, true)).map(([s, kind]) => [s, kind])).toEqual([
      [90, 'late'],
      [210, 'stalled'],
    ]);
    expect(watch(running(), 0, 4_000, standsFrom(0, false)).map(([s, kind]) => [s, kind])).toEqual([[90, 'late']]);
  });

  it('however fast it should be, is late no sooner than a stall of the turns', () => {
    const halts = (s: number) => ({ turn: s, loops: [{ ...mark('halts', s, 0), everyMs: 40 }] });
    expect(watch(running(), 0, 25, halts)).toEqual([
      [20, 'late', 'the loop `halts` has not come round for 20 s (every 40 ms)'],
    ]);
  });
});

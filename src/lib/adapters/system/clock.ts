/**
 * The real clock as the port wants it. Live: steady wall time plus the measured offset to the exchange. Simulated: exchange time
 * that runs `scale` times as fast as the wall, from an origin. The one place in the trader that reads the time.
 */

import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';

export type SystemClockOptions =
  | {
      /** Exchange − ours, ms; read at each call. */
      readonly offsetMs: () => number;
      /** Ours, to which the offset was measured: a steady one, or leases jump with the machine's. */
      readonly wallNow: () => number;
    }
  | {
      /** Exchange milliseconds per millisecond of real time; more than 0. */
      readonly scale: number;
      /** Exchange time now. */
      readonly originMs: EpochMs;
    };

export function systemClock(options: SystemClockOptions): Clock {
  const scale = 'scale' in options ? options.scale : 1;
  if (!(scale > 0 && Number.isFinite(scale))) throw new RangeError(`A clock cannot run at ${scale} times the speed.`);
  const now = 'scale' in options ? scaledTime(options.originMs, scale) : offsetTime(options);
  return {
    now,
    monotonicMs: () => performance.now(),
    after: (ms, action) => after(ms / scale, action),
    every(ms, action) {
      const timer = setInterval(action, Math.max(1, ms / scale));
      // What only repeats keeps no process alive.
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** A small correction of the offset must not make time run backwards; a large one is let through. */
const STEP_MS = 1_000;
/** setTimeout fires at once beyond 2³¹ − 1 ms. */
const TIMER_MS_MAX = 2_147_483_647;

function offsetTime({ offsetMs, wallNow }: { offsetMs: () => number; wallNow: () => number }): () => EpochMs {
  let last = 0;
  return () => {
    const time = Math.round(wallNow() + offsetMs());
    last = time < last && last - time < STEP_MS ? last : time;
    return epochMs(last);
  };
}

function scaledTime(originMs: EpochMs, scale: number): () => EpochMs {
  const startedAt = performance.now();
  return () => epochMs(originMs + Math.floor((performance.now() - startedAt) * scale));
}

function after(ms: number, action: () => void): () => void {
  if (ms <= 0) {
    // "As soon as what is being handled is done": a timer would wait a whole millisecond.
    const immediate = setImmediate(action);
    return () => clearImmediate(immediate);
  }
  const isTooFar = ms > TIMER_MS_MAX;
  let stop = () => clearTimeout(timer);
  const timer = isTooFar
    ? setTimeout(() => {
        stop = after(ms - TIMER_MS_MAX, action);
      }, TIMER_MS_MAX)
    : setTimeout(action, Math.max(0, ms));
  return () => stop();
}

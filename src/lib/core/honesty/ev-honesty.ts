/**
 * Whether what quotes were expected to earn was earned (E-4, math.md section 18): realized over predicted net, one pair an
 * event, and how large orders may be while that is not shown. Any one currency; it cancels out.
 */
import { ratioOf } from '../promotion/estimates.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';

export interface EvPair {
  readonly realized: number;
  readonly predicted: number;
}

export interface EvHonesty {
  /** Events. */
  readonly count: number;
  /** H = ΣR/ΣE. */
  readonly ratio: number;
  readonly error: number;
  /** Of the usual size, clip(H − 1.645·se, 0, 1). */
  readonly sizeFactor: number;
  /** H + 1.645·se below one half: less than half of what was promised, even at best. */
  readonly isOff: boolean;
  /** From 30 events on; before, neither size nor bin is touched. */
  readonly isVerdict: boolean;
}

const Z_ONE_SIDED = 1.645;
const OFF_BELOW = 0.5;

/** Undefined: fewer than two events, or nothing was predicted. */
export function evHonesty(events: readonly EvPair[]): EvHonesty | undefined {
  const estimate = ratioOf(events.map(({ realized, predicted }) => ({ result: realized, base: predicted })));
  if (estimate === undefined) return undefined;
  const { count, ratio, error } = estimate;
  return {
    ...{ count, ratio, error },
    sizeFactor: Math.min(1, Math.max(0, ratio - Z_ONE_SIDED * error)),
    isOff: ratio + Z_ONE_SIDED * error < OFF_BELOW,
    isVerdict: count >= EVENTS_MIN,
  };
}

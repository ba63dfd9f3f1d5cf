/** A figure in cents a contract with its interval, clustered by event. */
import { studentReach } from '../honesty/student.ts';
import type { RatioEstimate } from '../promotion/estimates.ts';

export interface CentsEstimate {
  readonly cents: number;
  readonly error: number;
  /** 95 %, by Student's t with one observation an event. */
  readonly low: number;
  readonly high: number;
  readonly events: number;
}

/** @param ratio cents over contracts, one pair an event */
export function centsOf(ratio: RatioEstimate | undefined): CentsEstimate | null {
  if (ratio === undefined) return null;
  const half = studentReach(ratio.count - 1) * ratio.error;
  return {
    ...{ cents: ratio.ratio, error: ratio.error, events: ratio.count },
    ...{ low: ratio.ratio - half, high: ratio.ratio + half },
  };
}

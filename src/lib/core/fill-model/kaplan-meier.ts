/**
 * How long orders wait for their fill, from those that were filled and those that were taken away first (Kaplan & Meier 1958,
 * math.md 15). A cancel of our own says that the order waited at least so long: leaving such orders out makes fills look quick.
 */

export interface Waited {
  /** Any unit; ≥ 0. */
  readonly time: number;
  /** False: cancelled, expired, or still standing. */
  readonly isFilled: boolean;
}

export interface FilledBy {
  readonly time: number;
  /** Share that is filled by then. */
  readonly filled: number;
  /** Orders that still waited just before. */
  readonly atRisk: number;
}

/** One step for each time at which something was filled, in order. Of a tie fills come before cancels. */
export function kaplanMeier(orders: readonly Waited[]): readonly FilledBy[] {
  const sorted = [...orders].sort((a, b) => a.time - b.time);
  const steps: FilledBy[] = [];
  let waiting = 1;
  for (let first = 0; first < sorted.length; ) {
    const { time } = sorted[first] as Waited;
    let [next, fills] = [first, 0];
    for (let order = sorted[next]; order?.time === time; order = sorted[next]) {
      if (order.isFilled) fills += 1;
      next += 1;
    }
    const atRisk = sorted.length - first;
    if (fills > 0) {
      waiting *= 1 - fills / atRisk;
      steps.push({ time, filled: 1 - waiting, atRisk });
    }
    first = next;
  }
  return steps;
}

/** The share filled by `time`; 0 before the first fill. */
export function filledBy(steps: readonly FilledBy[], time: number): number {
  return steps.findLast((step) => step.time <= time)?.filled ?? 0;
}

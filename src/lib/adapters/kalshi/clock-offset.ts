/**
 * How far the exchange's clock is from ours, from what its answers say. Pure: both times are arguments.
 *
 * Each observation bounds the offset (exchange − ours) between two values, because the stamp was made somewhere between
 * our sending and our receiving. Bounds are intersected, so that many coarse `Date` headers together become sharp, and
 * widened slowly with age, because clocks drift. An observation that contradicts the rest is not believed until three in
 * a row agree with each other: then our clock, or theirs, has been set anew and the estimate restarts from them.
 *
 * A frame of the stream has only one bound to give: it was sent before it arrived, however late it came. That makes the
 * lower bound as sharp as the fastest frame was quick. An upper one would have to guess how long frames take, and a feed
 * that falls behind would then pass for a clock that is off, just when its lateness is to be noticed.
 */

/** Offset in ms: exchange time = our time + offset, with low ≤ offset ≤ high. */
export interface OffsetBounds {
  readonly low: number;
  readonly high: number;
}

export interface OffsetEstimate {
  readonly offsetMs: number;
  /** The truth is within this of `offsetMs`. */
  readonly uncertaintyMs: number;
}

/** `warn`: the clock of this machine should be mended. `refuse`: signatures may be refused and leases be wrong. */
export type OffsetVerdict = 'unknown' | 'good' | 'warn' | 'refuse';

const OFFSET_WARN_MS = 1_000;
const OFFSET_REFUSE_MS = 5_000;

/** A `Date` header is cut to whole seconds. `sentAt`, `receivedAt`: our wall time around the exchange of messages. */
export function boundsOfDate(dateMs: number, sentAt: number, receivedAt: number): OffsetBounds {
  return { low: dateMs - receivedAt, high: dateMs + 1_000 - sentAt };
}

/** A stamp in milliseconds that the exchange made while answering (`ts_ms`). */
export function boundsOfStamp(stampMs: number, sentAt: number, receivedAt: number): OffsetBounds {
  return { low: stampMs - receivedAt, high: stampMs + 1 - sentAt };
}

/** The stamp of a frame that was not asked for (`sending_ts_ms`): no more than that it was sent before we had it. */
export function boundsOfArrival(sentMs: number, receivedAt: number): OffsetBounds {
  return { low: sentMs - receivedAt, high: Number.POSITIVE_INFINITY };
}

/** Typical quartz: 50 parts per million each, two clocks. */
const DRIFT_PER_MS = 1e-4;
/** The machines of the exchange do not agree to the millisecond among themselves. */
const SLACK_MS = 10;
const RESTART_AFTER = 3;

export class ClockOffset {
  #bounds: OffsetBounds | undefined;
  #asOf = 0;
  #contradictions: OffsetBounds[] = [];

  /**
   * `at`: our wall time. Bounds that are empty or without a lower end are ignored. `isProof`: the exchange has just refused
   * a stamp made with this estimate, so what contradicts it is believed at once.
   */
  observe(observed: OffsetBounds, at: number, isProof = false): void {
    if (observed.high === Number.POSITIVE_INFINITY) this.#narrow(observed.low - SLACK_MS, at);
    else this.#observeBoth(observed, at, isProof);
  }

  estimate(at: number): OffsetEstimate | undefined {
    const bounds = this.#boundsAt(at);
    if (bounds === undefined) return undefined;
    return { offsetMs: (bounds.low + bounds.high) / 2, uncertaintyMs: (bounds.high - bounds.low) / 2 };
  }

  /** Refusal takes the worst case into account, warning the likely one. `setBackMs`: our time less the machine's, which somebody set. */
  verdict(at: number, setBackMs = 0): OffsetVerdict {
    const estimate = shifted(this.estimate(at), setBackMs);
    if (estimate === undefined) return 'unknown';
    const likely = Math.abs(estimate.offsetMs);
    if (likely + estimate.uncertaintyMs >= OFFSET_REFUSE_MS) return 'refuse';
    return likely >= OFFSET_WARN_MS ? 'warn' : 'good';
  }

  #observeBoth(observed: OffsetBounds, at: number, isProof: boolean): void {
    const bounds = { low: observed.low - SLACK_MS, high: observed.high + SLACK_MS };
    if (!(Number.isFinite(bounds.low) && Number.isFinite(bounds.high) && bounds.low <= bounds.high)) return;
    const present = this.#boundsAt(at);
    const joint = present === undefined ? bounds : intersection(present, bounds);
    if (joint !== undefined) this.#accept(joint, at);
    else if (isProof) this.#accept(bounds, at);
    else this.#contradict(bounds, at);
  }

  /**
   * One bound refines what two have established, and never overthrows it: it does not count as a contradiction, nor as
   * agreement that would wipe out those that others have raised.
   */
  #narrow(low: number, at: number): void {
    const present = this.#boundsAt(at);
    if (present === undefined || !(low > present.low && low <= present.high)) return;
    this.#bounds = { low, high: present.high };
    this.#asOf = at;
  }

  #accept(bounds: OffsetBounds, at: number): void {
    this.#bounds = bounds;
    this.#asOf = at;
    this.#contradictions = [];
  }

  #contradict(bounds: OffsetBounds, at: number): void {
    const joint = this.#contradictions.reduce<OffsetBounds | undefined>(
      (common, other) => (common === undefined ? undefined : intersection(common, other)),
      bounds,
    );
    this.#contradictions = joint === undefined ? [bounds] : [...this.#contradictions, bounds];
    if (joint !== undefined && this.#contradictions.length >= RESTART_AFTER) this.#accept(joint, at);
  }

  #boundsAt(at: number): OffsetBounds | undefined {
    if (this.#bounds === undefined) return undefined;
    const drift = Math.abs(at - this.#asOf) * DRIFT_PER_MS;
    return { low: this.#bounds.low - drift, high: this.#bounds.high + drift };
  }
}

/** Of the exchange's clock against the machine's, which is `setBackMs` behind the time that the estimate is of. */
export function shifted(estimate: OffsetEstimate | undefined, setBackMs: number): OffsetEstimate | undefined {
  return estimate && { ...estimate, offsetMs: estimate.offsetMs + setBackMs };
}

function intersection(a: OffsetBounds, b: OffsetBounds): OffsetBounds | undefined {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return low <= high ? { low, high } : undefined;
}

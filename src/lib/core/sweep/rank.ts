/**
 * The settings of a sweep in order, each with its doubt, and what is to be believed of the first one.
 *
 * One event is one observation (math.md 18: the fills of one event are not independent); a setting is ranked only when it
 * has been run over every event, because a sum over fewer is no smaller for a reason.
 */
import { deflatedSharpe } from './deflated-sharpe.ts';
import { type Moments, momentsOf } from './moments.ts';

/** What one event brought at one point, in microdollars; the mean when it was run with several seeds. */
export interface EventNet {
  readonly event: string;
  readonly net: number;
}

export interface PointNets {
  /** Names the setting. */
  readonly point: string;
  readonly events: readonly EventNet[];
}

export const OBJECTIVES = ['net', 'net_low', 'sharpe'] as const;
/** `net`: mean per event. `net_low`: lower end of its 95 % interval. `sharpe`: mean over standard deviation. */
export type Objective = (typeof OBJECTIVES)[number];

export interface RankedPoint {
  readonly point: string;
  readonly value: number;
  /** Of the net per event, microdollars. */
  readonly moments: Moments;
  /** Per event, not annualised; 0 without spread. */
  readonly sharpe: number;
}

/** Two-sided 95 %. */
export const Z95 = 1.959963984540054;
/** Below it no verdict is given (math.md 18). */
export const EVENTS_MIN = 30;
/** The deflated ratio from which the best is believed to be more than luck. */
export const DEFLATED_MIN = 0.95;

/** Best first; what is equal keeps its order. All points must have the same events. */
export function rank(points: readonly PointNets[], objective: Objective): readonly RankedPoint[] {
  const ranked = points.map(({ point, events }): RankedPoint => {
    const moments = momentsOf(events.map(({ net }) => net));
    const sharpe = moments.sd > 0 ? moments.mean / moments.sd : 0;
    return { point, value: objectiveValue(objective, moments, sharpe), moments, sharpe };
  });
  return ranked.sort((a, b) => b.value - a.value);
}

function objectiveValue(objective: Objective, { mean, standardError }: Moments, sharpe: number): number {
  switch (objective) {
    case 'net':
      return mean;
    case 'net_low':
      return mean - Z95 * standardError;
    case 'sharpe':
      return sharpe;
    default:
      return objective satisfies never;
  }
}

/** What may be said of the best of a sweep. */
export type Verdict =
  /** Nothing was ranked. */
  | { readonly kind: 'nothing' }
  /** The best of them lost; `isEvery`: and so did all the others, on the mean. */
  | { readonly kind: 'loses'; readonly isEvery: boolean }
  | { readonly kind: 'too-few'; readonly events: number; readonly needed: number; readonly deflated?: number }
  /** The luckiest of so many without skill would look like it. */
  | { readonly kind: 'luck'; readonly deflated: number | undefined }
  | { readonly kind: 'believed'; readonly deflated: number };

/** `trials`: settings ever tried on these events, at least those that are ranked. */
export function judge(ranked: readonly RankedPoint[], trials: number): Verdict {
  const best = ranked[0];
  if (best === undefined) return { kind: 'nothing' };
  if (best.moments.mean <= 0) return { kind: 'loses', isEvery: ranked.every(({ moments }) => moments.mean <= 0) };
  const { n, skew, kurtosis } = best.moments;
  const deflated = deflatedSharpe({
    sharpe: best.sharpe,
    observations: n,
    skew,
    kurtosis,
    trials: Math.max(trials, ranked.length),
    trialsSd: momentsOf(ranked.map(({ sharpe }) => sharpe)).sd,
  });
  if (n < EVENTS_MIN)
    return { kind: 'too-few', events: n, needed: EVENTS_MIN, ...(deflated !== undefined && { deflated }) };
  return deflated !== undefined && deflated >= DEFLATED_MIN
    ? { kind: 'believed', deflated }
    : { kind: 'luck', deflated };
}

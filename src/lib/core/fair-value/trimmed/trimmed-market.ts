/**
 * The chance of a market that settles on a trimmed mean of its sixty prints. Before the window: a normal around the last print, as
 * for the plain mean, with the variance that simulated walks give to what is left; how far it is from a normal is in its error. Inside:
 * by the prints seen, one by one, and fixed shapes of those to come. When all are in: their trimmed mean.
 */
import type { Market, Strike } from '../../market.ts';
import { normalPdf } from '../../normal.ts';
import { refused } from '../../refused.ts';
import { edgesOf, probabilityOfYes, WINDOW_PRINTS } from '../settlement-average.ts';
import type { Bin } from '../strike-bins.ts';
import type { ModelRefusal } from '../types.ts';
import { type Doubts, trimmedMean, trimmedWithin } from './inside.ts';
import { prepareShapes } from './shapes.ts';
import { SECONDS_ERROR, windowMoments } from './window-moments.ts';

export interface TrimmedQuestion {
  readonly strike: Strike | undefined;
  /** At each end, 1…29. */
  readonly dropped: number;
  readonly lastPrint: number;
  /** Dollars per √second. */
  readonly sigma: number;
  /** To the close, > 0. */
  readonly seconds: number;
  /** The prints of the window, all that there are; undefined where some were not heard. */
  readonly seen: Float64Array | undefined;
  readonly secondsSincePrint: number;
  /** By how much the index is above our prints, and the deviation of that: dollars. */
  readonly offset: number;
  readonly proxySd: number;
  readonly doubts: Doubts;
}

export interface TrimmedAnswer {
  readonly kind: 'chance';
  readonly probability: number;
  readonly standardError: number;
  /** The part of it that is of the paths and not of the market. */
  readonly simulationError: number;
  /** About where the average will be, and its deviation without the proxy's: dollars. */
  readonly mean: number;
  readonly sd: number;
}

/** No more can be dropped of sixty, and a rule that drops none is a plain one. */
export function isDroppable(dropped: number): boolean {
  return Number.isInteger(dropped) && dropped >= 1 && 2 * dropped < WINDOW_PRINTS;
}

/** Once such a market is known, so that no quote waits for what all of them share. */
export function prepareTrimmed({ settles }: Market): void {
  if (settles?.kind === 'trimmed-average') prepareShapes();
}

export function trimmedChance(question: TrimmedQuestion): TrimmedAnswer | ModelRefusal {
  const { strike, seconds, seen } = question;
  const edges = edgesOf(strike);
  if ('kind' in edges) return edges;
  if (seconds >= WINDOW_PRINTS) return beforeWindow(question, edges);
  if (seen === undefined) {
    return refused(
      'print_missed',
      'not every print of the settlement window was heard, and which of them the average drops is not known',
    );
  }
  return seen.length === WINDOW_PRINTS ? allSeen(question, seen) : insideWindow(question, seen, edges);
}

function beforeWindow(question: TrimmedQuestion, edges: Bin): TrimmedAnswer | ModelRefusal {
  const { strike, dropped, lastPrint, sigma, seconds, offset, proxySd, doubts } = question;
  const window = windowMoments(dropped);
  const ahead = seconds - WINDOW_PRINTS;
  const mean = lastPrint + offset;
  const yes = (spread: number, shift: number, windowSeconds: number) => {
    const variance = (sigma * spread) ** 2 * (ahead + windowSeconds);
    const found = probabilityOfYes({ mean: mean + shift, variance }, strike, proxySd);
    return found.kind === 'value' ? found.probability : NaN;
  };
  const byVolatility = yes(1 + doubts.volatility, 0, window.seconds) - yes(1 - doubts.volatility, 0, window.seconds);
  const byOffset = yes(1, doubts.offset, window.seconds) - yes(1, -doubts.offset, window.seconds);
  const byPaths = yes(1, 0, window.seconds + SECONDS_ERROR) - yes(1, 0, window.seconds - SECONDS_ERROR);
  const variance = sigma * sigma * (ahead + window.seconds);
  const whole = variance + proxySd * proxySd;
  const excess = window.excessKurtosis * ((sigma * sigma * window.seconds) / whole) ** 2;
  const scaled = (edge: number) => (edge - mean) / Math.sqrt(whole);
  const byShape = (excess / 24) * (fourthTerm(scaled(edges.high)) - fourthTerm(scaled(edges.low)));
  const simulationError = Math.hypot(byPaths / 2, byShape);
  return {
    ...{ kind: 'chance', probability: yes(1, 0, window.seconds), simulationError, mean, sd: Math.sqrt(variance) },
    standardError: Math.hypot(byVolatility / 2, byOffset / 2, simulationError),
  };
}

function insideWindow(question: TrimmedQuestion, seen: Float64Array, { low, high }: Bin): TrimmedAnswer {
  const { offset, doubts } = question;
  const window = { ...question, seen };
  const found = trimmedWithin(window, low - offset, high - offset, doubts);
  const { probability, simulationError, volatilityError, offsetError, mean, sd } = found;
  return {
    ...{ kind: 'chance', probability, simulationError, mean: mean + offset, sd },
    standardError: Math.hypot(volatilityError, offsetError, simulationError),
  };
}

function allSeen(question: TrimmedQuestion, seen: Float64Array): TrimmedAnswer | ModelRefusal {
  const { strike, dropped, offset, proxySd, doubts } = question;
  const mean = trimmedMean(seen, dropped) + offset;
  const yes = (shift: number) => probabilityOfYes({ mean: mean + shift, variance: 0 }, strike, proxySd);
  const [middle, low, high] = [yes(0), yes(-doubts.offset), yes(doubts.offset)];
  if (middle.kind === 'refused' || low.kind === 'refused' || high.kind === 'refused')
    return refused('strike_unknown', 'the strike says no interval');
  const standardError = Math.abs(high.probability - low.probability) / 2;
  return { kind: 'chance', probability: middle.probability, standardError, simulationError: 0, mean, sd: 0 };
}

/** (z³ − 3z)·φ(z), by which an excess of the fourth moment moves a distribution (Edgeworth). */
function fourthTerm(z: number): number {
  return Number.isFinite(z) ? (z ** 3 - 3 * z) * normalPdf(z) : 0;
}

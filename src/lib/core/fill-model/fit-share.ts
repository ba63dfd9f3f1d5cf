/** How cancels divide between those ahead and those behind, from cancels whose place was known, and what that rules out. */
import { asShare, jackknife, sum } from './clustered.ts';
import type { CancelAhead, CancelShare } from './model.ts';
import { TRIED_SHARES } from './share-trial.ts';
import { CLOSE_BUCKETS, PLACES } from './situations.ts';
import type { CancelTally, MarketStudy } from './study.ts';
import { BANDS, type Band } from './types.ts';

/** Fewer say nothing (as for rates, math.md section 15). */
export const CANCELS_MIN = 30;
/** The middle of the band, where nothing is known but the band. */
const UNKNOWN_SHARE: CancelShare = { share: 0.5, low: 0, high: 1, cancels: 0, markets: 0 };

/** The share whose places are least wrong, to the step of `TRIED_SHARES`. `test`: walked with a share fitted on others. */
export function fitCancelAhead(studies: readonly MarketStudy[], test: readonly MarketStudy[] = []): CancelAhead {
  const cancelled = sum(studies.map((study) => study.cancelled));
  const coverage = cancelled === 0 ? 0 : sum(studies.map((study) => study.placed)) / cancelled;
  const known = studies.filter((study) => !test.includes(study));
  const train = shareOf(known, () => true);
  const queueError = train === undefined ? null : queueErrorOf(test, train.share);
  const queueErrorTrained = train === undefined ? null : queueErrorOf(known, train.share);
  const tested = { ...falseFillsOf(test), queueError, queueErrorTrained, coverage };
  const overall = shareOf(studies, () => true);
  if (overall === undefined) return { source: 'band', overall: UNKNOWN_SHARE, situations: [], ...tested };
  const situations = PLACES.flatMap((place) =>
    CLOSE_BUCKETS.flatMap((close) => {
      const share = shareOf(studies, (tally) => tally.place === place && tally.close === close);
      return share === undefined || share.markets < 2 ? [] : [{ place, close, ...share }];
    }),
  );
  return { source: 'matched_cancels', overall, situations, ...tested };
}

/** What the exchange itself said of our places, a list a market, is worth more than any guess: it replaces what was fitted. */
export function withOwnQueue(fitted: CancelAhead, own: readonly (readonly CancelTally[])[]): CancelAhead {
  const overall = shareFrom(own, () => true);
  return overall === undefined ? fitted : { ...fitted, source: 'own_queue', overall, situations: [] };
}

function shareOf(studies: readonly MarketStudy[], isMeant: (tally: CancelTally) => boolean): CancelShare | undefined {
  return shareFrom(
    studies.map((study) => study.cancels),
    isMeant,
  );
}

function shareFrom(
  markets: readonly (readonly CancelTally[])[],
  isMeant: (tally: CancelTally) => boolean,
): CancelShare | undefined {
  const meant = markets.map((tallies) => tallies.filter(isMeant)).filter((tallies) => tallies.length > 0);
  const cancels = sum(meant.flat().map((tally) => tally.cancels));
  if (cancels < CANCELS_MIN) return undefined;
  const share = leastWrong(meant.flat());
  const without = meant.map((left) => leastWrong(meant.filter((one) => one !== left).flat()));
  return { share, ...asShare(jackknife(share, without)), cancels, markets: meant.length };
}

function leastWrong(tallies: readonly CancelTally[]): number {
  let best = 0;
  for (const n of TRIED_SHARES.keys()) if (errorAt(tallies, n) < errorAt(tallies, best)) best = n;
  return TRIED_SHARES[best] as number;
}

function errorAt(tallies: readonly CancelTally[], n: number): number {
  return sum(tallies.map((tally) => tally.errors[n] as number));
}

function queueErrorOf(studies: readonly MarketStudy[], share: number): CancelAhead['queueError'] {
  const tallies = studies.flatMap((study) => study.cancels);
  const squares = sum(tallies.map((tally) => tally.squares));
  if (squares === 0) return null;
  const tried: Readonly<Record<Band, number>> = { pessimistic: 0, calibrated: share, optimistic: 1 };
  return byBand((band) => Math.sqrt(errorAt(tallies, TRIED_SHARES.indexOf(tried[band] as 0)) / squares));
}

function byBand(figureOf: (band: Band) => number): Record<Band, number> {
  return Object.fromEntries(BANDS.map((band) => [band, figureOf(band)])) as Record<Band, number>;
}

function falseFillsOf(studies: readonly MarketStudy[]): Pick<CancelAhead, 'falseFills' | 'trackedOrders'> {
  const trackedOrders = sum(studies.map((study) => study.tracked.orders));
  if (trackedOrders === 0) return { falseFills: null, trackedOrders };
  const falseFills = byBand((band) => sum(studies.map((study) => study.tracked.filled[band])) / trackedOrders);
  return { falseFills, trackedOrders };
}

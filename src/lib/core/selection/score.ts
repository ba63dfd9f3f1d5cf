/**
 * What a market is worth, two ways (math.md 16): to whoever knows better than the book, and to whoever only makes it.
 * The first divides by the spread, so it favours the markets in which a maker earns least: both are reported.
 */

import { bestDistance, edgeRate, type Takers } from '../fill-model/maker-value.ts';
import { type PriceGrid, snap } from '../grid.ts';
import { makerFeePerContract } from '../money/fees.ts';
import { normalCdf } from '../normal.ts';
import { type Centicents, complement, type EpochMs, PRICE_ONE, type Side, signOf } from '../units.ts';
import type { Candidate, InformedScore, MakingScore, MakingSide, SelectionRules } from './types.ts';

export interface InformedInput {
  /** |fair − mid|. */
  readonly edgeCents: number;
  /** Of the fair value. */
  readonly standardErrorCents: number;
  /** Above 0. */
  readonly spreadCents: number;
  /** Of a round trip. */
  readonly feeDragCents: number;
  /** In 24 hours. */
  readonly volumeDollars: number;
}

const HALF_VOLUME_DOLLARS = 5_000;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** What was traded in less than this says little of an hour. */
const HOURS_MIN = 1 / 60;

/** edge·confidence/(spread + feeDrag)·V/(V + 5000). */
export function informedScore(input: InformedInput): InformedScore {
  const { edgeCents, standardErrorCents, spreadCents, feeDragCents, volumeDollars } = input;
  // Without an error every edge is certain, and no edge is none.
  const errors = edgeCents === 0 ? 0 : edgeCents / standardErrorCents;
  const confidence = 2 * normalCdf(errors) - 1;
  const liquidity = volumeDollars / (volumeDollars + HALF_VOLUME_DOLLARS);
  const score = ((edgeCents * confidence) / (spreadCents + feeDragCents)) * liquidity;
  return { edgeCents, confidence, spreadCents, feeDragCents, liquidity, score };
}

export interface MakingInput {
  readonly bid: Centicents;
  readonly ask: Centicents;
  readonly fairCents: number;
  /** Contracts that everybody trades in an hour. */
  readonly tradedPerHour: number;
  readonly decayPerCent: number;
  readonly adverseCents: number;
  /** At this price, cents a contract. */
  readonly feeCents: (price: Centicents) => number;
  readonly grid: PriceGrid;
}

/**
 * Σ over both sides of λ(δ)·(δ − a − f)/collateral. A side stands where it earns most: at the best price where that is at
 * least δ* = 1/k + a + f from the fair value (inside it nobody more would come), else at δ*. A is such that half of what is
 * traded comes to each side at half of the spread: A·e^(−k·s/2) = V/2.
 */
export function makingScore(input: MakingInput): MakingScore {
  const { bid, ask, fairCents, tradedPerHour, decayPerCent } = input;
  const halfSpread = (ask - bid) / 200;
  const takers = { perHour: (tradedPerHour / 2) * Math.exp(decayPerCent * halfSpread), perCent: decayPerCent };
  const sides = [
    sideOf(input, takers, 'bid', bid, fairCents - bid / 100),
    sideOf(input, takers, 'ask', ask, ask / 100 - fairCents),
  ];
  const [ours, theirs] = sides;
  return {
    ...(ours !== undefined && { bid: ours.side }),
    ...(theirs !== undefined && { ask: theirs.side }),
    score: sides.reduce((sum, one) => sum + (one === undefined ? 0 : one.rate / one.side.collateralCents), 0),
  };
}

/** Undefined where the grid has no price so far out. */
function sideOf(input: MakingInput, takers: Takers, side: Side, best: Centicents, bestCents: number) {
  const { fairCents, adverseCents, feeCents: feeAt, grid } = input;
  const least = bestDistance(takers, adverseCents, feeAt(best));
  const price = bestCents >= least ? best : snap((fairCents - signOf(side) * least) * 100, side, grid);
  if (price === undefined || price <= 0 || price >= PRICE_ONE) return undefined;
  const distanceCents = signOf(side) * (fairCents - price / 100);
  const feeCents = feeAt(price);
  const collateral = side === 'bid' ? price : complement(price);
  const shown: MakingSide = {
    ...{ price, distanceCents, feeCents, collateralCents: collateral / 100 },
    contractsPerHour: takers.perHour * Math.exp(-takers.perCent * distanceCents),
    edgeCents: distanceCents - adverseCents - feeCents,
  };
  return { side: shown, rate: Math.max(0, edgeRate(takers, distanceCents, adverseCents, feeCents)) };
}

/** Both scores of a candidate, each absent where its inputs are. */
export function scoresOf(
  { market, bid, ask, volume, fair }: Candidate,
  { decayPerCent, adverseCents }: Pick<SelectionRules, 'decayPerCent' | 'adverseCents'>,
  now: EpochMs,
): { readonly informed?: InformedScore; readonly making?: MakingScore } {
  if (bid === undefined || ask === undefined || bid >= ask) return {};
  const feeCents = (price: number): number => {
    const fee = makerFeePerContract(market.fees, price, now);
    return typeof fee === 'number' ? fee * 100 : Number.NaN;
  };
  const midCents = (bid + ask) / 200;
  const drag = feeCents(bid) + feeCents(ask);
  if (Number.isNaN(drag)) return {};
  const hours = Math.min(DAY_HOURS, Math.max(HOURS_MIN, (now - market.openAt) / HOUR_MS));
  const fairCents = fair === undefined ? midCents : fair.probability * 100;
  const making = makingScore({
    ...{ bid, ask, fairCents, decayPerCent, adverseCents, feeCents, grid: market.grid },
    tradedPerHour: volume / 100 / hours,
  });
  if (fair === undefined) return { making };
  const informed = informedScore({
    edgeCents: Math.abs(fairCents - midCents),
    standardErrorCents: fair.standardError * 100,
    spreadCents: (ask - bid) / 100,
    feeDragCents: drag,
    volumeDollars: volume / 100,
  });
  return { informed, making };
}

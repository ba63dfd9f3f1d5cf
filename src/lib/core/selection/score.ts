/**
 * What a market is worth, two ways (math.md 16): to whoever knows better than the book, and to whoever only makes it.
 * The first divides by the spread, so it favours the markets in which a maker earns least: both are reported.
 */
import { makerFeePerContract } from '../fees.ts';
import { edgeRate } from '../fill-model/maker-value.ts';
import { normalCdf } from '../normal.ts';
import { type Centicents, complement, type EpochMs } from '../units.ts';
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
}

/**
 * Σ over both sides of λ(δ)·(δ − a − f)/collateral, joining the best price; a side that is not worth its costs is not
 * shown and adds nothing. A is such that half of what is traded comes to each side at half of the spread: A·e^(−k·s/2) = V/2.
 */
export function makingScore(input: MakingInput): MakingScore {
  const { bid, ask, tradedPerHour, decayPerCent } = input;
  const perHour = (tradedPerHour / 2) * Math.exp((decayPerCent * (ask - bid)) / 200);
  const takers = { perHour, perCent: decayPerCent };
  const sides = [
    sideOf(input, takers, bid, input.fairCents - bid / 100, bid),
    sideOf(input, takers, ask, ask / 100 - input.fairCents, complement(ask)),
  ] as const;
  const score = sides.reduce((sum, { side, rate }) => sum + Math.max(0, rate) / side.collateralCents, 0);
  return { bid: sides[0].side, ask: sides[1].side, score };
}

function sideOf(
  { adverseCents, feeCents: feeAt }: MakingInput,
  takers: { readonly perHour: number; readonly perCent: number },
  price: Centicents,
  distanceCents: number,
  collateral: Centicents,
) {
  const feeCents = feeAt(price);
  const side: MakingSide = {
    ...{ price, distanceCents, feeCents, collateralCents: collateral / 100 },
    contractsPerHour: takers.perHour * Math.exp(-takers.perCent * distanceCents),
    edgeCents: distanceCents - adverseCents - feeCents,
  };
  return { side, rate: edgeRate(takers, distanceCents, adverseCents, feeCents) };
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
    ...{ bid, ask, fairCents, decayPerCent, adverseCents, feeCents },
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

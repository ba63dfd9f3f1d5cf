/**
 * Whether the fair values behind what was filled were right (E-4): against what came, against the mid at the fill, and in money.
 * What was filled is not what was quoted: the difference is adverse selection (math.md section 18).
 */
import { calibrationErrorOf } from './calibration-error.ts';
import { type Drift, driftStep, isDrifting, NO_DRIFT } from './drift.ts';
import { type EvHonesty, type EvPair, evHonesty } from './ev-honesty.ts';
import { compareForecasts, type RivalScore } from './rivals.ts';
import { type Scores, scoresOf } from './scores.ts';

/** One fill of a market that paid all or nothing. Chances and prices in [0, 1], money in dollars. */
export interface FilledBet {
  readonly ticker: string;
  readonly event: string;
  readonly series: string;
  /** When its market was settled. */
  readonly settledAt: number;
  readonly secondsToClose: number;
  /** +1 bought YES, −1 sold it. */
  readonly sign: 1 | -1;
  readonly contracts: number;
  readonly price: number;
  readonly fair: number;
  readonly mid: number;
  readonly isTrue: boolean;
  readonly fee: number;
}

export interface FilledHonesty {
  readonly fills: number;
  readonly markets: number;
  readonly scores: Scores;
  /** `fair` against `mid`, a fill a question, an event one observation. */
  readonly rivals: readonly RivalScore[];
  /** Mean distance of bins from what came, weighted by their markets; null: nothing to score. */
  readonly calibrationError: number | null;
  readonly ev: EvHonesty | null;
  readonly drift: Drift;
  readonly isDrifting: boolean;
}

export function filledHonesty(bets: readonly FilledBet[]): FilledHonesty {
  const scores = scoresOf(
    bets.map(({ fair, isTrue, contracts, ticker }) => ({
      ...{ probability: fair, isTrue, weight: contracts, group: ticker },
    })),
  );
  const said = bets.map(({ event, isTrue, fair, mid }) => ({ group: event, isTrue, said: { mid, fair } }));
  const drift = driftOf(bets);
  return {
    ...{ fills: bets.length, markets: scores.count, scores, rivals: compareForecasts(said, ['mid', 'fair'], 'mid') },
    calibrationError: calibrationErrorOf(scores.bins),
    ev: evHonesty(evByEvent(bets)) ?? null,
    ...{ drift, isDrifting: isDrifting(drift) },
  };
}

/** What the fills of each event promised by their fair value, and what they brought: dollars, after fees. */
export function evByEvent(bets: readonly FilledBet[]): readonly EvPair[] {
  return [...Map.groupBy(bets, ({ event }) => event).values()].map((some) => ({
    predicted: some.reduce((sum, one) => sum + netOf(one, one.fair), 0),
    realized: some.reduce((sum, one) => sum + netOf(one, one.isTrue ? 1 : 0), 0),
  }));
}

function netOf({ sign, contracts, price, fee }: FilledBet, worth: number): number {
  return sign * contracts * (worth - price) - fee;
}

/** One step a market, in the order of their settlement: the mean fair value at its fills. */
function driftOf(bets: readonly FilledBet[]): Drift {
  const markets = [...Map.groupBy(bets, ({ ticker }) => ticker).values()].map((some) => {
    const weight = some.reduce((sum, { contracts }) => sum + contracts, 0);
    const fair = some.reduce((sum, one) => sum + one.contracts * one.fair, 0) / weight;
    return { fair, isTrue: some[0]?.isTrue ?? false, settledAt: some[0]?.settledAt ?? 0 };
  });
  return markets
    .sort((a, b) => a.settledAt - b.settledAt)
    .reduce((drift, { fair, isTrue }) => driftStep(drift, fair, isTrue), NO_DRIFT);
}

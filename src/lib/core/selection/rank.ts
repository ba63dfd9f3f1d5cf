/** Markets in the order of what they are worth, each with its factors and the reasons against it (A-SEL, D-1, math.md 16). */
import type { EpochMs } from '../units.ts';
import { liquidityOf, refusalsOf } from './refusals.ts';
import { scoresOf } from './score.ts';
import type { Candidate, RankedMarket, Refusal, SelectionRules } from './types.ts';

/** Those that may be taken first, the best of them in front; then those with reasons against them. Equals by ticker. */
export function rankMarkets(
  candidates: readonly Candidate[],
  rules: SelectionRules,
  now: EpochMs,
): readonly RankedMarket[] {
  const judged = candidates.map((candidate) => judgedMarket(candidate, rules, now)).sort(byWorth);
  const ofSeries = new Map<string, number>();
  let taken = 0;
  return judged.map((one): RankedMarket => {
    if (one.refusals.length > 0) return one;
    const series = one.candidate.market.seriesTicker;
    const before = ofSeries.get(series) ?? 0;
    const full = fullRefusal(taken, before, rules);
    if (full !== undefined) return { ...one, refusals: [full] };
    ofSeries.set(series, before + 1);
    taken += 1;
    return { ...one, rank: taken };
  });
}

function fullRefusal(taken: number, ofSeries: number, rules: SelectionRules): Refusal | undefined {
  const { marketsMax, seriesMarketsMax } = rules;
  const refuse = (code: 'full' | 'series_full', text: string): Refusal => ({ code, isLasting: false, text });
  if (taken >= marketsMax) return refuse('full', `${marketsMax} better markets already`);
  if (ofSeries >= seriesMarketsMax) return refuse('series_full', `${seriesMarketsMax} better of its series already`);
  return undefined;
}

function judgedMarket(candidate: Candidate, rules: SelectionRules, now: EpochMs): RankedMarket {
  const scores = scoresOf(candidate, rules, now);
  const liquidity = liquidityOf(candidate);
  const value = scores[rules.by]?.score ?? 0;
  return {
    candidate,
    ...scores,
    ...(liquidity !== undefined && { liquidity }),
    value,
    refusals: refusalsOf(candidate, rules, now),
  };
}

function byWorth(a: RankedMarket, b: RankedMarket): number {
  const refused = Number(a.refusals.length > 0) - Number(b.refusals.length > 0);
  if (refused !== 0) return refused;
  const tickers = a.candidate.market.ticker < b.candidate.market.ticker ? -1 : 1;
  return b.value - a.value || tickers;
}

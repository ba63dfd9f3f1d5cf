/** How a backtest quoted: how long, how restlessly, what was refused, and how long inventory took to come back. */
import { type HalfLife, halfLifeOf } from '../honesty/half-life.ts';
import type { Centicontracts } from '../units.ts';
import type { BacktestResult, DecisionSample, MarketResult } from './result.ts';

export interface QuoteFigures {
  /** In which markets were open and their books known, all of them together. */
  readonly openMs: number;
  /** Shares of it; null where nothing was open. */
  readonly anyShare: number | null;
  readonly bothShare: number | null;
  readonly decisions: number;
  readonly creates: number;
  readonly amends: number;
  readonly decreases: number;
  readonly cancels: number;
  readonly requotes: number;
  /** A minute in which a market was open. */
  readonly requotesPerMinute: number | null;
  readonly expired: number;
  /** By the exchange's code, most first. */
  readonly rejects: readonly (readonly [code: string, count: number])[];
  readonly largestPosition: Centicontracts;
  readonly halfLife: HalfLife;
}

export function quoteFigures({ markets, samples, job }: BacktestResult): QuoteFigures {
  const total = (of: (market: MarketResult) => number) => markets.reduce((sum, one) => sum + of(one), 0);
  const openMs = total(({ quoted }) => quoted.openMs);
  const share = (ms: number) => (openMs === 0 ? null : ms / openMs);
  const requotes = total(({ counts }) => counts.requotes);
  const rejects = new Map<string, number>();
  for (const { counts } of markets)
    for (const [code, count] of Object.entries(counts.rejects)) rejects.set(code, (rejects.get(code) ?? 0) + count);
  return {
    openMs,
    anyShare: share(total(({ quoted }) => quoted.bidMs + quoted.askMs - quoted.bothMs)),
    bothShare: share(total(({ quoted }) => quoted.bothMs)),
    decisions: total(({ counts }) => counts.decisions),
    creates: total(({ counts }) => counts.creates),
    amends: total(({ counts }) => counts.amends),
    decreases: total(({ counts }) => counts.decreases),
    cancels: total(({ counts }) => counts.cancels),
    requotes,
    requotesPerMinute: openMs === 0 ? null : (requotes * 60_000) / openMs,
    expired: total(({ counts }) => counts.expired),
    rejects: [...rejects].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)),
    largestPosition: Math.max(0, ...markets.map(({ pnl }) => pnl.largestPosition)) as Centicontracts,
    halfLife: halfLifeOf(pathsOf(samples, job.sampleMs), job.sampleMs),
  };
}

/** Positions at the regular moments of each market; a hole begins another path. */
function pathsOf(samples: readonly DecisionSample[], stepMs: number): readonly (readonly number[])[] {
  const paths: number[][] = [];
  for (const some of Map.groupBy(samples, ({ ticker }) => ticker).values()) {
    let before: DecisionSample | undefined;
    for (const sample of some) {
      const isNext = before !== undefined && sample.at - before.at < HOLE_STEPS * stepMs;
      if (isNext) paths.at(-1)?.push(sample.position);
      else paths.push([sample.position]);
      before = sample;
    }
  }
  return paths;
}

const HOLE_STEPS = 2;

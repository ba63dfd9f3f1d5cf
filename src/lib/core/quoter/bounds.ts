/** What γ, κ (k) and σ of the quoters may be. One that stands at such a bound may be anything beyond it: quotes say so. */
import type { QuoterParameters, StrategyName } from './types.ts';

export const QUOTER_BOUNDS = {
  gammaPerCent: { min: 0.000001, max: 1 },
  kappaPerCent: { min: 0.01, max: 10 },
  kPerCent: { min: 0.01, max: 10 },
  sigmaCentsPerRootHour: { min: 0.01, max: 100 },
  gammaPerDollar: { min: 0.0001, max: 10 },
  kPerDollar: { min: 1, max: 1_000 },
} as const;

/** In words, one for each number of the strategy that is at its least or its most. */
export function boundNotes(strategy: StrategyName, quoter: QuoterParameters): readonly string[] {
  const numbers: object = quoter[strategy] ?? {};
  return Object.entries(numbers).flatMap(([name, value]) => {
    const bounds = QUOTER_BOUNDS[name as keyof typeof QUOTER_BOUNDS];
    if (bounds === undefined || typeof value !== 'number') return [];
    if (value <= bounds.min) return [`${name} of ${strategy} is the least that it may be, ${bounds.min}`];
    return value >= bounds.max ? [`${name} of ${strategy} is the most that it may be, ${bounds.max}`] : [];
  });
}

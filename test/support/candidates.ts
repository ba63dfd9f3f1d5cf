/** Markets as they stand when they are compared: one that D-1 takes, and changes of it. */
import type { Market } from '../../src/lib/core/market.ts';
import type { AvoidList, Candidate, EntryTerms, SelectionRules } from '../../src/lib/core/selection/types.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../src/lib/core/units.ts';
import { MARKET } from './engine.ts';

export const NOW = epochMs(Date.UTC(2026, 10, 20, 15, 0, 0));
export const HOUR_MS = 3_600_000;

/** D-1's own numbers. */
export const GENERAL: EntryTerms = {
  ...{ volumeMin: microdollars(1_000e6), liquidityMin: microdollars(5_000e6) },
  ...{ closeMsMin: 0.5 * HOUR_MS, closeMsMax: 168 * HOUR_MS, spreadMin: centicents(200) },
};

const AVOID: AvoidList = {
  ...{ categories: ['Politics'], series: ['KXMENTION'], words: ['tweet'], closeMsMax: 92 * 24 * HOUR_MS },
};

export const RULES: SelectionRules = {
  ...{ general: GENERAL, bySeries: {}, avoid: AVOID, marketsMax: 10, seriesMarketsMax: 3 },
  ...{ by: 'making', decayPerCent: 0.6, adverseCents: 0.4 },
};

/** 40/46 ¢, $20,000 traded, about $10,000 at rest near the mid, closing in five hours. */
export function candidate(ticker: string, change: Partial<Candidate> = {}, market: Partial<Market> = {}): Candidate {
  const [series = ''] = ticker.split('-');
  const size = centicontracts(10_000 * 100);
  return {
    market: {
      ...{ ...MARKET, ticker, seriesTicker: series, eventTicker: `${series}-E`, status: 'active' },
      ...{ openAt: epochMs(NOW - 24 * HOUR_MS), closeAt: epochMs(NOW + 5 * HOUR_MS) },
      settles: { kind: 'average', index: 'BRTI', seconds: 60 },
      ...market,
    },
    ...{ bid: centicents(4_000), ask: centicents(4_600), volume: centicontracts(20_000 * 100) },
    levels: { bids: [{ price: centicents(4_000), size }], asks: [{ price: centicents(4_600), size }] },
    ...change,
  };
}

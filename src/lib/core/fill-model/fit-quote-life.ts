/** The share of best quotes that are still there so much later, over markets. */
import { asShare, ratioOf, sum } from './clustered.ts';
import type { QuoteLife } from './model.ts';
import { LIFE_MS } from './quote-watch.ts';
import type { MarketStudy } from './study.ts';

export function fitQuoteLife(studies: readonly MarketStudy[]): readonly QuoteLife[] {
  return LIFE_MS.flatMap((ms, n): readonly QuoteLife[] => {
    const looked = studies.flatMap(({ quotes }) => quotes[n] ?? []).filter(({ seen }) => seen > 0);
    const life = ratioOf(looked.map(({ seen, there }) => ({ over: there, under: seen })));
    if (life === undefined) return [];
    const quotes = sum(looked.map(({ seen }) => seen));
    return [{ ms, share: life.value, ...asShare(life), quotes, markets: looked.length }];
  });
}

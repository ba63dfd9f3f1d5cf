/** Which indices markets are priced by, and from whom each is heard: the exchange's own channel, sources outside, or nobody. */
import { sourceOf } from '../../core/fair-value/fair-value.ts';
import type { Market } from '../../core/market.ts';
import type { FairSource, Parameters } from '../../core/parameters.ts';
import { indexOf, isAverage } from '../../core/reference/settlement-rule.ts';

export interface IndexNeed {
  readonly index: string;
  /** A value alone prices nothing: how it moves has to be known as well. */
  readonly isVolatilityNeeded: boolean;
  /** A market that settles on it. */
  readonly market: Market;
}

/** `withFeatures`: models and sources that look at the index of a market themselves. */
export function indexNeeds(
  markets: Iterable<Market>,
  parameters: Pick<Parameters, 'fair' | 'fairBySeries'>,
  withFeatures: ReadonlySet<string>,
): readonly IndexNeed[] {
  const needs = new Map<string, IndexNeed>();
  for (const market of markets) {
    const index = indexOf(market.settles);
    const source = sourceOf(parameters, market);
    if (index === undefined || index === '' || !isPricedByIndex(source, withFeatures)) continue;
    const isVolatilityNeeded = needs.get(index)?.isVolatilityNeeded === true || isByAverage(source);
    needs.set(index, { index, isVolatilityNeeded, market });
  }
  return [...needs.values()];
}

/** The exchange streams the averages of its crypto indices, and no level of any other (kalshi/api.md 7.4). */
export function isStreamedByExchange({ settles }: Pick<Market, 'settles'>): boolean {
  return isAverage(settles);
}

/** Why nothing will ever be heard of it. */
export function heardFromNobody(index: string): string {
  return `the exchange does not stream ${index}, and references.indices.${index} names no source of it`;
}

function isPricedByIndex(source: FairSource, withFeatures: ReadonlySet<string>): boolean {
  switch (source.kind) {
    case 'settlement-average':
    case 'index-ladder':
      return true;
    case 'forecast':
      return withFeatures.has(source.model);
    case 'blend':
      return isPricedByIndex(source.model, withFeatures);
    default:
      return false;
  }
}

function isByAverage(source: FairSource): boolean {
  return source.kind === 'blend' ? isByAverage(source.model) : source.kind === 'settlement-average';
}

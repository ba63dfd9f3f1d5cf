/**
 * Whether our own quotes on one settling figure agree with each other (E-11; math.md 9, Consistency): ranges against above and
 * below, and all ranges of one event against a dollar. Where they do not, somebody else takes both sides of us for a sure profit.
 *
 * Quotes that come from one distribution always agree; those from books of their own need not.
 */
import { type Bin, binOf } from './fair-value/strike-bins.ts';
import type { Market } from './market.ts';
import { PRICE_ONE } from './units.ts';

/** What we show of a market; absent: nothing on that side. Centicents. */
export interface ShownQuote {
  readonly market: Pick<Market, 'ticker' | 'eventTicker' | 'strike' | 'isMutuallyExclusive'>;
  readonly bid?: number;
  readonly ask?: number;
}

/** What is published has two decimals at most on what kmm prices. */
const GRID = 0.01;

interface Leg extends ShownQuote {
  readonly bin: Bin;
}

/** Sure profits of others, in words; markets of one index and one close, in any order. */
export function conflictsOf(quotes: readonly ShownQuote[]): readonly string[] {
  const legs = quotes.flatMap((quote): Leg[] => {
    const bin = quote.market.strike === undefined ? undefined : binOf(quote.market.strike, GRID);
    return bin === undefined || 'kind' in bin ? [] : [{ ...quote, bin }];
  });
  const above = legs.filter(({ bin }) => bin.high === Infinity).sort((a, b) => a.bin.low - b.bin.low);
  const ranges = legs.filter(({ bin }) => bin.low > -Infinity && bin.high < Infinity);
  return [...nestedConflicts(above), ...ranges.flatMap((range) => rangeConflicts(range, above)), ...sums(quotes)];
}

/** K₁ < K₂: whoever is above K₂ is above K₁, so bid(≥K₂) < ask(≥K₁). The cheapest ask below is the one to beat. */
function nestedConflicts(above: readonly Leg[]): readonly string[] {
  const found: string[] = [];
  let cheapest: Leg | undefined;
  for (const leg of above) {
    if (leg.bid !== undefined && cheapest?.ask !== undefined && leg.bid >= cheapest.ask)
      found.push(
        `${leg.market.ticker} is bid at ${cents(leg.bid)} and ${cheapest.market.ticker}, which it is part of, offered at ${cents(cheapest.ask)}`,
      );
    if (leg.ask !== undefined && (cheapest?.ask === undefined || leg.ask < cheapest.ask)) cheapest = leg;
  }
  return found;
}

/** Above K₁ is the range and above K₂: bids of the two must stay below the one's ask, and asks above its bid. */
function rangeConflicts(range: Leg, above: readonly Leg[]): readonly string[] {
  const from = above.find(({ bin }) => isSame(bin.low, range.bin.low));
  const to = above.find(({ bin }) => isSame(bin.low, range.bin.high));
  if (from === undefined || to === undefined) return [];
  const names = `${range.market.ticker} and ${to.market.ticker}`;
  const found: string[] = [];
  if (range.bid !== undefined && to.bid !== undefined && from.ask !== undefined && range.bid + to.bid >= from.ask)
    found.push(
      `${names} are bid at ${cents(range.bid + to.bid)} together and ${from.market.ticker}, which is both, offered at ${cents(from.ask)}`,
    );
  if (range.ask !== undefined && to.ask !== undefined && from.bid !== undefined && range.ask + to.ask <= from.bid)
    found.push(
      `${names} are offered at ${cents(range.ask + to.ask)} together and ${from.market.ticker}, which is both, bid at ${cents(from.bid)}`,
    );
  return found;
}

/** One outcome pays at most, so what is bid for all of them stays below a dollar. */
function sums(quotes: readonly ShownQuote[]): readonly string[] {
  const byEvent = new Map<string, number>();
  for (const { market, bid = 0 } of quotes)
    if (market.isMutuallyExclusive) byEvent.set(market.eventTicker, (byEvent.get(market.eventTicker) ?? 0) + bid);
  return [...byEvent].flatMap(([event, bids]) =>
    bids >= PRICE_ONE
      ? [`the outcomes of ${event} are bid at ${cents(bids)} together, and one of them pays at most`]
      : [],
  );
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) < GRID / 4;
}

function cents(centicents: number): string {
  return `${centicents / 100} ¢`;
}

/**
 * Says once, while it lasts, where our own quotes on one figure contradict each other, and where what we hold their markets worth
 * does by more than its intervals (ladder-consistency.ts).
 */

import type { MarketState } from '../market-state.ts';
import { PRICE_ONE } from '../units.ts';
import { type Conflict, conflictsOf, type ShownQuote } from './ladder-consistency.ts';

interface Family {
  /** Markets so far. */
  size: number;
  readonly quotes: ShownQuote[];
  readonly values: ShownQuote[];
}

export class ConsistencyWatch {
  #known: ReadonlySet<string> = new Set();

  /** What is new since the last look. */
  look(markets: Iterable<MarketState>): readonly string[] {
    const found = new Map<string, string>();
    for (const [name, { quotes, values }] of familiesOf(markets)) {
      for (const { key, text } of quotes.length > 1 ? conflictsOf(quotes) : NONE)
        found.set(key, `our quotes disagree: ${text}`);
      // That they disagree at all is said once: who has the better of whom changes with every price.
      const [conflict] = values.length > 1 ? conflictsOf(values) : NONE;
      if (conflict !== undefined)
        found.set(name, `our fair values disagree by more than their intervals: ${conflict.text}`);
    }
    const fresh = [...found].filter(([key]) => !this.#known.has(key)).map(([, text]) => text);
    this.#known = new Set(found.keys());
    return fresh;
  }
}

/** Markets on one figure, and outcomes of which only one pays; the others stand in no relation that is known. */
function familiesOf(markets: Iterable<MarketState>): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  for (const state of markets) {
    const { market, place, decision } = state;
    const name = place?.figure ?? (market.isMutuallyExclusive ? market.eventTicker : undefined);
    if (name === undefined || decision === undefined) continue;
    const family = families.get(name) ?? { size: 0, quotes: [], values: [] };
    families.set(name, family);
    family.size += 1;
    // Outcomes of which one pays stand side by side.
    const own = { ticker: market.ticker, bin: place?.bin ?? { low: family.size, high: family.size + 1 } };
    const shown = shownOf(state);
    if (shown !== undefined) family.quotes.push({ ...own, ...shown });
    if (decision.fair !== undefined) {
      const { probability, standardError } = decision.fair;
      const off = ERRORS * standardError + APART;
      family.values.push({ ...own, bid: (probability - off) * PRICE_ONE, ask: (probability + off) * PRICE_ONE });
    }
  }
  return families;
}

const NONE: readonly Conflict[] = [];

/** Standard errors on either side of a fair value. */
const ERRORS = 2;
/** Probability: what is certain differs by no more from itself, and what is nearer than this is no news. */
const APART = 1e-6;

function shownOf({ decision }: MarketState): Pick<ShownQuote, 'bid' | 'ask'> | undefined {
  const [bid, ask] = [decision?.bid.shown?.price, decision?.ask.shown?.price];
  if (bid === undefined && ask === undefined) return undefined;
  return { ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) };
}

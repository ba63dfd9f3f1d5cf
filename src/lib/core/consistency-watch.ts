/** Says once, while it lasts, where our own quotes on one index and close contradict each other (ladder-consistency.ts). */

import { conflictsOf, type ShownQuote } from './ladder-consistency.ts';
import type { MarketState } from './market-state.ts';
import { indexOf } from './settlement-rule.ts';

export class ConsistencyWatch {
  #known: ReadonlySet<string> = new Set();

  /** What is new since the last look. */
  look(markets: Iterable<MarketState>): readonly string[] {
    const families = new Map<string, ShownQuote[]>();
    for (const state of markets) {
      const shown = shownOf(state);
      if (shown === undefined) continue;
      const family = familyOf(state);
      const quotes = families.get(family);
      if (quotes === undefined) families.set(family, [shown]);
      else quotes.push(shown);
    }
    const found = new Set<string>();
    for (const quotes of families.values())
      if (quotes.length > 1) for (const text of conflictsOf(quotes)) found.add(text);
    const fresh = [...found].filter((text) => !this.#known.has(text));
    this.#known = found;
    return fresh;
  }
}

function shownOf({ market, decision }: MarketState): ShownQuote | undefined {
  const [bid, ask] = [decision?.bid.shown?.price, decision?.ask.shown?.price];
  if (bid === undefined && ask === undefined) return undefined;
  return { market, ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) };
}

/** Markets that settle on one figure: of one index and close, else of one event; what drops prints settles on another figure. */
function familyOf({ market: { settles, closeAt, eventTicker } }: MarketState): string {
  const index = indexOf(settles);
  if (index === undefined) return eventTicker;
  return settles?.kind === 'trimmed-average' ? `${index} ${closeAt} ${settles.dropped}` : `${index} ${closeAt}`;
}

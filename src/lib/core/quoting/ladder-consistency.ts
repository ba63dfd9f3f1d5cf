/**
 * Whether our own quotes on one settling figure agree with each other (E-11; math.md 9, Consistency): ranges against above and
 * below, thresholds against each other, and all outcomes of an event against a dollar. Where they do not, somebody else takes both
 * sides of us for a sure profit; one of nothing counts as well, for it comes with a chance of more.
 *
 * Quotes and fair values that come from one distribution always agree; those from books of their own need not.
 */
import { type Circle, circlesOf, type Offer } from '../arb/network.ts';
import type { Bin } from '../fair-value/strike-bins.ts';
import { PRICE_ONE } from '../units.ts';

/** What we show of a market, or hold it worth; absent: nothing on that side. Centicents, real where it is a fair value. */
export interface ShownQuote {
  readonly ticker: string;
  readonly bin: Bin;
  readonly bid?: number;
  readonly ask?: number;
}

/** More of them say no more. */
const MOST = 5;
/** So that a profit of nothing is one: far below a tick, dollars a leg. */
const LEAST = 1e-7;

/** A sure profit of others: whom it is made of, and in words. */
export interface Conflict {
  readonly key: string;
  readonly text: string;
}

/** Markets on one figure, or outcomes of one event, in any order. */
export function conflictsOf(quotes: readonly ShownQuote[]): readonly Conflict[] {
  const offers = quotes.map(({ bin, bid, ask }): Offer => {
    const step = (price: number | undefined, less: number) =>
      price === undefined ? [] : [{ dollars: price / PRICE_ONE + less, size: 1 }];
    return { bin, asks: step(ask, -LEAST), bids: step(bid, LEAST) };
  });
  return circlesOf(offers, MOST).map((circle) => conflictOf(circle, quotes));
}

function conflictOf({ taken, profit }: Circle, quotes: readonly ShownQuote[]): Conflict {
  const acts = taken.map(({ offer, act }) => {
    const { ticker, bid, ask } = quotes[offer] as ShownQuote;
    return act === 'buy' ? [`buys ${ticker}`, ask] : [`sells ${ticker}`, bid];
  }) as (readonly [string, number])[];
  acts.sort(([a], [b]) => (a < b ? -1 : 1));
  const all = acts.map(([what, price]) => `${what} at ${cents(price)}`).join(', ');
  return {
    key: acts.map(([what]) => what).join(),
    text: `whoever ${all} has ${cents(profit * PRICE_ONE)} a contract for sure`,
  };
}

function cents(centicents: number): string {
  return `${Math.round(centicents) / 100} ¢`;
}

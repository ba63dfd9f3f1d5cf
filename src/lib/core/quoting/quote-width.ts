/**
 * A quote that is as wide as it can be, or far wider than the book, earns nothing and looks as if it worked: it says so (issue
 * 7). How wide it is against the others, the part that makes most of it, and for how long that has been so.
 */

import { spreadOf, type Top } from '../book/signals.ts';
import type { Parameters } from '../parameters.ts';
import { boundNotes } from '../quoter/bounds.ts';
import type { EpochMs } from '../units.ts';
import type { Quote } from './quote.ts';
import { type SpreadParts, spreadParts } from './quote-parts.ts';

/** So many times the spread of the others is far wider. */
const TIMES = 3;
/** For so long it is worth a line in the log. */
const LONG_MS = 300_000;

/** In words, why the quote may stand far from where others trade; undefined: it does not. */
function widthNote(quote: Quote, top: Top | undefined): string | undefined {
  const { numbers, bid } = quote;
  if (numbers.spreadCentsMax !== undefined)
    return `the spread is at its most, ${numbers.spreadCentsMax} ¢: the rules of the strategy would have it wider`;
  if (top === undefined || !isFarWider(quote, top)) return undefined;
  const [own, others] = [widthOf(quote), spreadOf(top)];
  const most = largestPart(spreadParts(quote, bid));
  const times = (own / others).toFixed(1);
  return `${times} times as wide as the book (${cents(own)} ¢ against ${cents(others)} ¢), most of it ${most}`;
}

/** All that is to be said of how wide it stands. */
export function quoteNotes(
  quote: Quote | undefined,
  top: Top | undefined,
  { strategy, quoter }: Pick<Parameters, 'strategy' | 'quoter'>,
): readonly string[] {
  if (quote === undefined) return [];
  const width = widthNote(quote, top);
  return [...(width === undefined ? [] : [width]), ...boundNotes(strategy, quoter)];
}

function isFarWider(quote: Quote, top: Top): boolean {
  return widthOf(quote) > TIMES * spreadOf(top);
}

function widthOf({ bid, ask }: Quote): number {
  return ask.raw - bid.raw;
}

/** Of one market: says it once, when it has lasted. */
export class WidthWatch {
  #since: EpochMs | undefined;
  #isSaid = false;

  /** The line to say now. */
  look(quote: Quote | undefined, top: Top | undefined, now: EpochMs): string | undefined {
    const isAtMost = quote?.numbers.spreadCentsMax !== undefined;
    const isWide = isAtMost || (quote !== undefined && top !== undefined && isFarWider(quote, top));
    if (quote === undefined || !isWide) {
      this.#since = undefined;
      this.#isSaid = false;
      return undefined;
    }
    this.#since ??= now;
    if (this.#isSaid || now - this.#since < LONG_MS) return undefined;
    this.#isSaid = true;
    return `quoted for ${Math.round((now - this.#since) / 60_000)} min: ${widthNote(quote, top)}`;
  }
}

const WORDS: Readonly<Record<Exclude<keyof SpreadParts, 'half'>, string>> = {
  ...{ margin: "the strategy's margin", fee: 'the fee', adverse: 'the adverse move', interval: 'the interval of fair' },
  ...{ edge: 'the edge', queue: 'the place in the queue', incentive: 'nothing' },
};

function largestPart(parts: SpreadParts): string {
  const names = Object.keys(WORDS) as (keyof typeof WORDS)[];
  const most = names.reduce((best, name) => (parts[name] > parts[best] ? name : best));
  return `${WORDS[most]}, ${(parts[most] * 100).toFixed(1)} ¢ a side`;
}

function cents(centicents: number): string {
  return (centicents / 100).toFixed(1);
}

/**
 * An order as a person writes it down, "buy 10 KX… @ 45¢", in the words of `kmm trade buy`: TICKER COUNT PRICE in that order, or
 * the count first. Refuses what can be read in two ways.
 */
import { KmmError } from '../errors/errors.ts';
import type { Direction, Outcome } from '../hand/hand-words.ts';
import { didYouMean } from '../markets/suggest.ts';

export interface CheckedWords {
  readonly direction: Direction;
  readonly ticker: string;
  readonly count: string;
  readonly price: string;
  /** Absent: not said. */
  readonly outcome?: Outcome;
}

const EXAMPLE = 'write it as: buy 10 KXBTC15M-26NOV201515-15 @ 45c';
/** Words that say nothing by themselves. */
const FILLERS: ReadonlySet<string> = new Set(['of', 'at', '@', 'contract', 'contracts']);

/** Throws KMM_USAGE. */
export function checkWords(words: readonly string[]): CheckedWords {
  const [first = '', ...rest] = words.flatMap((word) => word.trim().split(/\s+/)).filter((word) => word !== '');
  const direction = first.toLowerCase();
  if (direction !== 'buy' && direction !== 'sell') {
    const what = first === '' ? 'no order is given' : `${first} is neither buy nor sell`;
    throw usage(`${what}${first === '' ? '' : didYouMean(first, ['buy', 'sell'])}`);
  }
  const said = joinUnits(rest);
  const marked = said.findIndex((word) => /^(@|at$)/i.test(word));
  const tokens = said
    .map((word) => word.replace(/^@/, ''))
    .filter((word) => word !== '' && !FILLERS.has(word.toLowerCase()));
  const outcomes = tokens.filter(isOutcome);
  const tickers = tokens.filter(isTicker);
  const figures = tokens.filter((word) => !isOutcome(word) && !isTicker(word));
  const odd = figures.find((word) => !/^\$?[\d.]+[c¢]?$/i.test(word));
  if (odd !== undefined) throw usage(`${odd} is no ticker, count or price`);
  if (tickers.length !== 1)
    throw usage(tickers.length === 0 ? 'no market is named' : `two markets are named: ${tickers.join(', ')}`);
  if (outcomes.length > 1) throw usage(`both ${outcomes.join(' and ')} are said`);
  if (figures.length !== 2) throw usage(`a count and a price are wanted, and ${figures.length} figures are given`);
  const [count = '', price = ''] = figures;
  // "@ 45c buy 10" and the like: the price is what the sign stands before, and that comes last.
  const before = marked < 0 ? undefined : said.slice(0, marked).filter((word) => figures.includes(word)).length;
  if (before !== undefined && before !== 1) throw usage('the count comes before the price');
  const [outcome] = outcomes;
  return {
    ...{ direction, ticker: tickers[0] ?? '', count, price },
    ...(outcome !== undefined && { outcome: outcome.toLowerCase() as Outcome }),
  };
}

/** "45 ¢" is one word. */
function joinUnits(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (/^(c|¢|cents)$/i.test(word) && last !== undefined && /^@?[\d.]+$/.test(last)) {
      joined[joined.length - 1] = `${last}c`;
    } else joined.push(word);
  }
  return joined;
}

function isOutcome(word: string): boolean {
  return /^(yes|no)$/i.test(word);
}

/** Upper case, with a letter: the exchange's names. */
function isTicker(word: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:[-.][A-Z0-9.]+)*$/.test(word) && !isOutcome(word);
}

function usage(what: string): KmmError {
  return new KmmError('KMM_USAGE', `${what}; ${EXAMPLE}`);
}

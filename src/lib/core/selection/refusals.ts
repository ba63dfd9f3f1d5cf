/** Reasons not to take a market (D-1, A-SEL), all of them: whoever reads the list wants to know what else is wrong with it. */

import { liquidityWithin } from '../book/signals.ts';
import { isTrading } from '../market.ts';
import { makerFeePerContract } from '../money/fees.ts';
import { centicents, type EpochMs, formatScaled, type Microdollars } from '../units.ts';
import type { AvoidList, Candidate, EntryTerms, Refusal, RefusalCode, SelectionRules } from './types.ts';

const NEAR = centicents(1_000);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Where a fee type has a formula it has one at every price. */
const HALF = 5_000;

/** What this market is asked for: its series' own terms, else the general ones. */
function termsFor({ market }: Candidate, { general, bySeries }: SelectionRules): EntryTerms {
  return bySeries[market.seriesTicker] ?? general;
}

/** Money at rest within 10 c of the mid; absent where the book was not read or has no two sides. */
export function liquidityOf({ levels }: Candidate): Microdollars | undefined {
  const [bid, ask] = [levels?.bids[0], levels?.asks[0]];
  if (levels === undefined || bid === undefined || ask === undefined) return undefined;
  return liquidityWithin(levels, bid.price + ask.price, NEAR);
}

/** Those that need no book. The lasting ones come first. */
export function refusalsBeforeBook(candidate: Candidate, rules: SelectionRules, now: EpochMs): readonly Refusal[] {
  return [
    ...lastingRefusals(candidate, rules.avoid, now),
    ...beliefRefusals(candidate),
    ...listedRefusals(candidate, termsFor(candidate, rules), now),
  ];
}

export function refusalsOf(candidate: Candidate, rules: SelectionRules, now: EpochMs): readonly Refusal[] {
  const before = refusalsBeforeBook(candidate, rules, now);
  // Nobody reads the book of what is refused without it.
  if (before.length > 0 && candidate.levels === undefined) return before;
  return [...before, ...bookRefusals(candidate, termsFor(candidate, rules))];
}

/** Series with a clock of their own are not excused from these. */
function lastingRefusals(candidate: Candidate, avoid: AvoidList, now: EpochMs): readonly Refusal[] {
  const { market } = candidate;
  const found: Refusal[] = [];
  const refuse = (code: RefusalCode, text: string) => found.push({ code, isLasting: true, text });
  if (!isTrading(market, now)) refuse('not_open', `it is ${market.status}`);
  if (market.settles === undefined) refuse('rules', 'its rules were not understood: kmm markets rules');
  else if (market.settles.kind === 'unpriced') refuse('rules', `its rules speak of ${market.settles.why}`);
  const fee = makerFeePerContract(market.fees, HALF, now);
  if (typeof fee !== 'number') refuse('fees', fee.reason);
  const why = avoidedBy(candidate, avoid);
  if (why !== undefined) refuse('avoided', why);
  if (market.closeAt - now > avoid.closeMsMax) {
    refuse('too_far', `closes in ${daysText(market.closeAt - now)}, beyond ${daysText(avoid.closeMsMax)}`);
  }
  return found;
}

function avoidedBy({ market, category = '' }: Candidate, avoid: AvoidList): string | undefined {
  if (avoid.categories.some((one) => one.toLowerCase() === category.toLowerCase())) return `category ${category}`;
  const series = avoid.series.find((beginning) => market.seriesTicker.startsWith(beginning));
  if (series !== undefined) return `series ${series}`;
  const words = new Set(market.title.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const word = avoid.words.find((one) => words.has(one.toLowerCase()));
  return word === undefined ? undefined : `"${word}" in its title`;
}

/** Not a lasting one: a model can be shown right again, and is heard until then (bench.ts). */
function beliefRefusals({ benched }: Candidate): readonly Refusal[] {
  return benched === undefined ? [] : [{ code: 'benched', isLasting: false, text: `not believed, ${benched}` }];
}

function listedRefusals({ market, bid, ask, volume }: Candidate, terms: EntryTerms, now: EpochMs): readonly Refusal[] {
  const found: Refusal[] = [];
  const refuse = (code: RefusalCode, text: string) => found.push({ code, isLasting: false, text });
  const left = market.closeAt - now;
  if (left < terms.closeMsMin)
    refuse('closes_soon', `closes in ${hoursText(left)}, below ${hoursText(terms.closeMsMin)}`);
  if (left > terms.closeMsMax)
    refuse('closes_late', `closes in ${hoursText(left)}, above ${hoursText(terms.closeMsMax)}`);
  // A contract is a dollar, so that 1/100 contract is 10,000 microdollars.
  const traded = (volume * 10_000) as Microdollars;
  if (traded < terms.volumeMin)
    refuse('volume', `${dollarsOf(traded)} traded in 24 h, below ${dollarsOf(terms.volumeMin)}`);
  if (bid === undefined || ask === undefined || bid >= ask) refuse('one_sided', 'it has no two sides');
  else if (ask - bid < terms.spreadMin) {
    refuse('spread', `spread ${centsOf(ask - bid)}, below ${centsOf(terms.spreadMin)}`);
  }
  return found;
}

function bookRefusals(candidate: Candidate, { liquidityMin }: EntryTerms): readonly Refusal[] {
  if (liquidityMin <= 0) return [];
  const liquidity = liquidityOf(candidate);
  if (liquidity === undefined) return [{ code: 'no_book', isLasting: false, text: 'its book was not read' }];
  if (liquidity >= liquidityMin) return [];
  const text = `${dollarsOf(liquidity)} at rest within 10 c of the mid, below ${dollarsOf(liquidityMin)}`;
  return [{ code: 'liquidity', isLasting: false, text }];
}

function dollarsOf(money: number): string {
  return `$${Math.floor(money / 1_000_000)}`;
}

function centsOf(price: number): string {
  return `${formatScaled(price, 2)} c`;
}

function hoursText(ms: number): string {
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}

function daysText(ms: number): string {
  return `${Math.round(ms / DAY_MS)} days`;
}

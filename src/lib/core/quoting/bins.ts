/**
 * Of an event of which only one outcome pays, quotes stand in the best few legs alone (E-5): a ladder of forty bins would spread
 * capital and attention over bins that earn nothing. Ranked once a second by what both sides are expected to earn after fee and
 * adverse move, times the chance that the price comes to them before it ends at 0 or 100 (math.md 14 and 15).
 *
 * A leg that is left out shows only what takes its position down. One that is in stays in until another is better by a tenth.
 */

import { touch } from '../book/queue-odds.ts';
import type { MarketState } from '../market-state.ts';
import type { Portfolio } from '../risk/portfolio.ts';
import { PRICE_ONE, signOf } from '../units.ts';
import type { Decision } from './decide.ts';
import type { Quote, QuoteSide } from './quote.ts';

/** Marks the legs that are left out, and calls `changed` for each whose lot is another. */
export function rankBins(
  events: ReturnType<Portfolio['events']>,
  most: number | undefined,
  changed: (state: MarketState) => void,
): void {
  for (const { states } of events) {
    const legs = [...states].filter(({ isSelected, market }) => isSelected && market.isMutuallyExclusive);
    const best = most === undefined || legs.length <= most ? undefined : bestOf(legs, most);
    for (const leg of states) {
      const isLeftOut = best !== undefined && leg.isSelected && !best.has(leg);
      const leftOut = isLeftOut
        ? `not among the best ${most} of ${legs.length} bins by what they earn after fees`
        : undefined;
      if (leg.leftOut === leftOut) continue;
      leg.leftOut = leftOut;
      changed(leg);
    }
  }
}

function bestOf(legs: readonly MarketState[], most: number): ReadonlySet<MarketState> {
  const ranked = legs
    .map((leg) => ({ leg, worth: standingWorth(leg) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth || (a.leg.market.ticker < b.leg.market.ticker ? -1 : 1));
  return new Set(ranked.slice(0, most).map(({ leg }) => leg));
}

const STAYS = 1.1;

/** A leg that only sheds what it holds, because it is not believed at its price, earns nothing. */
function standingWorth({ decision, leftOut }: MarketState): number {
  if (decision?.clamp?.size === 0) return 0;
  return expectedDollars(decision) * (decision !== undefined && leftOut === undefined ? STAYS : 1);
}

/** Of one contract a side; 0 where nothing is quoted. */
function expectedDollars(decision: Pick<Decision, 'quote'> | undefined): number {
  const quote = decision?.quote;
  return quote === undefined ? 0 : sideWorth(quote, quote.bid) + sideWorth(quote, quote.ask);
}

/** A price that must end at 0 or 100 has the variance p(1 − p) left (math.md 4): no volatility need be known. */
function sideWorth({ fair }: Quote, { side, price, edgeDollars = 0 }: QuoteSide): number {
  if (price === undefined || edgeDollars <= 0) return 0;
  const { probability: p } = fair;
  const distance = Math.max(0, signOf(side) * (p - price / PRICE_ONE));
  const reached = touch(distance, Math.sqrt(p * (1 - p)), 1);
  return reached.kind === 'chance' ? edgeDollars * reached.chance : 0;
}

/**
 * What on the screen may still be believed. The screen ages what it shows by its own clock: a trader that stopped sending
 * makes everything stale, although nothing in its last view says so.
 */
import { ageText, stampText } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { MarketView, TraderView } from '../lib/core/view.ts';

/** A trader sends several views a second; none for this long is news. */
const VIEW_AGE_MS_MAX = 2_000;

export function isTraderSilent(view: TraderView, now: EpochMs): boolean {
  return now - view.at > VIEW_AGE_MS_MAX;
}

/** Stale by the trader's own word, or because its word is old. */
export function isMarketStale(market: MarketView, view: TraderView, now: EpochMs): boolean {
  return market.isStale || !market.isBookValid || !view.isConnected || isTraderSilent(view, now);
}

/** "book 0.3 s", or the stamp of the last one: "last 14:02:11, 38 s". */
export function bookAgeText(market: MarketView, isStale: boolean, now: EpochMs): string {
  if (market.bookAt === undefined) return 'no book yet';
  return isStale ? stampText(market.bookAt, now) : `book ${ageText(now - market.bookAt)}`;
}

/** By the trader's last word; also with one side alone. */
export function isQuoted({ state }: MarketView): boolean {
  return state === 'quoting' || state === 'one-sided';
}

/** A market that was quoting when it was last heard of is not known to be quoting now. */
export function stateOf(market: MarketView, isStale: boolean): string {
  return isStale && isQuoted(market) ? 'stale' : market.state;
}

/** Whether a trader that shows no quote says why, by its own words and by what the exchange has to trade. */
import { clearsOf } from '../../src/lib/core/risk/halts.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';
import type { Trader } from './trader.ts';

/** Long enough to be met, quoted and seen. */
const ENOUGH_MS = 40_000;
const SPENT = "waiting: the minute's orders";

/** After `recovered`; undefined: there is none. */
export function reasonNotToQuote(trader: Trader, venue: Venue, freezeMs: number): string | undefined {
  const { engine } = trader.session;
  const decisions = [...engine.markets()].flatMap(({ decision }) => decision ?? []);
  const isTradable = venue.markets().some(({ market: { closeAt, status, shard } }) => {
    return status === 'active' && closeAt - venue.now > freezeMs + ENOUGH_MS && venue.isTradingActive(shard);
  });
  if (!isTradable) return 'with nothing to quote';
  // It would quote, and says of both sides why it does not: edge, limits, the end of the grid.
  const isUnwilling = decisions.some(({ gate, posture, bid, ask }) => {
    if (gate?.name === 'one_sided_book') return true;
    return posture === 'quote' && bid.shown === undefined && ask.shown === undefined;
  });
  if (isUnwilling) return 'without a price worth showing';
  if (decisions.some(({ bid, ask }) => [bid, ask].some(({ reason }) => reason.startsWith(SPENT))))
    return "with the minute's orders used up";
  // What only an operator ends is a reason to stand still.
  const lasting = engine.halts.all().find((halt) => clearsOf(halt) === 'operator');
  return lasting && `into ${lasting.name}`;
}

/** For whoever asks why there was neither. */
export function inWords(trader: Trader | undefined): string {
  if (trader === undefined) return 'no trader';
  const { engine } = trader.session;
  const halts = engine.halts.all().map(({ name, scope, reason }) => `${name} ${scope}: ${reason}`);
  const markets = [...engine.markets()].map(({ market, decision }) => `${market.ticker} ${JSON.stringify(decision)}`);
  return [...halts, ...markets].join('; ').slice(0, 1_500);
}

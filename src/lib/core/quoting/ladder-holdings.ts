/**
 * What is held of the markets that settle with this one (on the same figure, or as outcomes of an event of which only one pays),
 * at what each is worth: its own fair value as last decided, else the middle of the prices at which it could last be left. A leg of
 * which neither is known is left out: this market then leans as if it were not held, and the gate counts its worst outcome all the same.
 */

import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Ledger } from '../money/ledger.ts';
import type { LadderLeg } from '../quoter/cells.ts';
import type { Ladder } from '../quoter/ladder.ts';
import type { Portfolio } from '../risk/portfolio.ts';
import { ONE_CONTRACT, PRICE_ONE } from '../units.ts';

const NOTHING: Ladder = { legs: [] };
const NONE: ReadonlySet<MarketState> = new Set();

/**
 * This market and those that pay by the same figure; where its rules name none, the outcomes of its event, if only one of them
 * pays. Every leg of an answer stands in the same relation to every other.
 */
export function legsOf(
  state: MarketState,
  markets: Pick<MarketTable, 'onFigure'>,
  portfolio: Pick<Portfolio, 'siblings'>,
): ReadonlySet<MarketState> {
  if (state.place !== undefined) return markets.onFigure(state);
  return state.market.isMutuallyExclusive ? portfolio.siblings(state) : NONE;
}

/** @param legs as `legsOf` has them */
export function heldElsewhere(
  own: MarketState,
  legs: ReadonlySet<MarketState>,
  ledger: Pick<Ledger, 'holding' | 'isSettled'>,
): Ladder {
  if (legs.size < 2) return NOTHING;
  let held: LadderLeg[] | undefined;
  for (const leg of legs) {
    if (leg === own || !leg.isAtStake) continue;
    const { ticker } = leg.market;
    const { position } = ledger.holding(ticker);
    const probability = position === 0 || ledger.isSettled(ticker) ? undefined : worthOf(leg);
    if (probability === undefined) continue;
    held ??= [];
    const contracts = position / ONE_CONTRACT;
    held.push(
      own.place === undefined || leg.place === undefined
        ? { probability, contracts }
        : { probability, contracts, bin: leg.place.bin },
    );
  }
  if (held === undefined) return NOTHING;
  return own.place === undefined ? { legs: held } : { bin: own.place.bin, legs: held };
}

/** What is held of one leg moves the prices of all: they are decided in the coming turn. */
export function touchLegs(ticker: string, markets: MarketTable, portfolio: Pick<Portfolio, 'siblings'>): void {
  const state = markets.get(ticker);
  if (state !== undefined) for (const leg of legsOf(state, markets, portfolio)) markets.touch(leg);
}

function worthOf({ decision, hasMark, exitBid, exitAsk }: MarketState): number | undefined {
  const fair = decision?.fair?.probability;
  if (fair !== undefined) return fair;
  const mid = (exitBid + exitAsk) / (2 * PRICE_ONE);
  return hasMark && mid > 0 && mid < 1 ? mid : undefined;
}

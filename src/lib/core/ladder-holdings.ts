/**
 * What is held of the other legs of an event of which only one outcome pays, at what each is worth: its own fair value as last
 * decided, else the middle of the prices at which it could last be left. A leg of which neither is known is left out: this
 * market then leans as if it were not held, and the gate counts its worst outcome all the same.
 */
import type { Ledger } from './ledger.ts';
import type { MarketState } from './market-state.ts';
import type { MarketTable } from './market-table.ts';
import type { Portfolio } from './portfolio.ts';
import type { LadderLeg } from './quoter/ladder.ts';
import { ONE_CONTRACT, PRICE_ONE } from './units.ts';

const NOTHING: readonly LadderLeg[] = [];

export function heldElsewhere(
  own: MarketState,
  legs: ReadonlySet<MarketState>,
  ledger: Pick<Ledger, 'holding' | 'isSettled'>,
): readonly LadderLeg[] {
  if (!own.market.isMutuallyExclusive || legs.size < 2) return NOTHING;
  let held: LadderLeg[] | undefined;
  for (const leg of legs) {
    if (leg === own || !leg.isAtStake) continue;
    const { ticker } = leg.market;
    const { position } = ledger.holding(ticker);
    const probability = position === 0 || ledger.isSettled(ticker) ? undefined : worthOf(leg);
    if (probability === undefined) continue;
    held ??= [];
    held.push({ probability, contracts: position / ONE_CONTRACT });
  }
  return held ?? NOTHING;
}

/** What is held of one leg moves the prices of all: they are decided in the coming turn. */
export function touchLegs(ticker: string, markets: MarketTable, portfolio: Pick<Portfolio, 'siblings'>): void {
  const state = markets.get(ticker);
  if (state?.market.isMutuallyExclusive !== true) return;
  for (const leg of portfolio.siblings(state)) markets.touch(leg);
}

function worthOf({ decision, hasMark, exitBid, exitAsk }: MarketState): number | undefined {
  const fair = decision?.fair?.probability;
  if (fair !== undefined) return fair;
  const mid = (exitBid + exitAsk) / (2 * PRICE_ONE);
  return hasMark && mid > 0 && mid < 1 ? mid : undefined;
}

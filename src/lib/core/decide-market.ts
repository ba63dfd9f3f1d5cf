/** The decision of one market from all that the engine knows of it: gathers, and asks `decide`. */
import { markAt } from './book-of-others.ts';
import { type Decision, decide } from './decide.ts';
import type { Engine } from './engine.ts';
import type { Outside } from './fair-value/fair-value.ts';
import { heldElsewhere } from './ladder-holdings.ts';
import { feedStateOf, type MarketState } from './market-state.ts';
import type { EpochMs } from './units.ts';

interface Surroundings {
  readonly outside: Outside;
  /** Why nothing but cancels may go out now. */
  readonly heldBack: string | undefined;
}

/** Undefined: no book of it has come yet. */
export function decisionFor(
  engine: Engine,
  state: MarketState,
  { outside, heldBack }: Surroundings,
  now: EpochMs,
): Decision | undefined {
  const { market } = state;
  const { portfolio, orders, config } = engine;
  const { parameters } = config;
  const entry = engine.books.get(market.ticker);
  if (entry === undefined) return undefined;
  portfolio.refresh(state);
  markAt(state, entry.book, orders.liveIn(market.ticker));
  return decide({
    market,
    isSelected: state.isSelected,
    isLeaving: state.isLeaving,
    isFlattened: engine.flattens.isAt(market.ticker),
    book: entry.book,
    feed: feedStateOf(state, engine.isConnected, engine.isSilent),
    halts: engine.halts.covering(market, parameters.strategy),
    parameters,
    orders: orders.liveIn(market.ticker),
    risk: portfolio.riskContext(state, parameters, now),
    feeSurcharge: engine.fees.surcharge(market, now),
    adverseSurchargeDollars: engine.markouts.adverse(state, now)?.surchargeDollars ?? 0,
    ladder: heldElsewhere(state, portfolio.siblings(state), engine.ledger),
    ...(state.leftOut !== undefined && { leftOut: state.leftOut }),
    ...(state.belief !== undefined && { belief: state.belief }),
    ...(state.decision?.bin !== undefined && { binBefore: state.decision.bin }),
    ...(heldBack !== undefined && { heldBack }),
    outside,
    now,
  });
}

/** The decision of one market from all that the engine knows of it: gathers, and asks `decide`. */
import { markAt, topOfOthers } from '../book/book-of-others.ts';
import type { Engine } from '../engine.ts';
import type { Outside } from '../fair-value/fair-value.ts';
import { feedStateOf, type MarketState } from '../market-state.ts';
import type { EpochMs } from '../units.ts';
import { type Decision, decide } from './decide.ts';
import { heldElsewhere } from './ladder-holdings.ts';

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
  const live = orders.liveIn(market.ticker);
  const decision = decide({
    market,
    isSelected: state.isSelected,
    isLeaving: state.isLeaving,
    isFlattened: engine.flattens.isAt(market.ticker),
    book: entry.book,
    feed: feedStateOf(state, engine.isConnected, engine.isSilent),
    halts: engine.halts.covering(market, parameters.strategy),
    parameters,
    orders: live,
    risk: portfolio.riskContext(state, parameters, now),
    feeSurcharge: engine.fees.surcharge(market, now),
    adverseSurchargeDollars: engine.markouts.adverse(state, now)?.surchargeDollars ?? 0,
    ladder: heldElsewhere(state, engine.legsOf(state), engine.ledger),
    leftOut: state.leftOut,
    belief: state.belief,
    binBefore: state.decision?.bin,
    heldBack,
    outside,
    now,
  });
  markAt(state, decision.top ?? (entry.book.isValid ? topOfOthers(entry.book, live) : undefined));
  return decision;
}

/** What the engine remembers of one market between turns. Owned by the engine. */

import type { Surge, VolumeWatch } from './book/volume-watch.ts';
import type { Belief } from './honesty/belief.ts';
import type { Market } from './market.ts';
import type { AdverseWatch } from './quoting/adverse-watch.ts';
import type { Decision } from './quoting/decide.ts';
import type { FeedState } from './quoting/gates.ts';
import { WidthWatch } from './quoting/quote-width.ts';
import type { Place } from './reference/figures.ts';
import { NO_OUTCOMES, type Outcomes } from './risk/exposure.ts';
import { type Centicents, type Centicontracts, type EpochMs, type Microdollars, NO_MONEY, NO_SIZE } from './units.ts';

export interface MarketState {
  market: Market;
  /** The figure that it settles on, and where that must lie for YES (figures.ts); absent: its rules name none. */
  place?: Place | undefined;
  /** We quote it; otherwise its orders are pulled. */
  isSelected: boolean;
  /** Its position is worked off; nothing that adds to it is shown. */
  isLeaving: boolean;
  decision?: Decision;
  /** Receive time of the last book message. */
  bookAt?: EpochMs;
  messageAgeMs?: number | undefined;
  /** Was valid once, is not now. */
  isBroken: boolean;
  healedAt?: EpochMs;
  crossedAt?: EpochMs | undefined;
  refusedAt?: EpochMs;
  /** Contracts traded by everybody, since trades are heard. */
  volume?: VolumeWatch | undefined;
  /** The last time that was too much. */
  surge?: Surge;
  /** What the mid did after our fills. */
  adverse?: AdverseWatch;
  /** How long its quotes have been far wider than the book. */
  readonly width: WidthWatch;
  /** Why only what takes its position down is shown: other legs of its event are better (bins.ts). */
  leftOut?: string | undefined;
  /** Absent where the model that prices it is believed. */
  belief?: Belief | undefined;
  /** Post-only crosses in a row. */
  crosses: number;
  /** Prices at which the position could be left, last known. */
  exitBid: Centicents;
  exitAsk: Centicents;
  hasMark: boolean;
  outcomes: Outcomes;
  /** Held, with orders, or quoted between two fills: what it has brought is not final. */
  isAtStake: boolean;
  reserved: Microdollars;
  /** Contracts that would be held in each direction if everything on that side filled; as of the last refresh. */
  reach: { readonly bid: Centicontracts; readonly ask: Centicontracts };
}

export function marketState(market: Market): MarketState {
  return {
    market,
    isSelected: false,
    isLeaving: false,
    isBroken: false,
    width: new WidthWatch(),
    crosses: 0,
    exitBid: 0 as Centicents,
    exitAsk: 10_000 as Centicents,
    hasMark: false,
    outcomes: NO_OUTCOMES,
    isAtStake: false,
    reserved: NO_MONEY,
    reach: { bid: NO_SIZE, ask: NO_SIZE },
  };
}

export function feedStateOf(state: MarketState, isConnected: boolean, isSilent: boolean): FeedState {
  const { healedAt, crossedAt, refusedAt, messageAgeMs, surge } = state;
  return { isConnected, isSilent, healedAt, crossedAt, refusedAt, messageAgeMs, surge };
}

/**
 * Reasons not to quote a market now, in the order in which they are asked. The first that says no is the one shown.
 *
 * `pull` takes our orders away. `reduce` shows only what takes the position down. `retreat` sends nothing but cancels: what
 * has become too bold goes, the rest stays.
 * `hold` changes nothing at all, for moments in which a change would be blind or cannot be made.
 */
import type { Book } from '../book/book.ts';
import type { Surge } from '../book/volume-watch.ts';
import { makeAt, phaseAt } from '../clock/market-clock.ts';
import { newsNow } from '../clock/releases.ts';
import { sourceOf } from '../fair-value/fair-value.ts';
import { neverPriced } from '../fair-value/never-priced.ts';
import type { Belief } from '../honesty/belief.ts';
import { isTrading, type Market } from '../market.ts';
import type { Order } from '../orders/order.ts';
import type { Parameters } from '../parameters.ts';
import type { Halt, HaltName } from '../risk/halts.ts';
import type { EpochMs } from '../units.ts';

export interface Gate {
  /** A halt's name in capitals, or a lower-case word for a passing condition. */
  readonly name: string;
  readonly posture: 'reduce' | 'retreat' | 'hold' | 'pull';
  readonly reason: string;
}

/** What is known of the market's feed. */
export interface FeedState {
  readonly isConnected: boolean;
  readonly isSilent: boolean;
  /** When the book became valid again after it had been invalid; absent while it never was. */
  readonly healedAt?: EpochMs | undefined;
  /** When the book became crossed; absent while it is not. */
  readonly crossedAt?: EpochMs | undefined;
  /** When the exchange last refused an order of ours here, or our own side did not send it. */
  readonly refusedAt?: EpochMs | undefined;
  /** Age of the last book message when it reached us, ms; absent where the exchange gave no time. */
  readonly messageAgeMs?: number | undefined;
  /** The last time that far more was traded than usual, in the last part before the close. */
  readonly surge?: Surge | undefined;
}

export interface GateInput {
  readonly market: Market;
  readonly isSelected: boolean;
  readonly isLeaving?: boolean;
  /** How far its model is believed; absent: in all it says. */
  readonly belief?: Belief | undefined;
  /** `kmm flatten` has the market to itself. */
  readonly isFlattened?: boolean;
  readonly book: Book;
  readonly feed: FeedState;
  readonly halts: readonly Halt[];
  readonly parameters: Parameters;
  /** Orders of this market that may rest. */
  readonly orders: Iterable<Order>;
  readonly now: EpochMs;
}

/** A book may cross for a moment while one match arrives as several deltas (data/README.md quirk b). */
const CROSSED_GRACE_MS = 500;
/** After a refusal we look before we ask again. */
const COOL_OFF_MS = 1_000;

/** 429: what rests may stay, nothing is sent but cancels. */
const RETREATING_HALTS: ReadonlySet<HaltName> = new Set(['LIMITED']);
/** Only what takes a position down is shown. */
export const REDUCING_HALTS: ReadonlySet<HaltName> = new Set(['PAUSED', 'COOL_OFF']);

export function firstGate(input: GateInput): Gate | undefined {
  const before = closedGate(input) ?? selectionGate(input) ?? haltGate(input);
  return before ?? pausedGate(input, passingGate(input)) ?? volumeGate(input) ?? leavingGate(input);
}

function passingGate(input: GateInput): Gate | undefined {
  const clock = clockGate(input);
  return clock === undefined ? (feedGate(input) ?? unknownGate(input)) : { ...clock, ...neverSaid(input) };
}

/** That it will never be priced says more than that its time has not come; what may be done stays as it is. */
function neverSaid({ market, parameters, now }: GateInput): Pick<Gate, 'name' | 'reason'> | undefined {
  const never = neverPriced(sourceOf(parameters, market), market);
  // A strike may be stated with the open.
  const mayCome = market.strike === undefined && !isTrading(market, now) && never?.code === 'strike_unknown';
  return never === undefined || mayCome ? undefined : { name: never.code, reason: never.reason };
}

/** Beside what else says no: a moment in which nothing may be changed does not outlive the operator's word. */
function pausedGate({ halts }: GateInput, other: Gate | undefined): Gate | undefined {
  const paused = halts.find(({ name }) => REDUCING_HALTS.has(name));
  if (paused === undefined || other?.posture === 'pull' || other?.posture === 'retreat') return other;
  return { name: paused.name, posture: other === undefined ? 'reduce' : 'pull', reason: paused.reason };
}

/** After all others: each of them lets less be shown. */
function volumeGate({ feed, now }: GateInput): Gate | undefined {
  const surge = surgeNow(feed, now);
  return surge === undefined ? undefined : { name: 'volume', posture: 'reduce', reason: surge.reason };
}

export const LEAVING = 'others are worth more: only what takes the position down is shown';

/** Beside others that let less be shown, it still does what it says (decide.ts). What is not believed is left for that. */
function leavingGate({ isLeaving, belief }: GateInput): Gate | undefined {
  return isLeaving === true ? (belief?.benched ?? { name: 'leaving', posture: 'reduce', reason: LEAVING }) : undefined;
}

/** Whatever gate is shown, nothing that adds to a position is sent while there is one. */
export function surgeNow({ surge }: FeedState, now: EpochMs): Surge | undefined {
  return surge !== undefined && now < surge.until ? surge : undefined;
}

/** Before all others: after the close every order call is refused, and the exchange cancels what rests by itself. */
function closedGate({ market, now }: GateInput): Gate | undefined {
  const isClosed = now >= market.closeAt || market.status === 'closed' || market.status === 'finalized';
  return isClosed ? { name: 'closed', posture: 'hold', reason: 'the market is closed' } : undefined;
}

function selectionGate({ isSelected, isFlattened }: GateInput): Gate | undefined {
  if (isFlattened === true) return { name: 'flatten', posture: 'pull', reason: 'the position is being flattened' };
  return isSelected ? undefined : { name: 'not_selected', posture: 'pull', reason: 'not among the markets to quote' };
}

function haltGate({ halts }: GateInput): Gate | undefined {
  if (halts.length === 0) return undefined;
  const stopping = halts.filter(({ name }) => !REDUCING_HALTS.has(name));
  const halt = stopping.find(({ name }) => !RETREATING_HALTS.has(name)) ?? stopping[0];
  if (halt === undefined) return undefined;
  return { name: halt.name, posture: RETREATING_HALTS.has(halt.name) ? 'retreat' : 'pull', reason: halt.reason };
}

function clockGate({ market, parameters, now }: GateInput): Gate | undefined {
  if (!isTrading(market, now)) return { name: 'not_open', posture: 'hold', reason: `the market is ${market.status}` };
  const { phase } = phaseAt(market, parameters, now);
  if (phase === 'FREEZE') return { name: 'WINDOW', posture: 'pull', reason: 'frozen before the close' };
  if (phase !== 'MAKE') {
    const from = Math.round((makeAt(market, parameters) - now) / 1_000);
    return { name: phase, posture: 'pull', reason: `by the clock of its series it is quoted in ${from} s` };
  }
  const news = parameters.clock && newsNow(market, parameters.clock.news, now);
  if (news === undefined) return undefined;
  const ahead = Math.round((news.at - now) / 1_000);
  return { name: 'NEWS', posture: 'pull', reason: `${news.name} ${ahead >= 0 ? `in ${ahead} s` : `${-ahead} s ago`}` };
}

function feedGate({ book, feed, parameters, now }: GateInput): Gate | undefined {
  const { quoting } = parameters;
  if (!feed.isConnected) return { name: 'STALE', posture: 'pull', reason: 'not connected' };
  if (feed.isSilent)
    return { name: 'STALE', posture: 'pull', reason: 'nothing heard from the exchange, or old news only' };
  if (!book.isValid) return { name: 'BOOK', posture: 'pull', reason: `the book is not valid: ${book.fault}` };
  if (feed.healedAt !== undefined && now - feed.healedAt < quoting.cleanMs) {
    return { name: 'BOOK', posture: 'pull', reason: 'the book has just been restored' };
  }
  if (feed.messageAgeMs !== undefined && feed.messageAgeMs > quoting.messageAgeMsMax) {
    return { name: 'STALE', posture: 'pull', reason: `book messages arrive ${Math.round(feed.messageAgeMs)} ms late` };
  }
  if (feed.crossedAt !== undefined) {
    const posture = now - feed.crossedAt < CROSSED_GRACE_MS ? 'hold' : 'pull';
    return { name: 'crossed', posture, reason: 'the book is crossed' };
  }
  if (feed.refusedAt !== undefined && now - feed.refusedAt < COOL_OFF_MS) {
    return { name: 'cooling', posture: 'retreat', reason: 'an order was refused a moment ago' };
  }
  return undefined;
}

function unknownGate({ orders }: GateInput): Gate | undefined {
  for (const order of orders) {
    if (order.state === 'unknown') {
      return { name: 'UNKNOWN', posture: 'retreat', reason: `the fate of order ${order.clientOrderId} is not known` };
    }
  }
  return undefined;
}

/**
 * What one market shows now, and why: gates → fair value → quote → risk gate → order diff. Pure; the engine and
 * `kmm quote` call the same function.
 */
import type { Book } from './book.ts';
import { freezeAt } from './clock/market-clock.ts';
import { newsBetween } from './clock/releases.ts';
import { type Change, diffSide, type SideAct, standingOf } from './diff.ts';
import { type Candidate, roomToReduce, withCandidate } from './exposure.ts';
import { fairValue, type Outside, sourceOf } from './fair-value/fair-value.ts';
import type { FairValue } from './fair-value/types.ts';
import { type FeedState, firstGate, type Gate } from './gates.ts';
import { isOnGrid } from './grid.ts';
import type { Halt } from './halts.ts';
import type { LimitName } from './limits.ts';
import type { Market } from './market.ts';
import type { MarketState } from './market-state.ts';
import { type Order, remainingOf, restingOutcomes, smaller } from './order.ts';
import type { Parameters } from './parameters.ts';
import { composeQuote, type Quote, type QuoteSide } from './quote.ts';
import type { Ladder } from './quoter/ladder.ts';
import { riskShare } from './quoter/risk-share.ts';
import { reducingReason } from './reducing.ts';
import { type Permitted, permit, type RiskContext } from './risk.ts';
import { type LevelsResult, liquidityWithin, type Top, type TopLevels, topOf, withoutOwn } from './signals.ts';
import {
  type Centicents,
  type Centicontracts,
  centicents,
  type EpochMs,
  type Microdollars,
  type Side,
  signOf,
} from './units.ts';

export interface DecideInput {
  readonly market: Market;
  readonly isSelected: boolean;
  readonly isLeaving?: boolean;
  /** `kmm flatten` has the market to itself. */
  readonly isFlattened?: boolean;
  readonly book: Book;
  readonly feed: FeedState;
  readonly halts: readonly Halt[];
  readonly parameters: Parameters;
  /** Orders of this market that may rest. */
  readonly orders: ReadonlySet<Order>;
  readonly risk: RiskContext;
  /** Per contract beside the formula's fee, where the exchange has charged more than that; absent: nothing. */
  readonly feeSurcharge?: Microdollars;
  /** Per contract beside the adverse move that quotes are priced for (adverse-watch.ts); absent: nothing. */
  readonly adverseSurchargeDollars?: number;
  /** What is held of the other markets that settle with this one; absent: nothing. */
  readonly ladder?: Ladder;
  /** Why other legs of its event are quoted and this one only sheds what it holds. */
  readonly leftOut?: string | undefined;
  /** Why nothing but cancels may go out now: what was sent of late is all that may be. */
  readonly heldBack?: string | undefined;
  /** Of the index that the market settles on. */
  readonly outside?: Outside;
  readonly now: EpochMs;
}

export interface SideDecision {
  readonly quote?: QuoteSide;
  /** What passed the risk gate. */
  readonly shown?: Permitted<Candidate> | undefined;
  readonly act: SideAct;
  /** Why it is shown as it is, or why nothing is. */
  readonly reason: string;
  /** The limit that turned the quote down. */
  readonly limit?: LimitName | undefined;
  /** Our order on this side as it stood before what this decision changes. */
  readonly standing?: StandingOrder | undefined;
}

/** An order is the engine's own and goes on changing; this is how it was. */
export interface StandingOrder {
  readonly clientOrderId: string;
  readonly orderId?: string | undefined;
  readonly price: Centicents;
  readonly remaining: Centicontracts;
}

export interface Decision {
  readonly ticker: string;
  readonly at: EpochMs;
  /** `reduce`: only what takes the position down. `retreat`: only cancels, of what is too bold. `hold`: no change at all. `pull`: nothing may rest. */
  readonly posture: 'quote' | Gate['posture'];
  /** The first gate that said no. */
  readonly gate?: Gate | undefined;
  readonly fair?: FairValue;
  readonly quote?: Quote;
  readonly top?: Top | undefined;
  /** Signed YES position that the quote was made for. */
  readonly position: Centicontracts;
  readonly bid: SideDecision;
  readonly ask: SideDecision;
  readonly changes: readonly Change[];
}

/** Levels that the fair value looks at, per side. */
const TOP_LEVELS = 5;
/** Levels that can lie within 10 ¢ of the mid on the finest grid in use. */
const DEEP_LEVELS = 128;
const NEAR = centicents(1_000);
const HOUR_MS = 3_600_000;

export function decide(input: DecideInput): Decision {
  const { market, now } = input;
  const gate = firstGate(input) ?? binGate(input);
  if (gate?.posture === 'hold' || gate?.posture === 'pull') return without(input, gate);

  const depth = input.parameters.strategy === 'regime' ? DEEP_LEVELS : TOP_LEVELS;
  const levels = levelsOf(input.book, depth);
  const others = withoutOwn(levels, ownLevels(input.orders, input.book));
  const { outside } = input;
  const fair = fairValue(sourceOf(input.parameters, market), {
    ...{ others, market, at: now, outside, newsAt: newsBefore(input) },
  });
  if (fair.kind === 'refused') return without(input, { name: fair.code, posture: 'pull', reason: fair.reason });

  const top = topIn(others);
  const [othersBid, othersAsk] = bestIn(others);
  const bestBid = boldest('bid', othersBid, input.orders);
  const bestAsk = boldest('ask', othersAsk, input.orders);
  const flatAt = freezeAt(market, input.parameters);
  const quote = composeQuote({
    market,
    fair: fair.value,
    position: input.risk.holding.position,
    hoursToFlat: (flatAt - now) / HOUR_MS,
    riskShare: riskShare(market, input.parameters.inventory, flatAt, now),
    liquidityDollars: top === undefined ? 0 : liquidityWithin(levels, top.bid + top.ask, NEAR) / 1e6,
    bestBid,
    bestAsk,
    feeSurcharge: input.feeSurcharge,
    adverseSurchargeDollars: input.adverseSurchargeDollars ?? 0,
    ladder: input.ladder,
    incentiveDollars: input.parameters.quoter.incentiveDollars?.[market.seriesTicker] ?? 0,
    ahead: (side, price) => aheadAt(side, price, input.orders, input.book),
    parameters: input.parameters,
    at: now,
  });
  if (quote.kind === 'refused') {
    return { ...without(input, { name: quote.code, posture: 'pull', reason: quote.reason }), fair: fair.value };
  }

  const onlyCancels = gate?.posture === 'retreat' ? gate.reason : input.heldBack;
  const bid = decideSide(input, quote.bid, bestAsk, input.risk, onlyCancels);
  const ask = decideSide(input, quote.ask, bestBid, { ...input.risk, orders: bid.orders }, onlyCancels);
  return {
    ticker: market.ticker,
    at: now,
    posture: gate?.posture ?? 'quote',
    gate,
    fair: fair.value,
    quote,
    top,
    position: input.risk.holding.position,
    bid: bid.decision,
    ask: ask.decision,
    changes: [...bid.changes, ...ask.changes],
  };
}

function binGate({ leftOut }: DecideInput): Gate | undefined {
  return leftOut === undefined ? undefined : { name: 'BINS', posture: 'reduce', reason: leftOut };
}

function decideSide(
  input: DecideInput,
  quote: QuoteSide,
  oppositeBest: Centicents | undefined,
  risk: RiskContext,
  onlyCancels: string | undefined,
) {
  const { side, price } = quote;
  const { market, orders, now } = input;
  const { quoting } = input.parameters;
  const standing = standingOf(orders, side);
  const reducing = reducingReason(input, side);
  const isPaused = reducing !== undefined;
  const room = isPaused ? roomToReduce(side, risk, standing) : quote.size;
  const size = smaller(quote.size, room);
  const verdict = price === undefined || size === 0 ? undefined : permit({ side, price, size }, risk, standing);
  // What rests and is more than may is not waited with.
  const isTooLarge = isPaused && onlyCancels !== undefined && standing !== undefined && remainingOf(standing) > room;
  const shown = verdict?.kind === 'permitted' && !isTooLarge ? verdict.quote : undefined;
  const isKeepable = standing === undefined || isLegal(standing, oppositeBest, market);
  const rules = isKeepable ? quoting : { ...quoting, hysteresis: centicents(0) };
  const { changes, act, reason } = diffSide(side, shown, orders, rules, now, leaseEnd(input), onlyCancels);
  const refusal = verdict?.kind === 'refused' ? verdict.refusal : undefined;
  const decision: SideDecision = {
    quote,
    shown,
    act,
    reason: shown ? reason : (refusal?.reason ?? quote.reason ?? reducing ?? ''),
    limit: refusal?.limit,
    standing: asItStands(standing),
  };
  const isSent = shown !== undefined && changes.some(({ kind }) => kind !== 'cancel');
  // What the other side is weighed against: the orders as they will be.
  return { changes, decision, orders: isSent ? withCandidate(risk.orders, shown, standing) : risk.orders };
}

/** Before the level is fixed; of interest where nothing but that moment is priced. */
function newsBefore({ market, parameters, now }: DecideInput): EpochMs | undefined {
  const news = parameters.clock?.news;
  if (news === undefined || market.settles?.kind !== 'level') return undefined;
  return newsBetween(market, news, now, market.closeAt);
}

/** A standing price that has come off the grid or meets the opposite best is not asked for again, however near it is. */
function isLegal({ side, price }: Order, oppositeBest: Centicents | undefined, { grid }: Market): boolean {
  return isOnGrid(price, grid) && (oppositeBest === undefined || signOf(side) * (oppositeBest - price) > 0);
}

function without(input: DecideInput, gate: Gate): Decision {
  const bid = silent(input, gate, 'bid');
  const ask = silent(input, gate, 'ask');
  return {
    ticker: input.market.ticker,
    at: input.now,
    posture: gate.posture,
    gate,
    position: input.risk.holding.position,
    bid: bid.decision,
    ask: ask.decision,
    changes: [...bid.changes, ...ask.changes],
  };
}

/** A side on which the gate wants nothing: held as it is, or emptied. */
function silent(input: DecideInput, { posture, reason }: Gate, side: Side) {
  const { orders, parameters, now } = input;
  const standing = standingOf(orders, side);
  const isHeld = posture === 'hold';
  const pulled = isHeld ? undefined : diffSide(side, undefined, orders, parameters.quoting, now, leaseEnd(input));
  const decision: SideDecision = {
    act: pulled?.act ?? (standing === undefined ? 'none' : 'kept'),
    reason,
    standing: asItStands(standing),
  };
  return { decision, changes: pulled?.changes ?? NO_CHANGES };
}

const NO_CHANGES: readonly Change[] = [];

function asItStands(order: Order | undefined): StandingOrder | undefined {
  if (order === undefined) return undefined;
  const { clientOrderId, orderId, price } = order;
  return { clientOrderId, orderId, price, remaining: remainingOf(order) };
}

/** Whole seconds, as the exchange counts expiry; never past the freeze, so that quotes leave even if we are dead. */
function leaseEnd({ market, parameters, now }: DecideInput): EpochMs {
  const end = Math.min(now + parameters.quoting.leaseMs, freezeAt(market, parameters));
  return (Math.floor(end / 1_000) * 1_000) as EpochMs;
}

/** What leaving a position would bring now, our own orders left out; the last that was known where there is no book. */
export function markAt(state: MarketState, top: Top | undefined): void {
  if (top === undefined) return;
  state.exitBid = top.bid;
  state.exitAsk = top.ask;
  state.hasMark = true;
}

/** The best prices of the others; undefined when a side is empty without us, or the book is crossed. */
export function topOfOthers(book: Book, orders: Iterable<Order>): Top | undefined {
  return topIn(withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book)));
}

/** What fills before us at this price: before the order that stands there as far as the exchange said, else all that rests. */
function aheadAt(side: Side, price: Centicents, orders: Iterable<Order>, book: Book): Centicontracts {
  const size = book.sizeAt(side, price);
  for (const order of orders)
    if (order.side === side && order.price === price && order.state !== 'sending')
      return order.ahead ?? (Math.max(0, size - remainingOf(order)) as Centicontracts);
  return size;
}

function levelsOf(book: Book, max: number): TopLevels {
  return { bids: book.levels('bid', max), asks: book.levels('ask', max) };
}

/** Our orders as the book can show them: an order whose level has not reached us yet is not in it. */
function ownLevels(orders: Iterable<Order>, book: Book): TopLevels {
  const own = { bids: [] as TopLevels['bids'][number][], asks: [] as TopLevels['asks'][number][] };
  for (const order of orders) {
    const shown = Math.min(remainingOf(order), book.sizeAt(order.side, order.price));
    if (order.state === 'sending' || shown === 0) continue;
    own[order.side === 'bid' ? 'bids' : 'asks'].push({ price: order.price, size: shown as typeof order.total });
  }
  return own;
}

/** The best few levels of the others; undefined when we believe more of ours in one than there is. */
export function levelsOfOthers(book: Book, orders: Iterable<Order>): TopLevels | undefined {
  const others = withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book));
  return others.kind === 'refused' ? undefined : others.levels;
}

/** The best prices of the others, each side by itself; undefined where nobody else rests. */
export function bestOfOthers(book: Book, orders: Iterable<Order>) {
  return bestIn(withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book)));
}

/** Each side by itself: with a fixed fair value we may quote where one side is empty, and must not cross the other. */
function bestIn(others: LevelsResult): readonly [bid: Centicents | undefined, ask: Centicents | undefined] {
  return others.kind === 'refused'
    ? [undefined, undefined]
    : [others.levels.bids[0]?.price, others.levels.asks[0]?.price];
}

/**
 * The best price on a side for the post-only guard: that of the others, or of an order of our own that may rest there
 * until it is proved gone. An opposite price of ours that crossed it would be refused, or trade with ourselves.
 */
function boldest(side: Side, others: Centicents | undefined, orders: Iterable<Order>): Centicents | undefined {
  let best = others;
  for (const order of orders) {
    if (order.side !== side) continue;
    for (const { price, size } of restingOutcomes(order)) {
      if (size > 0 && (best === undefined || signOf(side) * (price - best) > 0)) best = price;
    }
  }
  return best;
}

function topIn(others: LevelsResult): Top | undefined {
  if (others.kind === 'refused') return undefined;
  const found = topOf(others.levels);
  return found.kind === 'top' ? found.top : undefined;
}

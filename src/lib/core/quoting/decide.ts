/**
 * What one market shows now, and why: gates → fair value → quote → risk gate → order diff. Pure; the engine and
 * `kmm quote` call the same function.
 */
import { aheadAt, bestIn, boldest, levelsOf, ownLevels, TOP_LEVELS, topIn } from '../book/book-of-others.ts';
import { liquidityWithin, type Top, withoutOwn } from '../book/signals.ts';
import { freezeAt } from '../clock/market-clock.ts';
import { newsBetween } from '../clock/releases.ts';
import { fairValue, type Outside, sourceOf } from '../fair-value/fair-value.ts';
import type { FairValue } from '../fair-value/types.ts';
import { isOnGrid } from '../grid.ts';
import { binAt, type Clamp, clampAt } from '../honesty/belief.ts';
import type { Market } from '../market.ts';
import { type Change, diffSide, NO_CHANGES, type SideAct, standingOf } from '../orders/diff.ts';
import { type Order, remainingOf, smaller } from '../orders/order.ts';
import type { Ladder } from '../quoter/ladder.ts';
import { riskShare } from '../quoter/risk-share.ts';
import { type Candidate, roomToReduce, withCandidate } from '../risk/exposure.ts';
import type { LimitName } from '../risk/limits.ts';
import { type Permitted, permit, type RiskContext } from '../risk/risk.ts';
import {
  type Centicents,
  type Centicontracts,
  centicents,
  type EpochMs,
  type Microdollars,
  type Side,
  signOf,
} from '../units.ts';
import { firstGate, type Gate, type GateInput } from './gates.ts';
import { composeQuote, type Quote, type QuoteSide } from './quote.ts';
import { reducingReason } from './reducing.ts';

export interface DecideInput extends GateInput {
  readonly risk: RiskContext;
  /** Per contract beside the formula's fee, where the exchange has charged more than that; absent: nothing. */
  readonly feeSurcharge?: Microdollars;
  /** Per contract beside the adverse move that quotes are priced for (adverse-watch.ts); absent: nothing. */
  readonly adverseSurchargeDollars?: number;
  /** What is held of the other markets that settle with this one; absent: nothing. */
  readonly ladder?: Ladder;
  /** Why other legs of its event are quoted and this one only sheds what it holds. */
  readonly leftOut?: string | undefined;
  /** That its last decision counted it in (belief.ts); absent: none. */
  readonly binBefore?: number | undefined;
  /** Why nothing but cancels may go out now: what was sent of late is all that may be. */
  readonly heldBack?: string | undefined;
  /** Of the index that the market settles on. */
  readonly outside?: Outside;
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
  /** Less than the usual size is wanted: the model is not believed here. */
  readonly clamp?: Clamp | undefined;
  /** Of probabilities, that it counts in; absent where the model is believed. */
  readonly bin?: number | undefined;
  readonly top?: Top | undefined;
  /** Signed YES position that the quote was made for. */
  readonly position: Centicontracts;
  readonly bid: SideDecision;
  readonly ask: SideDecision;
  readonly changes: readonly Change[];
}

/** Levels that can lie within 10 ¢ of the mid on the finest grid in use. */
const DEEP_LEVELS = 128;
const NEAR = centicents(1_000);
const HOUR_MS = 3_600_000;

export function decide(input: DecideInput): Decision {
  const { market, now, orders, parameters } = input;
  const gate = firstGate(input) ?? binGate(input) ?? input.belief?.benched;
  if (gate?.posture === 'hold' || gate?.posture === 'pull') return without(input, gate);

  const { outside, risk } = input;
  const isDeep = parameters.strategy === 'regime';
  const levels = levelsOf(input.book, isDeep ? DEEP_LEVELS : TOP_LEVELS);
  const others = withoutOwn(levels, ownLevels(orders, input.book));
  const newsAt = newsBefore(input);
  const fair = fairValue(sourceOf(parameters, market), { others, market, at: now, outside, newsAt });
  if (fair.kind === 'refused') return without(input, { name: fair.code, posture: 'pull', reason: fair.reason });

  const bin = binAt(input.belief, fair.value.probability, input.binBefore);
  const clamp = clampAt(input.belief, bin, parameters);
  const isOff = clamp?.size === 0;
  const top = topIn(others);
  const [othersBid, othersAsk] = bestIn(others);
  const bestBid = boldest('bid', othersBid, orders);
  const bestAsk = boldest('ask', othersAsk, orders);
  const flatAt = freezeAt(market, parameters);
  const { queueDollars = 0, incentiveDollars } = parameters.quoter;
  const quote = composeQuote({
    market,
    fair: fair.value,
    position: risk.holding.position,
    hoursToFlat: (flatAt - now) / HOUR_MS,
    riskShare: riskShare(market, parameters.inventory, flatAt, now),
    // No other strategy asks.
    liquidityDollars: isDeep && top !== undefined ? liquidityWithin(levels, top.bid + top.ask, NEAR) / 1e6 : 0,
    bestBid,
    bestAsk,
    feeSurcharge: input.feeSurcharge,
    size: isOff ? undefined : clamp?.size,
    adverseSurchargeDollars: input.adverseSurchargeDollars ?? 0,
    ladder: input.ladder,
    incentiveDollars: incentiveDollars?.[market.seriesTicker] ?? 0,
    ahead: queueDollars === 0 ? undefined : (side, price) => aheadAt(side, price, orders, input.book),
    parameters,
    at: now,
  });
  if (quote.kind === 'refused') {
    return { ...without(input, { name: quote.code, posture: 'pull', reason: quote.reason }), fair: fair.value };
  }

  const onlyCancels = gate?.posture === 'retreat' ? gate.reason : input.heldBack;
  const bid = decideSide(input, quote.bid, bestAsk, risk, onlyCancels, clamp);
  const riskThen = bid.orders === risk.orders ? risk : { ...risk, orders: bid.orders };
  const ask = decideSide(input, quote.ask, bestBid, riskThen, onlyCancels, clamp);
  const shownGate = gate ?? (isOff ? offGate(clamp) : undefined);
  return {
    ticker: market.ticker,
    at: now,
    posture: shownGate?.posture ?? 'quote',
    gate: shownGate,
    fair: fair.value,
    quote,
    clamp,
    bin,
    top,
    position: risk.holding.position,
    bid: bid.decision,
    ask: ask.decision,
    changes: bothOf(bid.changes, ask.changes),
  };
}

function bothOf(bid: readonly Change[], ask: readonly Change[]): readonly Change[] {
  if (ask.length === 0) return bid;
  return bid.length === 0 ? ask : [...bid, ...ask];
}

function binGate({ leftOut }: DecideInput): Gate | undefined {
  return leftOut === undefined ? undefined : { name: 'BINS', posture: 'reduce', reason: leftOut };
}

function offGate({ why }: Clamp): Gate {
  return { name: 'benched', posture: 'reduce', reason: why };
}

function decideSide(
  input: DecideInput,
  quote: QuoteSide,
  oppositeBest: Centicents | undefined,
  risk: RiskContext,
  onlyCancels: string | undefined,
  clamp: Clamp | undefined,
) {
  const { side, price } = quote;
  const { market, orders, now } = input;
  const { quoting } = input.parameters;
  const standing = standingOf(orders, side);
  const reducing = reducingReason(input, side) ?? (clamp?.size === 0 ? clamp.why : undefined);
  const isPaused = reducing !== undefined;
  const room = isPaused ? roomToReduce(side, risk, standing) : quote.size;
  const size =
    isPaused || clamp === undefined ? smaller(clamp?.of ?? quote.size, room) : clampedSize(clamp, side, risk, standing);
  const verdict = price === undefined || size === 0 ? undefined : permit({ side, price, size }, risk, standing);
  // What rests and is more than may is not waited with.
  const isCut = onlyCancels !== undefined && (isPaused || clamp !== undefined);
  const isTooLarge = isCut && standing !== undefined && remainingOf(standing) > (isPaused ? room : size);
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

/** What adds to the position is clamped; what takes it down may have the usual size. */
function clampedSize({ size, of }: Clamp, side: Side, risk: RiskContext, standing: Order | undefined): Centicontracts {
  const toReduce = smaller(of, roomToReduce(side, risk, standing));
  return toReduce > size ? toReduce : size;
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
    changes: bothOf(bid.changes, ask.changes),
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

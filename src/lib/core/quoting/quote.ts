/**
 * The two-sided quote of one market: strategy → grid → post-only guard → edge rule. Plain data out, for the engine, for
 * `kmm quote` and for the screen; each side that is not shown says why.
 *
 * A price outside the grid is no order, never a clamped one. Whatever stands keeps
 * `s·(r − price) ≥ fee + adverse + queue + minimum edge − incentive`, r the reservation price (math.md 3 and 14).
 */
import type { FairValue, ModelRefusal } from '../fair-value/types.ts';
import { type PriceGrid, snap, tickAbove, tickBelow } from '../grid.ts';
import type { Market } from '../market.ts';
import { chargeFill, makerFeePerContract, tradeFee } from '../money/fees.ts';
import type { Parameters } from '../parameters.ts';
import type { Ladder } from '../quoter/ladder.ts';
import { quoterOf } from '../quoter/quoter.ts';
import type { RawQuote } from '../quoter/types.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  ONE_CONTRACT,
  PRICE_ONE,
  type Side,
  signOf,
} from '../units.ts';
import { inventorySkewCents } from './inventory.ts';
import { worthQueueing } from './queue-cost.ts';

export interface QuoteInput {
  readonly market: Pick<Market, 'ticker' | 'grid' | 'fees'>;
  readonly fair: FairValue;
  /** Signed YES position, nothing in flight in it. */
  readonly position: Centicontracts;
  /** Until we must be flat (freeze or close). */
  readonly hoursToFlat: number;
  /** Resting dollars within 10 ¢ of the mid. */
  readonly liquidityDollars: number;
  /** Best prices of the others, our own orders left out; absent where nobody else rests. */
  readonly bestBid?: Centicents | undefined;
  readonly bestAsk?: Centicents | undefined;
  /** Per contract beside the formula's fee (fee-watch.ts); absent: nothing. */
  readonly feeSurcharge?: Microdollars | undefined;
  /** What each half-spread is wider by, as the mid has moved against our last fills (adverse-watch.ts); absent: nothing. */
  readonly adverseSurchargeDollars?: number;
  /** What is held of the other markets that settle with this one; absent: nothing. */
  readonly ladder?: Ladder | undefined;
  /** Of the risk to settlement, what is met before we are flat (quoter/risk-share.ts); absent: all of it. */
  readonly riskShare?: number | undefined;
  /** What a liquidity programme pays for a contract that rests here until it is filled; absent: nothing. */
  readonly incentiveDollars?: number;
  /** Wanted a side where it is less than the usual size (honesty/belief.ts); absent: the usual one. */
  readonly size?: Centicontracts | undefined;
  /** What would fill before an order of ours at this price; absent: not looked at. */
  readonly ahead?: ((side: Side, price: Centicents) => Centicontracts) | undefined;
  readonly parameters: Pick<
    Parameters,
    'strategy' | 'quoter' | 'quoting' | 'externalSkewCents' | 'inventory' | 'balanceStep'
  >;
  readonly at: EpochMs;
}

/**
 * - `strategy`: the strategy wants no order on this side now (a regime that only sheds inventory);
 * - `off_grid`: its price lies beyond the last price the market accepts;
 * - `post_only`: no price is left that does not cross the opposite best;
 * - `edge`: at the price that is left, edge over the reservation price is below fee, adverse move and minimum edge.
 */
export type Suppression = 'strategy' | 'off_grid' | 'post_only' | 'edge';

/** One side of the quote: either `price`, or the `reason` why nothing is shown. */
export interface QuoteSide {
  readonly side: Side;
  /** The strategy's price in centicents, before the grid. */
  readonly raw: number;
  /** Wanted size, before the risk gate. */
  readonly size: Centicontracts;
  readonly price?: Centicents;
  readonly reason?: Suppression;
  /** The price that the edge rule turned down. */
  readonly rejectedPrice?: Centicents;
  /** What the place in the queue costs (queue-cost.ts), and what a liquidity programme takes off; absent: nothing. */
  readonly queueDollars?: number;
  readonly incentiveDollars?: number;
  /** Maker fee per contract with its rounding, if one fill takes the whole order: it can only overstate. */
  readonly feeDollars?: number;
  /** Expected value of one contract filled, against the fair value, after fee and adverse move. */
  readonly edgeDollars?: number;
  /** The same against the reservation price: what the edge rule holds against the minimum edge. */
  readonly ruleEdgeDollars?: number;
}

export interface Quote {
  readonly kind: 'quote';
  readonly fair: FairValue;
  /** Dollars of YES; outside (0, 1) it is still what `as` computed. */
  readonly reservation: number;
  readonly bid: QuoteSide;
  readonly ask: QuoteSide;
  /** Named numbers of the strategy. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly state?: string;
}

export type QuoteDecision = Quote | ModelRefusal;

/** Refuses where the strategy refuses, and where the market's fee type has no known formula. */
export function composeQuote(input: QuoteInput): QuoteDecision {
  const { market, fair, parameters, bestBid, bestAsk, adverseSurchargeDollars = 0, incentiveDollars = 0 } = input;
  const formulaDollars = makerFeePerContract(market.fees, fair.probability * PRICE_ONE, input.at);
  if (typeof formulaDollars !== 'number') return formulaDollars;
  const surchargeDollars = surchargeOf(input);
  const makerFeeDollars = formulaDollars + surchargeDollars;
  const wanted = quoterOf(parameters.strategy)({
    fair,
    position: input.position,
    hoursToFlat: input.hoursToFlat,
    makerFeeDollars,
    liquidityDollars: input.liquidityDollars,
    externalSkewCents: parameters.externalSkewCents[market.ticker] ?? 0,
    inventorySkewCents: inventorySkewCents(input.position, parameters.inventory),
    ladder: input.ladder,
    riskShare: input.riskShare,
    parameters: parameters.quoter,
  });
  if (wanted.kind === 'refused') return wanted;
  const bid = composeSide('bid', wanted, bestAsk, input);
  const ask = composeSide('ask', wanted, higherOf(bestBid, bid.price), input);
  const { reservation, state, numbers } = wanted;
  if (surchargeDollars > 0) numbers.feeSurchargeDollars = surchargeDollars;
  if (adverseSurchargeDollars > 0) numbers.adverseSurchargeDollars = adverseSurchargeDollars;
  if (incentiveDollars > 0) numbers.incentiveDollars = incentiveDollars;
  const quote = { kind: 'quote', fair, reservation, bid, ask, numbers } as const;
  return state === undefined ? quote : { ...quote, state };
}

function composeSide(side: Side, wanted: RawQuote, opposite: Centicents | undefined, input: QuoteInput): QuoteSide {
  const { market, fair, parameters, ahead } = input;
  const { reservation, sides } = wanted;
  const sign = signOf(side);
  const incentiveDollars = incentiveOf(side, wanted, input);
  // Whatever the strategy: not all of them price an adverse move.
  const moved = ((input.adverseSurchargeDollars ?? 0) - incentiveDollars) * PRICE_ONE;
  const strategyRaw = (side === 'bid' ? wanted.rawBid : wanted.rawAsk) - sign * moved;
  const size = input.size ?? parameters.quoting.orderSize;

  if (sides !== 'both' && sides !== side) return nothing(side, strategyRaw, size, 'strategy', incentiveDollars);
  const snapped = snap(strategyRaw, side, market.grid);
  if (snapped === undefined) return nothing(side, strategyRaw, size, 'off_grid', incentiveDollars);
  const free = behind(opposite, snapped, side, market.grid);
  if (free === undefined) return nothing(side, strategyRaw, size, 'post_only', incentiveDollars);
  const { queueDollars: mostDollars = 0 } = parameters.quoter;
  const queued = worthQueueing({ side, raw: strategyRaw, price: free, grid: market.grid, size, mostDollars, ahead });
  if (queued === undefined) return nothing(side, strategyRaw, size, 'off_grid', incentiveDollars);

  const { price, queueDollars } = queued;
  const raw = strategyRaw - sign * queueDollars * PRICE_ONE;
  const feeDollars = feePerContract(side, price, input);
  const costDollars = feeDollars + adverseOf(input) + queueDollars;
  const edgeDollars = sign * (fair.probability - price / PRICE_ONE) - costDollars;
  const ruleEdgeDollars = sign * (reservation - price / PRICE_ONE) - costDollars;
  const figures = withPlace(
    { side, raw, size, feeDollars, edgeDollars, ruleEdgeDollars },
    queueDollars,
    incentiveDollars,
  );
  const leastDollars = leastEdge(parameters.quoting.minimumEdgeDollars, incentiveDollars);
  if (ruleEdgeDollars < leastDollars - EDGE_TOLERANCE_DOLLARS)
    return { ...figures, reason: 'edge', rejectedPrice: price };
  const { ticksAway = 0 } = parameters.quoting;
  if (ticksAway === 0) return { ...figures, price };
  const shifted = shiftedBy(ticksAway, price, side, market.grid);
  const shown = shifted === undefined ? undefined : behind(opposite, shifted, side, market.grid);
  if (shown === undefined) return nothing(side, strategyRaw, size, 'off_grid', incentiveDollars);
  return { ...figures, price: shown };
}

function nothing(
  side: Side,
  raw: number,
  size: Centicontracts,
  reason: Suppression,
  incentiveDollars: number,
): QuoteSide {
  return incentiveDollars > 0 ? { side, raw, size, reason, incentiveDollars } : { side, raw, size, reason };
}

/** With what the place in the queue costs and what a programme pays for it: hardly ever either. */
function withPlace(figures: QuoteSide, queueDollars: number, incentiveDollars: number): QuoteSide {
  if (queueDollars === 0 && incentiveDollars === 0) return figures;
  return {
    ...figures,
    ...(incentiveDollars > 0 && { incentiveDollars }),
    ...(queueDollars > 0 && { queueDollars }),
  };
}

/** A programme's reward pays for less edge, never for a loss. */
function leastEdge(minimumDollars: number, incentiveDollars: number): number {
  return Math.max(0, minimumDollars - incentiveDollars);
}

/** It may take off what the half-spread has above interval, fee and adverse move, and no more: fees are earned, not hoped for. */
function incentiveOf(side: Side, wanted: RawQuote, input: QuoteInput): number {
  const { incentiveDollars = 0, market, fair, parameters, at } = input;
  if (incentiveDollars === 0) return 0;
  const half = signOf(side) * (wanted.reservation - (side === 'bid' ? wanted.rawBid : wanted.rawAsk) / PRICE_ONE);
  const fee = makerFeePerContract(market.fees, fair.probability * PRICE_ONE, at);
  const costs = (typeof fee === 'number' ? fee : 0) + surchargeOf(input) + parameters.quoter.cara.adverseDollars;
  return Math.min(incentiveDollars, Math.max(0, half - parameters.quoter.intervalWeight * fair.standardError - costs));
}

function adverseOf({ parameters, adverseSurchargeDollars = 0 }: QuoteInput): number {
  return parameters.quoter.cara.adverseDollars + adverseSurchargeDollars;
}

/** So many ticks away from the mid, or towards it; undefined: past the last price. */
function shiftedBy(ticks: number, price: Centicents, side: Side, grid: PriceGrid): Centicents | undefined {
  const isUp = (side === 'ask') === ticks > 0;
  let moved: Centicents | undefined = price;
  for (let left = Math.abs(ticks); left > 0 && moved !== undefined; left -= 1)
    moved = isUp ? tickAbove(moved, grid) : tickBelow(moved, grid);
  return moved;
}

/** The price itself, or where it would cross the opposite best, one tick behind that: never nearer than asked. */
function behind(
  opposite: Centicents | undefined,
  price: Centicents,
  side: Side,
  grid: PriceGrid,
): Centicents | undefined {
  if (opposite === undefined) return price;
  if (side === 'bid') return price < opposite ? price : tickBelow(opposite, grid);
  return price > opposite ? price : tickAbove(opposite, grid);
}

/** Our own bid counts as an opposite best for the ask, so that a quote without any spread does not trade with itself. */
function higherOf(bestBid: Centicents | undefined, ownBid: Centicents | undefined): Centicents | undefined {
  if (bestBid === undefined || ownBid === undefined) return bestBid ?? ownBid;
  return bestBid > ownBid ? bestBid : ownBid;
}

/** What the exchange has lately charged above the formula, in dollars: it may do so again. */
function surchargeOf({ feeSurcharge = NO_MONEY }: QuoteInput): number {
  return feeSurcharge / moneyOf(PRICE_ONE, ONE_CONTRACT);
}

/** Dollars, to the microdollar of what the exchange would charge for the whole order in one fill. */
function feePerContract(side: Side, price: Centicents, input: QuoteInput): number {
  const { market, parameters, at } = input;
  const size = input.size ?? parameters.quoting.orderSize;
  const formula = tradeFee({ terms: market.fees, price, size, isTaker: false, at });
  if (formula.kind === 'refused') throw new Error(`fee terms refused after they were accepted: ${formula.reason}`);
  const { charged } = chargeFill({ side, price, size, tradeFee: formula.fee, balanceStep: parameters.balanceStep });
  return charged / moneyOf(PRICE_ONE, size) + surchargeOf(input);
}

/** What the grid's own tolerance may cost: a millionth of a 1 ¢ tick. */
const EDGE_TOLERANCE_DOLLARS = 1e-8;

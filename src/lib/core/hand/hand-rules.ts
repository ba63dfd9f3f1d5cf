/**
 * What a person asks for by hand, against every rule that binds the loop: market, halts, freeze, grid, lease, our own
 * orders in the way, the minute's allowance, and the risk gate. Pure: what is refused changes nothing, what is permitted
 * is a change for the engine to number.
 */
import { freezeAt } from '../clock/market-clock.ts';
import { isOnGrid, tickAbove, tickBelow } from '../grid.ts';
import type { DecreaseIntent, Intent, TakingCreate } from '../intents.ts';
import { never } from '../invariant.ts';
import { isTrading, type Market } from '../market.ts';
import { chargeFill, feeRuleAt, tradeFee } from '../money/fees.ts';
import { type Change, isCancellable, isIdle, LEASE_MS_MIN } from '../orders/diff.ts';
import { hasEnded, NEVER, type Order, remainingOf, restingOutcomes } from '../orders/order.ts';
import { type Pace, sentSizeOf } from '../orders/pace.ts';
import type { Parameters } from '../parameters.ts';
import { type Candidate, type Exposed, roomToReduce } from '../risk/exposure.ts';
import type { Halt, HaltName } from '../risk/halts.ts';
import { permit, type RiskContext, weigh } from '../risk/risk.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  formatPrice,
  formatSize,
  type Microdollars,
  microdollars,
  moneyOf,
  oppositeOf,
  PRICE_ONE,
  signOf,
} from '../units.ts';
import type { HandAmend, HandAsk, HandDecrease, HandFigures, HandOrder, HandRefusal, HandWord } from './hand-types.ts';

/** What the engine knows of the market that an ask is about. */
export interface HandMarket {
  readonly market: Market;
  readonly halts: readonly Halt[];
  /** What happens to the account is told to us: else what we would weigh an order against may be over. */
  readonly isHeard: boolean;
  readonly risk: RiskContext;
  /** Orders of this market that may rest, whoever placed them. */
  readonly orders: Iterable<Order>;
  /** Best prices of a valid book. */
  readonly bestBid?: Centicents;
  readonly bestAsk?: Centicents;
  readonly cashByShard: ReadonlyMap<number, Microdollars>;
}

export interface HandContext {
  /** Absent: the engine knows no such market. */
  readonly place?: HandMarket;
  /** The order that a change is about. */
  readonly order?: Order;
  readonly parameters: Parameters;
  /** What has gone out of late, against its limits. */
  readonly pace: Pick<Pace, 'refusal'>;
  readonly now: EpochMs;
}

/** A change that is not the quoter's to make. */
export type HandChange =
  | Change
  | (Pick<TakingCreate, 'kind' | 'side' | 'price' | 'size' | 'takes'> & { readonly takerFee: Microdollars })
  | (Pick<DecreaseIntent, 'kind' | 'reduceBy'> & { readonly order: Order });

export type HandVerdict =
  | { readonly kind: 'permitted'; readonly change: HandChange; readonly figures?: HandFigures }
  | { readonly kind: 'refused'; readonly refusal: HandRefusal };

/** A lease asked for by hand lies between these, as a configured one does. */
export const HAND_LEASE_MS = { min: 10_000, max: 600_000 } as const;

export function decideHand(ask: HandAsk, context: HandContext): HandVerdict {
  switch (ask.kind) {
    case 'order':
      return decideOrder(ask, context);
    case 'amend':
      return decideAmend(ask, context);
    case 'decrease':
      return decideDecrease(ask, context);
    case 'cancel': {
      const order = changeable(ask.orderId, context);
      if ('kind' in order) return order;
      if (!isCancellable(order))
        return refused('order_busy', 'a cancel of it is under way, or its id is not known yet');
      return { kind: 'permitted', change: { kind: 'cancel', order } };
    }
    default:
      return never(ask);
  }
}

function decideOrder({ ticker, side, price, size, life }: HandOrder, context: HandContext): HandVerdict {
  const { place, parameters, now } = context;
  if (place === undefined) return refused('market_unknown', `no market ${ticker} is known`);
  const obstacle = obstacleIn(place, context) ?? offGrid(price, place.market);
  if (obstacle !== undefined) return { kind: 'refused', refusal: obstacle };
  const taken = life.kind === 'take' ? worstTakerFee({ side, price, size }, place.market, parameters, now) : undefined;
  if (typeof taken === 'string') return refused('fee_unknown', taken);
  const lease =
    life.kind === 'take' ? undefined : leaseOf(life.kind === 'rest' ? life.ms : parameters.quoting.leaseMs, context);
  if (typeof lease === 'string') return refused('lease', lease);
  const candidate: Candidate = { side, price, size, ...(taken !== undefined && { takerFee: taken }) };
  const crossing = inTheWay(candidate, place, lease !== undefined);
  if (crossing !== undefined) return { kind: 'refused', refusal: crossing };
  // What it breaks alone is said before what it breaks after others.
  const weighed = gate(candidate, place, context, lease);
  if ('word' in weighed) return { kind: 'refused', refusal: weighed };
  const refusal = overPace({ kind: 'create', price, size }, context);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  if (life.kind === 'take') {
    const change = { kind: 'create', side, price, size, takes: life.takes, takerFee: taken as Microdollars } as const;
    return { kind: 'permitted', change, figures: weighed };
  }
  return {
    kind: 'permitted',
    change: { kind: 'create', side, price, size, expiresAt: lease as EpochMs },
    figures: weighed,
  };
}

function decideAmend({ orderId, price: wantedPrice, size: wantedSize }: HandAmend, context: HandContext): HandVerdict {
  const order = changeable(orderId, context);
  if ('kind' in order) return order;
  const { place, parameters, now } = context;
  if (place === undefined) return refused('market_unknown', `no market ${order.ticker} is known`);
  const mine = ownToChange(order);
  if (mine !== undefined) return { kind: 'refused', refusal: mine };
  const price = wantedPrice ?? order.price;
  const size = wantedSize ?? remainingOf(order);
  const obstacle = obstacleIn(place, context) ?? offGrid(price, place.market);
  if (obstacle !== undefined) return { kind: 'refused', refusal: obstacle };
  const lease = order.isRenewed ? leaseOf(parameters.quoting.leaseMs, context) : order.expiresAt;
  if (typeof lease === 'string') return refused('lease', lease);
  if (lease === NEVER) return refused('order_not_changeable', 'it has no expiry, so it was not placed by kmm');
  if (lease - now < LEASE_MS_MIN) return refused('lease', 'its lease ends within 5 s');
  const candidate: Candidate = { side: order.side, price, size };
  const crossing = inTheWay(candidate, place, true, order);
  if (crossing !== undefined) return { kind: 'refused', refusal: crossing };
  const weighed = gate(candidate, place, context, lease, order);
  if ('word' in weighed) return { kind: 'refused', refusal: weighed };
  const refusal = overPace({ kind: 'amend', price, size }, context);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  return {
    kind: 'permitted',
    change: { kind: 'amend', order, price, size, expiresAt: lease },
    figures: weighed,
  };
}

/** Only ever less: no limit is asked. What is to rest (`to`) is told the exchange as what goes, which no fill on the way changes. */
function decideDecrease({ orderId, by, to }: HandDecrease, context: HandContext): HandVerdict {
  const order = changeable(orderId, context);
  if ('kind' in order) return order;
  const mine = ownToChange(order);
  if (mine !== undefined) return { kind: 'refused', refusal: mine };
  const rests = remainingOf(order);
  const reduceBy = (by ?? rests - (to ?? rests)) as Centicontracts;
  if (!(reduceBy > 0 && reduceBy <= rests)) {
    return refused('size', `${formatSize(rests)} rest of it, so that cannot be taken off`);
  }
  return { kind: 'permitted', change: { kind: 'decrease', order, reduceBy } };
}

/** The order that a change names, or why there is nothing to change. */
function changeable(orderId: string, { order }: HandContext): Order | (HandVerdict & { kind: 'refused' }) {
  if (order === undefined) return refused('order_unknown', `no order ${orderId} of this account rests`);
  if (hasEnded(order)) return refused('order_unknown', `order ${orderId} is over: ${order.reason ?? order.state}`);
  return order;
}

/** The quoter would undo it; and one change is under way at a time. */
function ownToChange(order: Order): HandRefusal | undefined {
  if (order.origin === 'quoter') {
    return { word: 'order_not_changeable', reason: 'it is a quote of the running trader, which would change it back' };
  }
  return isIdle(order) ? undefined : { word: 'order_busy', reason: `it is ${order.pending?.kind ?? order.state} now` };
}

/** Market, halts and clock: the gates of the loop that do not look at the book, for a hand's price does not come from it. */
function obstacleIn(
  { market, halts, isHeard, orders }: HandMarket,
  { parameters, now }: HandContext,
): HandRefusal | undefined {
  if (!isTrading(market, now)) {
    const state = now >= market.closeAt ? 'closed' : market.status;
    return { word: 'market_closed', reason: `${market.ticker} does not trade: it is ${state}` };
  }
  const halt = halts.find(({ name }) => !isReducing(name));
  if (halt !== undefined) return { word: halt.name, reason: `halt ${halt.name} (${halt.scope}): ${halt.reason}` };
  if (!isHeard) return { word: 'STALE', reason: 'nothing is heard from the exchange now' };
  if (now >= freezeAt(market, parameters)) {
    return { word: 'WINDOW', reason: `${market.ticker} is frozen before its close` };
  }
  for (const { state, clientOrderId } of orders) {
    if (state === 'unknown') return { word: 'UNKNOWN', reason: `the fate of order ${clientOrderId} is not known` };
  }
  return undefined;
}

/** A person's pause holds up what a person asks for as well; a time to cool off only what adds to a position. */
function isReducing(name: HaltName): boolean {
  return name === 'COOL_OFF';
}

function offGrid(price: Centicents, { grid, ticker }: Market): HandRefusal | undefined {
  if (isOnGrid(price, grid)) return undefined;
  const near = [tickBelow(price, grid), tickAbove(price, grid)].flatMap((one) =>
    one === undefined ? [] : [formatPrice(one)],
  );
  return {
    word: 'off_grid',
    reason: `${ticker} takes no price of ${formatPrice(price)} of YES; near it are ${near.join(' and ')}`,
  };
}

/** Whole seconds, never past the freeze; in words where nothing of it is left. */
function leaseOf(ms: number, { place, parameters, now }: HandContext): EpochMs | string {
  if (ms < HAND_LEASE_MS.min || ms > HAND_LEASE_MS.max) {
    return `an order may rest ${HAND_LEASE_MS.min / 1_000} to ${HAND_LEASE_MS.max / 1_000} s at a time`;
  }
  const flatAt = place === undefined ? now : freezeAt(place.market, parameters);
  const end = Math.floor(Math.min(now + ms, flatAt) / 1_000) * 1_000;
  return end - now < LEASE_MS_MIN ? 'the market freezes before the order is safe in the book' : (end as EpochMs);
}

/** Orders of ours never meet each other; and what is to rest must not take. */
function inTheWay(
  { side, price }: Candidate,
  { orders, bestBid, bestAsk }: HandMarket,
  isResting: boolean,
  replaced?: Order,
): HandRefusal | undefined {
  const meets = (other: Centicents) => signOf(side) * (price - other) >= 0;
  for (const order of orders) {
    if (order === replaced || order.side !== oppositeOf(side)) continue;
    if (restingOutcomes(order).some((one) => one.size > 0 && meets(one.price))) {
      const whose = order.origin === 'quoter' ? "the trader's quote" : 'the order';
      const reason = `it would meet ${whose} ${order.orderId ?? order.clientOrderId} of our own at ${formatPrice(order.price)}`;
      return { word: 'self_cross', reason };
    }
  }
  const best = side === 'bid' ? bestAsk : bestBid;
  if (!isResting || best === undefined || !meets(best)) return undefined;
  return {
    word: 'post_only_cross',
    reason: `it would trade at once with the best ${oppositeOf(side)}, ${formatPrice(best)}`,
  };
}

function overPace(
  change: Pick<Intent, 'kind' | 'price' | 'size'>,
  { pace, parameters, order, now }: HandContext,
): HandRefusal | undefined {
  const refusal = pace.refusal(sentSizeOf(change, order), parameters.risk, now);
  return refusal && { word: refusal.limit, reason: refusal.reason };
}

/** The risk gate, and what it weighed. */
function gate(
  candidate: Candidate,
  { market, risk, cashByShard, halts }: HandMarket,
  { parameters, now }: HandContext,
  expiresAt: EpochMs | undefined,
  replaced?: Exposed,
): HandFigures | HandRefusal {
  const cooling = halts.find(({ name }) => isReducing(name));
  if (cooling !== undefined && candidate.size > roomToReduce(candidate.side, risk, replaced)) {
    return { word: cooling.name, reason: `${cooling.reason}: only what reduces the position may be sent` };
  }
  const verdict = permit(candidate, risk, replaced);
  const { before, after } = weigh(candidate, risk, replaced);
  if (verdict.kind === 'refused') {
    const { limit: word, reason } = verdict.refusal;
    if (word !== 'cash') return { word, reason };
    const shards = [...cashByShard].map(([shard, cash]) => ({ shard, cash }));
    return {
      word,
      reason,
      cash: { shard: market.shard, missing: microdollars(after.reserved - risk.cashAvailable), shards },
    };
  }
  const { side, price, size } = candidate;
  const isTaking = candidate.takerFee !== undefined;
  const fee = feeOf(isTaking ? atDearestFee(candidate) : candidate, market, parameters, isTaking, now);
  if (fee === undefined) return { word: 'fee_unknown', reason: noFormula(market, now) };
  const atStake = moneyOf((side === 'bid' ? price : PRICE_ONE - price) as Centicents, size);
  const { marketLoss, eventLoss, totalLoss } = parameters.risk;
  const worst = atStake + (candidate.takerFee ?? fee);
  return {
    // What is reserved counts every order of the side at its dearest price, which is for the gate: this one costs no more.
    cash: microdollars(Math.min(Math.max(0, after.reserved - before().reserved), worst)),
    fee,
    worst: microdollars(worst),
    losses: after.losses,
    limits: { market: marketLoss, event: eventLoss, total: totalLoss },
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/**
 * At the limit price: nearer to 50 ¢ the fee is higher, but never by as much as the better price saves. One balance step
 * is added, for several fills round several times and get all but one step back (math.md 13). In words where no fee is known.
 */
function worstTakerFee(
  candidate: Candidate,
  market: Market,
  parameters: Parameters,
  at: EpochMs,
): Microdollars | string {
  const fee = feeOf(candidate, market, parameters, true, at);
  if (fee === undefined) return noFormula(market, at);
  return fee === 0 ? fee : microdollars(fee + parameters.balanceStep);
}

/** Fees are highest at 50 ¢, and a taker may be done at any better price. */
function atDearestFee(candidate: Candidate): Candidate {
  const { side, price } = candidate;
  const isBeyond = signOf(side) * (price - MIDDLE) > 0;
  return isBeyond ? { ...candidate, price: MIDDLE } : candidate;
}

const MIDDLE = 5_000 as Centicents;

function noFormula({ fees }: Market, at: EpochMs): string {
  return `no fee formula is known for "${feeRuleAt(fees, at).type}", so what it costs cannot be said`;
}

function feeOf(
  { side, price, size }: Candidate,
  { fees: terms }: Market,
  { balanceStep }: Parameters,
  isTaker: boolean,
  at: EpochMs,
): Microdollars | undefined {
  const formula = tradeFee({ terms, price, size, isTaker, at });
  if (formula.kind === 'refused') return undefined;
  return chargeFill({ side, price, size, tradeFee: formula.fee, balanceStep }).charged;
}

function refused(word: HandWord, reason: string): HandVerdict & { kind: 'refused' } {
  return { kind: 'refused', refusal: { word, reason } };
}

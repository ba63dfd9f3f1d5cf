/**
 * What a person types, as an ask in the book's own terms: buy NO at p is a YES ask at 1 − p. Refuses what can be read in
 * two ways; everything else is the engine's to judge.
 */
import { randomUUID } from 'node:crypto';
import type { FlattenAsk } from '../../core/flatten/flatten-types.ts';
import type { HandAmend, HandDecrease, HandLife, HandOrder } from '../../core/hand/hand-types.ts';
import {
  type Centicents,
  type Centicontracts,
  complement,
  type Microdollars,
  PRICE_ONE,
  parseMoney,
  parseScaled,
  parseSize,
  type Side,
} from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';

/** The contract that a person speaks of. */
export type Outcome = 'yes' | 'no';
export type Direction = 'buy' | 'sell';

export interface OrderWords {
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly ticker: string;
  readonly count: string;
  readonly price: string;
  /** `ioc`, `fok`, `gtt:SECONDS`, `gtc`; absent: rests for the configured lease. */
  readonly tif: string | undefined;
  readonly isPostOnly: boolean;
  /** The configured lease. */
  readonly leaseMs: number;
}

/** Throws KMM_USAGE, KMM_ORDER_SIZE. */
export function orderAsk(words: OrderWords): HandOrder {
  const { direction, outcome, ticker, count, tif, isPostOnly, leaseMs } = words;
  const life = lifeOf(tif, leaseMs);
  if (isPostOnly && life.kind === 'take') throw usage(`--post-only is for orders that rest; --tif ${tif} takes`);
  const price = bookPrice(words.price, outcome);
  return {
    kind: 'order',
    id: randomUUID(),
    ticker,
    side: bookSide(direction, outcome),
    price,
    size: countOf(count),
    life,
  };
}

/** Throws KMM_USAGE, KMM_ORDER_SIZE. */
export function amendAsk(
  orderId: string,
  price: string | undefined,
  count: string | undefined,
  outcome: Outcome,
): HandAmend {
  if (price === undefined && count === undefined) throw usage('nothing to amend: give --price, --count or both');
  return {
    ...{ kind: 'amend', id: randomUUID(), orderId },
    ...(price !== undefined && { price: bookPrice(price, outcome) }),
    ...(count !== undefined && { size: countOf(count) }),
  };
}

/** Throws KMM_USAGE, KMM_ORDER_SIZE. */
export function decreaseAsk(orderId: string, by: string | undefined, to: string | undefined): HandDecrease {
  if ((by === undefined) === (to === undefined)) throw usage('give one of --by and --to');
  const asked = { kind: 'decrease', id: randomUUID(), orderId } as const;
  return by === undefined ? { ...asked, to: countOf(to ?? '') } : { ...asked, by: countOf(by) };
}

/** What a person types to get out of a position. Throws KMM_USAGE. */
export function flattenAsk(ticker: string, cost: string | undefined, isPaying: boolean, withinMs: number): FlattenAsk {
  const costMax = cost === undefined ? undefined : parseMoney(cost.replace(/^\$/, ''));
  if (costMax === undefined || costMax <= 0) {
    const what = cost === undefined ? 'is missing' : `${cost} is no amount of dollars above 0`;
    throw usage(`--cost-dollars-max ${what}: the most that leaving may cost, slippage and fees`);
  }
  if (withinMs > DAY_MS) throw usage('--within is a day at most');
  return { id: randomUUID(), ticker, costMax, isPaying, withinMs };
}

const DAY_MS = 86_400_000;

function bookSide(direction: Direction, outcome: Outcome): Side {
  return (direction === 'buy') === (outcome === 'yes') ? 'bid' : 'ask';
}

/** The other way round: what an order on this side is, of this contract. */
export function directionOf(side: Side, outcome: Outcome): Direction {
  return (side === 'bid') === (outcome === 'yes') ? 'buy' : 'sell';
}

export function priceOf(price: Centicents, outcome: Outcome): Centicents {
  return outcome === 'yes' ? price : complement(price);
}

/** Whole centicents of cash, > 0. Throws KMM_USAGE. */
export function amountOf(text: string): Microdollars {
  const amount = parseMoney(text.replace(/^\$/, ''));
  if (amount !== undefined && amount > 0 && amount % 100 === 0) return amount;
  throw usage(`${text} is no amount of dollars, in whole hundredths of a cent, to move`);
}

function bookPrice(text: string, outcome: Outcome): Centicents {
  return priceOf(typedPrice(text), outcome);
}

/** `45`, `45.5c`, `45¢` are cents; `0.45`, `$0.45` are dollars. `0.5` may be either, so it is neither. */
function typedPrice(text: string): Centicents {
  const [, sign, figure = '', unit] = /^(\$?)(\d+(?:\.\d+)?)([c¢]?)$/.exec(text) ?? [];
  if (figure === '' || (sign === '$' && unit !== '')) throw usage(`${text} is no price: write 45, 45.5c or $0.45`);
  const isBare = sign === '' && unit === '';
  const isBelowOne = Number(figure) < 1;
  if (isBare && isBelowOne && /^0?\.\d$/.test(figure)) {
    throw usage(`${text} may be ${figure} cents or ${figure} dollars: write ${figure}c or $${figure}`);
  }
  const isDollars = sign === '$' || (isBare && isBelowOne);
  const price = parseScaled(figure, isDollars ? 4 : 2);
  if (price === undefined || price <= 0 || price >= PRICE_ONE) {
    throw usage(`${text} is no price between 0 and 100 cents, in hundredths of a cent at most`);
  }
  return price as Centicents;
}

function countOf(text: string): Centicontracts {
  const size = parseSize(text);
  if (size !== undefined && size > 0) return size;
  throw new KmmError('KMM_ORDER_SIZE', `${text} is no number of contracts above 0, with two decimals at most`);
}

function lifeOf(tif: string | undefined, leaseMs: number): HandLife {
  if (tif === undefined) return { kind: 'rest', ms: leaseMs };
  if (tif === 'ioc') return { kind: 'take', takes: 'immediate_or_cancel' };
  if (tif === 'fok') return { kind: 'take', takes: 'fill_or_kill' };
  if (tif === 'gtc') return { kind: 'renewed' };
  const seconds = /^gtt:(\d{1,6})$/.exec(tif)?.[1];
  if (seconds !== undefined && Number(seconds) > 0) return { kind: 'rest', ms: Number(seconds) * 1_000 };
  throw usage(`--tif ${tif} is none of ioc, fok, gtt:SECONDS, gtc`);
}

function usage(what: string): KmmError {
  return new KmmError('KMM_USAGE', what);
}

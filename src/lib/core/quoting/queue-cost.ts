/**
 * What a place at the back of a level costs (A-FR3.1): an order with much before it is filled when the level is swept, and then
 * the price tends to go on. Nothing at the front, `mostDollars` with everything before it: most·ahead/(ahead + size).
 */
import { type PriceGrid, tickAbove, tickBelow } from '../grid.ts';
import { type Centicents, type Centicontracts, PRICE_ONE, type Side, signOf } from '../units.ts';

export interface QueueInput {
  readonly side: Side;
  /** What the strategy asks for without a queue, centicents. */
  readonly raw: number;
  /** The boldest price that may be shown. */
  readonly price: Centicents;
  readonly grid: PriceGrid;
  readonly size: Centicontracts;
  /** Per contract; 0: places cost nothing. */
  readonly mostDollars: number;
  readonly ahead?: ((side: Side, price: Centicents) => Centicontracts) | undefined;
}

export interface QueuedPrice {
  readonly price: Centicents;
  readonly queueDollars: number;
}

/** The price itself, or behind it the first that pays for its place; undefined: past the last price. */
export function worthQueueing(input: QueueInput): QueuedPrice | undefined {
  const { side, raw, grid, size, mostDollars, ahead } = input;
  if (mostDollars === 0 || ahead === undefined) return { price: input.price, queueDollars: 0 };
  for (let price: Centicents | undefined = input.price; price !== undefined; ) {
    const before = ahead(side, price);
    const queueDollars = (mostDollars * before) / (before + size);
    if (signOf(side) * (raw - price) >= queueDollars * PRICE_ONE - TOLERANCE) return { price, queueDollars };
    price = side === 'bid' ? tickBelow(price, grid) : tickAbove(price, grid);
  }
  return undefined;
}

/** A millionth of a 1 ¢ tick, as on the grid; centicents. */
const TOLERANCE = 1e-4;

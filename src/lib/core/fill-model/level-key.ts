import { PRICE_ONE, type Side } from '../units.ts';

/** One number for each level of a market. */
export function levelKey(side: Side, price: number): number {
  return side === 'bid' ? price : PRICE_ONE + 1 + price;
}

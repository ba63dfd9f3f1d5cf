/**
 * A chance where a logarithm is taken of it: held inside the prices that trade. Nothing that happens can tell a chance beyond
 * the finest price from that price, and one that says 0 or 1 would outweigh all others for ever.
 */
import { PRICE_ONE } from '../units.ts';

const LEAST = 1 / PRICE_ONE;

/** In [.0001, .9999]. */
export function heldChance(probability: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, probability));
}

/**
 * What a maker's order is worth (math.md section 14), in cents per contract: its value when filled, and how much edge an hour a
 * distance from the mid earns when takers come by λ(δ) = A·e^(−kδ).
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { Side } from '../units.ts';
import { signOf } from '../units.ts';
import { FILLS_MIN } from './fit-adverse.ts';

export interface FilledOrder {
  readonly side: Side;
  readonly fairCents: number;
  readonly priceCents: number;
  /** Per contract. */
  readonly feeCents: number;
  /** How far the fair value goes against a fill: measured, or set by whoever configures it. */
  readonly adverseCents: number;
  /** Fills that it was measured on; absent: it is configured. */
  readonly fills?: number;
}

export type CentsValue = { readonly kind: 'cents'; readonly cents: number } | ModelRefusal;

/** s·(F − P) − f − a. Refuses a cost of fills that was measured on fewer than FILLS_MIN. */
export function filledValue(order: FilledOrder): CentsValue {
  const { side, fairCents, priceCents, feeCents, adverseCents, fills } = order;
  if (fills !== undefined && fills < FILLS_MIN) {
    return refused('too_few_fills', `what a fill costs needs ${FILLS_MIN} of them, and ${fills} were seen`);
  }
  return { kind: 'cents', cents: signOf(side) * (fairCents - priceCents) - feeCents - adverseCents };
}

export interface Takers {
  /** A and k of λ(δ). */
  readonly perHour: number;
  readonly perCent: number;
}

/** λ(δ)·(δ − a − f), cents an hour for one contract at a time. */
export function edgeRate({ perHour, perCent }: Takers, cents: number, adverseCents: number, feeCents: number): number {
  return perHour * Math.exp(-perCent * cents) * (cents - adverseCents - feeCents);
}

/** 1/k + a + f: where `edgeRate` is greatest. Free of A. */
export function bestDistance({ perCent }: Pick<Takers, 'perCent'>, adverseCents: number, feeCents: number): number {
  return 1 / perCent + adverseCents + feeCents;
}

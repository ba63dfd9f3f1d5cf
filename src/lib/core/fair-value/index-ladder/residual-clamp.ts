/**
 * Today against the model (math.md 9): the last minutes' returns, each over the deviation that the model gave it, say by how
 * much the variance that is left is multiplied. Shrunk towards 1 and bounded; refuses a day that the model does not describe.
 */
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';

const MINUTES_MAX = 30;
/** A squared standardized return counts as this much at most. */
export const SQUARE_MAX = 9;
/** Mean of min(z², 9) of a standard normal. */
const CUT_MEAN = 0.9950073;
const MULTIPLIER = { min: 0.5, max: 2.5 } as const;
/** Beyond these a day is another kind of day. */
const RATIO = { min: 0.25, max: 4, fromMinutes: 15 } as const;

export type Clamp = { readonly kind: 'clamp'; readonly ratio: number; readonly multiplier: number } | ModelRefusal;

/** The newest thirty count. None at all: 1. */
export function residualClamp(standardized: readonly number[]): Clamp {
  const last = standardized.slice(-MINUTES_MAX);
  const n = last.length;
  if (n === 0) return { kind: 'clamp', ratio: 1, multiplier: 1 };
  const ratio = last.reduce((total, z) => total + Math.min(z * z, SQUARE_MAX), 0) / (CUT_MEAN * n);
  if (!Number.isFinite(ratio)) return refused('return_unknown', 'a return of the last minutes is no number');
  if (n >= RATIO.fromMinutes && !(ratio >= RATIO.min && ratio <= RATIO.max)) {
    return refused('unusual_day', `the last ${n} minutes moved ${ratio.toFixed(2)} times what the model gives them`);
  }
  const shrunk = (MINUTES_MAX + n * ratio) / (MINUTES_MAX + n);
  return { kind: 'clamp', ratio, multiplier: Math.min(MULTIPLIER.max, Math.max(MULTIPLIER.min, shrunk)) };
}

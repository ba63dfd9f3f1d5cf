/** The shape of a day: how smooth a fitted one is, and the one that is assumed where nothing can be fitted. */
import type { ModelRefusal } from '../types.ts';
import { SESSION_MINUTES } from './calibration.ts';
import { dayLevel, minuteVariances, smoothShares } from './time-of-day.ts';

const LAMBDAS = [1e4, 1e5, 1e6, 1e7] as const;
/** Days that are left out in turn; more would cost time and not change the choice. */
const LEFT_OUT_MAX = 20;
/** Left-out days are scored by what the others say. */
const OTHERS_MIN = 10;

/** By days left out, QLIKE (Patton 2011) of what they did in each minute. */
export function chooseLambda(
  days: readonly (readonly number[])[],
): { readonly kind: 'lambda'; readonly lambda: number } | ModelRefusal {
  const step = Math.max(1, Math.floor(days.length / LEFT_OUT_MAX));
  const losses = LAMBDAS.map((lambda) => ({ lambda, loss: 0 }));
  for (let index = 0; index < days.length; index += step) {
    const others = minuteVariances(days.toSpliced(index, 1), OTHERS_MIN);
    if (others.kind === 'refused') return others;
    for (const one of losses) one.loss += quasiLoss(days[index] as readonly number[], smoothShares(others, one.lambda));
  }
  const best = losses.reduce((one, other) => (other.loss < one.loss ? other : one));
  return { kind: 'lambda', lambda: best.lambda };
}

function quasiLoss(day: readonly number[], shares: readonly number[]): number {
  const level = dayLevel(day);
  return day.reduce((sum, value, minute) => {
    const expected = level * (shares[minute] as number);
    return sum + (value * value) / expected + Math.log(expected);
  }, 0);
}

/** At the open, how far it decays (minutes), and the same at the close: the U of intraday volatility, as in the vectors of math.md 9. */
const OPEN = { height: 3, minutes: 20 } as const;
const CLOSE = { height: 1.2, minutes: 25 } as const;

/** Fitted on nothing. */
export function assumedShares(minutes = SESSION_MINUTES): readonly number[] {
  const raw = Array.from({ length: minutes }, (_, index) => {
    const open = OPEN.height * Math.exp(-index / OPEN.minutes);
    const close = CLOSE.height * Math.exp((index + 1 - minutes) / CLOSE.minutes);
    return 1 + open + close;
  });
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

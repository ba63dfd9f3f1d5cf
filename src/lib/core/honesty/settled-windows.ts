/**
 * What settled quarter hours say without any book (math.md 8): whether each strike is the settlement of the window before,
 * whether the rule for ties held, and whether a volatility that was learned from the windows before was right about the next.
 *
 * From the mean of one window to the mean of the next the variance is σ² times 880.0056 seconds: rising weights over the first
 * minute, whole ones for 840 seconds, falling ones over the last.
 */
import { normalCdf } from '../normal.ts';
import type { EpochMs } from '../units.ts';
import { type Pit, pitOf } from './pit.ts';
import { studentCdf } from './student.ts';

export interface SettledWindow {
  readonly ticker: string;
  readonly closeAt: EpochMs;
  readonly result: 'yes' | 'no';
  readonly strike?: number;
  readonly value?: number;
}

export interface SettledCheck {
  readonly windows: number;
  /** Pairs of neighbours of which the strike of the later and the value of the earlier are known. */
  readonly chain: { readonly pairs: number; readonly broken: readonly string[] };
  /** "At least the strike" is yes; a tie is a value that equals it. */
  readonly rule: { readonly checked: number; readonly ties: number; readonly broken: readonly string[] };
  /** Null: too few windows follow each other. */
  readonly volatility: VolatilityCheck | null;
}

export interface VolatilityCheck {
  /** In windows; of the candidates the one with the best likelihood on the earlier part. */
  readonly halfLife: number;
  /** Degrees of freedom of Student's t, likewise: how unsure the deviation itself is. */
  readonly freedom: number;
  readonly trained: number;
  /** On the later part: of normal moves, and of Student's with the same variance. */
  readonly pit: Pit;
  readonly pitStudent: Pit;
  /** Mean of (move/deviation)², 1 when the size is right, with its standard error; of the fourth power 3 when moves are normal. */
  readonly meanSquare: number;
  readonly meanSquareError: number;
  readonly meanFourth: number;
}

const PERIOD_MS = 900_000;
const SECONDS_BETWEEN = 880.0056;
/** Below three there is no variance. */
const FREEDOMS = [3, 4, 5, 6, 8, 10, 15, 20, 30] as const;
const HALF_LIVES = [2, 4, 8, 16, 32, 64] as const;
/** The part that the half-life is chosen on. */
const TRAIN_SHARE = 0.5;
/** Moves that must be behind an estimate. */
const MOVES_MIN = 8;
const WINDOWS_MIN = 100;
/** Values are published in cents; a chain of other vintage may differ in the last one. */
const CENT = 0.005;

export function checkSettled(windows: readonly SettledWindow[]): SettledCheck {
  const sorted = windows.toSorted((a, b) => a.closeAt - b.closeAt);
  return {
    windows: sorted.length,
    chain: chainOf(sorted),
    rule: ruleOf(sorted),
    volatility: volatilityOf(sorted),
  };
}

function chainOf(sorted: readonly SettledWindow[]): SettledCheck['chain'] {
  let pairs = 0;
  const broken: string[] = [];
  for (const [index, { ticker, closeAt, strike }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before?.value === undefined || strike === undefined || closeAt - before.closeAt !== PERIOD_MS) continue;
    pairs += 1;
    if (Math.abs(before.value - strike) > CENT) broken.push(ticker);
  }
  return { pairs, broken };
}

function ruleOf(sorted: readonly SettledWindow[]): SettledCheck['rule'] {
  let [checked, ties] = [0, 0];
  const broken: string[] = [];
  for (const { ticker, strike, value, result } of sorted) {
    if (strike === undefined || value === undefined) continue;
    checked += 1;
    if (value === strike) ties += 1;
    if (value >= strike !== (result === 'yes')) broken.push(ticker);
  }
  return { checked, ties, broken };
}

/** A move and the variance of moves before it; across a hole in the windows nothing is learned. */
interface Forecast {
  readonly move: number;
  readonly variance: number;
}

function volatilityOf(sorted: readonly SettledWindow[]): VolatilityCheck | null {
  const moves = sorted.map(({ strike, value }) =>
    strike === undefined || value === undefined ? undefined : Math.log(value / strike),
  );
  const known = moves.filter((move) => move !== undefined).length;
  if (known < WINDOWS_MIN) return null;
  const cut = sorted.findIndex((_, index) => countKnown(moves, index) >= known * TRAIN_SHARE);
  const candidates = HALF_LIVES.flatMap((halfLife) => {
    const split = forecasts(sorted, moves, halfLife, cut);
    return FREEDOMS.map((freedom) => ({
      ...{ ...split, halfLife, freedom, likelihood: studentLikelihood(split.early, freedom) },
    }));
  });
  const best = candidates.reduce((one, other) => (other.likelihood > one.likelihood ? other : one));
  const { freedom } = best;
  const shares = best.late.map(({ move, variance }) => normalCdf(move / Math.sqrt(variance)));
  const wider = best.late.map(({ move, variance }) => studentCdf(move / scaleOf(variance, freedom), freedom));
  const mean = (power: number) =>
    best.late.reduce((sum, { move, variance }) => sum + (move * move) ** power / variance ** power, 0) /
    best.late.length;
  const [meanSquare, meanFourth] = [mean(1), mean(2)];
  return {
    ...{ halfLife: best.halfLife, freedom, trained: best.early.length, pit: pitOf(shares), pitStudent: pitOf(wider) },
    ...{ meanSquare, meanSquareError: Math.sqrt((meanFourth - meanSquare ** 2) / best.late.length), meanFourth },
  };
}

function countKnown(moves: readonly (number | undefined)[], until: number): number {
  return moves.slice(0, until).filter((move) => move !== undefined).length;
}

function forecasts(
  sorted: readonly SettledWindow[],
  moves: readonly (number | undefined)[],
  halfLife: number,
  cut: number,
): { readonly early: readonly Forecast[]; readonly late: readonly Forecast[] } {
  const kept = 2 ** (-1 / halfLife);
  let [sum, weight, seen] = [0, 0, 0];
  const early: Forecast[] = [];
  const late: Forecast[] = [];
  for (const [index, move] of moves.entries()) {
    const gap = index === 0 ? 1 : ((sorted[index]?.closeAt ?? 0) - (sorted[index - 1]?.closeAt ?? 0)) / PERIOD_MS;
    // What is older counts less, also across windows of which nothing is known.
    const faded = kept ** gap;
    [sum, weight] = [sum * faded, weight * faded];
    if (move === undefined) continue;
    // A rate per second and back again: the constant cancels out here, and says what is compared.
    if (seen >= MOVES_MIN && sum > 0) {
      const variance = (sum / weight) * SECONDS_BETWEEN;
      (index < cut ? early : late).push({ move, variance });
    }
    [sum, weight, seen] = [sum + (move * move) / SECONDS_BETWEEN, weight + 1, seen + 1];
  }
  return { early, late };
}

/** Of Student's t with this variance, so that only the shape differs from the normal one. */
function scaleOf(variance: number, freedom: number): number {
  return Math.sqrt((variance * (freedom - 2)) / freedom);
}

function studentLikelihood(some: readonly Forecast[], freedom: number): number {
  // The constant by numbers: ln Γ of halves, by its own recursion.
  const constant = lnGammaHalf(freedom + 1) - lnGammaHalf(freedom) - 0.5 * Math.log(freedom * Math.PI);
  return some.reduce((sum, { move, variance }) => {
    const scale = scaleOf(variance, freedom);
    return sum + constant - Math.log(scale) - ((freedom + 1) / 2) * Math.log1p((move / scale) ** 2 / freedom);
  }, 0);
}

/** ln Γ(n/2) of a whole n ≥ 1. */
function lnGammaHalf(n: number): number {
  let sum = n % 2 === 0 ? 0 : 0.5 * Math.log(Math.PI);
  for (let k = n - 2; k > 0; k -= 2) sum += Math.log(k / 2);
  return sum;
}

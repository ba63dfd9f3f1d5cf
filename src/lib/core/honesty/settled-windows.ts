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
  readonly trained: number;
  /** On the later part. */
  readonly pit: Pit;
  /** Mean of (move/deviation)², 1 when the size is right, and of its fourth power, 3 when moves are normal. */
  readonly meanSquare: number;
  readonly meanFourth: number;
}

const PERIOD_MS = 900_000;
const SECONDS_BETWEEN = 880.0056;
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
  const scored = HALF_LIVES.map((halfLife) => ({ halfLife, ...forecasts(sorted, moves, halfLife, cut) }));
  const best = scored.reduce((one, other) => (likelihood(other.early) > likelihood(one.early) ? other : one));
  const shares = best.late.map(({ move, variance }) => normalCdf(move / Math.sqrt(variance)));
  const mean = (power: number) =>
    best.late.reduce((sum, { move, variance }) => sum + (move * move) ** power / variance ** power, 0) /
    best.late.length;
  return {
    ...{ halfLife: best.halfLife, trained: best.early.length, pit: pitOf(shares) },
    ...{ meanSquare: mean(1), meanFourth: mean(2) },
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

/** Of normal moves, without the constant. */
function likelihood(some: readonly Forecast[]): number {
  return some.reduce((sum, { move, variance }) => sum - 0.5 * (Math.log(variance) + (move * move) / variance), 0);
}

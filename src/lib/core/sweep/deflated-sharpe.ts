/**
 * Whether the best of many is more than the luckiest of many.
 *
 * Of N settings without any skill, the best has a Sharpe ratio above zero, the more so the larger N. The deflated Sharpe
 * ratio is the chance that the true ratio of the best lies above what the luckiest of N would have shown. Everything is per
 * observation (per event here), nothing is annualised. Source: D. H. Bailey and M. López de Prado, "The Deflated Sharpe
 * Ratio: Correcting for Selection Bias, Backtest Overfitting and Non-Normality", Journal of Portfolio Management 40(5), 2014.
 */
import { normalCdf, normalInverse } from '../normal.ts';

/** What was found at the best point, and among how many it was found. */
export interface Selection {
  /** Ŝ: mean over standard deviation, per observation. */
  readonly sharpe: number;
  /** T: observations that it was found from. */
  readonly observations: number;
  /** γ₃ and γ₄ of the observations; a normal has 0 and 3. */
  readonly skew: number;
  readonly kurtosis: number;
  /** N: settings that were tried, counting those that nobody would look at twice. Related ones count in full: the doubt errs upwards. */
  readonly trials: number;
  /** √V: standard deviation of the ratio among the settings. */
  readonly trialsSd: number;
}

/** γ, of Euler and Mascheroni. */
const EULER = 0.5772156649015329;

/**
 * SR₀ = √V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))): the ratio that the best of N settings without skill is expected to
 * show. 0 for a single one, which was not selected.
 */
export function expectedBest(trials: number, trialsSd: number): number {
  if (trials <= 1) return 0;
  const [near, far] = [normalInverse(1 - 1 / trials), normalInverse(1 - 1 / (trials * Math.E))];
  return trialsSd * ((1 - EULER) * near + EULER * far);
}

/**
 * Φ((Ŝ − SR₀)·√(T − 1)/√(1 − γ₃Ŝ + (γ₄ − 1)/4·Ŝ²)), 0 to 1. Undefined for fewer than two observations, and where the
 * sample's own moments leave no room for doubt, which no sample can justify.
 */
export function deflatedSharpe(selection: Selection): number | undefined {
  const { sharpe, observations, skew, kurtosis, trials, trialsSd } = selection;
  const variance = 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  if (observations < 2 || !(variance > 0)) return undefined;
  return normalCdf(((sharpe - expectedBest(trials, trialsSd)) * Math.sqrt(observations - 1)) / Math.sqrt(variance));
}

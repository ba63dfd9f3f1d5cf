/**
 * Whether those who trade with us know more than our quotes are priced for (D-5): how far the mid has moved against the last
 * fills of a market ten seconds after each, held against the adverse move that quotes count with.
 *
 * Worse by two standard errors of the mean begins it: quotes are wider by the whole difference until the mean is back. A fill
 * counts for a day, so that a market in which nobody trades with us any more is tried again.
 */
import type { EpochMs } from '../units.ts';

/** The horizon of the markout; one of HORIZONS_MS. */
export const ADVERSE_HORIZON_MS = 10_000;

export interface AdverseFinding {
  readonly fills: number;
  /** Against us, per contract; dollars. */
  readonly meanDollars: number;
  readonly errorDollars: number;
  /** What the mean is more than what quotes are priced for. */
  readonly surchargeDollars: number;
}

interface Move {
  readonly at: EpochMs;
  /** Against us, in half centicents. */
  readonly halves: number;
}

export class AdverseWatch {
  #moves: Move[] = [];
  #isWorse = false;

  /** A fill's move against us, in half centicents, once its horizon is over. The last `fills` of them count. */
  moved(halves: number, at: EpochMs, fills: number, pricedDollars: number): void {
    this.#moves.push({ at, halves });
    if (this.#moves.length > fills) this.#moves.splice(0, this.#moves.length - fills);
    this.#moves = this.#moves.filter((move) => at - move.at < DAY_MS);
    if (this.#moves.length < fills) {
      this.#isWorse = false;
      return;
    }
    const { mean, error } = meanOf(this.#moves);
    this.#isWorse = mean > pricedDollars + (this.#isWorse ? 0 : ERRORS * error);
  }

  /** Undefined: nothing is found, or quotes are priced for as much by now. */
  finding(now: EpochMs, pricedDollars: number): AdverseFinding | undefined {
    const last = this.#moves.at(-1);
    if (!this.#isWorse || last === undefined || now - last.at >= DAY_MS) return undefined;
    const { mean, error } = meanOf(this.#moves);
    if (mean <= pricedDollars) return undefined;
    const surchargeDollars = mean - pricedDollars;
    return { fills: this.#moves.length, meanDollars: mean, errorDollars: error, surchargeDollars };
  }
}

/** Dollars: the mean and its standard error. Sums are of integers, so exact. */
function meanOf(moves: readonly Move[]): { readonly mean: number; readonly error: number } {
  const count = moves.length;
  let [sum, squares] = [0, 0];
  for (const { halves } of moves) {
    sum += halves;
    squares += halves * halves;
  }
  const variance = count < 2 ? 0 : Math.max(0, squares - (sum * sum) / count) / (count - 1);
  return { mean: sum / count / HALVES_PER_DOLLAR, error: Math.sqrt(variance / count) / HALVES_PER_DOLLAR };
}

const ERRORS = 2;
const DAY_MS = 86_400_000;
const HALVES_PER_DOLLAR = 20_000;

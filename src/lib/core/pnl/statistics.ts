/**
 * What a row of profits says of risk: Sharpe and Sortino ratio, drawdown, profit factor, win rate (math.md section 19; Lo
 * 2002). Ratios are real numbers for people; whatever is money stays in microdollars.
 */
import { type EpochMs, type Microdollars, microdollars } from '../units.ts';
import { type Interval, wilson } from './wilson.ts';

export interface Ratio {
  /** Days that it is of. */
  readonly count: number;
  /** Of daily net profit over the capital at the start, which cancels out. */
  readonly daily: number;
  /** × √(days a year). */
  readonly annual: number;
  readonly dailyError?: number;
  readonly annualError?: number;
}

export interface DailyProfits {
  /** Net, of every day in turn, those without a trade included. */
  readonly nets: readonly Microdollars[];
  /** 365 where days without trade do not exist (crypto), 252 for an index. */
  readonly daysPerYear: number;
}

/** Mean over standard deviation (n − 1); the error is √((1 + SR²/2)/n). Undefined: fewer than two days, or all alike. */
export function sharpeOf({ nets, daysPerYear }: DailyProfits): Ratio | undefined {
  const count = nets.length;
  const mean = meanOf(nets);
  const deviation = Math.sqrt(nets.reduce((sum, net) => sum + (net - mean) ** 2, 0) / (count - 1));
  if (count < 2 || deviation === 0) return undefined;
  const daily = mean / deviation;
  const dailyError = Math.sqrt((1 + daily ** 2 / 2) / count);
  const year = Math.sqrt(daysPerYear);
  return { count, daily, annual: daily * year, dailyError, annualError: dailyError * year };
}

/** Mean over the root of the mean square of losses, over all days, against a target of zero. Undefined: without a loss. */
export function sortinoOf({ nets, daysPerYear }: DailyProfits): Ratio | undefined {
  const count = nets.length;
  const downside = Math.sqrt(nets.reduce((sum, net) => sum + Math.min(0, net) ** 2, 0) / count);
  if (count < 2 || downside === 0) return undefined;
  const daily = meanOf(nets) / downside;
  return { count, daily, annual: daily * Math.sqrt(daysPerYear) };
}

export interface EquityPoint {
  readonly at: EpochMs;
  readonly equity: Microdollars;
}

export interface Drawdown {
  /** Largest fall from the running peak. */
  readonly fall: Microdollars;
  /** Of that peak; undefined where the peak is not above zero. */
  readonly share?: number;
  readonly peakAt: EpochMs;
  readonly troughAt: EpochMs;
}

/** The first point is the start, which counts as a peak. Undefined: it never fell. */
export function drawdownOf(points: readonly EquityPoint[]): Drawdown | undefined {
  let peak = points[0];
  let worst: Drawdown | undefined;
  for (const point of points) {
    if (peak === undefined || point.equity >= peak.equity) {
      peak = point;
      continue;
    }
    const fall = microdollars(peak.equity - point.equity);
    if (worst !== undefined && fall <= worst.fall) continue;
    const share = peak.equity > 0 ? { share: fall / peak.equity } : {};
    worst = { fall, ...share, peakAt: peak.at, troughAt: point.at };
  }
  return worst;
}

/** Sum of gains over sum of losses. Undefined: nothing was lost. */
export function profitFactorOf(nets: readonly Microdollars[]): number | undefined {
  const won = nets.reduce((sum, net) => sum + Math.max(0, net), 0);
  const lost = nets.reduce((sum, net) => sum - Math.min(0, net), 0);
  return lost === 0 ? undefined : won / lost;
}

export interface WinRate {
  readonly won: number;
  readonly lost: number;
  /** Came out at exactly zero: neither. */
  readonly even: number;
  /** won / (won + lost); undefined: neither. */
  readonly rate?: number;
  /** 95 %. */
  readonly interval?: Interval;
}

/** Of events, not of quotes or fills: fills of one event are one observation. */
export function winRateOf(nets: Iterable<Microdollars>): WinRate {
  let [won, lost, even] = [0, 0, 0];
  for (const net of nets) {
    if (net > 0) won += 1;
    else if (net < 0) lost += 1;
    else even += 1;
  }
  const interval = wilson(won, won + lost);
  return { won, lost, even, ...(interval !== undefined && { rate: won / (won + lost), interval }) };
}

function meanOf(nets: readonly Microdollars[]): number {
  return nets.reduce((sum, net) => sum + net, 0) / nets.length;
}

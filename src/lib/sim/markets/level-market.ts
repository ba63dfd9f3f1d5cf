/** A market on the level of the simulated index at one moment: what is true of it before, and how it ends (math.md 9). */
import { probabilityWithin } from '../../core/fair-value/index-ladder/terminal.ts';
import { type Bin, binOf } from '../../core/fair-value/strike-bins.ts';
import { invariant } from '../../core/invariant.ts';
import type { Strike } from '../../core/market.ts';
import { type EpochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import type { Outcome } from '../exchange/records.ts';
import type { IndexPath } from '../index-path.ts';
import type { ScheduledMarket } from './program.ts';

const PUBLISHED_GRID = 0.01;

export interface LevelMarket {
  readonly path: IndexPath;
  readonly ticker: string;
  readonly title: string;
  readonly strike: Strike;
  readonly closeAt: EpochMs;
}

export function levelMarket({ path, ticker, title, strike, closeAt }: LevelMarket): ScheduledMarket {
  const bin = binOf(strike, PUBLISHED_GRID);
  invariant(!('kind' in bin), `${ticker} has a strike`);
  return {
    ...{ ticker, title, strike },
    probability: (at, closesAt = closeAt) => probabilityOf(path, bin, at, closesAt),
    outcome: (closedAt = closeAt) => outcomeOf(path, bin, closedAt),
  };
}

function probabilityOf(path: IndexPath, bin: Bin, at: EpochMs, closeAt: EpochMs): number {
  const variance = path.varianceBetween(at, closeAt);
  if (at >= closeAt || variance === 0) return isIn(bin, path.publishedAt(closeAt)) ? 1 : 0;
  return probabilityWithin(path.levelAt(at), bin.low, bin.high, variance);
}

function outcomeOf(path: IndexPath, bin: Bin, closedAt: EpochMs): Outcome {
  const level = path.publishedAt(closedAt);
  const isYes = isIn(bin, level);
  return {
    result: isYes ? 'yes' : 'no',
    value: isYes ? PRICE_ONE : PRICE_ZERO,
    expirationValue: level.toFixed(2),
  };
}

function isIn({ low, high }: Bin, level: number): boolean {
  return low <= level && level < high;
}

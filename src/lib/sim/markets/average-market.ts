/** A market on the settlement average of the reference: what is true of it at a moment, and how it ends (math.md 8). */
import {
  type AverageForecast,
  before,
  inside,
  probabilityOfYes,
  WINDOW_PRINTS,
} from '../../core/fair-value/settlement-average.ts';
import { invariant } from '../../core/invariant.ts';
import type { Strike } from '../../core/market.ts';
import { type EpochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import type { Outcome } from '../exchange/records.ts';
import type { ReferencePath } from '../reference.ts';

const SECOND_MS = 1_000;

export function probabilityOf(path: ReferencePath, closeAt: EpochMs, strike: Strike, at: EpochMs): number {
  const result = probabilityOfYes(forecastAt(path, closeAt, at < closeAt ? at : closeAt), strike);
  invariant(result.kind === 'value', 'a built-in market has a strike');
  return result.probability;
}

/** A close in the middle of a second settles on the prints up to the last whole one. */
export function outcomeOf(path: ReferencePath, closedAt: EpochMs, strike: Strike): Outcome {
  const average = path.settlementAverage((closedAt - (closedAt % SECOND_MS)) as EpochMs);
  const isYes = isMet(strike, average);
  return {
    result: isYes ? 'yes' : 'no',
    value: isYes ? PRICE_ONE : PRICE_ZERO,
    expirationValue: average.toFixed(2),
  };
}

function forecastAt(path: ReferencePath, closeAt: EpochMs, at: EpochMs): AverageForecast {
  const secondsToClose = (closeAt - at) / SECOND_MS;
  const lastPrint = path.priceAt(at);
  const sigma = path.sigmaAt(at);
  const result =
    secondsToClose >= WINDOW_PRINTS
      ? before({ lastPrint, sigma, secondsToClose })
      : inside({ lastPrint, sigma, ...printsAt(path, closeAt, at) });
  invariant(result.kind === 'forecast', 'a simulated path can always be forecast');
  return result.forecast;
}

function printsAt(path: ReferencePath, closeAt: EpochMs, at: EpochMs) {
  const startsAt = (closeAt - WINDOW_PRINTS * SECOND_MS) as EpochMs;
  const lastPrintAt = (at - (at % SECOND_MS)) as EpochMs;
  const printsSeen = (lastPrintAt - startsAt) / SECOND_MS;
  return {
    printsSeen,
    printsToCome: WINDOW_PRINTS - printsSeen,
    sumSeen: path.printedBetween(startsAt, lastPrintAt),
    secondsSincePrint: (at - lastPrintAt) / SECOND_MS,
  };
}

function isMet({ type, floor }: Strike, average: number): boolean {
  invariant(floor !== undefined, 'a market on the average has a floor');
  return type === 'greater' ? average > floor : average >= floor;
}

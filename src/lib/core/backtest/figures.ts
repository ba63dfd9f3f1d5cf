/** Everything that one run under one fill assumption says of itself. */
import type { Split } from '../pnl/split.ts';
import type { Microdollars } from '../units.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import { type FillFigures, fillFigures, type OfferRow, offerRows } from './fill-figures.ts';
import type { FillMode } from './job.ts';
import { type MoneyFigures, moneyFigures } from './money-figures.ts';
import { type QuoteFigures, quoteFigures } from './quote-figures.ts';
import type { BacktestResult } from './result.ts';

export interface BacktestFigures {
  readonly mode: FillMode;
  /** Exact. */
  readonly net: Microdollars;
  readonly fees: Microdollars;
  readonly split: Split;
  readonly money: MoneyFigures;
  readonly fills: FillFigures;
  readonly quotes: QuoteFigures;
  readonly byOffset: readonly OfferRow[];
  readonly byClose: readonly OfferRow[];
  readonly calibration: Calibration;
}

/** Of a result that adds up (check-sums.ts). */
export function figuresOf(result: BacktestResult): BacktestFigures {
  const { job, totals, offers } = result;
  return {
    ...{ mode: job.fill.mode, net: totals.net, fees: totals.fees, split: totals.split },
    money: moneyFigures(result),
    fills: fillFigures(result),
    quotes: quoteFigures(result),
    byOffset: offerRows(offers, 'offsetCents'),
    byClose: offerRows(offers, 'closeMsMax'),
    calibration: calibrationOf(result),
  };
}

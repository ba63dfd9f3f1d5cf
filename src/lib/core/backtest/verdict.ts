/**
 * What may be said of a strategy by its bands, in one word. The order is the order of doubt: a loss is called one at once, a
 * profit only when it is there under the worst assumption, of enough events, and told from zero (X-7, math.md section 18).
 */
import type { BacktestFigures } from './figures.ts';

export type Verdict =
  /** Nothing was filled under any assumption: it neither made nor lost. */
  | 'never_filled'
  /** Below zero under every assumption. */
  | 'loses'
  /** The sign depends on how fills are assumed. */
  | 'depends_on_fills'
  /** Above zero throughout, on fewer than 30 events. */
  | 'too_few'
  /** Above zero throughout, and not told from zero. */
  | 'not_told_from_zero'
  /** Above zero throughout, its interval too, on 30 events or more. */
  | 'earns';

export function verdictOf(bands: readonly BacktestFigures[]): Verdict {
  if (bands.every(({ fills }) => fills.count === 0)) return 'never_filled';
  if (bands.every(({ net }) => net <= 0)) return 'loses';
  if (bands.some(({ net }) => net <= 0)) return 'depends_on_fills';
  if (bands.some(({ money }) => !money.total.isVerdict)) return 'too_few';
  const isAbove = ({ money }: BacktestFigures) => (money.total.interval?.low ?? -Infinity) > 0;
  return bands.every(isAbove) ? 'earns' : 'not_told_from_zero';
}

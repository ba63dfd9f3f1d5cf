/** What a backtest may be taken for, in a sentence that nobody can read as more. */

import type { BacktestReport } from '../../lib/app/backtest/report.ts';
import { counted } from '../report/report-document.ts';

/** No verdict on fewer (math.md section 18). */
const EVENTS_MIN = 30;

export function verdictText({ verdict, bands, main }: Pick<BacktestReport, 'verdict' | 'bands' | 'main'>): string {
  const events = counted(bands[main]?.money.total.events ?? 0, 'event');
  const every = bands.length === 1 ? `with ${bands[0]?.mode} fills` : 'under every fill assumption';
  const few = `${events}: below ${EVENTS_MIN} nothing is concluded`;
  switch (verdict) {
    case 'never_filled':
      return 'It was never filled: nothing is known of what it would make.';
    case 'loses':
      return `It loses money ${every} (${events}).`;
    case 'depends_on_fills':
      return `Whether it gains or loses depends on how fills are assumed: no profit is shown (${events}).`;
    case 'too_few':
      return `It gains ${every}, and that proves nothing yet (${few}).`;
    case 'not_told_from_zero':
      return `It gains ${every}, but that is not told from zero: the 95 % interval of ${events} includes it.`;
    case 'earns':
      return `It gains ${every}, the 95 % interval of ${events} above zero.`;
    default:
      return verdict satisfies never;
  }
}

/** Why markets are not quoted, by their last decision on record (what `kmm why` tells at length). */
import { JournalHistory } from '../../adapters/store/journal-history.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { kmmError } from '../errors/errors.ts';
import { decodeRecord } from '../why/decision-text.ts';

export interface LastDecision {
  readonly at: EpochMs;
  readonly isQuoted: boolean;
  /** Gate and its reason, or what each side is without; empty where both are shown. */
  readonly reasons: readonly string[];
}

/** Those that are on record at `by`, in the session of then. Throws KMM_DB_*. */
export function lastDecisions(
  { database, env }: Home,
  tickers: readonly string[],
  by: EpochMs,
): ReadonlyMap<string, LastDecision> {
  const history = JournalHistory.open(database, env);
  if (history instanceof StoreProblem) throw kmmError(history);
  try {
    const span = history.sessionAt(by) ?? history.sessionBefore(by);
    const found = new Map<string, LastDecision>();
    if (span === undefined) return found;
    for (const ticker of tickers) {
      const row = history.decisionAt(span.session, ticker, by);
      const record = row === undefined ? undefined : decodeRecord(row.decision, row.at);
      if (row === undefined || record === undefined) continue;
      const { gate, bid, ask, posture } = record;
      const sides = [bid, ask].flatMap((side, index) =>
        side === undefined || side.isShown
          ? []
          : [`${index === 0 ? 'bid' : 'ask'}: ${side.limit ?? side.suppression ?? side.reason}`],
      );
      const reasons = gate === undefined ? (posture === 'quote' ? sides : [posture]) : [`${gate.name}: ${gate.reason}`];
      found.set(ticker, { at: row.at, isQuoted: reasons.length === 0, reasons });
    }
    return found;
  } finally {
    history.close();
  }
}

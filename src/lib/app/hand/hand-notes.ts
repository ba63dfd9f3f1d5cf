/** What is kept of an ask by hand, and what is said of a market that nobody knows. */
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { HandAsk } from '../../core/hand/hand-types.ts';
import type { EpochMs } from '../../core/units.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { explainUnknown } from '../markets/unknown-ticker.ts';
import type { Desk } from '../session/orders/desk.ts';

/** On disk beside the intents, refused or not. Throws KMM_JOURNAL: what cannot be written is not asked. */
export function noteAsk(journal: JournalFile, ask: HandAsk, by: string, at: EpochMs): void {
  const problem = journal.recordOperation({ at, by, verb: `hand ${ask.kind}`, detail: JSON.stringify(ask) });
  if (problem !== undefined) throw kmmError(problem);
}

/** With the nearest name that may have been meant. */
export async function unknownMarket({ rest, catalogue }: Desk, ticker: string): Promise<KmmError> {
  const looked = await rest.market(ticker);
  if (!looked.ok) return explainUnknown(ticker, looked.error, catalogue);
  return new KmmError('KMM_TICKER_UNKNOWN', `${ticker} cannot be traded: its terms are not understood`);
}

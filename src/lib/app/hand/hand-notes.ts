/** What is kept of an ask by hand, and what is said of a market that nobody knows. */
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { HandAsk } from '../../core/hand-types.ts';
import type { EpochMs } from '../../core/units.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { nearestName } from '../markets/suggest.ts';
import { unknownTicker } from '../markets/unknown-ticker.ts';

/** On disk beside the intents, refused or not. Throws KMM_JOURNAL: what cannot be written is not asked. */
export function noteAsk(journal: JournalFile, ask: HandAsk, by: string, at: EpochMs): void {
  const problem = journal.recordOperation({ at, by, verb: `hand ${ask.kind}`, detail: JSON.stringify(ask) });
  if (problem !== undefined) throw kmmError(problem);
}

/** With the nearest market that trades now, of the series that the ticker begins with. */
export async function unknownMarket(rest: KalshiRest, ticker: string): Promise<KmmError> {
  const looked = await rest.market(ticker);
  if (looked.ok) return new KmmError('KMM_TICKER_UNKNOWN', `${ticker} cannot be traded: its terms are not understood`);
  const unknown = unknownTicker(ticker, looked.error);
  if (unknown.code !== 'KMM_TICKER_UNKNOWN') return unknown;
  const series = ticker.toUpperCase().split('-', 1)[0] ?? '';
  const open = await rest.markets({ series, status: 'open' });
  const names = open.ok ? open.value.map((market) => market.ticker) : [];
  const nearest = nearestName(ticker, names);
  const next = nearest === undefined ? [`kmm book ${series} --once`] : [`did you mean ${nearest}?`];
  return new KmmError('KMM_TICKER_UNKNOWN', `there is no market ${ticker}`, { next });
}

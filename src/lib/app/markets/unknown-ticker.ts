/**
 * What "no" means when a name was looked up: nobody answered, or it is not there. Then the nearest name that the exchange
 * does list is offered, from a bounded look at its series and at the open markets of the one that was meant.
 */
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import type { CallError } from '../../adapters/kalshi/result.ts';
import { KmmError } from '../errors/errors.ts';
import { notRead } from '../exchange/unreachable.ts';
import { nearestName } from './suggest.ts';

type Listings = Pick<KalshiCatalogue, 'seriesList' | 'markets'>;

const ROWS_MAX = 1_000;

/** `near`: a name that may have been meant. */
function unknownTicker(name: string, error: CallError, near?: string): KmmError {
  if (!isNotThere(error)) return notLookedUp(name, error);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const next = [
    ...(near === undefined ? [] : [`kmm markets show ${near}`]),
    'kmm markets search WORDS',
    'kmm markets list',
  ];
  return new KmmError('KMM_TICKER_UNKNOWN', `there is no market, event or series ${name}${hint}`, { next });
}

/** The same with the exchange asked for what may have been meant. */
export async function explainUnknown(name: string, error: CallError, listings: Listings): Promise<KmmError> {
  return unknownTicker(name, error, isNotThere(error) ? await nearestTicker(name, listings) : undefined);
}

/** A read that failed for another reason than its name. */
export function notLookedUp(what: string, error: CallError): KmmError {
  return notRead(`${what} could not be looked up`, error);
}

export function isNotThere(error: CallError): boolean {
  return error.kind === 'refused' && error.status === 404;
}

/** Undefined when nothing is near, or the exchange cannot be asked. */
async function nearestTicker(name: string, listings: Listings): Promise<string | undefined> {
  const list = await listings.seriesList();
  if (!list.ok) return undefined;
  const [typed = name] = name.split('-');
  const known = list.value.map(({ ticker }) => ticker);
  const series = nearestName(typed, known);
  if (series === undefined || typed === name) return series;
  const markets = await listings.markets({ series, status: 'open' }, ROWS_MAX);
  if (!markets.ok) return series;
  const listed = markets.value.rows.flatMap(({ ticker, eventTicker }) => [ticker, eventTicker]);
  return nearestName(name, listed) ?? series;
}

/**
 * `kmm markets search`: words over the tickers and titles of all series and of the open events and their markets. The
 * events are read up to a bound; when it is met, the series still lead to what was not read.
 */
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { type Candidate, ranked } from './rank.ts';
import { notLookedUp } from './unknown-ticker.ts';

export interface Hit {
  readonly kind: 'series' | 'event' | 'market';
  readonly ticker: string;
  readonly title: string;
  /** Of a series. */
  readonly category?: string;
  readonly closeAt?: number;
}

export interface SearchResult {
  readonly hits: readonly Hit[];
  /** That matched; more than the hits when `hitsMax` left some out. */
  readonly matched: number;
  readonly isCut: boolean;
  readonly readEvents: number;
}

/** Ten pages. */
const EVENTS_MAX = 2_000;

/** Throws KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function searchMarkets(
  catalogue: KalshiCatalogue,
  words: readonly string[],
  hitsMax: number,
): Promise<SearchResult> {
  const list = await catalogue.seriesList();
  if (!list.ok) throw notLookedUp('the list of series', list.error);
  const events = await catalogue.events({ status: 'open', isWithMarkets: true }, EVENTS_MAX);
  if (!events.ok) throw notLookedUp('the list of events', events.error);
  const { rows, isCut } = events.value;
  const candidates: (Candidate & { readonly hit: Hit })[] = [];
  for (const { ticker, title, category, categories, tags } of list.value) {
    const hit: Hit = { kind: 'series', ticker, title, ...(category !== undefined && { category }) };
    candidates.push({ ticker, texts: [title, category ?? '', ...categories, ...tags], hit });
  }
  for (const event of rows) {
    const { ticker, title, subtitle = '' } = event;
    const texts = [title, subtitle];
    candidates.push({ ticker, texts, hit: { kind: 'event', ticker, title: joined(title, subtitle) } });
    for (const market of event.markets) {
      const own = joined(market.title ?? title, market.subtitle ?? '');
      const hit: Hit = { kind: 'market', ticker: market.ticker, title: own, closeAt: market.closeAt };
      candidates.push({ ticker: market.ticker, texts: [own, ...texts], hit });
    }
  }
  const found = ranked(candidates, words);
  const hits = found.slice(0, hitsMax).map(({ hit }) => hit);
  return { hits, matched: found.length, isCut, readEvents: rows.length };
}

function joined(title: string, subtitle: string): string {
  return subtitle === '' || title.includes(subtitle) ? title : `${title} · ${subtitle}`;
}

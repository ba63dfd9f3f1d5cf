/**
 * The index that the embedded exchange simulates. The real exchange streams no index of shares, so it is heard as a live one is:
 * from a feed of its own, in the words of a vendor, by the same link, median and gates. Only in sim, only where markets on it are
 * asked for, and only where `[references]` names no other source of it.
 */
import { type ReferenceLinkOptions, take } from '../../adapters/reference/link.ts';
import { INDEX_FEED_PATH } from '../../adapters/sim-server/index-feed.ts';
import { type IndexLinkOptions, openIndexLink } from '../../adapters/sim-server/index-link.ts';
import { INDEX_SERIES, seriesFacts } from '../../sim/series.ts';
import type { Configuration } from '../config/config.ts';
import type { ReferenceFeedsOptions } from './reference-feeds.ts';
import type { ReferenceSettings } from './settings.ts';

const INDEX = 'SPX';
const SYMBOL = 'I:SPX';

/** Whether markets of these names (or tickers) are priced by it. */
export function isIndexSimulated(
  { env, references }: Pick<Configuration, 'env' | 'references'>,
  names: readonly string[],
): boolean {
  if (env !== 'sim' || references.indices.some(({ index }) => index === INDEX)) return false;
  return names.some((name) => INDEX_SERIES.some((series) => series === seriesFacts(name).ticker));
}

/** `stream`: where the embedded exchange has its own. */
export function withSimulated(settings: ReferenceSettings, stream: string): ReferenceSettings {
  const url = URL.canParse(stream) ? new URL(INDEX_FEED_PATH, stream).href : stream;
  return {
    ...settings,
    indices: [...settings.indices, { index: INDEX, symbols: { sim: SYMBOL }, sourcesMin: 1 }],
    sources: [...settings.sources, { name: 'sim', url }],
  };
}

/** Of a session in virtual time: nobody else can be heard there. */
export function virtualReferences(
  { references: { rules } }: Pick<Configuration, 'references'>,
  options: IndexLinkOptions,
): Pick<ReferenceFeedsOptions, 'settings' | 'readKey' | 'linkTo'> {
  const settings = withSimulated({ rules, indices: [], sources: [] }, 'virtual');
  return { settings, readKey: () => '', linkTo: (link) => virtualLinkTo(link, options) };
}

function virtualLinkTo(link: ReferenceLinkOptions, options: IndexLinkOptions) {
  let close = () => {};
  return {
    open: () => {
      let say: (text: string) => void = () => {};
      close = openIndexLink(options, {
        onUp: (send) => {
          say = send;
          link.onUp();
          for (const text of link.protocol.greeting(link.symbols)) send(text);
        },
        onText: (text) => take(link, text, { answer: (answer) => say(answer), end: link.onDown }),
      });
    },
    close: () => close(),
  };
}

/** What the index channels and the channel of underlyings call the same things (asyncapi cfbenchmarks, pyth update commands). */
import { type Channel, traitsOf } from './channels.ts';
import type { Filter } from './stream-command.ts';

export const SOURCE_WORDS = {
  indices: {
    list: 'indexlist',
    add: 'subscribe_indices',
    remove: 'unsubscribe_indices',
    key: 'index_ids',
    missing: 24,
  },
  underlyings: {
    list: 'underlying_list',
    add: 'subscribe_underlyings',
    remove: 'unsubscribe_underlyings',
    key: 'underlying_tickers',
    missing: 28,
  },
} as const;

/** Those of the command that this channel takes; undefined when it named none. */
export function sourcesIn(channel: Channel, filter: Filter): readonly string[] | undefined {
  const { sources } = traitsOf(channel);
  return sources === undefined ? undefined : filter[sources];
}

/** The channels of the stream: which exist, what they may be filtered by, and whether their frames are numbered (kalshi/api.md 7.2). */

export type Channel = keyof typeof CHANNELS;

export interface ChannelTraits {
  /** `required`: no subscription without markets. `ignored`: the filter is accepted and means nothing. */
  readonly markets: 'required' | 'optional' | 'ignored';
  /** Data frames carry `seq`; acknowledgements always do. */
  readonly isNumbered: boolean;
  /** Subscribed by the name of an index or underlying instead of a market. */
  readonly sources?: 'indices' | 'underlyings';
  /** Tells of an account, so that the key must be one that reads. */
  readonly isPrivate: boolean;
}

/** Communications exist so that a client can subscribe: there are no requests for quotes here to tell of. */
export const CHANNELS = {
  orderbook_delta: traits('required', true),
  ticker: traits('optional', false),
  trade: traits('optional', true),
  fill: traits('optional', false, { isPrivate: true }),
  user_orders: traits('optional', false, { isPrivate: true }),
  market_positions: traits('optional', false, { isPrivate: true }),
  order_group_updates: traits('ignored', true, { isPrivate: true }),
  market_lifecycle_v2: traits('ignored', true),
  cfbenchmarks_value: traits('ignored', true, { sources: 'indices' }),
  cfbenchmarks_value_5hz: traits('ignored', true, { sources: 'indices' }),
  multivariate_market_lifecycle: traits('ignored', true),
  communications: traits('ignored', true, { isPrivate: true }),
  pyth_value: traits('ignored', true, { sources: 'underlyings' }),
} as const satisfies Record<string, ChannelTraits>;

export function isChannel(name: string): name is Channel {
  return Object.hasOwn(CHANNELS, name);
}

export function traitsOf(channel: Channel): ChannelTraits {
  return CHANNELS[channel];
}

function traits(
  markets: ChannelTraits['markets'],
  isNumbered: boolean,
  more: Partial<Pick<ChannelTraits, 'sources' | 'isPrivate'>> = {},
): ChannelTraits {
  return { markets, isNumbered, isPrivate: false, ...more };
}

/** The channels of the stream: which exist, what they may be filtered by, and whether their frames are numbered (kalshi/api.md 7.2). */

export type Channel = keyof typeof CHANNELS;

export interface ChannelTraits {
  /** `required`: no subscription without markets. `ignored`: the filter is accepted and means nothing. */
  readonly markets: 'required' | 'optional' | 'ignored';
  /** Data frames carry `seq`; acknowledgements always do. */
  readonly isNumbered: boolean;
  /** Subscribed by index instead of market. */
  readonly hasIndices: boolean;
}

/** The last three exist so that a client can subscribe; the embedded exchange has nothing to say on them. */
export const CHANNELS = {
  orderbook_delta: traits('required', true),
  ticker: traits('optional', false),
  trade: traits('optional', true),
  fill: traits('optional', false),
  user_orders: traits('optional', false),
  market_positions: traits('optional', false),
  order_group_updates: traits('ignored', true),
  market_lifecycle_v2: traits('ignored', true),
  cfbenchmarks_value: traits('ignored', true, true),
  cfbenchmarks_value_5hz: traits('ignored', true, true),
  multivariate_market_lifecycle: traits('ignored', true),
  communications: traits('ignored', true),
  pyth_value: traits('ignored', true),
} as const satisfies Record<string, ChannelTraits>;

export function isChannel(name: string): name is Channel {
  return Object.hasOwn(CHANNELS, name);
}

function traits(markets: ChannelTraits['markets'], isNumbered: boolean, hasIndices = false): ChannelTraits {
  return { markets, isNumbered, hasIndices };
}

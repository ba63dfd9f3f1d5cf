/** The events of the markets that are followed, with when the last of each closes. */
import type { EpochMs } from '../../core/units.ts';
import type { MarketLook } from '../../ports.ts';

export function eventsOf(markets: readonly MarketLook[]): ReadonlyMap<string, EpochMs> {
  const events = new Map<string, EpochMs>();
  for (const { market } of markets) {
    const known = events.get(market.eventTicker);
    if (known === undefined || market.closeAt > known) events.set(market.eventTicker, market.closeAt);
  }
  return events;
}

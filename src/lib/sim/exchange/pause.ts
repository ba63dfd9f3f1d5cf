/** Pauses of a shard (kalshi/api.md 6.5): no creates and amends in either, no cancels in an exchange pause. */
import { invariant } from '../../core/invariant.ts';
import { cancelRest } from './end.ts';
import type { ExchangeState, ShardStatus } from './state.ts';

/** Orders placed with `cancelOnPause` are cancelled when the pause begins; all others stay. */
export function setShardStatus(exchange: ExchangeState, shard: number, status: Readonly<ShardStatus>): void {
  const current = exchange.shards.get(shard);
  invariant(current !== undefined, `there is no shard ${shard}`);
  const isPausing = (current.isTrading && !status.isTrading) || (current.isActive && !status.isActive);
  current.isTrading = status.isTrading;
  current.isActive = status.isActive;
  const { isTrading, isActive } = status;
  exchange.facts.add({ type: 'pause', at: exchange.schedule.now, shard, isTrading, isActive });
  if (isPausing) cancelOnPause(exchange, shard);
}

function cancelOnPause(exchange: ExchangeState, shard: number): void {
  for (const { market, book } of exchange.listings.values()) {
    if (market.shard !== shard || book === undefined) continue;
    for (const order of book.orders()) {
      if (order.cancelOnPause) cancelRest(exchange, order, 'HaltCancel');
    }
  }
}

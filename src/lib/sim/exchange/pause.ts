/**
 * Pauses of a shard (kalshi/api.md 6.5): no creates and amends in either kind, no cancels in an exchange pause. Pauses
 * that were asked for and the weekly one lie over each other: trading goes on when neither holds.
 */

import { maintenanceWindow } from '../../core/clock/maintenance.ts';
import { invariant } from '../../core/invariant.ts';
import type { EpochMs } from '../../core/units.ts';
import { cancelRest } from './end.ts';
import type { ExchangeState, ShardStatus } from './state.ts';

export type PauseScope = 'trading' | 'exchange';

/** `until`: it ends by itself then, unless another pause was asked for meanwhile. */
export function pauseShard(exchange: ExchangeState, shard: number, scope: PauseScope, until?: EpochMs): void {
  change(exchange, shard, { isTrading: false, isActive: scope === 'trading', resumesAt: until });
  if (until === undefined) return;
  exchange.schedule.add(until, () => {
    if (statusOf(exchange, shard).resumesAt === until) resumeShard(exchange, shard);
  });
}

/** Ends whatever pause there is, the weekly one included. */
export function resumeShard(exchange: ExchangeState, shard: number): void {
  change(exchange, shard, { isTrading: true, isActive: true, isInMaintenance: false, resumesAt: undefined });
}

/** The weekly pause of all shards, again and again. */
export function startWeeklyPause(exchange: ExchangeState): void {
  const { schedule, shards } = exchange;
  const { startsAt, endsAt } = maintenanceWindow(schedule.now);
  const setAll = (isInMaintenance: boolean): void => {
    for (const shard of shards.keys()) change(exchange, shard, { isInMaintenance });
  };
  schedule.add(startsAt, () => setAll(true));
  schedule.add(endsAt, () => {
    setAll(false);
    startWeeklyPause(exchange);
  });
}

/** Does trading go on? No trading is known of a shard that is not there. */
export function isTrading(exchange: ExchangeState, shard: number): boolean {
  const status = exchange.shards.get(shard);
  return status !== undefined && isOpen(status);
}

function isOpen({ isTrading, isActive, isInMaintenance }: ShardStatus): boolean {
  return isTrading && isActive && !isInMaintenance;
}

/** Orders placed with `cancelOnPause` are cancelled when a pause begins; all others stay. */
function change(exchange: ExchangeState, shard: number, changed: Partial<ShardStatus>): void {
  const status = statusOf(exchange, shard);
  const before = { ...status };
  Object.assign(status, changed);
  if (isOpen(before) === isOpen(status) && before.isActive === status.isActive) return;
  const { isActive } = status;
  exchange.facts.add({ type: 'pause', at: exchange.schedule.now, shard, isTrading: isOpen(status), isActive });
  if ((isOpen(before) && !isOpen(status)) || (before.isActive && !isActive)) cancelOnPause(exchange, shard);
}

function statusOf(exchange: ExchangeState, shard: number): ShardStatus {
  const status = exchange.shards.get(shard);
  invariant(status !== undefined, `there is no shard ${shard}`);
  return status;
}

function cancelOnPause(exchange: ExchangeState, shard: number): void {
  for (const { market, book } of exchange.listings.values()) {
    if (market.shard !== shard || book === undefined) continue;
    for (const order of book.orders()) {
      if (order.cancelOnPause) cancelRest(exchange, order, 'HaltCancel');
    }
  }
}

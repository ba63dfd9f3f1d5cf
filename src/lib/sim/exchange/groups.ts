/**
 * Order groups: a limit on the contracts matched in a rolling 15 s. Exceeding it, `trigger`, or a limit set under the
 * running total cancels every order of the group and refuses new ones until `reset` (kalshi/api.md 3.8). A group belongs
 * to one shard.
 */

import { never } from '../../core/invariant.ts';
import { type Centicontracts, ONE_CONTRACT } from '../../core/units.ts';
import type { VenueFact, VenueGroup, VenueRefusal } from '../venue.ts';
import { cancelRest } from './end.ts';
import { orderId } from './order.ts';
import type { Account, Group } from './records.ts';
import { refuse } from './refusal.ts';
import { type ExchangeState, idOf } from './state.ts';

const WINDOW_MS = 15_000;
const LIMIT_CONTRACTS_MAX = 1_000_000;

export type GroupChange =
  | { readonly verb: 'reset' | 'trigger' | 'delete' }
  | { readonly verb: 'limit'; readonly limit: Centicontracts };

export function createGroup(
  exchange: ExchangeState,
  account: Account,
  limit: Centicontracts,
  shard: number,
): VenueGroup | VenueRefusal {
  if (!isLimit(limit)) return refuseLimit();
  if (!exchange.shards.has(shard)) return refuse('bad_request', `there is no exchange_index ${shard}`);
  exchange.groupCount += 1;
  const id = idOf(exchange, 'group', exchange.groupCount);
  const group: Group = { id, account, shard, limit, isTriggered: false, orders: new Set(), matches: [] };
  account.groups.set(id, group);
  tellGroup(exchange, group, 'created');
  return venueGroup(exchange, group);
}

/** What a deletion answers is the group as it was when it went. */
export function changeGroup(
  exchange: ExchangeState,
  account: Account,
  groupId: string,
  change: GroupChange,
): VenueGroup | VenueRefusal {
  const group = account.groups.get(groupId);
  if (group === undefined) return refuse('not_found');
  if (exchange.shards.get(group.shard)?.isActive === false) return refuse('exchange_is_paused');
  switch (change.verb) {
    case 'reset':
      group.isTriggered = false;
      group.matches = [];
      tellGroup(exchange, group, 'reset');
      break;
    case 'trigger':
      trip(exchange, group);
      break;
    case 'delete':
      cancelOrders(exchange, group);
      account.groups.delete(groupId);
      tellGroup(exchange, group, 'deleted');
      break;
    case 'limit':
      if (!isLimit(change.limit)) return refuseLimit();
      group.limit = change.limit;
      tellGroup(exchange, group, 'limit_updated');
      tripIfOver(exchange, group);
      break;
    default:
      return never(change);
  }
  return venueGroup(exchange, group);
}

/** One more match of an order of the group. */
export function countMatch(exchange: ExchangeState, group: Group, size: Centicontracts): void {
  group.matches.push({ at: exchange.schedule.now, size });
  tripIfOver(exchange, group);
}

export function venueGroup(exchange: ExchangeState, group: Group): VenueGroup {
  const { id, account, shard, limit, isTriggered, orders } = group;
  const orderIds = [...orders].map((order) => orderId(exchange, order));
  return { groupId: id, accountId: account.id, shard, limit, isTriggered, orderIds };
}

function tripIfOver(exchange: ExchangeState, group: Group): void {
  const since = exchange.schedule.now - WINDOW_MS;
  group.matches = group.matches.filter((match) => match.at > since);
  const matched = group.matches.reduce((total, match) => total + match.size, 0);
  if (matched > group.limit) trip(exchange, group);
}

function trip(exchange: ExchangeState, group: Group): void {
  if (!group.isTriggered) {
    group.isTriggered = true;
    tellGroup(exchange, group, 'triggered');
  }
  cancelOrders(exchange, group);
}

function cancelOrders(exchange: ExchangeState, group: Group): void {
  for (const order of [...group.orders]) cancelRest(exchange, order, 'UserCancel');
}

function isLimit(limit: Centicontracts): boolean {
  return limit >= ONE_CONTRACT && limit <= LIMIT_CONTRACTS_MAX * ONE_CONTRACT;
}

function refuseLimit(): VenueRefusal {
  return refuse('bad_request', `contracts_limit is 1 to ${LIMIT_CONTRACTS_MAX} contracts`);
}

function tellGroup(
  exchange: ExchangeState,
  group: Group,
  change: Extract<VenueFact, { type: 'group' }>['change'],
): void {
  const { id, account, limit } = group;
  const withLimit = change === 'created' || change === 'limit_updated' ? { limit } : {};
  const at = exchange.schedule.now;
  exchange.facts.add({ type: 'group', at, accountId: account.id, groupId: id, change, ...withLimit });
}

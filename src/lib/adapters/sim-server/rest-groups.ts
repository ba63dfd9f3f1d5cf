/** Order groups: a limit on contracts matched in a rolling 15 s, with trigger and reset (kalshi/api.md 3.8). */
import { z } from 'zod';
import { type Centicontracts, centicontracts, formatSize, ONE_CONTRACT } from '../../core/units.ts';
import type { Venue, VenueGroup, VenueRefusal } from '../../sim/venue.ts';
import { sizeOf } from './order-bodies.ts';
import { onlySubaccount } from './request-schema.ts';
import { answer, NOT_FOUND, refuse, refuseAsVenue } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';

const GROUPS = '/portfolio/order_groups';
const CONTRACTS_MAX = 1_000_000;

const limitFields = {
  contracts_limit: z.number().int().min(1).max(CONTRACTS_MAX).optional(),
  contracts_limit_fp: z.string().nullish(),
};
/** Changes look on shard 0 unless told otherwise: groups are never routed. */
const scope = z.object({ subaccount: onlySubaccount, exchange_index: z.coerce.number().int().min(0).default(0) });

const create = privateRoute({
  method: 'POST',
  path: `${GROUPS}/create`,
  operation: 'CreateOrderGroup',
  body: z.object({
    ...limitFields,
    subaccount: z.number().int().min(0).max(0).optional(),
    exchange_index: z.number().int().min(0).default(0),
  }),
  handle({ venue, accountId, body }) {
    const limit = limitOf(body);
    if (limit === undefined) return BAD_LIMIT;
    const group = venue.createGroup(accountId, limit, body.exchange_index);
    if ('kind' in group) return refuseAsVenue(group);
    return answer(201, { order_group_id: group.groupId, subaccount: 0, exchange_index: group.shard });
  },
});

const list = privateRoute({
  method: 'GET',
  path: GROUPS,
  operation: 'GetOrderGroups',
  query: z.object({ subaccount: onlySubaccount }),
  handle: ({ venue, accountId }) =>
    answer(200, {
      order_groups: venue.groups(accountId).map((group) => ({ id: group.groupId, ...groupObject(group) })),
    }),
});

const one = privateRoute({
  method: 'GET',
  path: `${GROUPS}/:order_group_id`,
  operation: 'GetOrderGroup',
  query: z.object({ subaccount: onlySubaccount }),
  handle({ venue, accountId, id }) {
    const group = venue.groups(accountId).find((found) => found.groupId === id);
    return group === undefined ? NOT_FOUND : answer(200, { ...groupObject(group), orders: group.orderIds });
  },
});

const limit = privateRoute({
  method: 'PUT',
  path: `${GROUPS}/:order_group_id/limit`,
  operation: 'UpdateOrderGroupLimit',
  query: scope,
  body: z.object(limitFields),
  handle({ venue, accountId, id, query, body }) {
    const wanted = limitOf(body);
    if (wanted === undefined) return BAD_LIMIT;
    if (!isThere(venue, accountId, id, query.exchange_index)) return NOT_FOUND;
    return emptyAnswer(venue.changeGroup(accountId, id, { verb: 'limit', limit: wanted }));
  },
});

export const GROUP_ROUTES: readonly Route[] = [
  create,
  list,
  one,
  limit,
  verbRoute('PUT', '/reset', 'ResetOrderGroup', 'reset'),
  verbRoute('PUT', '/trigger', 'TriggerOrderGroup', 'trigger'),
  verbRoute('DELETE', '', 'DeleteOrderGroup', 'delete'),
];

function verbRoute(method: 'PUT' | 'DELETE', suffix: string, operation: string, verb: 'reset' | 'trigger' | 'delete') {
  return privateRoute({
    method,
    path: `${GROUPS}/:order_group_id${suffix}`,
    operation,
    query: scope,
    handle({ venue, accountId, id, query }) {
      if (!isThere(venue, accountId, id, query.exchange_index)) return NOT_FOUND;
      return emptyAnswer(venue.changeGroup(accountId, id, { verb }));
    },
  });
}

const BAD_LIMIT = refuse(
  400,
  'invalid_parameters',
  'contracts_limit or contracts_limit_fp from 1 to 1000000, equal if both',
);

function emptyAnswer(result: VenueGroup | VenueRefusal) {
  return 'kind' in result ? refuseAsVenue(result) : answer(200, {});
}

function groupObject(group: VenueGroup) {
  return {
    contracts_limit_fp: formatSize(group.limit),
    is_auto_cancel_enabled: true,
    exchange_index: group.shard,
  };
}

function isThere(venue: Venue, accountId: string, id: string, shard: number): boolean {
  return venue.groups(accountId).some((group) => group.groupId === id && group.shard === shard);
}

function limitOf(body: {
  readonly contracts_limit?: number | undefined;
  readonly contracts_limit_fp?: string | null | undefined;
}): Centicontracts | undefined {
  const { contracts_limit: count, contracts_limit_fp: text } = body;
  const whole = count === undefined ? undefined : centicontracts(count * ONE_CONTRACT);
  const limit = text == null ? whole : sizeOf(text);
  if (limit === undefined || (whole !== undefined && whole !== limit)) return undefined;
  return limit < ONE_CONTRACT || limit > CONTRACTS_MAX * ONE_CONTRACT ? undefined : limit;
}

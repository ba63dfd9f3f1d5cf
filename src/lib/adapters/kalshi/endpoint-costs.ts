/** What each call costs in tokens: the exchange's own table, or its defaults until that has been read (kalshi/api.md 5). */
import type { WireRequest } from '../../ports.ts';

/** `path` as the exchange writes it: `:name` stands for one segment, `*name` for the rest. */
export interface EndpointCost {
  readonly method: string;
  readonly path: string;
  readonly cost: number;
}
export interface EndpointCosts {
  readonly defaultCost: number;
  readonly endpoints: readonly EndpointCost[];
}

const ORDERS = '/trade-api/v2/portfolio/events/orders';

export const DEFAULT_COSTS: EndpointCosts = {
  defaultCost: 10,
  endpoints: [
    { method: 'DELETE', path: ORDERS, cost: 2 },
    { method: 'DELETE', path: `${ORDERS}/batched`, cost: 2 },
    { method: 'DELETE', path: `${ORDERS}/:order_id`, cost: 2 },
    { method: 'GET', path: '/trade-api/v2/portfolio/orders/:order_id', cost: 2 },
    { method: 'GET', path: '/trade-api/v2/cfbenchmarks/*endpoint', cost: 50 },
    { method: 'POST', path: '/trade-api/v2/account/api_usage_level/upgrade', cost: 30 },
  ],
};

/** Tokens that this request takes. A batch costs its item price times its items: batching saves nothing. */
export function costOf(costs: EndpointCosts, request: WireRequest): number {
  const matching = costs.endpoints
    .filter((endpoint) => endpoint.method === request.method && matches(endpoint.path, request.path))
    .sort((a, b) => wildcards(a.path) - wildcards(b.path));
  return (matching[0]?.cost ?? costs.defaultCost) * itemsOf(request);
}

/**
 * Tokens kept back in a bucket so that everything that may rest there can be cancelled: each order by id, each group by
 * its trigger, and one sweep (reliability.md 5).
 */
export function cancelReserve(
  costs: EndpointCosts,
  resting: { readonly orders: number; readonly groups: number },
): number {
  const cancel = costOf(costs, { method: 'DELETE', path: `${ORDERS}/id` });
  const sweep = costOf(costs, { method: 'DELETE', path: ORDERS });
  const trigger = costOf(costs, { method: 'PUT', path: '/trade-api/v2/portfolio/order_groups/id/trigger' });
  return cancel * resting.orders + trigger * resting.groups + sweep;
}

function itemsOf(request: WireRequest): number {
  if (!request.path.endsWith('/batched') || request.body === undefined) return 1;
  const { orders } = JSON.parse(request.body) as { orders: readonly unknown[] };
  return orders.length;
}

/** `*name` ends a pattern and takes what is left of the path, one segment at least. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.at(-1)?.startsWith('*')) given.length = Math.min(given.length, wanted.length);
  return given.length === wanted.length && wanted.every((part, index) => isWildcard(part) || part === given[index]);
}

/** A pattern that names more of the path goes first: `batched` before `:order_id`. */
function wildcards(pattern: string): number {
  return pattern.split('/').filter(isWildcard).length;
}

function isWildcard(segment: string): boolean {
  return segment.startsWith(':') || segment.startsWith('*');
}

/** Translates one REST call into one call of the venue and its result into the exchange's JSON. Knows no sockets or keys. */
import { ACCOUNT_ROUTES } from './rest-account.ts';
import { answer, GONE, malformed, NOT_FOUND, type RestAnswer } from './rest-answer.ts';
import { CANDLE_ROUTES } from './rest-candles.ts';
import { CASH_ROUTES } from './rest-cash.ts';
import { CONTROL_ROUTES } from './rest-control.ts';
import { EVENT_ROUTES } from './rest-events.ts';
import { EXCHANGE_ROUTES } from './rest-exchange.ts';
import { FAULT_ROUTES } from './rest-faults.ts';
import { GROUP_ROUTES } from './rest-groups.ts';
import { HISTORY_ROUTES } from './rest-history.ts';
import { KEY_ROUTES } from './rest-keys.ts';
import { MARKET_ROUTES } from './rest-markets.ts';
import { ORDER_ROUTES } from './rest-orders.ts';
import { PORTFOLIO_ROUTES } from './rest-portfolio.ts';
import { TERMS_ROUTES } from './rest-terms.ts';
import { publicRoute, type RestContext, type RestRequest, type Route } from './route.ts';

export const REST_PREFIX = '/trade-api/v2';

/** Never throws for anything a client can send. */
export function handleRest(context: RestContext, request: RestRequest): RestAnswer {
  const segments = segmentsOf(request.path);
  if (segments === undefined) return malformed('the path is not valid');
  for (const { route, pattern } of PATTERNS) {
    if (route.method !== request.method) continue;
    const ids = match(pattern, segments);
    if (ids !== undefined) return route.respond(context, ids, request);
  }
  return isRetired(request.method, segments) ? GONE : NOT_FOUND;
}

const ENDPOINT_COSTS_ROUTE = publicRoute({
  method: 'GET',
  path: '/account/endpoint_costs',
  operation: 'GetAccountEndpointCosts',
  handle: () => answer(200, { default_cost: 10, endpoint_costs: ROUTES.filter(isSpeciallyPriced).map(endpointCost) }),
});

const ROUTES: readonly Route[] = [
  ...EXCHANGE_ROUTES,
  ...EVENT_ROUTES,
  ...MARKET_ROUTES,
  ...ORDER_ROUTES,
  ...GROUP_ROUTES,
  ...PORTFOLIO_ROUTES,
  ...ACCOUNT_ROUTES,
  ...KEY_ROUTES,
  ...CASH_ROUTES,
  ...CANDLE_ROUTES,
  ...HISTORY_ROUTES,
  ...TERMS_ROUTES,
  ...CONTROL_ROUTES,
  ...FAULT_ROUTES,
  ENDPOINT_COSTS_ROUTE,
];

/** Fixed paths before those with a parameter, so that `/markets/trades` is never a ticker. */
const PATTERNS = ROUTES.map((route) => ({ route, pattern: route.path.split('/').slice(1) })).sort(
  (a, b) => Number(a.route.path.includes(':')) - Number(b.route.path.includes(':')),
);

function isSpeciallyPriced(route: Route): boolean {
  return route.cost !== 10;
}

function endpointCost({ method, path, cost }: Route) {
  return { method, path: REST_PREFIX + path, cost };
}

function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith(`${REST_PREFIX}/`)) return [];
  try {
    return path
      .slice(REST_PREFIX.length + 1)
      .split('/')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The values of the path's parameters, or undefined when the path is another. */
function match(pattern: readonly string[], segments: readonly string[]): readonly string[] | undefined {
  if (pattern.length !== segments.length) return undefined;
  const ids: string[] = [];
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] as string;
    if (part.startsWith(':')) ids.push(segment);
    else if (part !== segment) return undefined;
  }
  return ids;
}

/** Order writes of before June 2026: everything but GET below `/portfolio/orders`. */
function isRetired(method: string, segments: readonly string[]): boolean {
  return method !== 'GET' && segments[0] === 'portfolio' && segments[1] === 'orders';
}

/**
 * What a key may do: its scopes, and the one subaccount it may be bound to (kalshi/api.md 2). Answers one question, whether
 * a private endpoint may be called, and refuses what no scope names.
 */

/** As `ApiKeyScope` of the description lists them. */
export const SCOPES = [
  'read',
  'write',
  'read::block_trade_accept',
  'read::portfolio_balance',
  'write::trade',
  'write::transfer',
  'write::block_trade_accept',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface Grant {
  readonly scopes: readonly Scope[];
  /** The key may read and trade on this subaccount only. */
  readonly subaccount?: number;
}

export const FULL_ACCESS: Grant = { scopes: ['read', 'write'] };

/** Why a private endpoint is closed to the key, in words for the 403; undefined when it is open. */
export function refusalOf(grant: Grant, method: string, path: string): string | undefined {
  const parent: Scope = method === 'GET' ? 'read' : 'write';
  const child = CHILDREN.find((group) => group.parent === parent && group.paths.test(path))?.scope;
  const isScoped = grant.scopes.includes(parent) || (child !== undefined && grant.scopes.includes(child));
  if (!isScoped) return `the key lacks the scope ${child ?? parent}`;
  if (grant.subaccount !== undefined && !OF_SUBACCOUNTS.test(path)) {
    return `the key is restricted to subaccount ${grant.subaccount}`;
  }
  return undefined;
}

/** The endpoint groups that a child scope opens without its parent. */
const CHILDREN: readonly { readonly parent: Scope; readonly scope: Scope; readonly paths: RegExp }[] = [
  { parent: 'write', scope: 'write::trade', paths: /^\/portfolio\/(events\/orders|order_groups)(\/|$)/ },
  {
    parent: 'write',
    scope: 'write::transfer',
    paths: /^\/portfolio\/(intra_exchange_instance_|subaccounts\/)transfer/,
  },
  { parent: 'read', scope: 'read::portfolio_balance', paths: /^\/portfolio\/balance$/ },
];

/** Endpoints that know subaccounts; the others answer such a key 403. */
const OF_SUBACCOUNTS =
  /^\/portfolio\/(balance|positions|fills|settlements|orders|events\/orders|order_groups|summary)(\/|$)|^\/historical\//;

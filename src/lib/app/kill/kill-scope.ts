/** Which orders a kill is about, and which halts it latches for them. */

import { strategyOf } from '../../core/orders/order-id.ts';
import { HALT_EVERYTHING, haltStrategy, isWithin } from '../../core/risk/halts.ts';
import type { KillRequest } from './kill-report.ts';

type Wanted = Pick<KillRequest, 'scope' | 'markets' | 'strategy'>;

/** Scopes of the halts. */
export function coversOf({ markets, strategy }: Wanted): readonly string[] {
  if (strategy !== undefined) return [haltStrategy(strategy)];
  return markets.length > 0 ? markets : [HALT_EVERYTHING];
}

/** All of whoever it is about: groups are triggered, which no market has for itself. */
export function isWhole({ markets, strategy }: Wanted): boolean {
  return strategy === undefined && markets.length === 0;
}

/** `ownPrefix`: what the client order ids of this instance begin with. */
export function isMeant(
  wanted: Wanted,
  ownPrefix: string,
): (order: { readonly ticker: string; readonly clientOrderId: string }) => boolean {
  const { scope, markets, strategy } = wanted;
  return ({ ticker, clientOrderId }) =>
    (scope === 'account' || clientOrderId.startsWith(ownPrefix)) &&
    (strategy === undefined || strategyOf(clientOrderId) === strategy) &&
    (markets.length === 0 || markets.some((market) => isWithin(ticker, market)));
}

/** How many contracts an order group lets fill in 15 s: the inventory that we accept on its shard, in whole contracts. */
import { type Centicontracts, centicontracts, ONE_CONTRACT } from '../../../core/units.ts';

/** A sweep through more markets than this at once is what the group is for. */
const MARKETS_AT_ONCE = 3;
/** What the exchange takes (kalshi/api.md 3.8). */
const CONTRACTS_MAX = 1_000_000;

/** `position`: the most that is held in one market. `markets`: quoted on the shard; the group is there before the first. */
export function groupLimit(position: Centicontracts, markets: number): Centicontracts {
  const inventory = position * Math.min(Math.max(markets, 1), MARKETS_AT_ONCE);
  const contracts = Math.ceil(inventory / ONE_CONTRACT);
  return centicontracts(Math.min(contracts, CONTRACTS_MAX) * ONE_CONTRACT);
}

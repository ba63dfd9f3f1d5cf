/** The ledger beside the exchange's own figures: cash per shard and positions, to the last digit. */

import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Ledger } from '../../../core/money/ledger.ts';
import { statedDifference } from '../../../core/money/stated-cash.ts';
import {
  type Centicontracts,
  formatMoney,
  formatSize,
  type Microdollars,
  NO_MONEY,
  NO_SIZE,
} from '../../../core/units.ts';
import { KNOWN_SHARDS } from '../../exchange/link.ts';

/** What the exchange says we have. */
export interface ExchangeState {
  readonly cash: ReadonlyMap<number, Microdollars>;
  readonly positions: ReadonlyMap<string, Centicontracts>;
}

/** Reads cash and positions once; undefined when either cannot be had. */
export async function readExchange(rest: KalshiRest): Promise<ExchangeState | undefined> {
  const balance = await rest.balance(KNOWN_SHARDS);
  const positions = await rest.positions();
  if (!balance.ok || !positions.ok) return undefined;
  return {
    cash: new Map(balance.value.shards.map(({ shard, cash }) => [shard, cash])),
    positions: new Map(positions.value.map(({ ticker, position }) => [ticker, position])),
  };
}

/** Every difference in words; none when the two are equal. */
export function differencesOf(ledger: Ledger, { cash, positions }: ExchangeState): readonly string[] {
  const differences: string[] = [];
  for (const shard of new Set([...ledger.cashByShard().keys(), ...cash.keys()])) {
    const [ours, theirs] = [ledger.cash(shard), cash.get(shard) ?? NO_MONEY];
    if (statedDifference(ours, theirs) !== 0)
      differences.push(`cash on shard ${shard}: ours $${formatMoney(ours)}, theirs $${formatMoney(theirs)}`);
  }
  for (const ticker of new Set([...ledger.tickers(), ...positions.keys()])) {
    const [ours, theirs] = [ledger.holding(ticker).position, positions.get(ticker) ?? NO_SIZE];
    if (ours !== theirs) differences.push(`${ticker}: ours ${formatSize(ours)}, theirs ${formatSize(theirs)}`);
  }
  return differences;
}

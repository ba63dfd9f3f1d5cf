/**
 * Brings the ledger to where the account is: what the journal remembers of it, completed by the exchange's own fills and
 * settlements. On an account without a journal the opening cash is what it holds now less what its whole history did, so
 * what the exchange has moved into its archive is read as well.
 */

import { type Balance, KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiHistory } from '../../adapters/kalshi/rest-history.ts';
import type { Result } from '../../adapters/kalshi/result.ts';
import type { FillSeen, LedgerRestored, SettlementSeen } from '../../core/events.ts';
import { Ledger } from '../../core/ledger.ts';
import { type EpochMs, type Microdollars, microdollars } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { fillEvent } from './order-resolver.ts';

/** What the journal kept of the account; no opening cash means that it has never met it. */
export type AccountHistory = Pick<LedgerRestored, 'openingCash' | 'fills' | 'settlements' | 'moves'>;

export async function openLedger(wire: Wire, kept: AccountHistory, at: EpochMs): Promise<Result<LedgerRestored>> {
  const rest = new KalshiRest(wire);
  const past = kept.openingCash.length === 0 ? new KalshiHistory(wire) : rest;
  const fills = await past.fills({});
  if (!fills.ok) return fills;
  const settlements = await past.settlements({});
  if (!settlements.ok) return settlements;
  const theirs = fills.value.map((fill) => fillEvent(fill, at));
  const whole = {
    fills: union(withShards(kept.fills, theirs), theirs, (fill) => fill.tradeId),
    settlements: union(
      kept.settlements,
      settlements.value.map((one): SettlementSeen => ({ type: 'settlement', at, ...one })),
      (one) => `${one.ticker} ${one.settledAt}`,
    ),
  };
  let { openingCash } = kept;
  if (openingCash.length === 0) {
    const balance = await rest.balance(KNOWN_SHARDS);
    if (!balance.ok) return balance;
    openingCash = openingOf(balance.value, whole.fills, whole.settlements);
  }
  return { ok: true, value: { type: 'ledger_restored', at, openingCash, ...whole, moves: kept.moves ?? [] } };
}

/** Shards of the exchange in autumn 2026 (kalshi/api.md 4), for keys to which it gives no breakdown. */
export const KNOWN_SHARDS: readonly number[] = [0, 1, 2, 3];

function openingOf({ shards }: Balance, fills: readonly FillSeen[], settlements: readonly SettlementSeen[]) {
  const past = new Ledger();
  for (const fill of fills) past.fill(fill, fill.shard ?? 0);
  for (const settlement of settlements) past.settlement(settlement, settlement.shard ?? 0);
  return shards.map(({ shard, cash }) => ({ shard, cash: microdollars(cash - past.cash(shard)) as Microdollars }));
}

/** The stream says nothing of a fill's shard, REST does; a market stays on its shard. */
function withShards(ours: readonly FillSeen[], theirs: readonly FillSeen[]): readonly FillSeen[] {
  const shards = new Map(theirs.map(({ ticker, shard }) => [ticker, shard]));
  return ours.map((fill) => {
    const shard = fill.shard ?? shards.get(fill.ticker);
    return shard === undefined ? fill : { ...fill, shard };
  });
}

function union<Row>(ours: readonly Row[], theirs: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const known = new Set(ours.map(keyOf));
  return [...ours, ...theirs.filter((row) => !known.has(keyOf(row)))];
}

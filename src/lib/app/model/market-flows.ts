/** Recorded data as what happened at each level of each market: what fits are made from. */

import type { FlowOp } from '../../core/fill-model/flow.ts';
import { PRICE_ONE } from '../../core/units.ts';
import { type BacktestData, type BacktestMarket, RECORD } from '../../sim/backtest/data.ts';

export interface MarketFlow {
  readonly market: BacktestMarket;
  readonly ops: readonly FlowOp[];
  /** False: its close is only where its recording ends. */
  readonly isCloseKnown: boolean;
}

/** In order of their first record. Prices that cannot be traded at are no level of ours. */
export function flowsOf({ records, markets }: BacktestData): readonly MarketFlow[] {
  const ops = markets.map(() => [] as FlowOp[]);
  for (let row = 0; row < records.length; row += 1) {
    if (records.kind[row] === RECORD.reference) continue;
    const own = ops[records.market[row] as number];
    if (own !== undefined) addRow(own, records, row);
  }
  const flows = markets.map((market, n) => {
    const own = ops[n] as FlowOp[];
    const last = own.at(-1)?.at ?? 0;
    // The loader sets an unknown close just behind the last record.
    return { market, ops: own, isCloseKnown: market.market.closeAt !== Math.ceil(last) + 1 };
  });
  return flows.filter(({ ops: own }) => own.length > 0).sort((a, b) => startOf(a) - startOf(b));
}

function startOf({ ops }: MarketFlow): number {
  return ops[0]?.at ?? 0;
}

function addRow(ops: FlowOp[], records: BacktestData['records'], row: number): void {
  // Whole ms: what happened within one of them is one moment of the exchange.
  const at = Math.floor(records.at[row] as number);
  const kind = records.kind[row];
  if (kind === RECORD.lost) ops.push({ kind: 'lost', at });
  if (kind === RECORD.snapshot) {
    const snapshot = records.snapshots[records.size[row] as number];
    if (snapshot !== undefined) ops.push({ kind: 'snapshot', at, ...snapshot });
  }
  if (kind !== RECORD.delta) return;
  const side = records.side[row] === 0 ? 'bid' : 'ask';
  const price = records.price[row] as number;
  const change = records.size[row] as number;
  if (price <= 0 || price >= PRICE_ONE) return;
  if (change > 0) ops.push({ kind: 'add', at, side, price, size: change });
  const traded = change < 0 ? Math.min(-change, records.traded[row] as number) : 0;
  if (traded > 0) ops.push({ kind: 'trade', at, side, price, size: traded });
  if (-change > traded) ops.push({ kind: 'cancel', at, side, price, size: -change - traded });
}

/** How the lots that were closed in a period had been closed, from the markets of the period alone. */
import type { MoneyRows } from '../../adapters/store/money-rows.ts';
import type { ClosedLot } from '../../core/money/lots.ts';
import { type ExitWins, exitWinsOf } from '../../core/pnl/exit-wins.ts';
import { rebuildLedger } from '../money/rebuild-ledger.ts';
import type { Period } from './period.ts';
import type { PeriodMoney } from './read-period.ts';

export function exitsOf(
  rows: Pick<MoneyRows, 'shards'>,
  { account, facts }: Pick<PeriodMoney, 'account' | 'facts'>,
  { from, to }: Pick<Period, 'from' | 'to'>,
): readonly ExitWins[] {
  const lots: ClosedLot[] = [];
  // Cash closes no lot, and markets that were paid before the period have none left.
  const some = {
    fills: () => facts.fills.values(),
    settlements: () => facts.settlements,
    shards: (name: string) => rows.shards(name),
    ...{ openingCash: () => [], cashEntries: () => [], cashMoves: () => [] },
  };
  const onLotClosed = (lot: ClosedLot) => {
    if (lot.closedAt >= from && lot.closedAt < to) lots.push(lot);
  };
  rebuildLedger(some, account, { onLotClosed });
  const orders = new Map(facts.fills.map(({ tradeId, clientOrderId }) => [tradeId, clientOrderId]));
  const events = new Map(facts.markets.map(({ ticker, eventTicker }) => [ticker, eventTicker]));
  return exitWinsOf(
    lots,
    (tradeId) => orders.get(tradeId) ?? null,
    (ticker) => events.get(ticker) ?? ticker,
  );
}

/** A sweep of the settlements as `--json` prints it (docs/json.md). Nothing in it is of the moment it ran: twice the same is the same. */
import type { Adjustment } from '../../lib/app/settle/adjustments.ts';
import type { SettleReport } from '../../lib/app/settle/settle.ts';
import type { SettlementLine } from '../../lib/app/settle/settlement-lines.ts';
import type { Cause } from '../../lib/core/money/bridge-types.ts';
import { formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';
import { isoTime } from '../market/market-record.ts';

export function settleRecord(report: SettleReport) {
  const { env, books, holder, since, isNew, isReconciled, checked, hints, missing, open } = report;
  return {
    ...{ type: 'settle', env, books, pid: holder?.pid ?? null, since: isoTime(since), isNew },
    settlements: report.settlements.map(settlementRecord),
    fills: report.fills.map(({ fill, isLate }) => ({
      ...{ tradeId: fill.tradeId, ticker: fill.ticker, bookSide: fill.side, bookPrice: formatPrice(fill.price) },
      ...{ count: formatSize(fill.size), feeDollars: formatMoney(fill.fee), isLate },
    })),
    due: report.due.map(({ ticker, status, position, since: from, value, expected }) => ({
      ...{ ticker, status, position: formatSize(position), since: from === undefined ? null : isoTime(from) },
      value: value === undefined ? null : formatPrice(value),
      expectedDollars: expected === undefined ? null : formatMoney(expected),
    })),
    contested: report.contested.map(({ ticker, word, status, paidValue, value }) => ({
      ...{ ticker, word, status },
      paidValue: paidValue === undefined ? null : formatPrice(paidValue),
      value: value === undefined ? null : formatPrice(value),
    })),
    cash: report.cash.map(({ shard, ours, theirs }) => ({
      ...{ shard, oursDollars: formatMoney(ours), theirsDollars: formatMoney(theirs) },
    })),
    positions: report.positions.map(({ ticker, ours, theirs }) => ({
      ...{ ticker, ours: formatSize(ours), theirs: formatSize(theirs) },
    })),
    causes: report.causes.map((cause) => causeRecord(cause, open.includes(cause))),
    proposals: report.proposals.map(adjustmentRecord),
    written: report.written.map(adjustmentRecord),
    ...{ checked, hints, missing, isReconciled },
  };
}

export function settlementRecord(line: SettlementLine) {
  const { ticker, settledAt, result, value, position, paid, realized, fees, order } = line;
  return {
    ...{ ticker, settledAt: isoTime(settledAt), result, value: formatPrice(value), position: formatSize(position) },
    ...{ paidDollars: formatMoney(paid), realizedDollars: formatMoney(realized), feesDollars: formatMoney(fees) },
    ...{ order, isNew: line.isNew },
  };
}

function causeRecord({ kind, id, text, cash, sizes }: Cause, isOpen: boolean) {
  return {
    ...{ kind, id, text, isOpen },
    cash: cash.map(({ shard, amount }) => ({ shard, amountDollars: formatMoney(amount) })),
    sizes: sizes.map(({ ticker, size }) => ({ ticker, count: formatSize(size) })),
  };
}

function adjustmentRecord({ entryId, kind, shard, amount, label }: Adjustment) {
  return { entryId, kind, shard, amountDollars: formatMoney(amount), label };
}

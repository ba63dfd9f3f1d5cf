/** Profit and loss as `--json` prints it: money as exact decimals, ratios as numbers. */
import { isoText } from '../../format.ts';
import type { PnlFigures, PnlReport } from '../../lib/app/report/pnl-report.ts';
import type { PnlRow } from '../../lib/core/pnl/account-pnl.ts';
import { formatHalves, HORIZONS_MS, type Split } from '../../lib/core/pnl/split.ts';
import type { Ratio } from '../../lib/core/pnl/statistics.ts';
import type { Pnl } from '../../lib/core/pnl/sums.ts';
import { type EpochMs, formatMoney, formatSize } from '../../lib/core/units.ts';

export function pnlRecord({ account, by, period, proof, rows, proved }: PnlReport, env: string) {
  return {
    ...{ type: 'pnl', env, account, by, from: isoText(period.from), to: isoText(period.to) },
    proof: {
      ...{ state: proof.kind, at: 'at' in proof ? isoText(proof.at) : null },
      differences: proof.kind === 'differs' ? proof.differences : [],
      entriesAfter: proof.kind === 'behind' ? proof.entries : proof.kind === 'equal' ? 0 : null,
    },
    rows: rows.map((row) => ({ key: keyOf(row, by), ...amounts(row) })),
    total: proved === undefined ? null : amounts(proved.total),
    figures: proved === undefined ? null : figuresRecord(proved.figures),
  };
}

function keyOf({ key }: PnlRow, by: PnlReport['by']): string {
  return by === 'hour' || by === 'day' ? isoText(Number(key) as EpochMs) : key;
}

function amounts(pnl: Pnl) {
  return {
    ...{ fills: pnl.fills, contracts: formatSize(pnl.contracts), netDollars: formatMoney(pnl.net) },
    ...{ grossDollars: formatMoney(pnl.gross), carriedDollars: formatMoney(pnl.carried) },
    ...{ roundTripDollars: formatMoney(pnl.roundTrip), heldDollars: formatMoney(pnl.held) },
    ...{ realizedAverageDollars: formatMoney(pnl.realizedAverage), unrealizedDollars: formatMoney(pnl.unrealized) },
    ...{ unrealizedChangeDollars: formatMoney(pnl.unrealizedChange), feesDollars: formatMoney(pnl.charged) },
    ...{ rebatesDollars: formatMoney(pnl.rebates), incentivesDollars: formatMoney(pnl.incentives) },
    ...{ adjustmentsDollars: formatMoney(pnl.adjustments), split: splitRecord(pnl.split) },
  };
}

function splitRecord({ spread, unknownFills, horizons }: Split) {
  return {
    ...{ spreadDollars: formatHalves(spread), unknownFills },
    horizons: horizons.map((one, i) => ({
      ...{ seconds: (HORIZONS_MS[i] ?? 0) / 1_000, markoutDollars: formatHalves(one.markout) },
      ...{ residualDollars: formatHalves(one.residual), unknownDollars: formatHalves(one.unknown) },
      unknownFills: one.unknownFills,
    })),
  };
}

function figuresRecord({
  capital,
  days,
  daysPerYear,
  sharpe,
  sortino,
  profitFactor,
  drawdown,
  wins,
  openEvents,
}: PnlFigures) {
  return {
    ...{ capitalDollars: formatMoney(capital), days, daysPerYear, sharpe: ratio(sharpe), sortino: ratio(sortino) },
    profitFactor,
    drawdown:
      drawdown === null
        ? null
        : {
            ...{ fallDollars: formatMoney(drawdown.fall), share: drawdown.share ?? null },
            ...{ peakAt: isoText(drawdown.peakAt), troughAt: isoText(drawdown.troughAt) },
          },
    events: {
      ...{ won: wins.won, lost: wins.lost, even: wins.even, open: openEvents, winRate: wins.rate ?? null },
      ...{ low: wins.interval?.low ?? null, high: wins.interval?.high ?? null },
    },
  };
}

function ratio(one: Ratio | null) {
  if (one === null) return null;
  const { daily, annual, dailyError = null, annualError = null } = one;
  return { daily, dailyError, annual, annualError };
}

/** The report of a day, a week or a month as `--json` and `--format json` print it: exact decimals, UTC. */
import { isoText } from '../../format.ts';
import { formatHalves } from '../../lib/app/report/bridge.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import type { TermFigures } from '../../lib/app/report/term-figures.ts';
import { type EpochMs, formatMoney, formatSize, type Microdollars } from '../../lib/core/units.ts';
import { todoOf } from './report-todo.ts';

export interface MoneyRecord {
  readonly type: string;
  readonly [key: string]: unknown;
}

export function moneyRecord(report: MoneyReport): MoneyRecord {
  const { period, until, isOver, env, account, proof, total, markets, days, term, use, upTime, quoting } = report;
  return {
    ...{ type: `report_${period.kind}`, env, account, period: period.name },
    ...{ from: isoText(period.from), to: isoText(period.to), until: isoText(until), isOver },
    proof: {
      kind: proof.kind,
      comparedAt: 'at' in proof && proof.at !== undefined ? isoText(proof.at) : null,
      differences: proof.kind === 'differs' ? proof.differences : [],
      entriesSince: proof.kind === 'behind' ? proof.entries : 0,
    },
    total: total === null ? null : pnlRecord(total),
    markets: markets.map((row) => ({ ticker: row.key, ...pnlRecord(row) })),
    days: total === null ? [] : days.map((row) => ({ from: isoText(Number(row.key) as EpochMs), ...pnlRecord(row) })),
    term: term === null ? null : termRecord(term),
    limits: {
      ...{ samples: use.samples, worstLossDollars: formatMoney(use.worstLoss), lostDollars: formatMoney(use.loss) },
      ...{ restingOrders: use.resting, unknownOrders: use.unknown },
    },
    incidents: report.incidents.map(({ key, isHalt, priority, text, from, to, changes }) => ({
      ...{ key, isHalt, priority, text, from: isoText(from), to: to === null ? null : isoText(to), changes },
    })),
    operations: report.operations.map(({ at, ...rest }) => ({ at: isoText(at), ...rest })),
    upTime: {
      ...{ sessions: upTime.sessions, died: upTime.died, upSeconds: upTime.upMs / 1_000, share: upTime.share },
      gaps: upTime.gaps.map(({ from, to }) => ({ from: isoText(from), to: isoText(to) })),
    },
    quotes: quoting.figures.map(({ spread, lowest, highest, lastAt, ...rest }) => ({
      ...rest,
      spreadCents: spread === null ? null : spread / 100,
      ...{ lowest: formatSize(lowest), highest: formatSize(highest), lastAt: lastAt === null ? null : isoText(lastAt) },
    })),
    adverse: report.adverse,
    fees: feesRecord(report.fees),
    reliability: report.reliability,
    todo: todoOf(report),
  };
}

function pnlRecord(pnl: NonNullable<MoneyReport['total']>) {
  const { fills, contracts, split } = pnl;
  const dollars = (money: Microdollars) => formatMoney(money);
  return {
    ...{ fills, contracts: formatSize(contracts) },
    spreadDollars: formatHalves(split.spread),
    markouts: split.horizons.map(({ markout, residual, unknown, unknownFills }, index) => ({
      seconds: [1, 10, 60][index] ?? null,
      ...{ markoutDollars: formatHalves(markout), residualDollars: formatHalves(residual) },
      ...{ unknownDollars: formatHalves(unknown), unknownFills },
    })),
    ...{ carriedDollars: dollars(pnl.carried), grossDollars: dollars(pnl.gross), feesDollars: dollars(pnl.charged) },
    ...{ rebatesDollars: dollars(pnl.rebates), incentivesDollars: dollars(pnl.incentives) },
    ...{ adjustmentsDollars: dollars(pnl.adjustments), netDollars: dollars(pnl.net) },
    ...{ roundTripDollars: dollars(pnl.roundTrip), heldDollars: dollars(pnl.held) },
    ...{ unrealizedDollars: dollars(pnl.unrealized), unrealizedChangeDollars: dollars(pnl.unrealizedChange) },
  };
}

function feesRecord({ drift, differences, ...counts }: MoneyReport['fees']) {
  return {
    ...counts,
    driftDollars: formatMoney(drift),
    differences: differences.map(({ at, size, predicted, charged, ...rest }) => ({
      ...{ ...rest, at: isoText(at), size: formatSize(size) },
      ...{ predictedDollars: formatMoney(predicted), chargedDollars: formatMoney(charged) },
    })),
  };
}

function termRecord({ days, capital, sharpe, sortino, profitFactor, drawdown, wins, openEvents, exits }: TermFigures) {
  return {
    ...{ days, capitalDollars: formatMoney(capital), sharpe, sortino, profitFactor },
    drawdown: drawdown && {
      ...{ dollars: formatMoney(drawdown.fall), share: drawdown.share ?? null },
      ...{ peakAt: isoText(drawdown.peakAt), troughAt: isoText(drawdown.troughAt) },
    },
    ...{ wins, openEvents },
    exits: exits.map(({ net, ...rest }) => ({ ...rest, netDollars: formatMoney(net) })),
  };
}

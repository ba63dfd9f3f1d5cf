/** The report of a backtest under --json: exact decimals, estimates as numbers, times in UTC. */
import { isoText } from '../../format.ts';
import type { BacktestReport } from '../../lib/app/backtest/report.ts';
import { formatHalves } from '../../lib/app/report/bridge.ts';
import type { CentsEstimate } from '../../lib/core/backtest/estimate.ts';
import type { BacktestFigures } from '../../lib/core/backtest/figures.ts';
import type { OfferRow } from '../../lib/core/backtest/fill-figures.ts';
import type { BacktestResult, MarketResult } from '../../lib/core/backtest/result.ts';
import type { Scores } from '../../lib/core/honesty/scores.ts';
import { HORIZONS_MS } from '../../lib/core/pnl/split.ts';
import type { Ratio } from '../../lib/core/pnl/statistics.ts';
import type { Interval } from '../../lib/core/pnl/wilson.ts';
import { type EpochMs, formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';
import { verdictText } from './backtest-verdict.ts';

export function backtestRecord(report: BacktestReport) {
  const { id, results, bands, main, verdict, sensitivity } = report;
  const result = results[main];
  if (result === undefined) throw new RangeError('a report has at least one band');
  return {
    ...{ type: 'backtest_report', run: id, code: result.code, configHash: result.configHash },
    ...{ strategy: result.job.parameters.strategy, verdict, verdictText: verdictText(report), main: bands[main]?.mode },
    bands: bands.map((band, index) => bandRecord(band, results[index])),
    markets: result.markets.map(marketRecord),
    sensitivity:
      sensitivity?.rows.map(({ id: changed, what, cells }) => ({
        ...{ changed, what },
        nets: cells.map((cell) =>
          cell === null
            ? null
            : {
                ...{ mode: cell.mode, netDollars: formatMoney(cell.net), fills: cell.fills },
                change: cell.change.total,
                error: cell.change.error ?? null,
              },
        ),
      })) ?? null,
    assumptions: result.assumptions,
    notes: result.notes,
    gaps: result.gaps.map(({ ticker, from, to, reason }) => ({
      ...{ ticker, from: isoText(from), to: to === undefined ? null : isoText(to), reason },
    })),
    data: result.data,
  };
}

function bandRecord(band: BacktestFigures, result: BacktestResult | undefined) {
  const { mode, net, fees, split, money, fills, quotes, calibration } = band;
  const { total, wins, fall } = money;
  return {
    ...{ mode, runId: result?.runId ?? null, isPartial: result?.isPartial ?? false },
    failure: result?.failure === undefined ? null : { ...result.failure, at: isoText(result.failure.at) },
    ...{ netDollars: formatMoney(net), feesDollars: formatMoney(fees) },
    events: total.events,
    ...{ eventsFilled: money.filledEvents, isVerdict: total.isVerdict, error: total.error ?? null },
    ...{ low: total.interval?.low ?? null, high: total.interval?.high ?? null },
    netCents: centsRecord(money.perContract),
    grossDollars: formatHalves(split.gross),
    spreadDollars: formatHalves(split.spread),
    horizons: split.horizons.map((one, index) => ({
      seconds: (HORIZONS_MS[index] ?? 0) / 1_000,
      markoutDollars: formatHalves(one.markout),
      residualDollars: formatHalves(one.residual),
      unknownDollars: formatHalves(one.unknown),
      unknownFills: one.unknownFills,
      markoutCents: centsRecord(fills.markouts[index]?.perContract ?? null),
      keptCents: centsRecord(fills.markouts[index]?.kept ?? null),
    })),
    drawdownDollars: formatMoney(money.drawdown),
    ...{ peakAt: timeOf(fall?.peakAt), troughAt: timeOf(fall?.troughAt) },
    ...{ days: money.days, sharpeOfDays: ratioRecord(money.sharpeOfDays) },
    sharpeOfEvents: money.sharpeOfEvents && {
      ...{ count: money.sharpeOfEvents.count, value: money.sharpeOfEvents.daily },
      error: money.sharpeOfEvents.dailyError ?? null,
    },
    profitFactor: money.profitFactor,
    wins: { won: wins.won, lost: wins.lost, even: wins.even, open: money.openEvents, interval: wins.interval ?? null },
    fills: fills.count,
    contracts: formatSize(fills.contracts),
    takers: fills.takers,
    byCause: fills.byCause.map(({ cause, fills: some, contracts }) => ({
      ...{ cause, fills: some, contracts: formatSize(contracts) },
    })),
    adverse: fills.adverse,
    expected:
      fills.expected === null ? null : { netDollars: formatMoney(fills.expected.net), fills: fills.expected.fills },
    quotes: {
      ...{ openSeconds: quotes.openMs / 1_000, quoted: quotes.anyShare, twoSided: quotes.bothShare },
      ...{ creates: quotes.creates, amends: quotes.amends, decreases: quotes.decreases, cancels: quotes.cancels },
      ...{ requotes: quotes.requotes, requotesPerMinute: quotes.requotesPerMinute, expired: quotes.expired },
      rejects: quotes.rejects.map(([code, count]) => ({ code, count })),
      largestPosition: formatSize(quotes.largestPosition),
      halfLife: {
        kind: quotes.halfLife.kind,
        seconds: 'ms' in quotes.halfLife ? quotes.halfLife.ms / 1_000 : null,
      },
    },
    fillRates: {
      byOffset: band.byOffset.map((row) => ({ cents: row.key, ...offerRecord(row) })),
      byClose: band.byClose.map((row) => ({
        secondsMax: row.key === null ? null : row.key / 1_000,
        ...offerRecord(row),
      })),
    },
    calibration: {
      all: scoresRecord(calibration.all),
      filled: scoresRecord(calibration.filled),
      mid: scoresRecord(calibration.mid),
    },
  };
}

function marketRecord({ ticker, eventTicker, result, endPrice, firstAt, lastAt, closeAt, pnl }: MarketResult) {
  const minute = pnl.split.horizons.at(-1);
  return {
    ...{ ticker, eventTicker, result, endPrice: formatPrice(endPrice) },
    ...{ firstAt: isoText(firstAt), lastAt: isoText(lastAt), closeAt: isoText(closeAt) },
    ...{ fills: pnl.fills, contracts: formatSize(pnl.contracts), largestPosition: formatSize(pnl.largestPosition) },
    ...{ netDollars: formatMoney(pnl.net), feesDollars: formatMoney(pnl.fees) },
    spreadDollars: formatHalves(pnl.split.spread),
    markoutDollars: minute === undefined ? null : formatHalves(minute.markout),
  };
}

function centsRecord(of: CentsEstimate | null) {
  return of === null ? null : { cents: of.cents, error: of.error, low: of.low, high: of.high, events: of.events };
}

function ratioRecord(of: Ratio | null) {
  if (of === null) return null;
  const { daily, annual, dailyError = null, annualError = null } = of;
  return { daily, annual, dailyError, annualError };
}

function offerRecord({ offers, touched, interval, filledShare, restingMsMean }: OfferRow) {
  const { low, high }: Interval = interval;
  return { offers, touched, low, high, filledShare, restingSeconds: restingMsMean / 1_000 };
}

function scoresRecord({ parts, bins, count, forecasts, isVerdict }: Scores) {
  return { ...parts, count, forecasts, isVerdict, bins };
}

function timeOf(at: EpochMs | undefined): string | null {
  return at === undefined ? null : isoText(at);
}

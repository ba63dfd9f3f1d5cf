/** The report of a backtest as a document: what it may be taken for first, then the bands side by side, then one of them in detail. */
import { dateTimeText } from '../../format.ts';
import { backtestCharts } from '../../lib/app/backtest/charts.ts';
import type { BacktestReport } from '../../lib/app/backtest/report.ts';
import type { Chart } from '../../lib/app/report/charts.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import {
  count,
  counted,
  type Figure,
  money,
  type ReportDocument,
  real,
  type Section,
  share,
} from '../report/report-document.ts';
import { bandsSection, estimated, partsSection, sensitivitySection } from './backtest-money.ts';
import { assumptionsSection, calibrationSection, dataSection, gapsSection } from './backtest-proof.ts';
import { fillsSection, marketsSection, quotesSection, unquotedSection } from './backtest-trading.ts';
import { verdictText } from './backtest-verdict.ts';

export function backtestDocument(report: BacktestReport): ReportDocument {
  const { id, results, bands, main } = report;
  const [result, band] = [results[main], bands[main]];
  if (result === undefined || band === undefined) throw new RangeError('a report has at least one band');
  const charts = backtestCharts(report);
  const some = (...ids: readonly string[]) => charts.filter((chart) => ids.some((one) => chart.id.startsWith(one)));
  const { strategy } = result.job.parameters;
  const [first, last] = [
    Math.min(...result.markets.map(({ firstAt }) => firstAt)),
    Math.max(...result.markets.map(({ lastAt }) => lastAt)),
  ];
  const span = result.markets.length === 0 ? '' : `, ${timeOf(first)} to ${timeOf(last)}`;
  return {
    ...{ name: 'backtest', period: id.slice(0, 12) },
    title: `Backtest of ${strategy}, ${counted(result.markets.length, 'market')}`,
    subtitle: `Run ${id}, kmm ${result.code}${span}. In detail: ${band.mode} fills.`,
    warnings: [verdictText(report), ...partialTexts(report)],
    lead: leadOf(report),
    sections: [
      withCharts(bandsSection(report), some('chart-equity')),
      partsSection(band),
      ...sensitivitySection(report),
      withCharts(marketsSection(report, result), some('chart-inventory', 'chart-fills')),
      withCharts(fillsSection(band), some('chart-offset')),
      quotesSection(band),
      ...unquotedSection(result),
      withCharts(calibrationSection(band), some('chart-reliability')),
      assumptionsSection(result),
      gapsSection(result),
      dataSection(result),
    ],
  };
}

function timeOf(at: number): string {
  return dateTimeText(at as EpochMs);
}

function withCharts(section: Section, charts: readonly Chart[]): Section {
  return charts.length === 0 ? section : { ...section, charts };
}

function partialTexts({ results }: BacktestReport): readonly string[] {
  return results.flatMap(({ isPartial, failure, job }) =>
    isPartial
      ? [
          `Not whole: the run with ${job.fill.mode} fills ended early, ${failure === undefined ? 'and says no reason' : `${timeOf(failure.at)}${failure.ticker === undefined ? '' : ` in ${failure.ticker}`}: ${failure.message}`}.`,
        ]
      : [],
  );
}

function leadOf({ bands, main }: BacktestReport): readonly Figure[] {
  const band = bands[main];
  return [
    ...bands.map(
      ({ mode, net, money: { total } }): Figure => ({
        ...{ name: `net, ${mode}`, value: money(net), unit: 'dollars' },
        note:
          total.interval === undefined
            ? 'one event: no interval'
            : `95 % ${estimated(total.interval.low).text} to ${estimated(total.interval.high).text}`,
      }),
    ),
    { name: 'fills', value: count(band?.fills.count), unit: 'count' },
    { name: 'quoted both sides', value: share(band?.quotes.bothShare), unit: 'share' },
    { name: 'Brier', value: real(band?.calibration.all.parts?.brier, 4), unit: 'score' },
  ];
}

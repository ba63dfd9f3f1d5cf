/** The report of a day, a week or a month as a document: what is read first comes first, and no total that does not reconcile. */
import { ageText, dateTimeText, dollarsText } from '../../format.ts';
import type { Chart } from '../../lib/app/report/charts.ts';
import { moneyCharts } from '../../lib/app/report/money-charts.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import type { Microdollars } from '../../lib/core/units.ts';
import { bridgeSection, daysSection, marketsSection, realizedSection, termSection } from './money-sections.ts';
import { reconciliationSection, warningsOf } from './reconciliation-section.ts';
import {
  amount,
  count,
  counted,
  type Figure,
  money,
  type ReportDocument,
  type Section,
  share,
} from './report-document.ts';
import { todoOf } from './report-todo.ts';
import {
  incidentsSection,
  limitsSection,
  quotesSection,
  reliabilitySection,
  upTimeSection,
} from './running-sections.ts';

/** Limits as they are configured now; absent where the configuration cannot be read. */
export interface ReportLimits {
  readonly totalLoss: Microdollars;
  readonly dayLoss: Microdollars;
}

const NAMES = { day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' } as const;

export function moneyDocument(report: MoneyReport, limits?: ReportLimits): ReportDocument {
  const { period, env, account, until, isOver } = report;
  const charts = moneyCharts(report);
  const some = (...ids: readonly string[]) => charts.filter(({ id }) => ids.some((one) => id.startsWith(one)));
  const ofWhat = period.kind === 'day' ? 'Day' : period.kind === 'week' ? 'Week' : 'Month';
  return {
    name: NAMES[period.kind],
    period: period.name,
    title: `${ofWhat} ${period.name}, ${env}`,
    subtitle: `Midnight to midnight in New York; account ${account}.${isOver ? '' : ` Not over: as of ${dateTimeText(until)}.`}`,
    warnings: warningsOf(report),
    lead: leadOf(report),
    sections: [
      todoSection(report),
      withCharts(bridgeSection(report), some('chart-equity')),
      ...realizedSection(report),
      ...(report.term === null ? [] : [termSection(report.term)]),
      ...(report.days.length === 0 ? [] : [daysSection(report)]),
      withCharts(marketsSection(report), some('chart-inventory', 'chart-fills')),
      withCharts(quotesSection(report), some('chart-spread')),
      limitsSection(report, limits),
      incidentsSection(report),
      upTimeSection(report),
      withCharts(reliabilitySection(report), some('chart-reliability')),
      reconciliationSection(report),
    ],
  };
}

function withCharts(section: Section, charts: readonly Chart[]): Section {
  return charts.length === 0 ? section : { ...section, charts };
}

function leadOf({ total, quoting, upTime, incidents, fills }: MoneyReport): readonly Figure[] {
  const halts = incidents.filter(({ isHalt }) => isHalt).length;
  const twoSided = quoting.figures.reduce((sum, one) => sum + one.twoSided * one.samples, 0);
  return [
    { name: 'net', value: money(total?.net), unit: 'dollars' },
    { name: 'fees', value: amount(total === null ? null : feesOf(total)), unit: 'dollars' },
    { name: 'fills', value: count(fills.length), unit: 'count' },
    {
      name: 'quoted both sides',
      value: share(quoting.samples === 0 ? null : twoSided / quoting.samples),
      unit: 'share',
    },
    { name: 'up', value: share(upTime.share), unit: 'share' },
    { name: 'halts', value: count(halts), unit: 'count' },
  ];
}

function feesOf({ charged, rebates }: { charged: Microdollars; rebates: Microdollars }): Microdollars {
  return (charged - rebates) as Microdollars;
}

function todoSection(report: MoneyReport): Section {
  const todo = todoOf(report);
  return {
    id: 'todo',
    title: 'To do',
    ...(todo.length === 0 ? { notes: ['Nothing.'] } : { steps: todo }),
  };
}

/** One line for a phone: what an alert says of the day. */
export function summaryLine({ period, total, fills, upTime, proof }: MoneyReport): string {
  const net = total === null ? `not reconciled (${proof.kind}), no total` : `net ${dollarsText(total.net)} $`;
  return `${period.name}: ${net}; ${counted(fills.length, 'fill')}; up ${(upTime.share * 100).toFixed(1)} %, ${ageText(upTime.upMs)}`;
}

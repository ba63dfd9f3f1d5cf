/** How the markets were quoted, alone: the section of the daily report over a window of one's own (D-7). */
import { dateTimeText } from '../../format.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import { moneyRecord } from './money-record.ts';
import type { ReportDocument } from './report-document.ts';
import { quotesSection } from './running-sections.ts';

export function quotesDocument(report: MoneyReport): ReportDocument {
  const { period, env, account, until } = report;
  return {
    name: 'quotes',
    period: period.name,
    title: `Quotes ${period.name}, ${env}`,
    subtitle: `Account ${account}, until ${dateTimeText(until)}.`,
    ...{ warnings: [], lead: [] },
    sections: [quotesSection(report)],
  };
}

export function quotesRecord(report: MoneyReport) {
  const { env, account, period, until, quotes, adverse } = moneyRecord(report);
  return { type: 'report_quotes', env, account, period, until, quotes, adverse };
}

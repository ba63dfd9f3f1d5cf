import { quotesDocument, quotesRecord } from '../../print/report/quotes-document.ts';
import { ReportCommand, reportFlags, windowFlags } from '../../report-command.ts';

export default class ReportQuotes extends ReportCommand<typeof ReportQuotes> {
  static override summary = 'market by market: time quoted, spread, what was asked for, fills that went against us';
  static override examples = [
    '<%= config.bin %> report quotes',
    '<%= config.bin %> report quotes --window day --date today',
    '<%= config.bin %> report quotes --format csv --out quotes.csv',
  ];
  static override flags = { ...windowFlags, ...reportFlags };

  async run(): Promise<object> {
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { moneyReport } = await import('../../lib/app/report/money-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { window, date, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const request = { period: periodAt(window, date, now), now, ...(account !== undefined && { account }) };
    const report = await withSources(home, (sources) => moneyReport(sources, request));
    return this.publish({
      document: quotesDocument(report),
      record: this.toRecord(quotesRecord(report)),
    });
  }
}

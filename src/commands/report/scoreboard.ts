import { scoreboardDocument, scoreboardRecord, scoreRows } from '../../print/report/scoreboard-document.ts';
import { ReportCommand, reportFlags, windowFlags } from '../../report-command.ts';

export default class ReportScoreboard extends ReportCommand<typeof ReportScoreboard> {
  static override summary =
    'market by market: expected and realized, quote uptime, time at risk, and why it is not quoted';
  static override examples = [
    '<%= config.bin %> report scoreboard',
    '<%= config.bin %> report scoreboard --window day --date today',
    '<%= config.bin %> report scoreboard --format csv --out scoreboard.csv',
  ];
  static override flags = { ...windowFlags, ...reportFlags };

  async run(): Promise<object> {
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { moneyReport } = await import('../../lib/app/report/money-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { fillRealismOf } = await import('../../lib/app/backtest/fill-realism.ts');
    const { lastDecisions } = await import('../../lib/app/report/silence.ts');
    const { window, date, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const request = { period: periodAt(window, date, now), now, ...(account !== undefined && { account }) };
    const { report, settledAt } = await withSources(home, (sources) => {
      const money = moneyReport(sources, request);
      return { report: money, settledAt: sources.rows.lastSettledBySeries(money.account, money.until) };
    });
    const tickers = report.quoting.figures.map(({ ticker }) => ticker);
    const realism = fillRealismOf(home, report.fills);
    const rows = scoreRows(report, lastDecisions(home, tickers, report.until), realism, settledAt);
    return this.publish({
      document: scoreboardDocument(report, rows),
      record: this.toRecord(scoreboardRecord(report, rows)),
    });
  }
}

import { MoneyReportCommand, moneyReportFlags } from '../../money-report-command.ts';

export default class ReportMonthly extends MoneyReportCommand<typeof ReportMonthly> {
  static override summary = 'the same of a calendar month';
  static override description =
    `Everything of \`report weekly\` over the days of a month in New York: thirty of them are the least that a Sharpe ratio or a
win rate should be read from.`;
  static override examples = [
    '<%= config.bin %> report monthly',
    '<%= config.bin %> report monthly --date 2026-10-01 --out october.html',
  ];
  static override flags = { ...moneyReportFlags };

  protected override readonly kind = 'month';
}

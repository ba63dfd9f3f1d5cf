import { MoneyReportCommand, moneyReportFlags } from '../../money-report-command.ts';

export default class ReportWeekly extends MoneyReportCommand<typeof ReportWeekly> {
  static override summary = 'the same of a week (Monday to Sunday), with Sharpe, Sortino, drawdown and win rate';
  static override description =
    `Everything of \`report daily\` over seven days in New York, its days one by one, and what only a longer time can say, each
figure with the number of days or events it is of and how far it may be off: a week proves little.`;
  static override examples = [
    '<%= config.bin %> report weekly',
    '<%= config.bin %> report weekly --date 2026-11-20 --format html --out week.html',
    '<%= config.bin %> report weekly --if-due --env prod',
  ];
  static override flags = { ...moneyReportFlags };

  protected override readonly kind = 'week';
}

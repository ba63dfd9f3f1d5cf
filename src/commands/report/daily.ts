import { MoneyReportCommand, moneyReportFlags } from '../../money-report-command.ts';

export default class ReportDaily extends MoneyReportCommand<typeof ReportDaily> {
  static override summary = 'what a day brought and from what, how kmm ran, and what to do';
  static override description =
    `From the journal alone, of a day from midnight to midnight in New York: from spread to net, markets, quotes, use of limits,
halts and incidents, gaps, calibration, reconciliation. Of a day that is over it is the same whenever it is asked for. Money
that does not reconcile with the exchange to the last digit is said first, and then no total is printed (exit 7 where the two
differ). --if-due finds the finished day itself, whatever the zone of cron.`;
  static override examples = [
    '<%= config.bin %> report daily',
    '<%= config.bin %> report daily --date today',
    '<%= config.bin %> report daily --date 2026-11-20 --out day.html --env prod',
    '<%= config.bin %> report daily --if-due --alert --env prod',
  ];
  static override flags = { ...moneyReportFlags };

  protected override readonly kind = 'day';
}

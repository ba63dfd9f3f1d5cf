import { Flags } from '@oclif/core';
import { calibrationDocument, calibrationRecord } from '../../print/calibration-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';

export default class ReportCalibration extends ReportCommand<typeof ReportCalibration> {
  static override summary =
    'whether the fair values behind fills were right: Brier in its parts, log-loss, reliability, EV';
  static override description =
    `Of markets that were settled, against what came, against the mid at the same fills, and in money: realized over predicted net,
clustered by event, with what would be left of the size. By series and time to close. Below 30 events nothing is concluded.
What was quoted and not filled is not in it.`;
  static override examples = [
    '<%= config.bin %> report calibration',
    '<%= config.bin %> report calibration --since 2026-11-01 --env prod --json',
  ];
  static override flags = {
    since: Flags.string({ helpValue: 'DATE', description: 'fills from this day on; default: all of the account' }),
    ...reportFlags,
  };

  async run(): Promise<object> {
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { calibrationReport } = await import('../../lib/app/report/calibration-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { since, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const request = {
      now,
      ...(account !== undefined && { account }),
      ...(since !== undefined && { since: periodAt('day', since, now).from }),
    };
    const report = await withSources(home, (sources) => calibrationReport(sources, request));
    return this.publish({ document: calibrationDocument(report), record: this.toRecord(calibrationRecord(report)) });
  }
}

import { Flags } from '@oclif/core';
import { calibrationDocument, calibrationRecord } from '../../print/report/calibration-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';

export default class ReportCalibration extends ReportCommand<typeof ReportCalibration> {
  static override summary =
    'whether fair values were right, of all decisions and of what was filled: Brier, log-loss, reliability, EV';
  static override description =
    `Of markets that have a result: what every model said at times to close that are fixed beforehand, traded or not, and what it
said at each fill; against what came, against the mid at the same moments, and, of fills, in money: realized over predicted net
by event, with what would be left of the size. By model, series and time to close, and how far each model is believed now by
[honesty]. Below 30 events nothing is concluded.`;
  static override examples = [
    '<%= config.bin %> report calibration',
    '<%= config.bin %> report calibration --since 2026-11-01 --env prod --json',
  ];
  static override flags = {
    since: Flags.string({ helpValue: 'DATE', description: 'what was said and filled from this day on; default: all' }),
    ...reportFlags,
  };

  async run(): Promise<object> {
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { calibrationReport } = await import('../../lib/app/report/calibration-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { since, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const honesty = await this.honesty();
    const request = {
      ...{ now, honesty },
      ...(account !== undefined && { account }),
      ...(since !== undefined && { since: periodAt('day', since, now).from }),
    };
    const report = await withSources(home, (sources) => calibrationReport(sources, request));
    return this.publish({ document: calibrationDocument(report), record: this.toRecord(calibrationRecord(report)) });
  }
}

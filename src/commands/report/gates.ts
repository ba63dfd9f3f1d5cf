import { Flags } from '@oclif/core';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { gatesDocument, gatesRecord } from '../../print/gates-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';

export default class ReportGates extends ReportCommand<typeof ReportGates> {
  static override summary =
    'promotion from sim to shadow, one lot and more: each gate, n needed and had, passed or not';
  static override description =
    `Thresholds are fixed in the program beforehand, each with its source; an event is one observation, however many fills it
has. Sim feeds the first step, demo and production the last; no shadow run is on record yet. Too few and not measured are
not passed. --check ends with exit 10 unless every gate of the step that the environment feeds is passed.`;
  static override examples = [
    '<%= config.bin %> report gates',
    '<%= config.bin %> report gates --check --env prod',
    '<%= config.bin %> report gates --since 2026-11-01 --format csv --out gates.csv',
  ];
  static override flags = {
    since: Flags.string({ helpValue: 'DATE', description: 'evidence from this day on; default: all of the account' }),
    check: Flags.boolean({ description: 'exit 10 unless every gate of the step is passed' }),
    ...reportFlags,
  };

  async run(): Promise<object> {
    const { periodAt } = await import('../../lib/app/report/period.ts');
    const { gatesReport } = await import('../../lib/app/report/gates-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { since, check, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const honesty = await this.honesty();
    const request = {
      ...{ now, honesty },
      ...(account !== undefined && { account }),
      ...(since !== undefined && { since: periodAt('day', since, now).from }),
    };
    const report = await withSources(home, (sources) => gatesReport(sources, request));
    if (check && !report.isPassed) process.exitCode = EXIT.gate;
    else if (report.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
    return this.publish({ document: gatesDocument(report), record: this.toRecord(gatesRecord(report)) });
  }
}

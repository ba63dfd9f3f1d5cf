import { Flags } from '@oclif/core';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { gatesDocument, gatesRecord } from '../../print/report/gates-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';

export default class ReportGates extends ReportCommand<typeof ReportGates> {
  static override summary =
    'promotion from sim to shadow, one lot and more: each gate, n needed and had, passed or not';
  static override description =
    `Thresholds are fixed in the program beforehand, each with its source; an event is one observation, however many fills it
has. Sim feeds the first step, shadow runs on demo and production the next (those of the newest base), sessions there the last.
Kills of the last 30 days that had an order to take away are the evidence of the kill switch, of both steps.
Too few and not measured are not passed. --check ends with exit 10 unless every gate of the step that the environment feeds is passed.`;
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
    const { gatesOf } = await import('../../lib/app/report/gates-report.ts');
    const { presentOf } = await import('../../lib/app/report/report-account.ts');
    const { since, check, account } = this.flags;
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const honesty = await this.honesty();
    const request = {
      ...{ now, honesty },
      ...(account !== undefined && { account }),
      ...(since !== undefined && { since: periodAt('day', since, now).from }),
    };
    const report = await gatesOf(home, request);
    if (check && !report.isPassed) process.exitCode = EXIT.gate;
    else if (report.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
    return this.publish({ document: gatesDocument(report), record: this.toRecord(gatesRecord(report)) });
  }
}

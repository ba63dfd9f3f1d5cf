/** `kmm report daily`, `weekly`, `monthly`: one report over three lengths of time. */
import { type Command, Flags } from '@oclif/core';
import { KmmError } from './lib/app/errors/errors.ts';
import { EXIT } from './lib/app/errors/exit-codes.ts';
import type { MoneyReport } from './lib/app/report/money-report.ts';
import type { Period } from './lib/app/report/period.ts';
import { moneyDocument, type ReportLimits, summaryLine } from './print/report/money-document.ts';
import { moneyRecord } from './print/report/money-record.ts';
import type { PrintedReport } from './print/report/render-report.ts';
import { ReportCommand, reportFlags } from './report-command.ts';

export const moneyReportFlags = {
  date: Flags.string({
    helpValue: 'DATE',
    description: 'the period that this day is in: 2026-11-20, today, yesterday; default: the last that is over',
  }),
  'if-due': Flags.boolean({
    exclusive: ['date', 'out', 'json'],
    description: 'for cron: write what is missing of the last finished period to the folder reports, else do nothing',
  }),
  alert: Flags.boolean({ dependsOn: ['if-due'], description: 'queue one line of it as an alert, once' }),
  ...reportFlags,
};

export abstract class MoneyReportCommand<T extends typeof Command> extends ReportCommand<T> {
  protected abstract readonly kind: Exclude<Period['kind'], 'year'>;

  async run(): Promise<object | undefined> {
    const { lastFinished, periodAt } = await import('./lib/app/report/period.ts');
    const { moneyReport } = await import('./lib/app/report/money-report.ts');
    const { presentOf, withSources } = await import('./lib/app/report/report-account.ts');
    const flags = this.flags as { date?: string; account?: string; 'if-due'?: boolean; alert?: boolean };
    const { home } = await this.places();
    const now = await presentOf(home, Date.now());
    const period = flags.date === undefined ? lastFinished(this.kind, now) : periodAt(this.kind, flags.date, now);
    const limits = await this.#limits();
    const request = { period, now, ...(flags.account !== undefined && { account: flags.account }) };
    const read = () => withSources(home, (sources) => moneyReport(sources, request));
    if (flags['if-due'] !== true) {
      const report = await read();
      if (report.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
      return this.publish(this.#printed(report, limits));
    }
    let report: MoneyReport | undefined;
    const printed = async () => {
      report = await read();
      return this.#printed(report, limits);
    };
    for (const file of await this.store(home, `${NAMES[this.kind]}-${period.name}`, printed)) this.log(file);
    if (report?.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
    if (report !== undefined && flags.alert === true) {
      const { queueReportAlert } = await import('./lib/app/report/report-alert.ts');
      const key = `report ${NAMES[this.kind]} ${period.name}`;
      const problem = queueReportAlert(home, { key, text: summaryLine(report), at: now });
      if (problem !== undefined) this.note(problem);
    }
    return undefined;
  }

  #printed(report: MoneyReport, limits: ReportLimits | undefined): PrintedReport {
    return { document: moneyDocument(report, limits), record: this.toRecord(moneyRecord(report)) };
  }

  /** A report does not need them: without a readable configuration it says that they are missing. */
  async #limits(): Promise<ReportLimits | undefined> {
    try {
      const { parameters } = await this.configuration();
      return { totalLoss: parameters.risk.totalLoss, dayLoss: parameters.risk.dayLoss };
    } catch (error) {
      if (error instanceof KmmError) return undefined;
      throw error;
    }
  }
}

const NAMES = { day: 'daily', week: 'weekly', month: 'monthly' } as const;

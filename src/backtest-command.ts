/** What the commands share that read kept runs: where those are, and a report on the terminal, in a file, or as an object. */
import { type Command, Flags } from '@oclif/core';
import type { KeptRun } from './lib/app/backtest/read-runs.ts';
import { type PrintedReport, REPORT_FORMATS, type ReportFormat } from './print/report/render-report.ts';
import { ReportCommand } from './report-command.ts';

export const keptFlags = {
  in: Flags.string({ helpValue: 'DIR', description: "where runs are kept, instead of the environment's folder" }),
};

export const documentFlags = {
  format: Flags.option({
    options: REPORT_FORMATS,
    description: 'md, html (one file, with pictures), json, csv; without it text for a terminal',
  })(),
  out: Flags.string({ helpValue: 'FILE', description: 'write this file, whole or not at all, instead of printing' }),
};

export abstract class BacktestCommand<T extends typeof Command> extends ReportCommand<T> {
  protected async runsFolder(): Promise<string> {
    const { in: named } = this.flags as { in?: string };
    if (named !== undefined) return named;
    const { backtestsOf } = await import('./lib/app/backtest/files.ts');
    const { home } = await this.places();
    return backtestsOf(home);
  }

  /** Throws KMM_BACKTEST_UNKNOWN, KMM_BACKTEST_NEWER, KMM_BACKTEST_DAMAGED. */
  protected async keptRun(name: string): Promise<KeptRun> {
    const { readRun } = await import('./lib/app/backtest/read-runs.ts');
    return readRun(await this.runsFolder(), name);
  }

  /** As `publish`, and as text where neither a format nor a file is named. */
  protected async show(report: PrintedReport): Promise<object> {
    const { format, out } = this.flags as { format?: ReportFormat; out?: string };
    if (format !== undefined || out !== undefined || this.jsonEnabled()) return this.publish(report);
    const { reportText } = await import('./print/report/report-text.ts');
    for (const line of reportText(report.document, this.layout)) this.log(line);
    return report.record;
  }

  /** A line that is written over on a terminal, and left away elsewhere. */
  protected progress(text: string): void {
    if (process.stderr.isTTY && this.flags.quiet !== true) process.stderr.write(`\r${text}\u001b[K`);
  }
}

/** What the commands share that make reports: formats, files, and reports that a clock asks for. */
import { type Command, Flags } from '@oclif/core';
import { KmmCommand } from './base-command.ts';
import type { Home } from './lib/app/config/home.ts';
import { type PrintedReport, REPORT_FORMATS, type ReportFormat, renderReport } from './print/report/render-report.ts';

export const reportFlags = {
  format: Flags.option({
    options: REPORT_FORMATS,
    description: 'md (default), html (one file, with pictures), json, csv',
  })(),
  out: Flags.string({ helpValue: 'FILE', description: 'write this file, whole or not at all, instead of printing' }),
  account: Flags.string({ description: 'another than the last one: in sim each new world has its own' }),
};

/** Of reports over a window that moves with the day, told apart from those of one day or week. */
export const windowFlags = {
  window: Flags.option({
    options: ['day', 'week', 'month'] as const,
    default: 'week' as const,
    description: 'how long, in New York; as far as it has been',
  })(),
  date: Flags.string({ helpValue: 'DATE', default: 'today', description: 'a day in the window' }),
};

export abstract class ReportCommand<T extends typeof Command> extends KmmCommand<T> {
  /** To the file, or to stdout; under --json the object is printed by oclif, and a file is written beside it. */
  protected async publish(report: PrintedReport): Promise<object> {
    const { out, format: wanted } = this.flags as { out?: string; format?: ReportFormat };
    const format = wanted ?? formatOf(out) ?? 'md';
    if (out !== undefined && out !== '-') {
      const { writeWhole } = await import('./lib/app/report/write-file.ts');
      const bytes = writeWhole(out, await renderReport(report, format));
      this.note(`${out}: ${bytes} bytes`);
    } else if (!this.jsonEnabled()) await this.writeOut(await renderReport(report, format));
    return report.record;
  }

  /** A format each into the folder of reports, those that are missing: what is there stays as it is. Gives what was written. */
  protected async store(home: Home, name: string, make: () => Promise<PrintedReport>): Promise<readonly string[]> {
    const { existsSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { makeFolder, writeWhole } = await import('./lib/app/report/write-file.ts');
    const { format } = this.flags as { format?: ReportFormat };
    const folder = join(home.directory, 'reports');
    const formats = format === undefined ? REPORT_FORMATS : [format];
    const due = formats.filter((one) => !existsSync(join(folder, `${name}.${one}`)));
    if (due.length === 0) return [];
    const report = await make();
    makeFolder(folder);
    const files = [];
    for (const one of due) {
      const file = join(folder, `${name}.${one}`);
      writeWhole(file, await renderReport(report, one));
      files.push(file);
    }
    return files;
  }
}

/** report.html is HTML. */
function formatOf(out: string | undefined): ReportFormat | undefined {
  const ending = out === undefined ? undefined : /\.(\w+)$/.exec(out)?.[1];
  return REPORT_FORMATS.find((format) => format === ending);
}

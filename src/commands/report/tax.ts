import { Flags } from '@oclif/core';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { epochMs } from '../../lib/core/units.ts';
import { taxCsv, taxDocument, taxRecord } from '../../print/report/tax-document.ts';
import { ReportCommand, reportFlags } from '../../report-command.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class ReportTax extends ReportCommand<typeof ReportTax> {
  static override summary = 'lots closed in a year, first in first out, with fees and settlement ids: not tax advice';
  static override description =
    `Every lot with when, at what price and by which trade it was opened, when and by which trade or settlement it was closed,
proceeds, basis, its share of the fees, and the net; a market that was determined anew is taken back and entered again.
Totals by month, and a line beside what the exchange lists of the year (--compare reads it). In CSV: a line a lot. Money that
does not reconcile has no total.`;
  static override examples = [
    '<%= config.bin %> report tax --year 2026 --env prod --compare',
    '<%= config.bin %> report tax --year 2026 --method fifo --format csv --out lots-2026.csv --env prod',
  ];
  static override flags = {
    year: Flags.integer({ required: true, description: 'a calendar year, in New York' }),
    method: Flags.option({
      options: ['fifo'] as const,
      default: 'fifo' as const,
      description: 'which lot is closed first',
    })(),
    compare: Flags.boolean({ description: 'ask the exchange for its own list of the year' }),
    ...reportFlags,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { yearOf } = await import('../../lib/app/report/period.ts');
    const { taxReport } = await import('../../lib/app/report/tax-report.ts');
    const { withSources } = await import('../../lib/app/report/report-account.ts');
    const { account, compare } = this.flags;
    const year = yearOf(this.flags.year);
    const stated = compare ? await this.#stated(year) : undefined;
    const { home } = await this.places();
    const request = {
      ...{ year, now: epochMs(Date.now()) },
      ...(account !== undefined && { account }),
      ...(stated !== undefined && { stated }),
    };
    const report = await withSources(home, (sources) => taxReport(sources, request));
    if (report.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
    return this.publish({
      document: taxDocument(report),
      record: this.toRecord(taxRecord(report)),
      csv: taxCsv(report),
    });
  }

  async #stated(year: ReturnType<typeof import('../../lib/app/report/period.ts')['yearOf']>) {
    const { withAccount } = await import('../../lib/app/hand/read-account.ts');
    const { statedYear } = await import('../../lib/app/report/stated-year.ts');
    const access = await this.unlocked(await this.access(configurationFlags(this.flags)));
    return withAccount(access, (rest) => statedYear(rest, year));
  }
}

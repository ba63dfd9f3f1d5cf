import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import type { Grouping } from '../../lib/core/pnl/account-pnl.ts';
import { pnlRecord } from '../../print/report/pnl-record.ts';
import { pnlColumns, pnlLines } from '../../print/report/pnl-text.ts';
import { plainLine } from '../../print/text-table.ts';
import { plainFlag, utcFlag } from '../../shared-flags.ts';

const GROUPINGS = [
  'market',
  'event',
  'series',
  'strategy',
  'shard',
  'hour',
  'day',
] as const satisfies readonly Grouping[];

export default class ReportPnl extends KmmCommand<typeof ReportPnl> {
  static override summary = 'profit and loss: what came of spread, of adverse selection, of settlement, of fees';
  static override description =
    `From the journal alone. Spread is what a fill was better than the mid, markout how the mid moved in the minute after it,
carry what came from there to settlement or to the mark; what has no mid is told apart, and the sum is exact all the same.
By hour and day it is what that time has brought, positions being valued at both its ends. Money that does not reconcile
with the exchange to the last digit is said first, and then no total is printed (exit 7 where the two differ).`;
  static override examples = [
    '<%= config.bin %> report pnl',
    '<%= config.bin %> report pnl --by hour --from 2026-11-20 --to 2026-11-20',
    '<%= config.bin %> report pnl --by strategy --env prod --json',
    '<%= config.bin %> report pnl --by shard',
  ];
  static override flags = {
    by: Flags.option({ options: GROUPINGS, description: 'a row for each' })({ default: 'market' }),
    from: Flags.string({
      helpValue: 'DATE',
      description: 'first day, in New York: 2026-11-20, today, yesterday (default: the first that is known)',
    }),
    to: Flags.string({ helpValue: 'DATE', description: 'last day (default: until now)' }),
    account: Flags.string({ description: 'whose (default: of the last session)' }),
    'days-per-year': Flags.option({ options: ['365', '252'] as const, description: 'for ratios a year' })({
      default: '365',
    }),
    ...plainFlag,
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { pnlReport } = await import('../../lib/app/report/pnl-report.ts');
    const { presentOf, withSources } = await import('../../lib/app/report/report-account.ts');
    const { by, from, to, account } = this.flags;
    const { home } = await this.places();
    const daysPerYear = Number(this.flags['days-per-year']);
    const question = { by, from, to, account, daysPerYear, now: await presentOf(home, Date.now()) };
    const report = await withSources(home, (sources) => pnlReport(sources, question));
    if (this.flags.plain) {
      for (const row of report.rows) this.log(plainLine(pnlColumns(report.by, this.zone), row));
    } else {
      const style = { env: this.environment, zone: this.zone, layout: this.layout };
      for (const line of pnlLines(report, style)) this.log(line);
    }
    if (report.proof.kind === 'differs') process.exitCode = EXIT.reconcile;
    return this.toRecord(pnlRecord(report, this.environment));
  }
}

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import type { ExportName } from '../lib/app/report/export-data.ts';

const NAMES = ['fills', 'orders', 'settlements', 'ledger', 'tape'] as const satisfies readonly ExportName[];

export default class Export extends KmmCommand<typeof Export> {
  static override summary = 'what happened to the account, as a table for other programs';
  static override description =
    `Everything of the account, or the days from --from to --to (both included, New York). Exact decimals, times in UTC, in the
order of time (orders: by id). JSON is a line a row. tape is one line a market and sample: ts, ticker, mid, my_bid, my_ask,
inventory, unrealized, realized (after fees), latency_ms. ledger is a line a posting; those of one entry add up to zero. Cells that a spreadsheet would run get an apostrophe in front.`;
  static override examples = [
    '<%= config.bin %> export tape --format csv --out tape.csv',
    '<%= config.bin %> export fills --from 2026-11-01 --to 2026-11-30 --env prod',
    '<%= config.bin %> export orders --format json | head -3',
  ];
  static override args = {
    what: Args.string({ required: true, options: [...NAMES], description: NAMES.join(', ') }),
  };
  static override flags = {
    format: Flags.option({
      options: ['csv', 'json', 'parquet'] as const,
      description: 'csv (default; with --json: json), or json: a line a row',
    })(),
    out: Flags.string({ helpValue: 'FILE', description: 'write this file, whole or not at all, instead of printing' }),
    from: Flags.string({ helpValue: 'DATE', description: 'from this day on: 2026-11-20, today, yesterday' }),
    to: Flags.string({ helpValue: 'DATE', description: 'up to the end of this day' }),
    account: Flags.string({ description: 'another than the last one: in sim each new world has its own' }),
  };

  async run(): Promise<object | undefined> {
    const { exportData } = await import('../lib/app/report/export-data.ts');
    const { spanOf } = await import('../lib/app/report/period.ts');
    const { FileDraft } = await import('../lib/app/report/write-file.ts');
    const { out, from, to, account, format = this.jsonEnabled() ? 'json' : 'csv' } = this.flags;
    const isPrinted = out === undefined || out === '-';
    if (isPrinted && this.jsonEnabled() && format === 'csv')
      throw new KmmError(
        'KMM_USAGE',
        'with --json the rows are JSON: leave --format csv away, or name a file with --out',
      );
    const span = spanOf(from, to, Date.now());
    const { home } = await this.places();
    const request = {
      ...{ home, what: this.args.what as ExportName, format },
      ...(account !== undefined && { account }),
      ...(span !== undefined && { span }),
    };
    if (isPrinted) {
      await exportData(request, (text) => this.writeOut(text));
      return undefined;
    }
    const draft = new FileDraft(out);
    try {
      const { rows, account: name } = await exportData(request, (text) => draft.write(text));
      const bytes = draft.finish();
      this.log(`${draft.path}: ${rows} rows, ${bytes} bytes`);
      return this.toRecord({
        type: 'export',
        env: home.env,
        what: request.what,
        account: name,
        file: draft.path,
        rows,
        bytes,
      });
    } finally {
      draft.abandon();
    }
  }
}

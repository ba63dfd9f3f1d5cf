import { BacktestCommand, keptFlags } from '../../backtest-command.ts';
import { listRecord, runColumns } from '../../print/backtest/backtest-list.ts';
import { textTable } from '../../print/text-table.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class BacktestList extends BacktestCommand<typeof BacktestList> {
  static override summary = 'backtests that are kept, the newest first';
  static override examples = ['<%= config.bin %> backtest list', '<%= config.bin %> backtest list --in results --json'];
  static override flags = { ...keptFlags, ...utcFlag };

  async run(): Promise<object> {
    const { listRuns } = await import('../../lib/app/backtest/read-runs.ts');
    const folder = await this.runsFolder();
    const runs = listRuns(folder);
    if (runs.length === 0) this.log(`no run is kept in ${folder}`);
    else for (const line of textTable(runColumns(this.zone, this.glyphs), runs, this.layout)) this.log(line);
    return this.toRecord(listRecord(folder, runs));
  }
}

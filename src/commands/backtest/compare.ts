import { Args } from '@oclif/core';
import { BacktestCommand, documentFlags, keptFlags } from '../../backtest-command.ts';
import { compareDocument, compareRecord } from '../../print/backtest/backtest-compare.ts';

export default class BacktestCompare extends BacktestCommand<typeof BacktestCompare> {
  static override summary =
    'two backtests over the same data, market by market, with the uncertainty of the difference';
  static override description =
    `What the markets did is the same for both and cancels out. Runs over other data, other markets or other fill assumptions are
refused, and with fewer than 30 events there is no verdict, whatever the difference is.`;
  static override examples = [
    '<%= config.bin %> backtest compare 3f2a 90bc',
    '<%= config.bin %> backtest compare 3f2a 90bc --format md --out comparison.md',
  ];
  static override args = {
    a: Args.string({ required: true, description: 'a run or a set of bands' }),
    b: Args.string({ required: true, description: 'what it is held against' }),
  };
  static override flags = { ...documentFlags, ...keptFlags };

  async run(): Promise<object> {
    const { compareRuns } = await import('../../lib/app/backtest/compare.ts');
    const comparison = compareRuns(await this.keptRun(this.args.a), await this.keptRun(this.args.b));
    return this.show({ document: compareDocument(comparison), record: this.toRecord(compareRecord(comparison)) });
  }
}

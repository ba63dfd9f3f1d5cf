import { Args, Flags } from '@oclif/core';
import { BacktestCommand, documentFlags, keptFlags } from '../../backtest-command.ts';
import { backtestDocument } from '../../print/backtest/backtest-document.ts';
import { backtestRecord } from '../../print/backtest/backtest-record.ts';

export default class BacktestReport extends BacktestCommand<typeof BacktestReport> {
  static override summary = 'what a kept backtest made, from what, and how far that may be off';
  static override description =
    `Pessimistic, calibrated and optimistic fills side by side, profit in parts that add up exactly, intervals with one
observation an event, markouts, rates of filling, quotes, calibration of the fair value, assumptions, data gaps.`;
  static override examples = [
    '<%= config.bin %> backtest report 3f2a',
    '<%= config.bin %> backtest report 3f2a --format html --out report.html',
    '<%= config.bin %> backtest report 3f2a --sensitivity',
  ];
  static override args = {
    run: Args.string({
      required: true,
      description: 'a run or a set of bands: its id, the beginning of it, or a folder',
    }),
  };
  static override flags = {
    sensitivity: Flags.boolean({
      description: 'repeat the run a tick wider and nearer, with other fees and delays; kept beside it',
    }),
    ...documentFlags,
    ...keptFlags,
  };

  async run(): Promise<object> {
    const { backtestReport } = await import('../../lib/app/backtest/report.ts');
    const { readSensitivity, writeSensitivity } = await import('../../lib/app/backtest/sensitivity-file.ts');
    const kept = await this.keptRun(this.args.run);
    // Found out before any run is repeated.
    backtestReport(kept.id, kept.results);
    if (this.flags.sensitivity) {
      const { repeatedSensitivity } = await import('../../lib/app/backtest/repeat.ts');
      const told = (done: number, all: number) => this.progress(`run ${done} of ${all}`);
      writeSensitivity(kept, await repeatedSensitivity(kept.results, told));
      this.progress('');
    }
    const report = backtestReport(kept.id, kept.results, readSensitivity(kept));
    return this.show({ document: backtestDocument(report), record: this.toRecord(backtestRecord(report)) });
  }
}

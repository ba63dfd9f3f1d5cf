import { Args, Flags } from '@oclif/core';
import { BacktestCommand, keptFlags } from '../../backtest-command.ts';
import { FILL_MODES } from '../../lib/app/backtest/fill-rules.ts';
import { explainLines, explainRecord } from '../../print/backtest/backtest-explain.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class BacktestExplain extends BacktestCommand<typeof BacktestExplain> {
  static override summary = 'what a market decided at a moment of a backtest, and why';
  static override description =
    `The run is repeated up to that moment, over the same bytes: inputs, numbers and gates behind each quote or its absence, as
kmm why tells them of a session, with the place in the queue that the backtest gave our orders.`;
  static override examples = [
    '<%= config.bin %> backtest explain 3f2a KXBTC15M-26MAY130915-15 09:08:30',
    '<%= config.bin %> backtest explain 3f2a KXBTC15M-26MAY130915-15 -5m --json',
  ];
  static override args = {
    run: Args.string({
      required: true,
      description: 'a run or a set of bands: its id, the beginning of it, or a folder',
    }),
    ticker: Args.string({ required: true, description: 'a market of it' }),
    time: Args.string({
      required: true,
      description: '14:03:22 (ET), 2026-05-13T13:08:30Z, or -5m before its recording ends',
    }),
  };
  static override flags = {
    fill: Flags.option({ options: FILL_MODES, description: 'which band of a set; calibrated, where it has that' })(),
    ...keptFlags,
    ...utcFlag,
  };

  /** "-5m" would be taken for flags. */
  override async init(): Promise<void> {
    this.argv = this.argv.map((word) => (/^-\d/.test(word) ? word.slice(1) : word));
    await super.init();
  }

  async run(): Promise<object> {
    const { bandOf } = await import('../../lib/app/backtest/read-runs.ts');
    const { explainRun } = await import('../../lib/app/backtest/explain.ts');
    const { run, ticker, time } = this.args;
    const result = bandOf(await this.keptRun(run), this.flags.fill);
    const explanation = await explainRun(result, ticker, time);
    for (const line of explainLines(explanation, { signs: this.glyphs, zone: this.zone })) this.log(line);
    return this.toRecord(explainRecord(explanation));
  }
}

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { signalTestLines } from '../../print/model/signal-text.ts';

export default class SignalTestCommand extends KmmCommand<typeof SignalTestCommand> {
  static override summary = 'whether a signal told the next move, over recorded books';
  static override description =
    `The signal is read at fixed steps; where it calls a move, the mid some time later says whether it came. A market is one
observation, however many calls it had. What taking by it would cost is half the spread and the fee, which stand beside it.`;
  static override examples = [
    '<%= config.bin %> signal test imbalance --data btc-*.jsonl.gz',
    '<%= config.bin %> signal test order_flow --data btc-*.jsonl.gz --horizon-seconds 30 --threshold 2 --json',
  ];
  static override args = {
    name: Args.string({ required: true, description: 'imbalance, weighted_mid or order_flow' }),
  };
  static override flags = {
    data: Flags.string({
      required: true,
      multiple: true,
      helpValue: 'FILE',
      description: 'recordings, tapes, or a table of tickers with sizes',
    }),
    market: Flags.string({ multiple: true, helpValue: 'TICKER', description: 'only markets that begin like this' }),
    'horizon-seconds': Flags.integer({ default: 10, min: 1, max: 3_600, description: 'the move after so long' }),
    'step-seconds': Flags.integer({ default: 1, min: 1, max: 600, description: 'read so often' }),
    threshold: Flags.string({ helpValue: 'N', description: 'calls from here on; default: its own' }),
  };

  async run(): Promise<object> {
    const { signalOf, testSignal } = await import('../../lib/app/signals/test-signal.ts');
    const { data: files, market: markets = [] } = this.flags;
    const test = {
      ...signalOf(this.args.name, this.flags.threshold),
      horizonMs: this.flags['horizon-seconds'] * 1_000,
      stepMs: this.flags['step-seconds'] * 1_000,
    };
    const score = await testSignal({ files, markets, ...test });
    for (const text of score.notes) this.note(text);
    for (const line of signalTestLines(score, test, this.layout)) this.log(line);
    return this.toRecord({ type: 'signal_test', ...test, ...score });
  }
}

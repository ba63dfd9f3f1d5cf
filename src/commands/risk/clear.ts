import { ClearCommand, haltArgs, haltFlags } from '../../clear-command.ts';

export default class RiskClear extends ClearCommand<typeof RiskClear> {
  static override summary = 'clear a halt by name, with the end of the key id typed whatever the halt is';
  static override description =
    `The same as kmm resume, for those who want to be asked for more than y: every halt takes the end of the key id, typed or
given with --confirm. A day's loss is not cleared before the next Eastern day. What passes by itself, or ends with its process,
is told as such. A running kmm obeys at once. kmm risk halts lists what is on.`;
  static override examples = [
    '<%= config.bin %> risk clear DRAWDOWN --confirm 5f1e --env prod',
    '<%= config.bin %> risk clear FEES --scope KXBTC15M-26NOV201515-15',
  ];
  static override args = haltArgs;
  static override flags = haltFlags;

  protected readonly verb = 'risk clear';

  protected isSevere(): boolean {
    return true;
  }
}

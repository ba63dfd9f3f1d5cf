import { ClearCommand, haltArgs, haltFlags } from '../clear-command.ts';
import type { StandingHalt } from '../lib/app/latches.ts';
import { yesFlag } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Resume extends ClearCommand<typeof Resume> {
  static override summary = 'list what halts, with who, when and why, and clear it one by one';
  static override description =
    `On a terminal it asks for each; elsewhere name the halt and give --yes, or --all for every one that can be cleared.
Halts over money (LOSS_DAY, LOSS_WEEK, DRAWDOWN, RUNAWAY, RECONCILE) want the end of the key id typed, or --confirm; a
day's loss is not cleared before the next Eastern day. What passes by itself, or ends with its process, is told as such.
A running kmm obeys at once.

${VERBS_HELP}`;
  static override examples = [
    '<%= config.bin %> resume',
    '<%= config.bin %> resume KILLED --yes --env demo',
    '<%= config.bin %> resume PAUSED --scope KXBTC15M-26NOV201515-15 --yes',
    '<%= config.bin %> resume LOSS_DAY --confirm 5f1e --env prod',
  ];
  static override args = haltArgs;
  static override flags = { ...haltFlags, ...yesFlag };

  protected readonly verb = 'resume';

  protected isSevere(halt: StandingHalt): boolean {
    return halt.isSevere;
  }
}

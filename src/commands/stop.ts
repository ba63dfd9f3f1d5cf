import { KmmCommand } from '../base-command.ts';
import { confirmYes } from '../confirm.ts';
import { clockText } from '../format.ts';
import { EXIT } from '../lib/app/errors/exit-codes.ts';
import { configurationFlags, passphraseFlag, yesFlag } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Stop extends KmmCommand<typeof Stop> {
  static override summary = 'cancel our orders, verify, and end the kmm run of this environment';
  static override description =
    `As ^C in kmm run, from any terminal, and waits for the proof: exit 9 when it is not confirmed that nothing of ours
rests. A trader that does not answer in 2 s is asked through the database, and its supervisor by a signal.

${VERBS_HELP}`;
  static override examples = ['<%= config.bin %> stop --yes', '<%= config.bin %> stop --env demo --yes --json'];
  static override flags = { ...yesFlag, ...passphraseFlag };

  async run(): Promise<object> {
    const { stop } = await import('../lib/app/stop.ts');
    const access = await this.access(configurationFlags(this.flags));
    await confirmYes(`stop the kmm run of ${access.env}`, this.flags.yes, await this.mayAsk());
    const report = await stop(access, (orders, leaseUntil) => {
      const until = leaseUntil === undefined ? '' : `; their leases end by ${clockText(leaseUntil)}`;
      this.note(
        orders === undefined
          ? 'the trader does not answer: asked in other ways'
          : `cancelling ${orders} orders${until}`,
      );
    });
    const { via, env, pid, isConfirmed, resting } = report;
    if (via === 'none') this.log(`no kmm runs ${env} here: nothing to stop`);
    else if (isConfirmed) this.log(`stopped ${env} (process ${pid}): nothing of ours rests`);
    else
      this.log(`process ${pid} of ${env} has ended, NOT CONFIRMED: ${resting} orders are still listed. Next: kmm kill`);
    if (!isConfirmed) process.exitCode = EXIT.unconfirmed;
    return this.toRecord({ type: 'stop', ...report });
  }
}

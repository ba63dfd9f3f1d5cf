import { Args, Flags } from '@oclif/core';
import { amountText, dateTimeText } from '../../format.ts';
import { KeyCommand } from '../../key-command.ts';
import { formatMoney } from '../../lib/core/units.ts';
import { confirmFlag, passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class AuthArm extends KeyCommand<typeof AuthArm> {
  static override summary = 'allow trading on production, for a time and a sum';
  static override description =
    `Until it is armed nothing that could trade is sent to production; cancels and kmm kill always are. The sum caps the
total loss limit while it lasts. Ten minutes before the end a running kmm warns, at the end it halts (ARM_EXPIRED) and
its quotes are cancelled. Asks for the last four signs of the key id, or takes them with --confirm.`;
  static override examples = [
    '<%= config.bin %> auth arm prod --for 8h --exposure-dollars-max 500',
    '<%= config.bin %> auth arm prod --for 90m --exposure-dollars-max 50 --confirm=cdef',
  ];
  static override args = { env: Args.string({ required: true, options: ['prod'], description: 'prod' }) };
  static override flags = {
    for: Flags.string({ required: true, helpValue: '8h', description: 'how long: 90m, 8h, 24h at most' }),
    'exposure-dollars-max': Flags.string({
      required: true,
      helpValue: 'DOLLARS',
      description: 'the most that may be lost in all, not above risk.loss_total_dollars_max',
    }),
    ...passphraseFlag,
    ...confirmFlag,
  };

  protected override get environment() {
    return 'prod' as const;
  }

  async run(): Promise<object> {
    const { flags } = this;
    const { arm, planArming } = await import('../../lib/app/keys/arming.ts');
    const { durationSeconds } = await import('../../lib/app/run/run-flags.ts');
    const seconds = durationSeconds(flags.for) ?? 0;
    const configuration = await this.configuration(passphraseFlags(flags, 'prod'));
    const exposureDollars = flags['exposure-dollars-max'];
    const arming = planArming(configuration, { seconds, exposureDollars }, Date.now());
    const { keyId, until, exposure, fingerprint, by } = arming;
    const what = `arm production for key ${keyId} until ${dateTimeText(until)}, $${amountText(exposure)} at most`;
    await this.confirm(what, keyId, flags.confirm);
    arm(configuration, arming);
    this.log(`armed: production until ${dateTimeText(until)}, at most $${amountText(exposure)} lost in all`);
    this.log('Next: kmm run --env prod');
    return this.toRecord({
      ...{ type: 'auth_arm', env: 'prod', keyId, fingerprint, by },
      ...{ until: new Date(until).toISOString(), exposureDollarsMax: formatMoney(exposure) },
    });
  }
}

import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';

export default class AuthDisarm extends KmmCommand<typeof AuthDisarm> {
  static override summary = 'take the permission to trade on production back';
  static override description =
    'A running kmm halts within a second and cancels its quotes; positions stay. Never asks: it only takes away.';
  static override examples = ['<%= config.bin %> auth disarm prod'];
  static override args = { env: Args.string({ required: true, options: ['prod'], description: 'prod' }) };

  protected override get environment() {
    return 'prod' as const;
  }

  async run(): Promise<object> {
    const { disarm } = await import('../../lib/app/keys/arming.ts');
    const ended = disarm(await this.places(), Date.now());
    this.log(ended === undefined ? 'production was not armed' : 'production is no longer armed');
    return this.toRecord({ type: 'auth_disarm', env: 'prod', wasArmed: ended !== undefined });
  }
}

import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { EXIT } from '../../lib/app/errors/exit-codes.ts';
import { channelTestLines } from '../../print/operator/alert-text.ts';

export default class AlertTest extends KmmCommand<typeof AlertTest> {
  static override summary = 'send a test over each alert channel, and say what became of it';
  static override description = 'Past the queue, one attempt each. Exit 10 when one of them was not delivered.';
  static override examples = [
    '<%= config.bin %> alert test',
    '<%= config.bin %> alert test discord --env prod',
    '<%= config.bin %> alert test --json',
  ];
  static override args = {
    channel: Args.string({
      options: ['discord', 'slack', 'ntfy', 'webhook', 'ping'],
      description: 'only this one; ping: the address that is asked for once a minute',
    }),
  };

  async run(): Promise<object> {
    const { loadAlerts } = await import('../../lib/app/alerts/settings.ts');
    const { testChannels } = await import('../../lib/app/alerts/test-channels.ts');
    const { config: file } = this.flags;
    const settings = loadAlerts({ environment: this.environment, ...(file === undefined ? {} : { file }) });
    const channels = await testChannels(settings, this.environment, this.args.channel);
    for (const line of channelTestLines(channels, this.glyphs)) this.log(line);
    const isProved = channels.every(({ isDelivered }) => isDelivered);
    if (!isProved) process.exitCode = EXIT.gate;
    return this.toRecord({ type: 'alert_test', env: this.environment, isProved, channels });
  }
}

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { epochMs } from '../../lib/core/units.ts';

export default class AlertSend extends KmmCommand<typeof AlertSend> {
  static override summary = 'tell something over the alert channels: for service files and scripts';
  static override description =
    `Queued like any other alert, then delivered for a few seconds; what is not delivered by then waits for whoever looks
next. It needs neither a running kmm nor a database.`;
  static override examples = [
    '<%= config.bin %> alert send "kmm.service has failed" --env prod',
    '<%= config.bin %> alert send "the backup is on the other disk" --priority low --key backup',
  ];
  static override args = {
    text: Args.string({ required: true, description: 'one sentence' }),
  };
  static override flags = {
    priority: Flags.option({
      options: ['critical', 'high', 'medium', 'low'] as const,
      default: 'high' as const,
      description: 'decides channels and quiet hours, as [alerts] says',
    })(),
    key: Flags.string({
      default: 'by hand',
      description: 'what it is about: alerts are listed and acknowledged by it',
    }),
  };

  async run(): Promise<object> {
    const { loadAlerts } = await import('../../lib/app/alerts/settings.ts');
    const { saidAlert, tellNow } = await import('../../lib/app/alerts/tell.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { config: file, key, priority } = this.flags;
    if (this.args.text.trim() === '' || key.trim() === '')
      throw new KmmError('KMM_USAGE', 'an alert without words tells nobody anything');
    const { environment } = this;
    const settings = loadAlerts({ environment, ...(file === undefined ? {} : { file }) });
    const alert = saidAlert({ key, priority, text: this.args.text }, epochMs(Date.now()));
    const place = { home: homeOf(environment), settings, note: (text: string) => this.note(text) };
    await tellNow(place, [alert]);
    const channels = settings.channelsOf[priority];
    const whither = channels.length === 0 ? 'no channel is configured for it' : `for ${channels.join(', ')}`;
    this.log(`${alert.key}: queued, ${whither}; kmm alert list says what became of it`);
    return this.toRecord({ type: 'alert_send', env: environment, key: alert.key, priority, channels });
  }
}

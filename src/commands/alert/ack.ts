import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { epochMs } from '../../lib/core/units.ts';

export default class AlertAck extends KmmCommand<typeof AlertAck> {
  static override summary = 'acknowledge alerts: somebody has seen them';
  static override description =
    `By id (with all of the same key before it), by key, or all. It clears no halt: that is kmm resume. What is told of the
same key later is open again.`;
  static override examples = [
    '<%= config.bin %> alert ack 17',
    '<%= config.bin %> alert ack "halt LOSS_DAY *" --env prod',
    '<%= config.bin %> alert ack --all',
  ];
  static override args = {
    alert: Args.string({ description: 'id or key, as kmm alert list shows it' }),
  };
  static override flags = {
    all: Flags.boolean({ description: 'every alert that is open' }),
  };

  async run(): Promise<object> {
    const { acknowledge } = await import('../../lib/app/alerts/alert-book.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { alert } = this.args;
    const { all } = this.flags;
    if ((all ?? false) === (alert !== undefined)) {
      throw new KmmError('KMM_USAGE', 'name one alert, by id or key, or say --all', {
        next: ['kmm alert list --open'],
      });
    }
    const seen = acknowledge(homeOf(this.environment), all ? 'all' : (alert ?? ''), epochMs(Date.now()));
    const keys = [...new Set(seen.map(({ key }) => key))];
    for (const key of keys) this.log(`${this.glyphs.tick} ${key}`);
    if (keys.length === 0) this.log('nothing was open');
    return this.toRecord({ type: 'alert_ack', env: this.environment, keys, ids: seen.map(({ id }) => id) });
  }
}

import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import type { AlertRow } from '../../lib/app/alerts/alert-book.ts';
import { alertLines, alertRecord } from '../../print/operator/alert-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class AlertListCommand extends KmmCommand<typeof AlertListCommand> {
  static override summary = 'what an operator was told, and what became of it on its way';
  static override description =
    'An alert is open until kmm alert ack, also when what it told of is over; what is low only informs and is never open.';
  static override examples = [
    '<%= config.bin %> alert list --open',
    '<%= config.bin %> alert list --env prod --limit 100',
    '<%= config.bin %> alert list --json',
  ];
  static override flags = {
    open: Flags.boolean({ description: 'only what nobody has acknowledged: the last word of each, loudest first' }),
    limit: Flags.integer({ default: 30, min: 1, max: 5_000, description: 'so many at most' }),
    ...utcFlag,
  };

  async run(): Promise<object> {
    const { listAlerts } = await import('../../lib/app/alerts/alert-book.ts');
    const { homeOf } = await import('../../lib/app/config/home.ts');
    const { open, limit } = this.flags;
    const alerts: readonly AlertRow[] = listAlerts(homeOf(this.environment), { isOpen: open, limit });
    for (const line of alertLines(alerts, this.glyphs, this.zone)) this.log(line);
    if (alerts.length === 0) this.log(open ? 'no alert is open' : 'nothing was told yet');
    return this.toRecord({ type: 'alerts', env: this.environment, alerts: alerts.map(alertRecord) });
  }
}

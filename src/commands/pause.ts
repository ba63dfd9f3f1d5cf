import { Args } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { confirmYes } from '../confirm.ts';
import { yesFlag } from '../shared-flags.ts';
import { VERBS_HELP } from '../verbs-help.ts';

export default class Pause extends KmmCommand<typeof Pause> {
  static override summary = 'no new exposure: only what reduces a position is quoted';
  static override description =
    `Of the markets that are named, or of all. The running trader obeys at once; one that does not answer reads it in the
database. It is latched: restarts stay paused until kmm resume PAUSED.

${VERBS_HELP}`;
  static override examples = ['<%= config.bin %> pause --yes', '<%= config.bin %> pause KXBTC15M-26NOV201515-15 --yes'];
  static override args = { tickers: Args.string({ multiple: true, description: 'markets; none: all of them' }) };
  static override flags = { ...yesFlag };

  async run(): Promise<object> {
    const { pause } = await import('../lib/app/latches.ts');
    const { tickers = [] } = this.args;
    const access = await this.access();
    const what = tickers.length === 0 ? 'all markets' : tickers.join(', ');
    await confirmYes(`pause ${what} in ${access.env}`, this.flags.yes, await this.mayAsk());
    const via = await pause(access, tickers);
    const heard = via === 'trader' ? 'the running trader reduces only from now on' : 'latched in the database';
    this.log(`paused ${what} in ${access.env}: ${heard}. Next: kmm resume PAUSED`);
    return this.toRecord({ type: 'pause', env: access.env, via, tickers });
  }
}

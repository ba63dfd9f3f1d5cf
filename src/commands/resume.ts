import { Args } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';

export default class Resume extends KmmCommand<typeof Resume> {
  static override summary = 'clear halts that an operator or a kill has latched';
  static override description =
    'Prints each halt with its reason before it is cleared. Without NAME all of them; a running kmm goes on at once,\nbut a trader whose gate was closed by a kill has to be started again.';
  static override examples = ['<%= config.bin %> resume', '<%= config.bin %> resume KILLED --env demo'];
  static override args = {
    name: Args.string({ description: 'one halt, e.g. KILLED' }),
  };

  async run(): Promise<object> {
    const { clearLatches } = await import('../lib/app/latches.ts');
    const access = await this.access();
    const cleared = clearLatches(access, this.args.name);
    for (const { name, scope, reason } of cleared) this.log(`cleared ${name} (${scope}): ${reason}`);
    if (cleared.length === 0) this.log(`no halt is latched in ${access.env}`);
    return this.toRecord({ type: 'resume', env: access.env, cleared });
  }
}

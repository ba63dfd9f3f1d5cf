import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { LOG_LEVELS } from '../../lib/app/config/config-schema.ts';

export default class LogsLevel extends KmmCommand<typeof LogsLevel> {
  static override summary = 'say more or less in the log of the running kmm';
  static override description =
    `In all its processes, until it ends: the next start has log.level of the configuration again. debug adds each turn that
asks for something, each request with its answer and time, and in sim what happens on the exchange. SIGUSR2 to kmm run goes
to debug and back.`;
  static override examples = ['<%= config.bin %> logs level debug', '<%= config.bin %> logs level info --env prod'];
  static override args = {
    level: Args.string({ required: true, options: [...LOG_LEVELS], description: 'this level and above are said' }),
  };

  async run(): Promise<object> {
    const { setLogLevel } = await import('../../lib/app/runtime-asks.ts');
    const access = await this.places();
    const level = LOG_LEVELS.find((one) => one === this.args.level) ?? 'info';
    await setLogLevel(access, level);
    this.log(`the log of ${access.env} says ${level} and above, until kmm run ends`);
    return this.toRecord({ type: 'logs_level', env: access.env, level });
  }
}

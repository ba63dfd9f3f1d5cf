import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { type Configuration, originText } from '../../lib/app/config/config.ts';

export default class ConfigShow extends KmmCommand<typeof ConfigShow> {
  static override summary = 'print the configuration in force';
  static override description =
    `Order: flag, KMM_* variable, ./config.toml, the user's file, /etc/kmm/config.toml, the preset (sim only, as far as
limits go). A value is printed as it was written; --origin adds where.`;
  static override examples = [
    '<%= config.bin %> config show',
    '<%= config.bin %> config show --origin',
    '<%= config.bin %> config show --env demo --config demo.toml --json',
  ];
  static override flags = {
    origin: Flags.boolean({ description: 'say where each value comes from' }),
  };

  async run(): Promise<object> {
    const configuration = await this.configuration();
    for (const line of linesOf(configuration, this.flags.origin)) this.log(line);
    return this.toRecord({
      type: 'config',
      env: configuration.env,
      home: configuration.home.directory,
      values: configuration.entries.map(({ key, value, origin }) => ({ key, value, origin: originText(origin) })),
    });
  }
}

function linesOf({ env, home, entries }: Configuration, hasOrigin: boolean): readonly string[] {
  const rows = entries.map(({ key, value, origin }) => ({ said: `${key} = ${JSON.stringify(value)}`, origin }));
  const width = Math.max(...rows.map(({ said }) => said.length));
  return [
    `# ${env}, data in ${home.directory}`,
    ...rows.map(({ said, origin }) => (hasOrigin ? `${said.padEnd(width)}  # ${originText(origin)}` : said)),
  ];
}

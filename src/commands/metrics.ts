import { KmmCommand } from '../base-command.ts';

export default class Metrics extends KmmCommand<typeof Metrics> {
  static override summary = 'the metrics of the running kmm, as Prometheus reads them';
  static override description =
    `The page of http://127.0.0.1:9464/metrics ([metrics] in the configuration) of this environment's kmm run: what is not
known is not there, and without a living trader only what its supervisor knows, with kmm_up 0. docs/metrics.md lists them.`;
  static override examples = ['<%= config.bin %> metrics', '<%= config.bin %> metrics --env prod'];

  async run(): Promise<object> {
    const { readMetrics } = await import('../lib/app/runtime-asks.ts');
    const access = await this.places();
    const text = await readMetrics(access);
    this.log(text.trimEnd());
    return this.toRecord({ type: 'metrics', env: access.env, text });
  }
}

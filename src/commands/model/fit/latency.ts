import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { latencyModelLines } from '../../../print/model/latency-model-text.ts';

export default class ModelFitLatency extends KmmCommand<typeof ModelFitLatency> {
  static override summary =
    'measure from real orders how late feed, orders and answers are, for backtest run --latency';
  static override description =
    `Quantiles from a CSV of orders with submit_latency_ms, book_age_ms and feed_age_ms, plain or .gz. A round trip does not say
how it divides: order and answer get half each. Of the feed only the spread is known, as the source's clock may be off.`;
  static override examples = [
    '<%= config.bin %> model fit latency --data ioc-orders.csv.gz --out latency.json',
    '<%= config.bin %> backtest run --data btc.jsonl.gz --latency latency.json',
  ];
  static override flags = {
    data: Flags.string({ required: true, helpValue: 'CSV', description: 'real orders with their times' }),
    out: Flags.string({ helpValue: 'FILE', description: 'write the file here; default: calib/ in the data directory' }),
  };

  async run(): Promise<object> {
    const { fitLatency } = await import('../../../lib/app/model/fit-latency.ts');
    const { modelPath, writeModel } = await import('../../../lib/app/model/model-files.ts');
    const { data, out } = this.flags;
    const { home } = await this.places();
    const model = await fitLatency(data, new Date());
    const fitted = { kind: 'latency', model } as const;
    const path = out ?? modelPath(home.calib, fitted);
    writeModel(path, fitted);
    for (const line of latencyModelLines(model, this.layout)) this.log(line);
    this.log(`kept in ${path}`);
    return this.toRecord({ type: 'model_fit', path, model });
  }
}

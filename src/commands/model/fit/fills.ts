import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { fillModelLines } from '../../../print/model/fill-model-text.ts';

export default class ModelFitFills extends KmmCommand<typeof ModelFitFills> {
  static override summary = 'learn from recorded books when quotes are filled, and what a fill costs';
  static override description =
    `Orders that were never sent are placed in the recorded books and followed in their queue: odds of a fill by distance, queue
and time to close; how far the mid goes against a fill; how often takers come; whose size it is that is cancelled. The
error is measured on the later markets, by a fit on the earlier ones. What the data does not say is left open, and named.`;
  static override examples = [
    '<%= config.bin %> model fit fills --data gold-0800.ndjson.gz gold-1300.ndjson.gz --outcomes markets.csv',
    '<%= config.bin %> model fit fills --data btc.jsonl.gz --orders ioc-orders.csv.gz --out btc-fills.json',
    '<%= config.bin %> model fit fills --data session.tape --market KXBTC15M --json',
  ];
  static override flags = {
    data: Flags.string({
      required: true,
      multiple: true,
      helpValue: 'FILE',
      description: 'recordings or tapes of one series; the tape of a session also tells where our own orders stood',
    }),
    outcomes: Flags.string({ helpValue: 'CSV', description: 'when the markets closed: ticker, close, strike, result' }),
    orders: Flags.string({
      helpValue: 'CSV',
      description: 'real immediate-or-cancel orders: did they find the quote they were sent for',
    }),
    prints: Flags.option({
      options: ['auto', 'recorded', 'inferred', 'none'] as const,
      default: 'auto' as const,
      description: 'recorded where there are any, else inferred from ticker and book (auto)',
    })(),
    market: Flags.string({ multiple: true, helpValue: 'TICKER', description: 'only markets that begin so' }),
    out: Flags.string({
      helpValue: 'FILE',
      description: 'write the model here; default: calib/ in the data directory',
    }),
  };

  async run(): Promise<object> {
    const { fitFills } = await import('../../../lib/app/model/fit-fills.ts');
    const { modelPath, writeModel } = await import('../../../lib/app/model/model-files.ts');
    const { data, outcomes, orders, prints, market = [], out } = this.flags;
    const { home } = await this.places();
    const { model, notes } = await fitFills({
      ...{ files: data, markets: market, prints, now: new Date(), onProgress: (text: string) => this.note(text) },
      ...(outcomes !== undefined && { outcomes }),
      ...(orders !== undefined && { orders }),
    });
    for (const note of notes) this.note(note);
    const fitted = { kind: 'fills', model } as const;
    const path = out ?? modelPath(home.calib, fitted);
    writeModel(path, fitted);
    for (const line of fillModelLines(model, this.layout)) this.log(line);
    this.log('');
    this.log(`kept in ${path}`);
    return this.toRecord({ type: 'model_fit', path, model });
  }
}

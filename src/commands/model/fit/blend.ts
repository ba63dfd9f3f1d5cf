import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { askFlags, DATA_HELP, OUTCOMES_HELP, SPOT_HELP } from '../../../model-score-flags.ts';
import { blendModelLines } from '../../../print/model/score-text.ts';

export default class ModelFitBlend extends KmmCommand<typeof ModelFitBlend> {
  static override summary = 'learn how much the settlement average may weigh beside the market’s own price';
  static override description =
    `The weight in log-odds with the least log-loss on the earlier markets, shrunk towards the market while evidence is thin, and scored
on the later ones. One that did significantly worse than the mid there is not written. fair.source = "blend:fitted:average"
uses the newest of the series.`;
  static override examples = [
    '<%= config.bin %> model fit blend --data ticker.csv.gz --spot coinbase.csv.gz --outcomes markets.csv',
    '<%= config.bin %> model fit blend --data btc-*.jsonl.gz --spot coinbase.csv.gz --outcomes markets.csv --out blend.json --json',
  ];
  static override flags = {
    data: Flags.string({ required: true, multiple: true, helpValue: 'FILE', description: DATA_HELP }),
    spot: Flags.string({ required: true, helpValue: 'CSV', description: SPOT_HELP }),
    outcomes: Flags.string({ required: true, helpValue: 'CSV', description: OUTCOMES_HELP }),
    ...askFlags,
    out: Flags.string({
      helpValue: 'FILE',
      description: 'write the model here; default: calib/ in the data directory',
    }),
  };

  async run(): Promise<object> {
    const { fitBlend } = await import('../../../lib/app/model/fit-blend.ts');
    const { modelPath, writeModel } = await import('../../../lib/app/model/model-files.ts');
    const { askRequestOf, horizonsOf } = await import('../../../lib/app/model/score-request.ts');
    const { data, spot, outcomes, market = [], horizons, out } = this.flags;
    const { home } = await this.places();
    const request = askRequestOf({
      ...{ data, spot, outcomes, market, horizons: horizonsOf(horizons) },
      ...{ isProxy: this.flags['spot-is'] === 'proxy', bookAgeSecondsMax: this.flags['book-age-seconds-max'] },
    });
    const { model, notes } = await fitBlend(request, new Date());
    for (const note of notes) this.note(note);
    const fitted = { kind: 'blend', model } as const;
    const path = out ?? modelPath(home.calib, fitted);
    writeModel(path, fitted);
    for (const line of blendModelLines(model, this.layout)) this.log(line);
    this.log('');
    this.log(`kept in ${path}`);
    return this.toRecord({ type: 'model_fit', path, model });
  }
}

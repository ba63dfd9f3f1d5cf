import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../../base-command.ts';
import { indexModelLines } from '../../../../print/model/index-model-text.ts';

/** A folder of its own: a file `index.ts` in `fit` would be the command `model fit`. */
export default class ModelFitIndex extends KmmCommand<typeof ModelFitIndex> {
  static override summary = 'parameters of S&P 500 and Nasdaq-100 markets, hourly and close, from minutes of the index';
  static override description =
    `Needs 40 whole sessions of minutes (9:30 to 16:00 Eastern) for the shape of a day; half days are left out. Prints how often
closes lay where the distributions of earlier hours had them. Markets are priced with these parameters (fair index) until
the newest value is seven days old: fit every week.`;
  static override examples = [
    '<%= config.bin %> model fit index --data spx-minutes.csv.gz',
    '<%= config.bin %> model fit index --data ndx-1.csv ndx-2.csv --closes ndx-official.csv',
    '<%= config.bin %> model fit index --data spx_vix_at_trades.csv.gz --shape assumed --json',
  ];
  static override flags = {
    data: Flags.string({
      required: true,
      multiple: true,
      helpValue: 'FILE',
      description: 'CSV, in the order of time: ts (ISO, of the value itself) and spx, ndx or value',
    }),
    index: Flags.option({
      options: ['SPX', 'NDX'] as const,
      description: 'of which index a column "value" is',
    })(),
    closes: Flags.string({
      helpValue: 'CSV',
      description: 'official closes (date, close): how far the closing auction jumps',
    }),
    shape: Flags.option({
      options: ['fitted', 'assumed'] as const,
      default: 'fitted' as const,
      description: 'of variance over the day; assumed: a U that was fitted on nothing, and is labelled so',
    })(),
    out: Flags.string({
      helpValue: 'FOLDER',
      description: 'write INX|NDX/hourly|close/YYYY-WW.json below it; default: calib/ in the data directory',
    }),
  };

  async run(): Promise<object> {
    const { fitIndexModels } = await import('../../../../lib/app/model/fit-index.ts');
    const { modelPath, writeModel } = await import('../../../../lib/app/model/model-files.ts');
    const { data, index, closes, shape, out } = this.flags;
    const { home } = await this.places();
    const { models, notes } = await fitIndexModels({
      ...{ files: data, shape, now: new Date() },
      ...(index !== undefined && { index }),
      ...(closes !== undefined && { closes }),
    });
    for (const note of notes) this.note(note);
    const fitted = models.map((model) => {
      const path = modelPath(out ?? home.calib, { kind: 'index', model });
      writeModel(path, { kind: 'index', model });
      return { path, model };
    });
    const [{ model } = {}] = fitted.toReversed();
    if (model !== undefined) for (const line of indexModelLines(model, this.layout)) this.log(line);
    this.log('');
    for (const { path } of fitted) this.log(`kept in ${path}`);
    return this.toRecord({ type: 'model_fit', models: fitted });
  }
}

import { KmmCommand } from '../../base-command.ts';
import { epochMs } from '../../lib/core/units.ts';
import { modelListLines, modelListRecord } from '../../print/model/model-list-text.ts';
import { standingLines, standingRecord } from '../../print/model/standing-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class ModelList extends KmmCommand<typeof ModelList> {
  static override summary = 'fitted models of this environment, with their age, and how far each model is believed';
  static override description =
    `Newest first within each kind and series: the newest is what a backtest with calibrated fills uses. A model of fills older
than seven days is marked old; a file that cannot be read is listed with its reason. Below them every model that has quoted
here, by series: believed, clamped or benched, since when, and on how many decisions (docs/models.md).`;
  static override examples = ['<%= config.bin %> model list', '<%= config.bin %> model list --env prod --json'];

  static override flags = { ...utcFlag };

  async run(): Promise<object> {
    const { knownModels } = await import('../../lib/app/honesty/known-standings.ts');
    const { listModels } = await import('../../lib/app/model/model-files.ts');
    const { home } = await this.places();
    const models = listModels(home.calib);
    const now = epochMs(Date.now());
    for (const line of modelListLines(models, now, this.layout)) this.log(line);
    const known = await knownModels({ home, honesty: await this.honesty() }, now);
    if (models.length > 0 && known.length > 0) this.log();
    for (const line of standingLines(known, this.layout, this.zone)) this.log(line);
    if (models.length === 0) this.note('nothing is fitted here yet: kmm model fit fills --help');
    return this.toRecord({
      type: 'models',
      env: this.environment,
      models: modelListRecord(models, now),
      standings: known.map(standingRecord),
    });
  }
}

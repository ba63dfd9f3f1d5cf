import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { epochMs } from '../../lib/core/units.ts';
import { fittedModelLines } from '../../print/model/fitted-model-text.ts';
import { ageLine, agesFrom } from '../../print/model/model-list-text.ts';
import { standingRecord, standingSheet } from '../../print/model/standing-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class ModelShow extends KmmCommand<typeof ModelShow> {
  static override summary = 'a fitted model: what it says, of what, and how wrong it was on markets it had not seen';
  static override description =
    `Of a series or an index (INX/close) the newest that was fitted here; or any file. With it, how far models are believed in that
series, since when, and on how many decisions; or of a model by its name (average, blend:average, forecast:tsa) in every series.`;
  static override examples = [
    '<%= config.bin %> model show KXBTC15M',
    '<%= config.bin %> model show INX/close',
    '<%= config.bin %> model show average',
    '<%= config.bin %> model show gold-fills.json --json',
  ];
  static override args = {
    model: Args.string({ required: true, description: 'a series, an index and what of it, a model, or a file' }),
  };
  static override flags = { ...utcFlag };

  async run(): Promise<object> {
    const { findModel } = await import('../../lib/app/model/find-model.ts');
    const { isOldModel } = await import('../../lib/app/model/model-age.ts');
    const { knownModels } = await import('../../lib/app/honesty/known-standings.ts');
    const { home } = await this.places();
    const now = epochMs(Date.now());
    const asked = this.args.model;
    const known = (await knownModels({ home, honesty: await this.honesty() }, now)).filter(
      ({ standing: { model, series } }) => model === asked || series === asked,
    );
    const standings = known.map(standingRecord);
    const found = findModel(home.calib, asked, known.length > 0);
    if (found === undefined) {
      for (const one of known) for (const line of standingSheet(one, this.zone)) this.log(line);
      return this.toRecord({ type: 'model', path: null, kind: null, isOld: null, model: null, standings });
    }
    const { path, kind, model } = found;
    const lines = fittedModelLines(found, this.layout);
    this.log(ageLine(agesFrom(found), now));
    for (const line of lines) this.log(line);
    this.log(`from ${path}`);
    for (const one of known) for (const line of standingSheet(one, this.zone)) this.log(line);
    const isOld = isOldModel(agesFrom(found), now);
    if (isOld) this.note('it is older than seven days: fit it again before you believe it');
    return this.toRecord({ type: 'model', path, kind, isOld, model, standings });
  }
}

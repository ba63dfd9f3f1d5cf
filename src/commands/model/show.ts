import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { epochMs } from '../../lib/core/units.ts';
import { fittedModelLines } from '../../print/model/fitted-model-text.ts';
import { ageLine, agesFrom } from '../../print/model/model-list-text.ts';

export default class ModelShow extends KmmCommand<typeof ModelShow> {
  static override summary = 'a fitted model: what it says, of what, and how wrong it was on markets it had not seen';
  static override description = 'Of a series or an index (INX/close) the newest that was fitted here; or any file.';
  static override examples = [
    '<%= config.bin %> model show KXBTC15M',
    '<%= config.bin %> model show INX/close',
    '<%= config.bin %> model show gold-fills.json --json',
  ];
  static override args = {
    model: Args.string({ required: true, description: 'a series, an index and what of it, or a file' }),
  };

  async run(): Promise<object> {
    const { findModel } = await import('../../lib/app/model/find-model.ts');
    const { isOldModel } = await import('../../lib/app/model/model-age.ts');
    const { home } = await this.places();
    const found = findModel(home.calib, this.args.model);
    const { path, kind, model } = found;
    const now = epochMs(Date.now());
    const lines = fittedModelLines(found, this.layout);
    this.log(ageLine(agesFrom(found), now));
    for (const line of lines) this.log(line);
    this.log(`from ${path}`);
    const isOld = isOldModel(agesFrom(found), now);
    if (isOld) this.note('it is older than seven days: fit it again before you believe it');
    return this.toRecord({ type: 'model', path, kind, isOld, model });
  }
}

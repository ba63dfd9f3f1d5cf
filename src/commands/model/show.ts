import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import type { FittedModel } from '../../lib/app/model/model-files.ts';
import { epochMs } from '../../lib/core/units.ts';
import { fillModelLines } from '../../print/fill-model-text.ts';
import { latencyModelLines } from '../../print/latency-model-text.ts';
import { ageLine } from '../../print/model-list-text.ts';
import { quoterModelLines } from '../../print/quoter-model-text.ts';
import type { TextLayout } from '../../print/text-table.ts';

export default class ModelShow extends KmmCommand<typeof ModelShow> {
  static override summary = 'a fitted model: what it says, of what, and how wrong it was on markets it had not seen';
  static override description = 'Of a series the newest that was fitted here; or any file.';
  static override examples = [
    '<%= config.bin %> model show KXBTC15M',
    '<%= config.bin %> model show gold-fills.json --json',
  ];
  static override args = { model: Args.string({ required: true, description: 'a series, or a file' }) };

  async run(): Promise<object> {
    const { findModel } = await import('../../lib/app/model/find-model.ts');
    const { isOldModel } = await import('../../lib/app/model/model-age.ts');
    const { home } = await this.places();
    const { path, ...found } = findModel(home.calib, this.args.model);
    const { kind, model } = found;
    const now = epochMs(Date.now());
    const lines = linesOf(found, this.layout);
    this.log(ageLine(model.fittedAt, now));
    for (const line of lines) this.log(line);
    this.log(`from ${path}`);
    const isOld = isOldModel(model.fittedAt, now);
    if (isOld) this.note('it is older than seven days: fit it again before you believe it');
    return this.toRecord({ type: 'model', path, kind, isOld, model });
  }
}

function linesOf(found: FittedModel, layout: TextLayout): readonly string[] {
  switch (found.kind) {
    case 'fills':
      return fillModelLines(found.model, layout);
    case 'latency':
      return latencyModelLines(found.model, layout);
    case 'quoter':
      return quoterModelLines(found.model, layout);
    default:
      return found satisfies never;
  }
}

import { KmmCommand } from '../../base-command.ts';
import { epochMs } from '../../lib/core/units.ts';
import { sourceRecord } from '../../print/model/source-record.ts';
import { sourceLines } from '../../print/model/source-text.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class ModelSources extends KmmCommand<typeof ModelSources> {
  static override summary = 'sources of forecasts: what is configured, what each says now, what the trader heard';
  static override description =
    `Each source of [sources.NAME] is asked once, as the trader asks it, and nothing is placed. Of a model in ONNX form it is
shown whether it can be run and fits its manifest; what it says of a market: kmm quote TICKER --fair forecast:NAME. The
format of a forecast document and what is wrong with one by code: docs/forecasts.md.`;
  static override examples = ['<%= config.bin %> model sources', '<%= config.bin %> model sources --env prod --json'];

  static override flags = utcFlag;

  async run(): Promise<object> {
    const { listSources } = await import('../../lib/app/sources/list-sources.ts');
    const [configured, { home }] = [await this.sources(), await this.places()];
    const now = epochMs(Date.now());
    const sources = await listSources(configured, home, now);
    const style = { signs: this.glyphs, zone: this.zone };
    for (const source of sources) for (const line of sourceLines(source, now, style)) this.log(line);
    if (sources.length === 0) this.note('no source is configured here: [sources.NAME], docs/forecasts.md');
    return this.toRecord({
      ...{ type: 'sources', env: this.environment },
      sources: sources.map((source) => sourceRecord(source, now)),
    });
  }
}

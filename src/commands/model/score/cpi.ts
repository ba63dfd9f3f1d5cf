import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { modelScoreLines } from '../../../print/model/model-score-text.ts';

export default class ModelScoreCpi extends KmmCommand<typeof ModelScoreCpi> {
  static override summary = 'how good the nowcast of consumer prices was, against what the market implied';
  static override description =
    `Nowcast, mean implied by the market and last figure are each made as wide as they were wrong before, and asked the same ladder of
thirteen strikes before every release; a release is one observation. The first releases are learned from and not scored.`;
  static override examples = [
    '<%= config.bin %> model score cpi --data cpi_forecasts.csv',
    '<%= config.bin %> model score cpi --data cpi_forecasts.csv --json',
  ];
  static override flags = {
    data: Flags.string({ required: true, helpValue: 'CSV', description: 'releases with what was forecast of them' }),
  };

  async run(): Promise<object> {
    const { scoreCpi } = await import('../../../lib/app/model/score/score-cpi.ts');
    const score = await scoreCpi(this.flags.data);
    for (const line of modelScoreLines(score, this.layout)) this.log(line);
    return this.toRecord({ type: 'statistical_score', ...score });
  }
}

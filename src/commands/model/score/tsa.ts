import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { modelScoreLines } from '../../../print/model/model-score-text.ts';

export default class ModelScoreTsa extends KmmCommand<typeof ModelScoreTsa> {
  static override summary = 'how good the model of weekly TSA throughput was, against results and prices';
  static override description =
    `At the end of every daily candle the model is asked with the days that were published by then. Brier score and log-loss against
results for all weeks, and against the middle of the quotes where both sides were quoted; a week is one observation.`;
  static override examples = [
    '<%= config.bin %> model score tsa --data throughput.csv --candles candles.csv.gz --outcomes markets.csv.gz',
    '<%= config.bin %> model score tsa --data throughput.csv --candles candles.csv.gz --outcomes markets.csv.gz --json',
  ];
  static override flags = {
    data: Flags.string({ required: true, helpValue: 'CSV', description: 'days and passengers: Date, Passengers' }),
    candles: Flags.string({ required: true, helpValue: 'CSV', description: 'daily candles of the markets' }),
    outcomes: Flags.string({ required: true, helpValue: 'CSV', description: 'thresholds and results of the markets' }),
  };

  async run(): Promise<object> {
    const { scoreTsa } = await import('../../../lib/app/model/score/score-tsa.ts');
    const { data, candles, outcomes } = this.flags;
    const score = await scoreTsa({ data, candles, outcomes });
    for (const line of modelScoreLines(score, this.layout)) this.log(line);
    return this.toRecord({ type: 'statistical_score', ...score });
  }
}

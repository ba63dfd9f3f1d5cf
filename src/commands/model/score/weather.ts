import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { modelScoreLines } from '../../../print/model/model-score-text.ts';

export default class ModelScoreWeather extends KmmCommand<typeof ModelScoreWeather> {
  static override summary = 'how good the climate of stations was: on the last year of a record, and against prices';
  static override description =
    `Every day of the last year of the record is asked the evening before, on six brackets, with what was known then. With --books and
--outcomes, city-days against the middle of recorded quotes; with --minutes, the exchange's charts of daily highs in Miami.
No forecast is used: there is no genuine archive of any.`;
  static override examples = [
    '<%= config.bin %> model score weather --data highs.csv.gz',
    '<%= config.bin %> model score weather --data highs.csv.gz --books books.jsonl.gz --outcomes actuals.jsonl.gz',
    '<%= config.bin %> model score weather --data highs.csv.gz --minutes kxhighmia-*.csv.gz --json',
  ];
  static override flags = {
    data: Flags.string({
      required: true,
      helpValue: 'CSV',
      description: 'daily highs: date, city, station_id, high_f',
    }),
    books: Flags.string({ helpValue: 'JSONL', description: 'recorded books', dependsOn: ['outcomes'] }),
    outcomes: Flags.string({ helpValue: 'JSONL', description: 'how they ended', dependsOn: ['books'] }),
    minutes: Flags.string({
      multiple: true,
      helpValue: 'CSV',
      description: 'minute charts of KXHIGHMIA, a file a day',
    }),
  };

  async run(): Promise<object> {
    const { scoreWeather } = await import('../../../lib/app/model/score/score-weather.ts');
    const { data, books, outcomes, minutes = [] } = this.flags;
    const score = await scoreWeather({
      ...{ data, minutes },
      ...(books !== undefined && { books }),
      ...(outcomes !== undefined && { outcomes }),
    });
    for (const line of modelScoreLines(score, this.layout)) this.log(line);
    return this.toRecord({ type: 'statistical_score', ...score });
  }
}

import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { askFlags, DATA_HELP, HORIZONS, OUTCOMES_HELP, SPOT_HELP } from '../../model-score-flags.ts';
import { recordedScoreLines, settledLines, simulatedScoreLines } from '../../print/model/score-text.ts';

const SIMULATED_SECONDS_MAX = 899;

export default class ModelScore extends KmmCommand<typeof ModelScore> {
  static override summary = 'how good the models of the settlement average were, against the market’s own price';
  static override description =
    `Recorded markets are asked at fixed times before their close: mid and microprice of the book, the naive formula that takes the
close for one print, the exact distribution of the settlement average, and the blend of that with the book. Brier score and
log-loss of each, and what each is worse or better than the mid, with intervals in which a market is one observation.
--outcomes alone checks settled windows; --simulated scores the simulated reference price.`;
  static override examples = [
    '<%= config.bin %> model score --data ticker.csv.gz --spot coinbase.csv.gz --outcomes markets.csv',
    '<%= config.bin %> model score --data btc-*.jsonl.gz --spot coinbase.csv.gz --outcomes markets.csv --horizons 120,60,10 --json',
    '<%= config.bin %> model score --outcomes settled.csv.gz',
    '<%= config.bin %> model score --simulated 4000',
  ];
  static override flags = {
    data: Flags.string({ multiple: true, helpValue: 'FILE', description: DATA_HELP, dependsOn: ['spot', 'outcomes'] }),
    spot: Flags.string({ helpValue: 'CSV', description: SPOT_HELP, dependsOn: ['data'] }),
    outcomes: Flags.string({ helpValue: 'CSV', description: OUTCOMES_HELP, exclusive: ['simulated'] }),
    ...askFlags,
    blend: Flags.string({
      helpValue: 'FILE',
      description: 'score this fitted weight; default: learned as it goes, from the markets before',
    }),
    simulated: Flags.integer({
      helpValue: 'WINDOWS',
      min: 1,
      max: 100_000,
      description: 'so many quarter hours of the simulated reference price instead',
    }),
    seed: Flags.string({ default: 'score', description: 'of the simulated price' }),
  };

  async run(): Promise<object> {
    const { scoreRecordings, scoreSettled, scoreSimulated } = await import('../../lib/app/model/score.ts');
    const { askRequestOf, horizonsOf } = await import('../../lib/app/model/score-request.ts');
    const { data, spot, outcomes, horizons, market = [], blend, simulated, seed } = this.flags;
    if (simulated !== undefined) {
      const score = scoreSimulated(simulated, seed, horizonsOf(horizons, SIMULATED_SECONDS_MAX));
      for (const line of simulatedScoreLines(score, this.layout)) this.log(line);
      return this.toRecord({ type: 'model_score', of: 'simulated', ...score });
    }
    if (outcomes === undefined) {
      throw new KmmError('KMM_USAGE', 'name recordings with --data, --spot and --outcomes, or --simulated WINDOWS', {
        next: [`kmm model score --data FILE --spot FILE --outcomes FILE --horizons ${HORIZONS}`],
      });
    }
    if (data === undefined || spot === undefined) {
      const settled = scoreSettled(outcomes);
      for (const line of settledLines(settled, this.layout)) this.log(line);
      return this.toRecord({ type: 'model_score', of: 'settled', settled });
    }
    const { readBlendModel } = await import('../../lib/app/model/model-files.ts');
    const request = askRequestOf({
      ...{ data, spot, outcomes, market, horizons: horizonsOf(horizons) },
      ...{ isProxy: this.flags['spot-is'] === 'proxy', bookAgeSecondsMax: this.flags['book-age-seconds-max'] },
    });
    const score = await scoreRecordings(request, blend === undefined ? undefined : readBlendModel(blend).weight);
    for (const note of score.notes) this.note(note);
    for (const line of recordedScoreLines(score, this.layout)) this.log(line);
    return this.toRecord({ type: 'model_score', of: 'recordings', ...score });
  }
}

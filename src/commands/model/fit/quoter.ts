import { Flags } from '@oclif/core';
import { KmmCommand } from '../../../base-command.ts';
import { KmmError } from '../../../lib/app/errors/errors.ts';
import { quoterModelLines } from '../../../print/model/quoter-model-text.ts';

export default class ModelFitQuoter extends KmmCommand<typeof ModelFitQuoter> {
  static override summary = 'estimate gamma, kappa and sigma of the quoters from recorded books';
  static override description =
    `A and k from how far takers reach from the mid, sigma from the mid of every second without the bounce, gamma from the
position that is to be the limit. Prints the lines for a config; a config that says "fitted" takes the newest file here.`;
  static override examples = [
    '<%= config.bin %> model fit quoter --data gold-0800.ndjson.gz gold-1300.ndjson.gz --outcomes markets.csv',
    '<%= config.bin %> model fit quoter --data session.tape --market KXBTC15M --limit 50 --json',
  ];
  static override flags = {
    data: Flags.string({
      required: true,
      multiple: true,
      helpValue: 'FILE',
      description: 'recordings or tapes of one series',
    }),
    outcomes: Flags.string({ helpValue: 'CSV', description: 'when the markets closed: ticker, close, strike, result' }),
    market: Flags.string({ multiple: true, helpValue: 'TICKER', description: 'only markets that begin so' }),
    limit: Flags.string({
      default: '20',
      helpValue: 'N',
      description: 'contracts at which the reservation price has moved by one mean distance of fills',
    }),
    'horizon-hours': Flags.string({
      helpValue: 'H',
      description: 'until a position must be flat; default: as long as the longest market was recorded',
    }),
    out: Flags.string({
      helpValue: 'FILE',
      description: 'write the model here; default: calib/ in the data directory',
    }),
  };

  async run(): Promise<object> {
    const { fitQuoterModel } = await import('../../../lib/app/model/fit-quoter.ts');
    const { modelPath, writeModel } = await import('../../../lib/app/model/model-files.ts');
    const { data, outcomes, market = [], limit, 'horizon-hours': horizon, out } = this.flags;
    const { home } = await this.places();
    const { model, notes } = await fitQuoterModel({
      ...{ files: data, markets: market, now: new Date(), limitContracts: positive('--limit', limit) },
      ...(outcomes !== undefined && { outcomes }),
      ...(horizon !== undefined && { horizonHours: positive('--horizon-hours', horizon) }),
    });
    for (const note of notes) this.note(note);
    const fitted = { kind: 'quoter', model } as const;
    const path = out ?? modelPath(home.calib, fitted);
    writeModel(path, fitted);
    for (const line of quoterModelLines(model, this.layout)) this.log(line);
    this.log('');
    this.log(`kept in ${path}`);
    return this.toRecord({ type: 'model_fit', path, model });
  }
}

function positive(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && value <= 1_000_000) return value;
  throw new KmmError('KMM_USAGE', `${flag} ${text} is not a number above zero`);
}

import { Args, Flags } from '@oclif/core';
import { HandCommand, handFlags } from '../../hand-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { amendAsk } from '../../lib/app/hand/hand-words.ts';
import { endRecord, endText, figuresRecord } from '../../print/operator/trade-text.ts';

export default class TradeAmend extends HandCommand<typeof TradeAmend> {
  static override summary = 'change price or size of a resting hand order';
  static override description =
    'Another price, or more, goes to the back of the queue; less keeps its place (as trade decrease does).';
  static override examples = ['<%= config.bin %> trade amend ORDER --price 46 --side yes --count 5'];
  static override args = {
    order: Args.string({ required: true, description: "the exchange's id of the order, or our own" }),
  };
  static override flags = {
    price: Flags.string({ description: '45, 45.5c or $0.45, of the contract that --side names' }),
    count: Flags.string({ description: 'contracts that shall rest' }),
    side: Flags.option({ options: ['yes', 'no'] as const, description: 'with --price: of which contract it is' })(),
    'dry-run': Flags.boolean({ description: 'show cost, fee and worst case; send nothing' }),
    ...handFlags,
  };

  async run(): Promise<object> {
    const { price, count, side = 'yes' } = this.flags;
    if (price !== undefined && this.flags.side === undefined) {
      throw new KmmError('KMM_USAGE', '--price needs --side yes or --side no: 46 of one is 54 of the other');
    }
    const isDryRun = this.flags['dry-run'];
    const ask = amendAsk(this.args.order, price, count, side);
    return this.onDesk(isDryRun ? 'consider' : 'place', async (desk, configuration) => {
      const { figures } = await this.considered(desk, ask);
      const record = { via: desk.kind, order: ask.orderId, preview: figuresRecord(figures), isDryRun };
      if (isDryRun) {
        this.log('a dry run: it would be permitted; nothing was sent');
        return this.toRecord({ type: 'trade_amend', ...record, result: null });
      }
      await this.confirmed(`amend order ${ask.orderId}`, 'mild', configuration);
      const ended = await this.carriedOut(desk, ask);
      if (ended.order !== undefined) this.log(`${this.glyphs.tick} ${endText(ended.order, side, this.glyphs)}`);
      return this.toRecord({ type: 'trade_amend', ...record, result: endRecord(ended) });
    });
  }
}

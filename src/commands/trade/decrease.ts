import { Args, Flags } from '@oclif/core';
import { HandCommand, handFlags } from '../../hand-command.ts';
import { decreaseAsk } from '../../lib/app/hand/hand-words.ts';
import { endRecord, endText, outcomeOfSide } from '../../print/operator/trade-text.ts';

export default class TradeDecrease extends HandCommand<typeof TradeDecrease> {
  static override summary = 'take something off a resting hand order; it keeps its place in the queue';
  static override examples = [
    '<%= config.bin %> trade decrease ORDER --by 5',
    '<%= config.bin %> trade decrease ORDER --to 2 --json',
  ];
  static override args = {
    order: Args.string({ required: true, description: "the exchange's id of the order, or our own" }),
  };
  static override flags = {
    by: Flags.string({ description: 'contracts to take off' }),
    to: Flags.string({ description: 'contracts that shall rest, by what rests now' }),
    ...handFlags,
  };

  async run(): Promise<object> {
    const ask = decreaseAsk(this.args.order, this.flags.by, this.flags.to);
    return this.onDesk('take', async (desk) => {
      const ended = await this.carriedOut(desk, ask);
      const { order } = ended;
      if (order !== undefined)
        this.log(`${this.glyphs.tick} ${endText(order, outcomeOfSide(order.side), this.glyphs)}`);
      return this.toRecord({ type: 'trade_decrease', via: desk.kind, order: ask.orderId, result: endRecord(ended) });
    });
  }
}

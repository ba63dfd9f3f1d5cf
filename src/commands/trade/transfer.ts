import { Args, Flags } from '@oclif/core';
import { HandCommand, handFlags } from '../../hand-command.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import { amountOf } from '../../lib/app/hand/hand-words.ts';
import { formatMoney } from '../../lib/core/units.ts';

export default class TradeTransfer extends HandCommand<typeof TradeTransfer> {
  static override summary = 'move cash from one shard of the exchange to another';
  static override description =
    'Collateral is checked inside the shard of a market: an order is refused while the cash for it is on another one.';
  static override examples = ['<%= config.bin %> trade transfer --from 0 --to 2 250 --yes'];
  static override args = {
    amount: Args.string({ required: true, description: 'dollars, in whole hundredths of a cent' }),
  };
  static override flags = {
    from: Flags.integer({ required: true, min: 0, description: 'shard that has the cash' }),
    to: Flags.integer({ required: true, min: 0, description: 'shard that needs it' }),
    ...handFlags,
  };

  async run(): Promise<object> {
    const { from, to } = this.flags;
    const amount = amountOf(this.args.amount);
    if (from === to) throw new KmmError('KMM_USAGE', `shard ${from} is both where it comes from and where it goes`);
    return this.onDesk('place', async (desk, configuration) => {
      const step = `move $${formatMoney(amount)} from shard ${from} to shard ${to}`;
      await this.confirmed(step, 'moderate', configuration);
      const { transferId, before, after, isVisible } = await desk.move({ from, to, amount });
      for (const { shard, cash } of after) {
        const was = before.find((one) => one.shard === shard)?.cash;
        if (shard === from || shard === to) {
          this.log(
            `shard ${shard}: $${was === undefined ? this.glyphs.dash : formatMoney(was)} -> $${formatMoney(cash)}`,
          );
        }
      }
      if (!isVisible) this.note('accepted; the exchange does not show it yet: kmm trade balance');
      const shards = (held: typeof before) =>
        held.map(({ shard, cash }) => ({ shard, cashDollars: formatMoney(cash) }));
      return this.toRecord({
        ...{ type: 'trade_transfer', via: desk.kind, transferId, from, to, amountDollars: formatMoney(amount) },
        ...{ before: shards(before), after: shards(after), isVisible },
      });
    });
  }
}

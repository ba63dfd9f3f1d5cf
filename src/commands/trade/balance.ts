import { KmmCommand } from '../../base-command.ts';
import { formatMoney, type Microdollars } from '../../lib/core/units.ts';
import { columnLines } from '../../print/columns.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class TradeBalance extends KmmCommand<typeof TradeBalance> {
  static override summary = 'cash, shard by shard: an order is paid from the shard of its market';
  static override examples = ['<%= config.bin %> trade balance', '<%= config.bin %> trade balance --json'];
  static override flags = { ...exchangeFlags };

  async run(): Promise<object> {
    const { readCash, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const shards = await withAccount(await this.access(configurationFlags(this.flags)), readCash);
    const total = shards.reduce((sum, { cash }) => sum + cash, 0) as Microdollars;
    const rows = [...shards.map(({ shard, cash }) => [String(shard), formatMoney(cash)]), ['all', formatMoney(total)]];
    for (const line of columnLines([{ head: 'SHARD' }, { head: 'CASH $', isFigure: true }], rows)) this.log(line);
    return this.toRecord({
      type: 'balance',
      env: this.environment,
      totalDollars: formatMoney(total),
      shards: shards.map(({ shard, cash }) => ({ shard, cashDollars: formatMoney(cash) })),
    });
  }
}

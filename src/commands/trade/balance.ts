import { AccountCommand, accountFlags } from '../../account-command.ts';
import { formatMoney, type Microdollars } from '../../lib/core/units.ts';
import type { TextColumn } from '../../print/text-table.ts';

export default class TradeBalance extends AccountCommand<typeof TradeBalance> {
  static override summary = 'cash, shard by shard: an order is paid from the shard of its market';
  static override examples = ['<%= config.bin %> trade balance', '<%= config.bin %> trade balance --json'];
  static override flags = accountFlags;

  async run(): Promise<object> {
    const { readCash } = await import('../../lib/app/hand/read-account.ts');
    const shards = await this.readAccount(readCash);
    const total = shards.reduce((sum, { cash }) => sum + cash, 0) as Microdollars;
    const rows = shards.map(({ shard, cash }) => ({ name: String(shard), cash }));
    this.printTable(COLUMNS, [...rows, { name: 'all', cash: total }], 'no shard');
    return this.toRecord({
      type: 'balance',
      env: this.environment,
      totalDollars: formatMoney(total),
      shards: shards.map(({ shard, cash }) => ({ shard, cashDollars: formatMoney(cash) })),
    });
  }
}

const COLUMNS: readonly TextColumn<{ readonly name: string; readonly cash: Microdollars }>[] = [
  { title: 'SHARD', align: 'left', leaves: 0, cell: ({ name }) => name },
  { title: 'CASH $', align: 'right', leaves: 0, cell: ({ cash }) => formatMoney(cash) },
];

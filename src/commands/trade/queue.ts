import { Flags } from '@oclif/core';
import { AccountCommand, accountFlags } from '../../account-command.ts';
import { contractsText, type Glyphs } from '../../format.ts';
import type { QueuePlace } from '../../lib/app/hand/read-account.ts';
import { formatSize } from '../../lib/core/units.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/operator/trade-text.ts';
import type { TextColumn } from '../../print/text-table.ts';

export default class TradeQueue extends AccountCommand<typeof TradeQueue> {
  static override summary = 'how many contracts stand before each resting order';
  static override examples = ['<%= config.bin %> trade queue', '<%= config.bin %> trade queue --json'];
  static override flags = { ticker: Flags.string({ description: 'of this market only' }), ...accountFlags };

  async run(): Promise<object> {
    const { readQueue } = await import('../../lib/app/hand/read-account.ts');
    const places = await this.readAccount((rest) => readQueue(rest, this.flags.ticker));
    this.printTable(columnsOf(this.glyphs), places, 'no order rests');
    return this.toRecord({
      type: 'queue',
      env: this.environment,
      orders: places.map(({ order, ahead }) => ({
        orderId: order.orderId,
        ...orderRecord({ ...order, size: order.remaining }, outcomeOfSide(order.side)),
        ahead: ahead === undefined ? null : formatSize(ahead),
      })),
    });
  }
}

function columnsOf(signs: Glyphs): readonly TextColumn<QueuePlace>[] {
  const right = { align: 'right' } as const;
  return [
    { title: 'MARKET', align: 'left', leaves: 0, shrinks: { good: 20, least: 12 }, cell: ({ order }) => order.ticker },
    { title: 'ORDER', align: 'left', leaves: 0, cell: ({ order }) => `buy ${outcomeOfSide(order.side).toUpperCase()}` },
    {
      title: 'PRICE',
      ...right,
      leaves: 1,
      cell: ({ order }) => centsOf(order.price, outcomeOfSide(order.side), signs),
    },
    { title: 'RESTS', ...right, leaves: 2, cell: ({ order }) => contractsText(order.remaining, signs) },
    { title: 'AHEAD', ...right, leaves: 0, cell: ({ ahead }) => contractsText(ahead, signs) },
    { title: 'ID', align: 'left', leaves: 0, cell: ({ order }) => order.orderId },
  ];
}

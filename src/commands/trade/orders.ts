import { Flags } from '@oclif/core';
import { AccountCommand, accountFlags } from '../../account-command.ts';
import { clockText, contractsText, type Glyphs, type Zone } from '../../format.ts';
import type { OwnOrder } from '../../lib/core/orders/order-types.ts';
import { formatSize } from '../../lib/core/units.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/operator/trade-text.ts';
import type { TextColumn } from '../../print/text-table.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class TradeOrders extends AccountCommand<typeof TradeOrders> {
  static override summary = 'orders of the account, as the exchange lists them';
  static override examples = [
    '<%= config.bin %> trade orders',
    '<%= config.bin %> trade orders --all --since 2h --ticker KXBTC15M-26NOV201515-15',
  ];
  static override flags = {
    ticker: Flags.string({ description: 'of this market only' }),
    all: Flags.boolean({ description: 'those that ended as well' }),
    since: Flags.string({ helpValue: '2h|DATE', description: 'not older than this' }),
    ...utcFlag,
    ...accountFlags,
  };

  async run(): Promise<object> {
    const { readOrders, sinceOf } = await import('../../lib/app/hand/read-account.ts');
    const { ticker, all } = this.flags;
    const since = sinceOf(this.flags.since, Date.now());
    const query = {
      ...(ticker !== undefined && { ticker }),
      ...(since !== undefined && { since }),
      ...(!all && ({ status: 'resting' } as const)),
    };
    const orders = await this.readAccount((rest) => readOrders(rest, query));
    this.printTable(columnsOf(this.glyphs, this.zone), orders, 'no orders');
    return this.toRecord({ type: 'orders', env: this.environment, orders: orders.map(recordOf) });
  }
}

function columnsOf(signs: Glyphs, zone: Zone): readonly TextColumn<OwnOrder>[] {
  const right = { align: 'right' } as const;
  const until = ({ expiresAt }: OwnOrder) => (expiresAt === undefined ? signs.dash : clockText(expiresAt, zone));
  return [
    { title: 'MARKET', align: 'left', leaves: 0, shrinks: { good: 20, least: 12 }, cell: ({ ticker }) => ticker },
    { title: 'ORDER', align: 'left', leaves: 0, cell: ({ side }) => `buy ${outcomeOfSide(side).toUpperCase()}` },
    { title: 'PRICE', ...right, leaves: 0, cell: ({ side, price }) => centsOf(price, outcomeOfSide(side), signs) },
    { title: 'RESTS', ...right, leaves: 1, cell: ({ remaining }) => contractsText(remaining, signs) },
    { title: 'FILLED', ...right, leaves: 3, cell: ({ filled }) => contractsText(filled, signs) },
    { title: 'STATUS', align: 'left', leaves: 2, cell: ({ status }) => status },
    { title: 'UNTIL', align: 'left', leaves: 4, cell: until },
    { title: 'ID', align: 'left', leaves: 0, cell: ({ orderId }) => orderId },
  ];
}

function recordOf(order: OwnOrder) {
  return {
    ...{ orderId: order.orderId, clientOrderId: order.clientOrderId },
    ...orderRecord({ ...order, size: order.remaining }, outcomeOfSide(order.side)),
    ...{ filled: formatSize(order.filled), initial: formatSize(order.initial), status: order.status },
    ...{ reason: order.reason ?? null, shard: order.shard ?? null },
    expiresAt: order.expiresAt === undefined ? null : new Date(order.expiresAt).toISOString(),
  };
}

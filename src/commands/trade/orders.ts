import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { clockText, contractsText } from '../../format.ts';
import type { OwnOrder } from '../../lib/core/order-types.ts';
import { formatSize } from '../../lib/core/units.ts';
import { columnLines } from '../../print/columns.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/trade-text.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class TradeOrders extends KmmCommand<typeof TradeOrders> {
  static override summary = 'orders of the account, as the exchange lists them';
  static override examples = [
    '<%= config.bin %> trade orders',
    '<%= config.bin %> trade orders --all --since 2h --ticker KXBTC15M-26NOV201515-15',
  ];
  static override flags = {
    ticker: Flags.string({ description: 'of this market only' }),
    all: Flags.boolean({ description: 'those that ended as well' }),
    since: Flags.string({ helpValue: '2h|DATE', description: 'not older than this' }),
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { readOrders, sinceOf, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const { ticker, all } = this.flags;
    const since = sinceOf(this.flags.since, Date.now());
    const query = {
      ...(ticker !== undefined && { ticker }),
      ...(since !== undefined && { since }),
      ...(!all && ({ status: 'resting' } as const)),
    };
    const access = await this.access(configurationFlags(this.flags));
    const orders = await withAccount(access, (rest) => readOrders(rest, query));
    if (orders.length === 0) this.log('no orders');
    else
      for (const line of columnLines(
        COLUMNS,
        orders.map((order) => this.#row(order)),
      ))
        this.log(line);
    return this.toRecord({ type: 'orders', env: this.environment, orders: orders.map(recordOf) });
  }

  #row(order: OwnOrder): string[] {
    const { ticker, side, price, remaining, filled, status, expiresAt, orderId } = order;
    const outcome = outcomeOfSide(side);
    return [
      ticker,
      `buy ${outcome.toUpperCase()}`,
      centsOf(price, outcome, this.glyphs),
      contractsText(remaining, this.glyphs),
      contractsText(filled, this.glyphs),
      status,
      expiresAt === undefined ? this.glyphs.dash : clockText(expiresAt),
      orderId,
    ];
  }
}

const COLUMNS = [
  { head: 'MARKET' },
  { head: 'ORDER' },
  { head: 'PRICE', isFigure: true },
  { head: 'RESTS', isFigure: true },
  { head: 'FILLED', isFigure: true },
  { head: 'STATUS' },
  { head: 'UNTIL' },
  { head: 'ID' },
];

function recordOf(order: OwnOrder) {
  return {
    ...{ orderId: order.orderId, clientOrderId: order.clientOrderId },
    ...orderRecord({ ...order, size: order.remaining }, outcomeOfSide(order.side)),
    ...{ filled: formatSize(order.filled), initial: formatSize(order.initial), status: order.status },
    ...{ reason: order.reason ?? null, shard: order.shard ?? null },
    expiresAt: order.expiresAt === undefined ? null : new Date(order.expiresAt).toISOString(),
  };
}

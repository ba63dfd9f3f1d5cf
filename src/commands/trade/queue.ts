import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { contractsText } from '../../format.ts';
import { formatSize } from '../../lib/core/units.ts';
import { columnLines } from '../../print/columns.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/trade-text.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class TradeQueue extends KmmCommand<typeof TradeQueue> {
  static override summary = 'how many contracts stand before each resting order';
  static override examples = ['<%= config.bin %> trade queue', '<%= config.bin %> trade queue --json'];
  static override flags = { ticker: Flags.string({ description: 'of this market only' }), ...exchangeFlags };

  async run(): Promise<object> {
    const { readQueue, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const access = await this.access(configurationFlags(this.flags));
    const places = await withAccount(access, (rest) => readQueue(rest, this.flags.ticker));
    const rows = places.map(({ order, ahead }) => {
      const outcome = outcomeOfSide(order.side);
      const [rests, before] = [order.remaining, ahead].map((size) => contractsText(size, this.glyphs));
      const price = centsOf(order.price, outcome, this.glyphs);
      return [order.ticker, `buy ${outcome.toUpperCase()}`, price, rests ?? '', before ?? '', order.orderId];
    });
    if (rows.length === 0) this.log('no order rests');
    else for (const line of columnLines(COLUMNS, rows)) this.log(line);
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

const COLUMNS = [
  { head: 'MARKET' },
  { head: 'ORDER' },
  { head: 'PRICE', isFigure: true },
  { head: 'RESTS', isFigure: true },
  { head: 'AHEAD', isFigure: true },
  { head: 'ID' },
];

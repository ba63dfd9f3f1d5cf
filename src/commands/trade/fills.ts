import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { amountText, contractsText, dateTimeText } from '../../format.ts';
import { formatMoney } from '../../lib/core/units.ts';
import { columnLines } from '../../print/columns.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/trade-text.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

export default class TradeFills extends KmmCommand<typeof TradeFills> {
  static override summary = 'executions of the account, newest first';
  static override examples = ['<%= config.bin %> trade fills --since 1d', '<%= config.bin %> trade fills --all --json'];
  static override flags = {
    ticker: Flags.string({ description: 'of this market only' }),
    all: Flags.boolean({ exclusive: ['since'], description: 'from the beginning, instead of one day' }),
    since: Flags.string({ helpValue: '2h|DATE', description: 'not older than this (default 1d)' }),
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { readFills, sinceOf, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const { ticker, all } = this.flags;
    const since = all ? undefined : sinceOf(this.flags.since ?? '1d', Date.now());
    const query = { ...(ticker !== undefined && { ticker }), ...(since !== undefined && { since }) };
    const access = await this.access(configurationFlags(this.flags));
    const fills = await withAccount(access, (rest) => readFills(rest, query));
    const rows = fills.map(({ ticker: market, side, price, size, fee, isTaker, exchangeAt }) => {
      const outcome = outcomeOfSide(side);
      const at = exchangeAt === undefined ? this.glyphs.dash : dateTimeText(exchangeAt);
      const bought = [
        `bought ${outcome.toUpperCase()}`,
        contractsText(size, this.glyphs),
        centsOf(price, outcome, this.glyphs),
      ];
      return [at, market, ...bought, amountText(fee), isTaker ? 'taker' : 'maker'];
    });
    if (rows.length === 0) this.log('no fills');
    else for (const line of columnLines(COLUMNS, rows)) this.log(line);
    return this.toRecord({
      type: 'fills',
      env: this.environment,
      fills: fills.map((fill) => ({
        ...{ tradeId: fill.tradeId, orderId: fill.orderId, ...orderRecord(fill, outcomeOfSide(fill.side)) },
        ...{ feeDollars: formatMoney(fill.fee), isTaker: fill.isTaker },
        at: fill.exchangeAt === undefined ? null : new Date(fill.exchangeAt).toISOString(),
      })),
    });
  }
}

const COLUMNS = [
  { head: 'TIME' },
  { head: 'MARKET' },
  { head: 'FILL' },
  { head: 'COUNT', isFigure: true },
  { head: 'PRICE', isFigure: true },
  { head: 'FEE $', isFigure: true },
  { head: 'AS' },
];

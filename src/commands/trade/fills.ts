import { Flags } from '@oclif/core';
import { AccountCommand, accountFlags } from '../../account-command.ts';
import { amountText, contractsText, dateTimeText, type Glyphs, type Zone } from '../../format.ts';
import type { AccountFill } from '../../lib/app/hand/read-account.ts';
import { formatMoney } from '../../lib/core/units.ts';
import { centsOf, orderRecord, outcomeOfSide } from '../../print/operator/trade-text.ts';
import type { TextColumn } from '../../print/text-table.ts';
import { utcFlag } from '../../shared-flags.ts';

export default class TradeFills extends AccountCommand<typeof TradeFills> {
  static override summary = 'executions of the account, newest first';
  static override examples = ['<%= config.bin %> trade fills --since 1d', '<%= config.bin %> trade fills --all --json'];
  static override flags = {
    ticker: Flags.string({ description: 'of this market only' }),
    all: Flags.boolean({ exclusive: ['since'], description: 'from the beginning, instead of one day' }),
    since: Flags.string({ helpValue: '2h|DATE', description: 'not older than this (default 1d)' }),
    ...utcFlag,
    ...accountFlags,
  };

  async run(): Promise<object> {
    const { readFills, sinceOf } = await import('../../lib/app/hand/read-account.ts');
    const { ticker, all } = this.flags;
    const since = all ? undefined : sinceOf(this.flags.since ?? '1d', Date.now());
    const query = { ...(ticker !== undefined && { ticker }), ...(since !== undefined && { since }) };
    const fills = await this.readAccount((rest) => readFills(rest, query));
    this.printTable(columnsOf(this.glyphs, this.zone), fills, 'no fills');
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

function columnsOf(signs: Glyphs, zone: Zone): readonly TextColumn<AccountFill>[] {
  const right = { align: 'right' } as const;
  const time = ({ exchangeAt }: AccountFill) =>
    exchangeAt === undefined ? signs.dash : dateTimeText(exchangeAt, zone);
  return [
    { title: 'TIME', align: 'left', leaves: 2, cell: time },
    { title: 'MARKET', align: 'left', leaves: 0, shrinks: { good: 20, least: 12 }, cell: ({ ticker }) => ticker },
    { title: 'FILL', align: 'left', leaves: 0, cell: ({ side }) => `bought ${outcomeOfSide(side).toUpperCase()}` },
    { title: 'COUNT', ...right, leaves: 0, cell: ({ size }) => contractsText(size, signs) },
    { title: 'PRICE', ...right, leaves: 0, cell: ({ side, price }) => centsOf(price, outcomeOfSide(side), signs) },
    { title: 'FEE $', ...right, leaves: 3, cell: ({ fee }) => amountText(fee) },
    { title: 'AS', align: 'left', leaves: 4, cell: ({ isTaker }) => (isTaker ? 'taker' : 'maker') },
  ];
}

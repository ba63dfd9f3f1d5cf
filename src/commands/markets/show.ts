import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { sheetRecord } from '../../print/market/market-record.ts';
import { sheetLines } from '../../print/market/market-sheet.ts';
import { exchangeFlags, utcFlag } from '../../shared-flags.ts';

export default class MarketsShow extends KmmCommand<typeof MarketsShow> {
  static override summary = 'everything about a market, an event or a series';
  static override description =
    `Status and what may be done in it, times in Eastern and in your own zone, strike, price grid, fees with an example,
scheduled fee changes, shard, top of book, incentives, the rules and their hash. --json prints one object (docs/json.md).`;
  static override examples = [
    '<%= config.bin %> markets show KXBTC15M',
    '<%= config.bin %> markets show KXHIGHNY --json',
  ];
  static override args = { ticker: Args.string({ required: true, description: 'market, event or series' }) };
  static override flags = { ...utcFlag, ...exchangeFlags };

  async run(): Promise<object> {
    const { showMarket } = await import('../../lib/app/markets/show-market.ts');
    return this.look(async ({ catalogue, clock }) => {
      const sheet = await showMarket(catalogue, this.args.ticker, () => clock.now());
      for (const line of sheetLines(sheet, { now: clock.now(), zone: this.zone, layout: this.layout })) this.log(line);
      return this.toRecord(sheetRecord(sheet));
    });
  }
}

import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { quotable } from '../lib/app/config/fitted-weight.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { type Centicontracts, parseSize } from '../lib/core/units.ts';
import { quoteRecord } from '../print/market/quote-record.ts';
import { quoteLines } from '../print/market/quote-text.ts';
import { configurationFlags, exchangeFlags, quoterFlags, utcFlag } from '../shared-flags.ts';

export default class Quote extends KmmCommand<typeof Quote> {
  static override summary = 'what would be quoted now, and why; places nothing';
  static override examples = [
    '<%= config.bin %> quote KXBTC15M',
    '<%= config.bin %> quote KXBTC15M --strategy as --inventory 20',
    '<%= config.bin %> quote KXBTC15M --fair fixed:0.55 --json',
    '<%= config.bin %> quote KXINXU --fair index --listen 5',
  ];
  static override description =
    `A price that stands on an index (average, index) is explained by the index as it is heard now, from the exchange or from the
sources of [references]. How much it moves is known after half a minute.`;
  static override args = { ticker: Args.string({ required: true, description: 'market, event or series' }) };
  static override flags = {
    ...quoterFlags,
    inventory: Flags.string({ default: '0', helpValue: 'N', description: 'YES contracts held; negative for NO' }),
    listen: Flags.integer({
      default: 40,
      min: 0,
      max: 300,
      helpValue: 'SECONDS',
      description: 'hear an index for so long at most; over as soon as enough is known, after 5 s without a value',
    }),
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { quoteOnce } = await import('../lib/app/markets/quote-once.ts');
    const inventory = this.#inventory();
    const configuration = await this.unlocked(quotable(await this.configuration(configurationFlags(this.flags))));
    const exchange = await this.useExchange(configuration, [this.args.ticker]);
    try {
      const quoted = await quoteOnce({
        ...{ configuration, link: exchange.link, names: [this.args.ticker], inventory },
        listenMs: this.flags.listen * 1_000,
        onListen: (indices) => this.note(`listening to ${indices.join(', ')} for up to ${this.flags.listen} s ...`),
      });
      const strategy = configuration.parameters.strategy;
      const style = { zone: this.zone, layout: this.layout };
      for (const one of quoted) for (const line of quoteLines(one, strategy, style)) this.log(line);
      return this.toRecord({
        type: 'quote',
        strategy,
        markets: quoted.map(quoteRecord),
      });
    } finally {
      await exchange.close();
    }
  }

  #inventory(): Centicontracts {
    const size = parseSize(this.flags.inventory);
    if (size === undefined) {
      throw new KmmError(
        'KMM_USAGE',
        `--inventory ${this.flags.inventory} is no count of contracts with two decimals at most`,
      );
    }
    return size;
  }
}

import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { quotable } from '../../lib/app/config/fitted-weight.ts';
import { arbLines, arbRecord, leftOutText } from '../../print/market/arb-text.ts';
import { configurationFlags, exchangeFlags, utcFlag } from '../../shared-flags.ts';

/** A book that has not come by then does not come. */
const WAIT_MS = 15_000;

export default class ArbScan extends KmmCommand<typeof ArbScan> {
  static override summary = 'sure profits among live books, after fees; sends nothing';
  static override description =
    `One look at the books of the named markets, events or series (else of those in [markets]): YES and NO of one market below a
dollar, complete sets below it, outcomes bid above it, a threshold dearer than one it lies within, a range against the thresholds
that make it, and every other combination that cannot lose, also across events on the same figure. Each with what it costs,
taker fees to the last step, how much is there, and what is lost at worst while only some of it has traded. Orders go one by one:
of real takers' orders half found what the book had shown (docs/models.md).`;
  static override examples = [
    '<%= config.bin %> arb scan',
    '<%= config.bin %> arb scan KXINX KXINXU',
    '<%= config.bin %> arb scan KXBTCD --json',
  ];
  static override args = {
    names: Args.string({
      multiple: true,
      description: 'markets, events or series; without any those that are configured',
    }),
  };
  static override flags = { ...utcFlag, ...exchangeFlags };

  async run(): Promise<object> {
    const { scanForProfit } = await import('../../lib/app/arb/scan.ts');
    const configuration = await this.unlocked(quotable(await this.configuration(configurationFlags(this.flags))));
    const { env, markets, parameters } = configuration;
    const names = this.args.names ?? [];
    const exchange = await this.useExchange(configuration);
    try {
      const scan = await scanForProfit({
        ...{ environment: env, link: exchange.link, balanceStep: parameters.balanceStep, waitMs: WAIT_MS },
        names: names.length > 0 ? names : markets,
        onNote: (text) => this.note(text),
      });
      for (const line of arbLines(scan, this.layout, this.zone)) this.log(line);
      if (scan.leftOut.length > 0) this.note(leftOutText(scan));
      return this.toRecord({ type: 'arb_scan', ...arbRecord(scan) });
    } finally {
      await exchange.close();
    }
  }
}

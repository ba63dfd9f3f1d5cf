import { Flags } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { keyReportLines } from '../../print/operator/key-report-text.ts';
import { configurationFlags, exchangeFlags, passphraseFlag, passphraseFlags } from '../../shared-flags.ts';

export default class AuthCheck extends KmmCommand<typeof AuthCheck> {
  static override summary = 'ask the exchange who we are with this key, and what it may do';
  static override description =
    `Key, scopes, subaccount, tier and limits, clock and cash per shard; sends nothing that could trade.
Wanted are exactly the scopes read and write::trade: a key that may do more ends with exit 4, unless --allow-broad-key.`;
  static override examples = [
    '<%= config.bin %> auth check --env demo',
    '<%= config.bin %> auth check --env prod --json',
  ];
  static override flags = {
    'allow-broad-key': Flags.boolean({ description: 'a key that may do more than trade is accepted, with a warning' }),
    ...passphraseFlag,
    ...exchangeFlags,
  };

  async run(): Promise<undefined> {
    const { flags, environment } = this;
    const { useExchange } = await import('../../lib/app/exchange/use-exchange.ts');
    const { checkKey, verdictOf } = await import('../../lib/app/keys/check-key.ts');
    const layer = [...configurationFlags(flags), ...passphraseFlags(flags, environment)];
    const access = await this.unlocked(await this.access(layer));
    const exchange = await useExchange(access);
    try {
      const report = await checkKey(environment, exchange.link);
      for (const line of keyReportLines(report, this.glyphs)) this.log(line);
      this.printRecord({ ...report });
      // Play money may be moved about.
      const verdict = verdictOf(report.findings, flags['allow-broad-key'] || environment === 'sim');
      if (verdict !== undefined) throw verdict;
    } finally {
      await exchange.close();
    }
  }
}

import { Args } from '@oclif/core';
import { KmmCommand } from '../../base-command.ts';
import { quotable } from '../../lib/app/config/fitted-weight.ts';
import type { MarketSignals } from '../../lib/app/signals/list-signals.ts';
import { kindLines, signalColumns } from '../../print/model/signal-text.ts';
import { textTable } from '../../print/text-table.ts';
import { configurationFlags, exchangeFlags } from '../../shared-flags.ts';

/** Order flow looks back ten seconds. */
const LOOK_MS = 11_000;

export default class SignalList extends KmmCommand<typeof SignalList> {
  static override summary = 'which signals there are, and what they say of markets now';
  static override description =
    `Without a name: what each is and from where on it calls a move. With markets, events or series: eleven seconds of their books,
and what they are read as. No signal moves a quote by itself; what a call was worth says kmm signal test.`;
  static override examples = ['<%= config.bin %> signal list', '<%= config.bin %> signal list KXBTC15M'];
  static override args = { names: Args.string({ multiple: true, description: 'markets, events or series' }) };
  static override flags = { ...exchangeFlags };

  async run(): Promise<object> {
    const { SIGNALS: signals } = await import('../../lib/app/signals/list-signals.ts');
    const names = this.args.names ?? [];
    const markets = names.length === 0 ? [] : await this.#read(names);
    const lines =
      names.length === 0 ? kindLines(this.layout) : textTable(signalColumns(this.glyphs), markets, this.layout);
    for (const line of lines) this.log(line);
    return this.toRecord({ type: 'signals', signals, markets });
  }

  async #read(names: readonly string[]): Promise<readonly MarketSignals[]> {
    const { listSignals } = await import('../../lib/app/signals/list-signals.ts');
    const configuration = await this.unlocked(quotable(await this.configuration(configurationFlags(this.flags))));
    const { env, parameters } = configuration;
    const exchange = await this.useExchange(configuration);
    try {
      const { externalSkewCents } = parameters;
      const onNote = (text: string) => this.note(text);
      const { link } = exchange;
      return await listSignals({ environment: env, link, names, forMs: LOOK_MS, externalSkewCents, onNote });
    } finally {
      await exchange.close();
    }
  }
}

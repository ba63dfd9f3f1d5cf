import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { priceText, probabilityText } from '../format.ts';
import { quotable } from '../lib/app/config/fitted-weight.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import type { QuotedMarket } from '../lib/app/markets/quote-once.ts';
import type { SideDecision } from '../lib/core/decide.ts';
import { type Centicontracts, formatPrice, formatSize, parseSize } from '../lib/core/units.ts';
import { configurationFlags, exchangeFlags, quoterFlags } from '../shared-flags.ts';

export default class Quote extends KmmCommand<typeof Quote> {
  static override summary = 'what would be quoted now, and why; places nothing';
  static override examples = [
    '<%= config.bin %> quote KXBTC15M',
    '<%= config.bin %> quote KXBTC15M --strategy as --inventory 20',
    '<%= config.bin %> quote KXBTC15M --fair fixed:0.55 --json',
  ];
  static override args = { ticker: Args.string({ required: true, description: 'market, event or series' }) };
  static override flags = {
    ...quoterFlags,
    inventory: Flags.string({ default: '0', helpValue: 'N', description: 'YES contracts held; negative for NO' }),
    ...exchangeFlags,
  };

  async run(): Promise<object> {
    const { quoteOnce } = await import('../lib/app/markets/quote-once.ts');
    const inventory = this.#inventory();
    const configuration = await this.unlocked(quotable(await this.configuration(configurationFlags(this.flags))));
    const exchange = await this.useExchange(configuration);
    try {
      const quoted = await quoteOnce({ configuration, link: exchange.link, names: [this.args.ticker], inventory });
      for (const one of quoted) this.#print(one);
      return this.toRecord({
        type: 'quote',
        strategy: configuration.parameters.strategy,
        markets: quoted.map(recordOf),
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

  #print({ market, decision }: QuotedMarket): void {
    const { fair, quote, gate, bid, ask } = decision;
    this.log(market.ticker);
    if (fair !== undefined) {
      const error = `${this.glyphs.plusMinus}${(100 * fair.standardError).toFixed(1)}`;
      this.log(
        `  fair ${probabilityText(fair.probability, this.glyphs)} ${error} ${this.glyphs.cent} (${fair.source})`,
      );
    }
    for (const text of fair?.reasons ?? []) this.log(`    ${text}`);
    if (gate !== undefined) this.log(`  no quote: ${gate.name}, ${gate.reason}`);
    if (quote === undefined) return;
    const state = quote.state === undefined ? '' : `, regime ${quote.state}`;
    this.log(`  reservation ${probabilityText(quote.reservation, this.glyphs)} ${this.glyphs.cent}${state}`);
    const { externalSkewCents: skew = 0 } = quote.numbers;
    if (skew !== 0)
      this.log(`    ${skew > 0 ? '+' : ''}${skew} ${this.glyphs.cent} of it is your own view, skew_cents`);
    this.log(`  ${this.#side('bid', bid)}`);
    this.log(`  ${this.#side('ask', ask)}`);
    this.log(
      `  ${Object.entries(quote.numbers)
        .map(([name, value]) => `${name} ${figure(value)}`)
        .join(', ')}`,
    );
  }

  #side(name: string, { quote, shown, reason }: SideDecision): string {
    const raw = quote === undefined ? this.glyphs.dash : (quote.raw / 100).toFixed(2);
    if (shown === undefined) return `${name} none: ${reason} (raw ${raw})`;
    const edge = ((quote?.edgeDollars ?? 0) * 100).toFixed(2);
    const fee = ((quote?.feeDollars ?? 0) * 100).toFixed(2);
    const price = priceText(shown.price, this.glyphs);
    return `${name} ${price} ${this.glyphs.cent} x ${formatSize(shown.size)}: raw ${raw}, fee ${fee}, expected ${edge} ${this.glyphs.cent} a contract if filled`;
  }
}

function recordOf({ market, decision }: QuotedMarket) {
  const { gate, fair, quote, bid, ask } = decision;
  return {
    ticker: market.ticker,
    gate: gate ?? null,
    fair:
      fair === undefined
        ? null
        : {
            ...{ probability: fair.probability, standardError: fair.standardError, source: fair.source },
            reasons: fair.reasons ?? [],
          },
    reservation: quote?.reservation ?? null,
    state: quote?.state ?? null,
    numbers: quote?.numbers ?? {},
    bid: sideOf(bid),
    ask: sideOf(ask),
  };
}

function sideOf({ quote, shown, reason }: SideDecision) {
  return {
    price: shown === undefined ? null : formatPrice(shown.price),
    size: shown === undefined ? null : formatSize(shown.size),
    rawCents: quote === undefined ? null : quote.raw / 100,
    feeDollars: quote?.feeDollars ?? null,
    expectedDollars: quote?.edgeDollars ?? null,
    reason,
  };
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

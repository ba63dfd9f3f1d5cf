import { setTimeout as sleep } from 'node:timers/promises';
import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { bookLines } from '../book-text.ts';
import { clockText } from '../format.ts';
import { KmmError } from '../lib/app/errors.ts';
import type { BookSight, BookWatch } from '../lib/app/watch-book.ts';
import type { Level } from '../lib/core/events.ts';
import { formatPrice, formatSize } from '../lib/core/units.ts';
import { configurationFlags, exchangeFlags } from '../shared-flags.ts';

/** A person reads no faster. */
const REDRAW_MS = 250;
const LOOK_MS = 20;
/** A book that has not come by then does not come. */
const ONCE_MS = 15_000;

export default class Book extends KmmCommand<typeof Book> {
  static override summary = 'watch the order book of a market, or of a series as it rolls';
  static override description =
    'In sim it looks at the exchange of the running kmm run; without one it starts an embedded exchange for itself.';
  static override examples = [
    '<%= config.bin %> book KXBTC15M',
    '<%= config.bin %> book KXBTC15M --once',
    '<%= config.bin %> book KXBTC15M --json',
  ];
  static override args = { ticker: Args.string({ required: true, description: 'market, event or series' }) };
  static override flags = {
    once: Flags.boolean({ description: 'print one book of each market and end' }),
    depth: Flags.integer({ default: 10, min: 1, max: 100, description: 'levels per side' }),
    ...exchangeFlags,
  };

  readonly #printed = new Set<string>();
  readonly #drawnAt = new Map<string, number>();
  #finish: () => void = () => {};

  async run(): Promise<undefined> {
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    process.once('SIGINT', this.#finish).once('SIGTERM', this.#finish);
    const { useExchange } = await import('../lib/app/use-exchange.ts');
    const { watchBooks } = await import('../lib/app/watch-book.ts');
    const access = await this.unlocked(await this.access(configurationFlags(this.flags)));
    const exchange = await useExchange(access);
    if (exchange.kind === 'private') this.note('no kmm run here: this is an embedded exchange of its own');
    try {
      const watch = await watchBooks({
        ...{ environment: access.env, link: exchange.link, names: [this.args.ticker] },
        onNote: (text) => this.note(text),
        onLink: (isUp, reason) => isUp || this.note(`disconnected: ${reason ?? 'closed'}; reconnecting`),
        onBook: (sight) => this.#show(sight),
      });
      try {
        await (this.flags.once ? Promise.race([finished, this.#untilPrinted(watch)]) : finished);
      } finally {
        await watch.stop();
      }
    } finally {
      await exchange.close();
    }
  }

  #show(sight: BookSight): void {
    const { ticker } = sight.market;
    if (!this.flags.once) {
      if (this.jsonEnabled()) this.#print(sight);
      else this.#redraw(sight);
    } else if (sight.book.isValid && !this.#printed.has(ticker)) {
      this.#printed.add(ticker);
      this.#print(sight);
    }
  }

  /** Books come one by one; a market may also open or close while they do. */
  async #untilPrinted(watch: BookWatch): Promise<void> {
    const giveUpAt = performance.now() + ONCE_MS;
    for (;;) {
      const open = watch.open();
      if (open.length > 0 && open.every((ticker) => this.#printed.has(ticker))) return;
      if (performance.now() > giveUpAt) {
        const late = open.find((ticker) => !this.#printed.has(ticker)) ?? this.args.ticker;
        throw new KmmError('KMM_UNREACHABLE', `no book of ${late} came within ${ONCE_MS / 1_000} s`);
      }
      await sleep(LOOK_MS);
    }
  }

  #redraw(sight: BookSight): void {
    const now = performance.now();
    const { ticker } = sight.market;
    if (now - (this.#drawnAt.get(ticker) ?? Number.NEGATIVE_INFINITY) < REDRAW_MS) return;
    this.#drawnAt.set(ticker, now);
    // On a terminal each book overwrites the one before; in a pipe they follow one another.
    if (process.stdout.isTTY === true) process.stdout.write('\u001b[H\u001b[2J');
    this.#print(sight);
  }

  #print({ market, book, at, seq }: BookSight): void {
    const bids = book.levels('bid', this.flags.depth);
    const asks = book.levels('ask', this.flags.depth);
    const { ticker } = market;
    if (this.jsonEnabled()) {
      this.printRecord({
        type: 'book',
        ticker,
        at: new Date(at).toISOString(),
        seq,
        isValid: book.isValid,
        bids: bids.map(pair),
        asks: asks.map(pair),
      });
      return;
    }
    this.log(`${ticker}  ${clockText(at)}  seq ${seq}${book.isValid ? '' : '  NOT VALID: waiting for a snapshot'}`);
    for (const line of bookLines(bids, asks, this.glyphs)) this.log(line);
  }
}

function pair({ price, size }: Level): readonly [string, string] {
  return [formatPrice(price), formatSize(size)];
}

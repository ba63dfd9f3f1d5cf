import { setTimeout as sleep } from 'node:timers/promises';
import { Args, Flags } from '@oclif/core';
import { KmmCommand } from '../base-command.ts';
import { KmmError } from '../lib/app/errors/errors.ts';
import { ONLY_LOOKED } from '../lib/app/exchange/unreachable.ts';
import type { BookWatch } from '../lib/app/markets/watch-book.ts';
import {
  type BookDisplay,
  type DisplayOptions,
  JsonDisplay,
  PipeDisplay,
  ScreenDisplay,
} from '../print/market/book-display.ts';
import { configurationFlags, exchangeFlags, plainFlag, utcFlag } from '../shared-flags.ts';

/** A person reads no faster. */
const REDRAW_MS = 250;
/** A table that follows on in a pipe. */
const PIPED_TABLE_MS = 1_000;
const LOOK_MS = 20;
/** A book that has not come by then does not come. */
const ONCE_MS = 15_000;

export default class Book extends KmmCommand<typeof Book> {
  static override summary = 'watch the order books of markets, of events, or of series as they roll';
  static override description =
    `In sim it looks at the exchange of the running kmm run, else at a kmm sim serve, else at an embedded exchange of its own.
With --top the columns leave a narrow terminal in this order: age, microprice, last, mid, sizes, spread, close, state.
A side that is empty, crossed or not to be believed is a dash. --json prints a line a change (docs/json.md).`;
  static override examples = [
    '<%= config.bin %> book KXBTC15M',
    '<%= config.bin %> book KXBTC15M KXBTCD KXHIGHNY --top --trades',
    '<%= config.bin %> book KXBTC15M --side no --once',
    '<%= config.bin %> book KXBTC15M --json',
  ];
  static override args = {
    tickers: Args.string({ required: true, multiple: true, description: 'markets, events or series' }),
  };
  static override flags = {
    top: Flags.boolean({ description: 'one row per market instead of its ladder' }),
    trades: Flags.boolean({ description: 'public prints as they come' }),
    side: Flags.option({
      options: ['yes', 'no'] as const,
      default: 'yes' as const,
      description: 'prices of this outcome',
    })(),
    once: Flags.boolean({ description: 'print one book of each market and end', exclusive: ['trades'] }),
    depth: Flags.integer({ default: 10, min: 1, max: 100, description: 'levels per side' }),
    ...plainFlag,
    ...utcFlag,
    ...exchangeFlags,
  };

  async run(): Promise<undefined> {
    const finished = new Promise<void>((resolve) => {
      process.once('SIGINT', resolve).once('SIGTERM', resolve).once('SIGHUP', resolve);
    });
    const { watchBooks } = await import('../lib/app/markets/watch-book.ts');
    const access = await this.unlocked(await this.access(configurationFlags(this.flags)));
    const exchange = await this.useExchange(access, this.args.tickers);
    const { top, trades, once } = this.flags;
    let display: BookDisplay | undefined;
    const note = (text: string) => (display === undefined ? this.note(text) : display.note(text));
    let isDown = false;
    const onLink = (isUp: boolean, reason = 'closed'): void => {
      if (!isUp) note(`disconnected: ${reason}; reconnecting`);
      else if (isDown) note('connected again');
      isDown = !isUp;
    };
    try {
      const watch = await watchBooks({
        ...{ environment: access.env, link: exchange.link, names: this.args.tickers, isTicker: top, isTrades: trades },
        onNote: note,
        onLink,
        onBook: (sight) => display?.onBook(sight),
        onTrade: (trade) => display?.onTrade(trade),
      });
      try {
        if (once) await Promise.race([finished, this.#printOnce(watch)]);
        else {
          display = this.#display();
          for (const sight of watch.sights()) if (sight.book.isValid) display.onBook(sight);
          await this.#showUntil(finished, watch, display);
        }
      } finally {
        display?.end();
        await watch.stop();
      }
    } finally {
      await exchange.close();
    }
  }

  #display(): BookDisplay {
    const { top: isTop, side: outcome, depth, plain: isPlain, once } = this.flags;
    const layout = () => this.layout;
    const options: DisplayOptions = { isTop, isPlain, outcome, depth, zone: this.zone, signs: this.glyphs, layout };
    const note = (text: string) => this.note(text);
    if (this.jsonEnabled()) return new JsonDisplay(options, (record) => this.printRecord(record), note);
    const isScreen = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !once && !isPlain;
    if (isScreen) return new ScreenDisplay(options, process.stdout);
    return new PipeDisplay(options, (text) => this.log(text), note);
  }

  async #showUntil(finished: Promise<void>, watch: BookWatch, display: BookDisplay): Promise<void> {
    const isTable = this.flags.top && process.stdout.isTTY !== true;
    const timer = setInterval(() => display.draw(watch.sights(), watch.now()), isTable ? PIPED_TABLE_MS : REDRAW_MS);
    try {
      await finished;
    } finally {
      clearInterval(timer);
    }
  }

  /** Books come one by one; a market may also open or close while they do. */
  async #printOnce(watch: BookWatch): Promise<void> {
    const giveUpAt = performance.now() + ONCE_MS;
    for (;;) {
      const sights = watch.sights();
      const late = sights.find(({ book }) => !book.isValid);
      if (sights.length > 0 && late === undefined) {
        const display = this.#display();
        for (const sight of sights) display.onBook(sight);
        return display.draw(sights, watch.now());
      }
      if (performance.now() > giveUpAt) {
        const name = late?.market.ticker ?? this.args.tickers.join(', ');
        throw new KmmError('KMM_UNREACHABLE', `no book of ${name} came within ${ONCE_MS / 1_000} s`, ONLY_LOOKED);
      }
      await sleep(LOOK_MS);
    }
  }
}

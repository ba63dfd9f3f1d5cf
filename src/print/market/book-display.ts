/**
 * Where `kmm book` shows what it sees: NDJSON, a terminal that is drawn over, or a pipe of text. All take books and prints
 * as they come; `draw` is called every little while, and is where people's displays do their work.
 */

import { clockText } from '../../format.ts';
import { topRow } from '../../lib/app/markets/book-top.ts';
import type { BookSight } from '../../lib/app/markets/watch-book.ts';
import type { Trade } from '../../lib/core/events.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import { LiveScreen, type Terminal } from '../operator/live-screen.ts';
import { plainLine, type TextLayout, textTable } from '../text-table.ts';
import { bookRecord, topRecord, tradeRecord } from './book-record.ts';
import { type BookTextOptions, ladderLines, topColumns, tradeLine } from './book-text.ts';

export interface BookDisplay {
  onBook(sight: BookSight): void;
  onTrade(trade: Trade): void;
  note(text: string): void;
  /** Every market that trades now. */
  draw(sights: readonly BookSight[], now: EpochMs): void;
  end(): void;
}

export interface DisplayOptions extends BookTextOptions {
  /** One row a market instead of its ladder. */
  readonly isTop: boolean;
  readonly isPlain: boolean;
  /** Asked for each time: a window changes. */
  readonly layout: () => TextLayout;
}

/** Each change of a book, or of a top when only tops are asked for. */
export class JsonDisplay implements BookDisplay {
  readonly #options: DisplayOptions;
  readonly #print: (record: { readonly type: string }) => void;
  readonly note: (text: string) => void;
  readonly #tops = new Map<string, string>();

  constructor(
    options: DisplayOptions,
    print: (record: { readonly type: string }) => void,
    note: (text: string) => void,
  ) {
    this.#options = options;
    this.#print = print;
    this.note = note;
  }

  onBook(sight: BookSight): void {
    const { outcome, depth, isTop } = this.#options;
    if (isTop) this.#onTop(sight);
    else this.#print(bookRecord(sight, outcome, depth));
  }

  #onTop(sight: BookSight): void {
    const record = topRecord(sight, this.#options.outcome);
    const { at: _at, seq: _seq, ...top } = record;
    const text = JSON.stringify(top);
    if (this.#tops.get(record.ticker) === text) return;
    this.#tops.set(record.ticker, text);
    this.#print(record);
  }

  onTrade(trade: Trade): void {
    this.#print(tradeRecord(trade, this.#options.outcome));
  }

  draw(): void {}
  end(): void {}
}

/** Text that follows on: what has changed since it was last drawn; the table of tops whole. */
export class PipeDisplay implements BookDisplay {
  readonly #options: DisplayOptions;
  readonly #log: (text: string) => void;
  readonly note: (text: string) => void;
  readonly #changed = new Set<string>();

  constructor(options: DisplayOptions, log: (text: string) => void, note: (text: string) => void) {
    this.#options = options;
    this.#log = log;
    this.note = note;
  }

  onBook({ market }: BookSight): void {
    this.#changed.add(market.ticker);
  }

  onTrade(trade: Trade): void {
    this.#log(tradeLine(trade, this.#options));
  }

  draw(sights: readonly BookSight[], now: EpochMs): void {
    if (this.#changed.size === 0) return;
    const { isTop } = this.#options;
    const changed = isTop ? sights : sights.filter(({ market }) => this.#changed.has(market.ticker));
    this.#changed.clear();
    for (const line of linesOf(changed, now, this.#options)) this.#log(line);
  }

  end(): void {}
}

const TRADES_SHOWN = 8;

/** The whole of it, drawn over. */
export class ScreenDisplay implements BookDisplay {
  readonly #options: DisplayOptions;
  readonly #screen: LiveScreen;
  #trades: readonly string[] = [];
  #note = '';
  #last: { readonly sights: readonly BookSight[]; readonly now: EpochMs } | undefined;

  constructor(options: DisplayOptions, terminal: Terminal) {
    this.#options = options;
    this.#screen = new LiveScreen(terminal, () => this.#last && this.draw(this.#last.sights, this.#last.now));
  }

  onBook(): void {}

  onTrade(trade: Trade): void {
    this.#trades = [...this.#trades.slice(1 - TRADES_SHOWN), tradeLine(trade, this.#options)];
  }

  note(text: string): void {
    this.#note = text;
  }

  draw(sights: readonly BookSight[], now: EpochMs): void {
    this.#last = { sights, now };
    const { zone, outcome } = this.#options;
    const view = outcome === 'no' ? '  prices of NO' : '';
    const nobody = ['no market is open now; the next one is waited for'];
    const head = `${clockText(now, zone)}  ${sights.length} market${sights.length === 1 ? '' : 's'}${view}  ^C ends`;
    const lines = sights.length === 0 ? nobody : linesOf(sights, now, this.#options);
    this.#screen.draw([`${head}  ${this.#note}`.trimEnd(), ...lines], this.#trades);
  }

  end(): void {
    this.#screen.close();
  }
}

function linesOf(sights: readonly BookSight[], now: EpochMs, options: DisplayOptions): readonly string[] {
  if (!options.isTop) return sights.flatMap((sight) => ladderLines(sight, options));
  const rows = sights.map((sight) => topRow(sight, options.outcome));
  const columns = topColumns(options, now);
  return options.isPlain ? rows.map((row) => plainLine(columns, row)) : textTable(columns, rows, options.layout());
}

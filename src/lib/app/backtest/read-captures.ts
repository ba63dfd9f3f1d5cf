/**
 * Captures of books over REST, a line each, hours or minutes apart: whole books of one market (`weather_books`), or the tops
 * of a ladder without sizes (`kxbtc_hourly_ladders`). Each is a snapshot that is believed for a minute and then lost: they
 * serve to hold a fair value against what came of it, and hardly for fills.
 */
import type { Level } from '../../core/events.ts';
import type { Market, Strike } from '../../core/market.ts';
import { type Centicontracts, complement, epochMs, parsePrice, parseSize } from '../../core/units.ts';
import { RECORD } from '../../sim/backtest/data.ts';
import { type Row, rowOf } from '../../sim/backtest/rows.ts';
import { termsOfSeries } from '../../sim/series.ts';
import { linesOf } from '../recording/recorded-lines.ts';
import type { MarketOutcome } from '../sim/outcomes.ts';
import type { FileRows, MarketRows } from './intake.ts';

/** How long a capture is believed. */
const BELIEVED_MS = 60_000;
/** A top without a size is taken as so many contracts. */
const SIZE_UNKNOWN = 1_000 as Centicontracts;

interface Capture {
  readonly captured_at?: string;
  readonly close_time?: string;
  readonly ticker?: string;
  readonly raw_orderbook?: { readonly yes_dollars?: RawLevels; readonly no_dollars?: RawLevels };
  readonly current?: {
    readonly event_ticker?: string;
    readonly close_time?: string;
    readonly outcomes?: readonly LadderTop[];
  };
  readonly previous_settlement?: { readonly results?: Readonly<Record<string, string>> };
  readonly strike_type?: string | null;
  readonly floor_strike?: number | null;
  readonly cap_strike?: number | null;
}
type RawLevels = readonly (readonly [string, string])[] | null;
type LadderTop = Pick<Capture, 'ticker' | 'strike_type' | 'floor_strike' | 'cap_strike'> & {
  readonly yes_bid?: number;
  readonly yes_ask?: number;
};

/** Is this the first line of a file of captures? */
export function isCaptureLine(line: string): boolean {
  return line.includes('"captured_at"') && (line.includes('"raw_orderbook"') || line.includes('"outcomes"'));
}

/** Throws KMM_RECORDING_BAD. */
export async function readCaptures(file: string): Promise<FileRows> {
  const intake = new CaptureIntake(file);
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      if ('damage' in line) intake.bad(line.number, line.damage);
      else intake.line(line.number, line.bytes.toString());
    }
  }
  return intake.finish();
}

class CaptureIntake {
  readonly #file: string;
  readonly #books = new Map<string, CapturedBook[]>();
  readonly #definitions = new Map<string, Market>();
  readonly #results = new Map<string, 'yes' | 'no'>();
  #captures = 0;
  #bad = 0;
  #firstBad = '';
  #isWithoutSizes = false;

  constructor(file: string) {
    this.#file = file;
  }

  bad(number: number, reason: string): void {
    this.#bad += 1;
    this.#firstBad ||= `line ${number}: ${reason}`;
  }

  line(number: number, text: string): void {
    let capture: Capture;
    try {
      capture = JSON.parse(text);
    } catch {
      this.bad(number, 'not JSON, or cut off');
      return;
    }
    const at = Date.parse(capture.captured_at ?? '');
    if (Number.isNaN(at)) {
      this.bad(number, 'it does not say when it was captured');
      return;
    }
    this.#captures += 1;
    for (const [ticker, result] of Object.entries(capture.previous_settlement?.results ?? {})) {
      if (result === 'yes' || result === 'no') this.#results.set(ticker, result);
    }
    if (capture.raw_orderbook !== undefined) this.#book(capture, at, number);
    else this.#ladder(capture, at, number);
  }

  finish(): FileRows {
    const outcomes = new Map<string, MarketOutcome>();
    for (const [ticker, { closeAt, strike }] of this.#definitions) {
      const result = this.#results.get(ticker);
      outcomes.set(ticker, {
        closeAt,
        ...(strike !== undefined && { strike }),
        ...(result !== undefined && { result }),
      });
    }
    const file = this.#file;
    const markets = new Map<string, MarketRows>();
    for (const [ticker, captures] of this.#books) {
      markets.set(ticker, { ticker, file, rows: rowsOf(captures), tickers: [], hasPrints: false, isCaptured: true });
    }
    const sizes = SIZE_UNKNOWN / 100;
    return {
      ...{ markets, references: [], definitions: this.#definitions, outcomes, gaps: [] },
      frames: this.#captures,
      notes: this.#bad > 0 ? [`${file}: ${this.#bad} lines could not be read, the first: ${this.#firstBad}`] : [],
      assumptions: [
        `captures of ${file} are believed for ${BELIEVED_MS / 1_000} s each; between them nothing is known`,
        ...(this.#isWithoutSizes ? [`${file} has no sizes: each top is taken as ${sizes} contracts`] : []),
      ],
    };
  }

  #book(capture: Capture, at: number, number: number): void {
    const bids = levelsOf(capture.raw_orderbook?.yes_dollars, false);
    const asks = levelsOf(capture.raw_orderbook?.no_dollars, true);
    const { ticker, close_time: close } = capture;
    if (ticker === undefined || bids === undefined || asks === undefined) {
      this.bad(number, 'no ticker, or a level that is no price and size');
      return;
    }
    this.#snapshot({ ...capture, ticker }, close, at, number, bids, asks);
  }

  #ladder({ current }: Capture, at: number, number: number): void {
    this.#isWithoutSizes = true;
    for (const top of current?.outcomes ?? []) {
      const { ticker } = top;
      if (ticker === undefined) continue;
      const [bid, ask] = [topPrice(top.yes_bid), topPrice(top.yes_ask)];
      if (bid === undefined || ask === undefined) {
        this.bad(number, `${ticker}: a price that is none`);
        continue;
      }
      this.#snapshot({ ...top, ticker }, current?.close_time, at, number, bid, ask);
    }
  }

  #snapshot(
    named: Pick<Capture, 'strike_type' | 'floor_strike' | 'cap_strike'> & { readonly ticker: string },
    close: string | undefined,
    at: number,
    number: number,
    bids: readonly Level[],
    asks: readonly Level[],
  ): void {
    const { ticker } = named;
    const closeAt = Date.parse(close ?? '');
    if (Number.isNaN(closeAt)) {
      this.bad(number, `${ticker}: no close time`);
      return;
    }
    if (!this.#definitions.has(ticker)) this.#definitions.set(ticker, definitionOf(named, at, closeAt));
    const captures = this.#books.get(ticker) ?? [];
    captures.push({ at, bids, asks });
    this.#books.set(ticker, captures);
  }
}

interface CapturedBook {
  readonly at: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Files of captures are not always in order of time; one that comes within the minute takes the place of the one before. */
function rowsOf(captures: readonly CapturedBook[]): Row[] {
  const sorted = captures.toSorted((a, b) => a.at - b.at);
  return sorted.flatMap(({ at, bids, asks }, index) => {
    const snapshot = rowOf(RECORD.snapshot, at, 0, { snapshot: { bids, asks } });
    const isReplaced = (sorted[index + 1]?.at ?? Infinity) <= at + BELIEVED_MS;
    return isReplaced ? [snapshot] : [snapshot, rowOf(RECORD.lost, at + BELIEVED_MS, 0)];
  });
}

function definitionOf(
  named: Pick<Capture, 'strike_type' | 'floor_strike' | 'cap_strike'> & { readonly ticker: string },
  at: number,
  closeAt: number,
): Market {
  const { ticker } = named;
  const strike = strikeOf(named);
  return {
    ...{ ticker, eventTicker: ticker.split('-').slice(0, 2).join('-'), ...termsOfSeries(ticker), status: 'active' },
    ...{ openAt: epochMs(at), closeAt: epochMs(closeAt) },
    ...(strike !== undefined && { strike }),
  };
}

const STRIKE_TYPES = ['greater', 'greater_or_equal', 'less', 'less_or_equal', 'between'] as const;

function strikeOf(named: Pick<Capture, 'strike_type' | 'floor_strike' | 'cap_strike'>): Strike | undefined {
  const type = STRIKE_TYPES.find((known) => known === named.strike_type);
  if (type === undefined) return undefined;
  const { floor_strike: floor, cap_strike: cap } = named;
  return { type, ...(typeof floor === 'number' && { floor }), ...(typeof cap === 'number' && { cap }) };
}

/** Undefined: a level that is none. */
function levelsOf(raw: RawLevels | undefined, isNo: boolean): Level[] | undefined {
  const levels: Level[] = [];
  for (const [priceText, sizeText] of raw ?? []) {
    const [price, size] = [parsePrice(priceText), parseSize(sizeText)];
    if (price === undefined || size === undefined || size < 0) return undefined;
    levels.push({ price: isNo ? complement(price) : price, size });
  }
  return levels;
}

/** 0 and 1 say that nobody is there. */
function topPrice(dollars: number | undefined): Level[] | undefined {
  if (dollars === undefined || dollars <= 0 || dollars >= 1) return [];
  const price = parsePrice(dollars.toFixed(4));
  return price === undefined ? undefined : [{ price, size: SIZE_UNKNOWN }];
}

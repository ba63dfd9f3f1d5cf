/**
 * The top of each market's book over time, from either form of recording: frames (snapshots and deltas, from which the book
 * is rebuilt), or a table of ticker rows (`ts_ms`, `market_ticker`, `yes_bid_dollars`, …). In exchange time.
 */
import { Book } from '../../core/book/book.ts';
import { doubledMid, type Top, type TopLevels, topOf, weightedMid } from '../../core/book/signals.ts';
import { type Centicents, type Centicontracts, PRICE_ONE, parsePrice, parseSize } from '../../core/units.ts';
import { RECORD } from '../../sim/backtest/data.ts';
import type { Row } from '../../sim/backtest/rows.ts';
import { readFrames } from '../backtest/read-frames.ts';
import { KmmError } from '../errors/errors.ts';
import { linesOf } from '../recording/recorded-lines.ts';
import type { MarketOutcome } from '../sim/outcomes.ts';

/** What stood at a moment; without prices nothing may be believed from there on. */
export interface TopAt {
  readonly at: number;
  readonly prices: MarketPrices | undefined;
  /** Absent where one side is empty, or the file tells no sizes. */
  readonly top?: Top;
}

/** Chances that the market's own prices say. */
export interface MarketPrices {
  readonly mid: number;
  /** Weighted by the sizes at the top; the mid where one side is empty. */
  readonly micro: number;
}

export interface Tops {
  /** In order of time. */
  readonly byMarket: ReadonlyMap<string, readonly TopAt[]>;
  /** What the file itself says of its markets. */
  readonly outcomes: ReadonlyMap<string, MarketOutcome>;
  readonly records: number;
  readonly notes: readonly string[];
}

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*. */
export async function readTops(file: string): Promise<Tops> {
  const header = await firstLine(file);
  if (header !== undefined && TICKER_COLUMNS.every((name) => header.split(',').includes(name))) return fromTable(file);
  const { markets, outcomes, frames, notes } = await readFrames(file);
  if (markets.size === 0) throw new KmmError('KMM_RECORDING_BAD', `${file} holds no market data`);
  const byMarket = new Map([...markets].map(([ticker, { rows }]) => [ticker, topsOf(rows)]));
  return { byMarket, outcomes, records: frames, notes };
}

const TICKER_COLUMNS = ['ts_ms', 'market_ticker', 'yes_bid_dollars', 'yes_ask_dollars'] as const;
const SIZE_COLUMNS = ['yes_bid_size_fp', 'yes_ask_size_fp'] as const;
/** The book at every change would be millions of rows: one a quarter of a second is as fine as anybody asks. */
const GRAIN_MS = 250;

/** A tape begins with bytes that are no text, and names no columns. */
async function firstLine(file: string): Promise<string | undefined> {
  for await (const lines of linesOf(file)) {
    const first = lines[0];
    if (first !== undefined) return 'damage' in first ? undefined : first.bytes.toString('latin1');
  }
  return undefined;
}

async function fromTable(file: string): Promise<Tops> {
  const byMarket = new Map<string, TopAt[]>();
  let [records, bad] = [0, 0];
  let firstBad = '';
  let columns: readonly string[] | undefined;
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      const cells = 'damage' in line ? [] : line.bytes.toString().split(',');
      if (columns === undefined) {
        columns = cells;
        continue;
      }
      const row = 'damage' in line ? line.damage : tickerRow(columns, cells);
      if (typeof row === 'string') {
        bad += 1;
        firstBad ||= `line ${line.number}: ${row}`;
        continue;
      }
      records += 1;
      const known = byMarket.get(row.ticker);
      if (known === undefined) byMarket.set(row.ticker, [row]);
      else known.push(row);
    }
  }
  for (const tops of byMarket.values()) tops.sort((a, b) => a.at - b.at);
  const notes = bad > 0 ? [`${file}: ${bad} lines could not be read, the first: ${firstBad}`] : [];
  return { byMarket, outcomes: new Map(), records, notes };
}

function tickerRow(
  columns: readonly string[],
  cells: readonly string[],
): (TopAt & { readonly ticker: string }) | string {
  const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
  const at = Number(cell('ts_ms'));
  const ticker = cell('market_ticker');
  const [bid, ask] = [parsePrice(cell('yes_bid_dollars')), parsePrice(cell('yes_ask_dollars'))];
  if (!(at > 0) || ticker === '' || bid === undefined || ask === undefined) return 'no time, market or price';
  // Without sizes both sides are alike, and the weighted mid is the mid.
  const [bidSize, askSize] = SIZE_COLUMNS.map((name) =>
    columns.includes(name) ? parseSize(cell(name)) : (1 as Centicontracts),
  );
  if (bidSize === undefined || askSize === undefined) return 'a size that is none';
  const bids = bid > 0 && bidSize > 0 ? [{ price: bid, size: bidSize }] : [];
  const asks = ask < PRICE_ONE && askSize > 0 ? [{ price: ask, size: askSize }] : [];
  const hasSizes = SIZE_COLUMNS.every((name) => columns.includes(name));
  return { ticker, at, prices: pricesOf({ bids, asks }), ...(hasSizes && topIn({ bids, asks })) };
}

function topsOf(rows: readonly Row[]): readonly TopAt[] {
  const book = new Book();
  const tops: TopAt[] = [];
  for (const [index, row] of rows.entries()) {
    if (row.snapshot !== undefined) book.snapshot(row.snapshot.bids, row.snapshot.asks);
    else if (row.kind === RECORD.lost) book.invalidate('gap');
    else if (row.kind === RECORD.delta) {
      book.delta(row.side === 0 ? 'bid' : 'ask', row.price as Centicents, row.size as Centicontracts);
    } else continue;
    const next = rows[index + 1]?.at ?? Infinity;
    const isLast = row.kind === RECORD.lost || Math.floor(next / GRAIN_MS) > Math.floor(row.at / GRAIN_MS);
    if (isLast) tops.push({ at: row.at, ...seenIn(book) });
  }
  return tops;
}

function seenIn(book: Book): Omit<TopAt, 'at'> {
  if (!book.isValid) return { prices: undefined };
  const levels = { bids: book.levels('bid', 1), asks: book.levels('ask', 1) };
  return { prices: pricesOf(levels), ...topIn(levels) };
}

function topIn(levels: TopLevels): Pick<TopAt, 'top'> {
  const found = topOf(levels);
  return found.kind === 'top' ? { top: found.top } : {};
}

/** Near the end of a market that is as good as decided, one side is empty: then it counts as standing at the payout. */
const EMPTY_SIDE_MAX = 0.1;

function pricesOf(levels: TopLevels): MarketPrices | undefined {
  const found = topOf(levels);
  if (found.kind === 'top') {
    return { mid: doubledMid(found.top) / (2 * PRICE_ONE), micro: weightedMid(found.top) / PRICE_ONE };
  }
  const [bid, ask] = [levels.bids[0]?.price, levels.asks[0]?.price];
  if (bid !== undefined && ask !== undefined) return undefined;
  const [low, high] = [(bid ?? 0) / PRICE_ONE, (ask ?? PRICE_ONE) / PRICE_ONE];
  if (high - low > EMPTY_SIDE_MAX) return undefined;
  return { mid: (low + high) / 2, micro: (low + high) / 2 };
}

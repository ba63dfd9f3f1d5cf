/**
 * The candles of one market that are over, packed into numbers: a world keeps those of hundreds of markets, and as objects
 * they would be most of what it remembers. The newest CANDLES_KEPT, oldest first; they come out as they went in.
 */
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../core/units.ts';
import type { Candle, CandleTrades, PriceSpan } from './candles.ts';
import { CANDLES_KEPT } from './exchange/bounds.ts';

/** end, open interest, price before; four of the bid, four of the ask; eight of the trades. */
const WIDTH = 19;
const BID = 3;
const ASK = 7;
const TRADES = 11;
/** Where there was no trade, and no price before. */
const ABSENT = Number.NaN;
const NO_TRADES: readonly number[] = Array(WIDTH - TRADES).fill(ABSENT);

const ROWS_AT_FIRST = 8;
/** Dropped in batches. */
const ROWS_MAX = CANDLES_KEPT * 1.25;

export class CandleRows {
  #numbers = new Float64Array(ROWS_AT_FIRST * WIDTH);
  #count = 0;

  add(candle: Candle): void {
    if (this.#count === ROWS_MAX) this.#dropOldest();
    if (this.#count * WIDTH === this.#numbers.length) this.#grow();
    this.#numbers.set(numbersOf(candle), this.#count * WIDTH);
    this.#count += 1;
  }

  list(): readonly Candle[] {
    const first = Math.max(0, this.#count - CANDLES_KEPT);
    return Array.from({ length: this.#count - first }, (_, index) => {
      const start = (first + index) * WIDTH;
      return candleOf(this.#numbers.subarray(start, start + WIDTH));
    });
  }

  #dropOldest(): void {
    this.#numbers.copyWithin(0, (this.#count - CANDLES_KEPT) * WIDTH);
    this.#count = CANDLES_KEPT;
  }

  #grow(): void {
    const rows = Math.min(ROWS_MAX, Math.ceil(this.#count * 1.5));
    const grown = new Float64Array(rows * WIDTH);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

function numbersOf({ endsAt, openInterest, previous, bid, ask, trades }: Candle): readonly number[] {
  return [endsAt, openInterest, previous ?? ABSENT, ...spanNumbers(bid), ...spanNumbers(ask), ...tradeNumbers(trades)];
}

function spanNumbers({ open, low, high, close }: PriceSpan): readonly number[] {
  return [open, low, high, close];
}

function tradeNumbers(trades: CandleTrades | undefined): readonly number[] {
  if (trades === undefined) return NO_TRADES;
  const { size, money, lowestClose, highestClose } = trades;
  return [...spanNumbers(trades), size, money, lowestClose, highestClose];
}

function candleOf(row: Float64Array): Candle {
  const [endsAt, openInterest, previous] = row as unknown as [EpochMs, Centicontracts, Centicents];
  const trades = tradesOf(row);
  return {
    endsAt,
    bid: spanAt(row, BID),
    ask: spanAt(row, ASK),
    openInterest,
    ...(trades !== undefined && { trades }),
    ...(!Number.isNaN(previous) && { previous }),
  };
}

function spanAt(row: Float64Array, start: number): PriceSpan {
  const [open, low, high, close] = row.subarray(start) as unknown as [Centicents, Centicents, Centicents, Centicents];
  return { open, low, high, close };
}

function tradesOf(row: Float64Array): CandleTrades | undefined {
  const [size, money, lowestClose, highestClose] = row.subarray(TRADES + 4) as unknown as [
    Centicontracts,
    Microdollars,
    Centicents,
    Centicents,
  ];
  if (Number.isNaN(size)) return undefined;
  return { ...spanAt(row, TRADES), size, money, lowestClose, highestClose };
}

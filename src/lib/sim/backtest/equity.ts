/** What the account is worth as it goes: cash by fills and payments, positions at what leaving them would bring. */
import type { EquityPoint } from '../../core/backtest/result.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
  signOf,
} from '../../core/units.ts';
import type { QueueBook } from './queue-book.ts';

interface Held {
  position: number;
  readonly book: QueueBook;
  /** What one YES is worth to who leaves: of the last known book, or the last price paid. */
  mark: number;
}

/** One at most in so long; thinned further when there are too many. */
const STEP_MS = 1_000;
const POINTS_MAX = 4_000;

export class Equity {
  #points: EquityPoint[] = [];
  #stepMs = STEP_MS;
  #nextAt = 0;
  readonly #capital: number;
  #cash: number;
  #peak: number;
  #drawdown = 0;
  #latest: EquityPoint | undefined;
  readonly #held = new Map<string, Held>();

  constructor(capital: number) {
    this.#capital = capital;
    this.#cash = capital;
    this.#peak = capital;
  }

  get drawdown(): Microdollars {
    return this.#drawdown as Microdollars;
  }

  /** Since the start, as of the last look. */
  get gained(): Microdollars {
    return ((this.#latest?.equity ?? this.#capital) - this.#capital) as Microdollars;
  }

  get points(): readonly EquityPoint[] {
    const latest = this.#latest;
    return latest === undefined || this.#points.at(-1) === latest ? this.#points : [...this.#points, latest];
  }

  fill(ticker: string, book: QueueBook, fill: FillCash): void {
    const held = this.#held.get(ticker) ?? { position: 0, book, mark: fill.price };
    this.#held.set(ticker, held);
    held.position += signOf(fill.side) * fill.size;
    this.#cash -= signOf(fill.side) * moneyOf(fill.price, fill.size) + fill.fee;
  }

  paid(ticker: string, value: Centicents): void {
    const held = this.#held.get(ticker);
    if (held === undefined) return;
    this.#cash += value * held.position;
    this.#held.delete(ticker);
  }

  position(ticker: string): Centicontracts {
    return (this.#held.get(ticker)?.position ?? 0) as Centicontracts;
  }

  /** What one YES of it is worth to who leaves now; undefined: never held, or paid. */
  mark(ticker: string): Centicents | undefined {
    const held = this.#held.get(ticker);
    return held && (markOf(held) as Centicents);
  }

  /** Call at each turn. */
  look(at: EpochMs): void {
    let equity = this.#cash;
    for (const held of this.#held.values()) if (held.position !== 0) equity += held.position * markOf(held);
    this.#peak = Math.max(this.#peak, equity);
    this.#drawdown = Math.max(this.#drawdown, this.#peak - equity);
    const point = { at, equity: equity as Microdollars, cash: this.#cash as Microdollars };
    this.#latest = point;
    if (at < this.#nextAt) return;
    this.#nextAt = at + this.#stepMs;
    this.#points.push(point);
    if (this.#points.length < POINTS_MAX) return;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
    this.#stepMs *= 2;
  }
}

interface FillCash {
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly fee: Microdollars;
}

function markOf(held: Held): number {
  const { book, position } = held;
  if (!book.isKnown) return held.mark;
  const [bid, ask] = [book.bids.best, book.asks.best];
  const isThere = position > 0 ? bid > PRICE_ZERO : ask < PRICE_ONE;
  if (isThere) held.mark = position > 0 ? bid : ask;
  return held.mark;
}

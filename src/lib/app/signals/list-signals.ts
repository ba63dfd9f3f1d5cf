/** `kmm signal list`: what the tops of live books are read as now. Order flow needs ten seconds of a book. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOK_SIGNALS, type Call, callOf, type SignalName, SignalReader } from '../../core/book/book-signals.ts';
import { type Top, topOf } from '../../core/book/signals.ts';
import type { EpochMs } from '../../core/units.ts';
import { type BookSight, type WatchBookOptions, watchBooks } from '../markets/watch-book.ts';

export interface MarketSignals {
  readonly ticker: string;
  /** Null: no book with two sides, or not long enough. */
  readonly values: Readonly<Record<SignalName, number | null>>;
  readonly calls: Readonly<Record<SignalName, Call>>;
  /** By hand (`external_skew_cents`), added to the reservation price. */
  readonly externalSkewCents: number;
}

export interface ListRequest extends Pick<WatchBookOptions, 'environment' | 'link' | 'names' | 'onNote'> {
  readonly forMs: number;
  readonly externalSkewCents: Readonly<Record<string, number>>;
}

export const SIGNAL_NAMES = Object.keys(BOOK_SIGNALS) as SignalName[];
export const SIGNALS = SIGNAL_NAMES.map((name) => ({ name, ...BOOK_SIGNALS[name] }));

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_KEY_*, KMM_UNREACHABLE. */
export async function listSignals({
  forMs,
  externalSkewCents,
  ...options
}: ListRequest): Promise<readonly MarketSignals[]> {
  const readers = new Map<string, Readonly<Record<SignalName, SignalReader>>>();
  const values = new Map<string, Partial<Record<SignalName, number | undefined>>>();
  const read = ({ market: { ticker }, book }: Pick<BookSight, 'market' | 'book'>, at: EpochMs): void => {
    const known = readers.get(ticker) ?? readersOf();
    readers.set(ticker, known);
    const top = book.isValid ? topIn(book) : undefined;
    values.set(
      ticker,
      valuesOf((name) => known[name].take(top, at)),
    );
  };
  const watch = await watchBooks({ ...options, onBook: (sight) => read(sight, sight.at), onLink: () => {} });
  try {
    await sleep(forMs);
    const now = watch.now();
    return watch.sights().map((sight): MarketSignals => {
      read(sight, now);
      const { ticker } = sight.market;
      const said = values.get(ticker) ?? {};
      return {
        ticker,
        values: valuesOf((name) => said[name] ?? null),
        calls: valuesOf((name) => {
          const value = said[name];
          return value === undefined ? 0 : callOf(BOOK_SIGNALS[name], value, BOOK_SIGNALS[name].threshold);
        }),
        externalSkewCents: externalSkewCents[ticker] ?? 0,
      };
    });
  } finally {
    await watch.stop();
  }
}

function readersOf(): Readonly<Record<SignalName, SignalReader>> {
  return valuesOf((name) => new SignalReader(name));
}

function valuesOf<Value>(of: (name: SignalName) => Value): Readonly<Record<SignalName, Value>> {
  return { imbalance: of('imbalance'), weighted_mid: of('weighted_mid'), order_flow: of('order_flow') };
}

function topIn(book: BookSight['book']): Top | undefined {
  const found = topOf({ bids: book.levels('bid', 1), asks: book.levels('ask', 1) });
  return found.kind === 'top' ? found.top : undefined;
}

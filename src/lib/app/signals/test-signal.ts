/** `kmm signal test`: a signal over recorded books, each market by itself. */
import { BOOK_SIGNALS, type SignalName } from '../../core/book/book-signals.ts';
import { type SignalScore, type SignalTest, scoreSignal } from '../../core/book/signal-score.ts';
import { KmmError } from '../errors/errors.ts';
import { readTops, type TopAt } from '../model/read-tops.ts';

export interface SignalTested extends SignalScore {
  /** Markets in the recordings, with or without a call. */
  readonly recorded: number;
  readonly notes: readonly string[];
}

export interface SignalTestRequest extends SignalTest {
  readonly files: readonly string[];
  /** Beginnings of tickers; empty: all. */
  readonly markets: readonly string[];
}

/** Throws KMM_MODEL_DATA, KMM_RECORDING_BAD, KMM_TAPE_*. */
export async function testSignal({ files, markets, ...test }: SignalTestRequest): Promise<SignalTested> {
  const byMarket = new Map<string, TopAt[]>();
  const notes: string[] = [];
  for (const file of files) {
    const tops = await readTops(file);
    notes.push(...tops.notes);
    for (const [ticker, seen] of tops.byMarket) {
      if (markets.length > 0 && !markets.some((begin) => ticker.startsWith(begin))) continue;
      byMarket.set(ticker, [...(byMarket.get(ticker) ?? []), ...seen]);
    }
  }
  const all = [...byMarket.values()].map((tops) => tops.sort((a, b) => a.at - b.at));
  if (!all.some((tops) => tops.some(({ top }) => top !== undefined))) {
    throw new KmmError('KMM_MODEL_DATA', 'the recordings hold no book with two sides and sizes');
  }
  return { ...scoreSignal(all, test), recorded: all.length, notes };
}

/** A signal by its name, and from where on it calls: its own threshold, or another above where it says nothing. Throws KMM_USAGE. */
export function signalOf(name: string, given: string | undefined): Pick<SignalTest, 'name' | 'threshold'> {
  if (!Object.hasOwn(BOOK_SIGNALS, name)) {
    throw new KmmError('KMM_USAGE', `there is no signal ${name}`, { next: ['kmm signal list'] });
  }
  const kind = BOOK_SIGNALS[name as SignalName];
  const threshold = given === undefined ? kind.threshold : Number(given);
  if (!(threshold > kind.neutral && threshold < Infinity)) {
    throw new KmmError('KMM_USAGE', `--threshold ${given} is not above ${kind.neutral}, where ${name} says nothing`);
  }
  return { name: name as SignalName, threshold };
}

/** `kmm arb scan`: one look at the live books of some markets, and the sure profits among them. Sends nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type FamilyFound, familiesOf, lookAt, type QuotedMarket } from '../../core/arb/opportunities.ts';
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { ONLY_LOOKED } from '../exchange/unreachable.ts';
import { type BookSight, type BookWatch, type WatchBookOptions, watchBooks } from '../markets/watch-book.ts';

export interface ArbScan {
  readonly at: EpochMs;
  readonly markets: number;
  /** Markets whose book was not to be believed, and that were left out. */
  readonly leftOut: readonly string[];
  /** Age of the oldest book when they were looked at, ms. */
  readonly oldestMs: number;
  readonly families: readonly FamilyFound[];
}

export interface ScanOptions extends Pick<WatchBookOptions, 'environment' | 'link' | 'names' | 'onNote'> {
  readonly balanceStep: Microdollars;
  /** Until all books have come; what has not is left out. */
  readonly waitMs: number;
}

const LOOK_MS = 20;
/** Levels of a side that are added up. */
const DEPTH = 20;

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_KEY_*, KMM_UNREACHABLE. */
export async function scanForProfit({ balanceStep, waitMs, ...options }: ScanOptions): Promise<ArbScan> {
  const watch = await watchBooks({ ...options, onBook: () => {}, onLink: () => {} });
  try {
    await allCome(watch, waitMs);
    const sights = watch.sights();
    const [good, bad] = [sights.filter(isGood), sights.filter((sight) => !isGood(sight))];
    if (good.length === 0) {
      throw new KmmError('KMM_UNREACHABLE', `no book of ${options.names.join(', ')} came in time`, ONLY_LOOKED);
    }
    const at = watch.now();
    const quoted = good.map(
      ({ market, book }): QuotedMarket => ({
        market,
        bids: book.levels('bid', DEPTH),
        asks: book.levels('ask', DEPTH),
      }),
    );
    return {
      ...{ at, markets: good.length, leftOut: bad.map(({ market }) => market.ticker) },
      oldestMs: Math.max(...good.map((sight) => at - sight.at)),
      families: familiesOf(quoted).map((family) => lookAt(family, balanceStep, at)),
    };
  } finally {
    await watch.stop();
  }
}

function isGood({ book }: BookSight): boolean {
  return book.isValid;
}

/** A book is crossed for a moment while one match arrives in pieces; one that stays so is looked at as it is. */
async function allCome(watch: BookWatch, waitMs: number): Promise<void> {
  const until = performance.now() + waitMs;
  while (performance.now() < until) {
    const sights = watch.sights();
    if (sights.length > 0 && sights.every(({ book }) => book.isValid && !book.isCrossed)) return;
    await sleep(LOOK_MS);
  }
}

/**
 * The books of the markets that are worth a look: what no filter has refused before, the best first, as many as may be read
 * at once. What stays without one says so (`no_book`) and is not taken.
 */
import type { RestBook } from '../../adapters/kalshi/market-schema.ts';
import type { Result } from '../../adapters/kalshi/result.ts';
import type { TopLevels } from '../../core/book/signals.ts';
import { fairValue, sourceOf } from '../../core/fair-value/fair-value.ts';
import type { Parameters } from '../../core/parameters.ts';
import { refusalsBeforeBook } from '../../core/selection/refusals.ts';
import { scoresOf } from '../../core/selection/score.ts';
import type { Candidate, SelectionRules } from '../../core/selection/types.ts';
import type { EpochMs } from '../../core/units.ts';

export interface BookReading {
  readonly books: (tickers: readonly string[]) => Promise<Result<ReadonlyMap<string, RestBook>>>;
  readonly rules: SelectionRules;
  readonly sources: Pick<Parameters, 'fair' | 'fairBySeries'>;
  /** Books that are read at most. */
  readonly booksMax: number;
  readonly now: EpochMs;
}

export interface WithBooks {
  readonly candidates: readonly Candidate[];
  /** Why the books could not be read. */
  readonly failed?: Extract<Result<unknown>, { ok: false }>['error'];
}

/** Candidates that have their levels already keep them. */
export async function withBooks(candidates: readonly Candidate[], reading: BookReading): Promise<WithBooks> {
  const { rules, now, booksMax, books } = reading;
  const worth = (one: Candidate) => scoresOf(one, rules, now).making?.score ?? 0;
  const wanted = candidates
    .filter((one) => one.levels === undefined && refusalsBeforeBook(one, rules, now).length === 0)
    .sort((a, b) => worth(b) - worth(a))
    .slice(0, booksMax)
    .map(({ market }) => market.ticker);
  if (wanted.length === 0) return { candidates };
  const answer = await books(wanted);
  if (!answer.ok) return { candidates, failed: answer.error };
  const read = candidates.map((one) => {
    const book = answer.value.get(one.market.ticker);
    return book === undefined ? one : withBook(one, bestFirst(book), reading);
  });
  return { candidates: read };
}

/** With the top and the fair value that this book gives. */
function withBook(one: Candidate, levels: TopLevels, { sources, now }: BookReading): Candidate {
  const { bid: _bid, ask: _ask, ...rest } = one;
  const [bid, ask] = [levels.bids[0]?.price, levels.asks[0]?.price];
  const others = { kind: 'levels', levels } as const;
  const fair = fairValue(sourceOf(sources, one.market), { others, at: now, market: one.market });
  return {
    ...rest,
    levels,
    ...(bid !== undefined && { bid }),
    ...(ask !== undefined && { ask }),
    ...(fair.kind === 'value' && { fair: fair.value }),
  };
}

function bestFirst({ bids, asks }: RestBook): TopLevels {
  const sorted = [...bids].sort((a, b) => b.price - a.price);
  return { bids: sorted, asks: [...asks].sort((a, b) => a.price - b.price) };
}

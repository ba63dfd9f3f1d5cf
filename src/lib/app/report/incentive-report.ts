/**
 * Incentive programmes of the markets we quote: what they ask, what we showed, and what our share would be worth if every
 * snapshot of the period looked like the book does now. An estimate, and said to be: the exchange alone counts.
 */

import type { RestBook } from '../../adapters/kalshi/market-schema.ts';
import { openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { type ScoredLevel, type SnapshotScore, snapshotScore } from '../../core/quoting/liquidity-score.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
} from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { kmmError } from '../errors/errors.ts';
import type { Reading } from '../exchange/reading.ts';
import { notRead } from '../exchange/unreachable.ts';
import type { Period } from './period.ts';
import { type QuoteFigures, quotingOf } from './quoting.ts';
import { accountOf, withSources } from './report-account.ts';

export interface IncentiveRow {
  readonly id: string;
  readonly ticker: string;
  readonly type: string;
  readonly description: string;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  /** Null: not stated. */
  readonly reward: Microdollars | null;
  readonly targetSize: Centicontracts | null;
  readonly discountBasisPoints: number | null;
  /** How we quoted it; null: not sampled in the window. */
  readonly quoted: Pick<QuoteFigures, 'twoSided' | 'spread' | 'samples'> | null;
  /** By the book of now and our orders in it; null: no liquidity programme, or the book could not be read. */
  readonly score: SnapshotScore | null;
  /** share × time quoted on both sides × reward, and one contract more at both best prices. */
  readonly expected: Microdollars | null;
  readonly marginal: Microdollars | null;
}

const ROWS_MAX = 1_000;
const BOOKS_MAX = 100;

export type OwnLevels = readonly {
  readonly ticker: string;
  readonly side: 'bid' | 'ask';
  readonly price: Centicents;
  readonly size: Centicontracts;
}[];

/** How the markets of an account were quoted in a period; none where nothing ran. Throws KMM_DB_*, KMM_REPORT_ACCOUNT. */
export async function weekOfQuotes(home: Home, period: Period, name?: string): Promise<readonly QuoteFigures[]> {
  return withSources(home, ({ rows }) => {
    const sessions = rows.sessions();
    if (sessions.length === 0) return [];
    return quotingOf(rows, accountOf(sessions, { name, from: period.from, to: period.to }), [], period).figures;
  });
}

/** Our orders that rest by the journal. Throws KMM_DB_*. */
export function ownLevels({ database, env }: Home, now: EpochMs): OwnLevels {
  const journal = openJournal({ path: database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    return journal.openOrders(now).map(({ ticker, side, price, remaining: size }) => ({ ticker, side, price, size }));
  } finally {
    journal.close();
  }
}

/** Throws KMM_UNREACHABLE and its like when the programmes cannot be read. */
export async function incentiveReport(
  reading: Pick<Reading, 'catalogue' | 'rest'>,
  figures: readonly QuoteFigures[],
  own: OwnLevels,
): Promise<{ readonly rows: readonly IncentiveRow[]; readonly isCut: boolean }> {
  const listed = await reading.catalogue.incentives('active', ROWS_MAX);
  if (!listed.ok) throw notRead('the incentive programmes cannot be read', listed.error);
  const programmes = listed.value.rows;
  const quotedOf = new Map(figures.map((one) => [one.ticker, one]));
  const ours = new Set([...quotedOf.keys(), ...own.map(({ ticker }) => ticker)]);
  const wanted = [...new Set(programmes.map(({ ticker }) => ticker))].filter((ticker) => ours.has(ticker));
  const books = wanted.length === 0 ? undefined : await reading.rest.orderbooks(wanted.slice(0, BOOKS_MAX));
  const rows = programmes.map((programme): IncentiveRow => {
    const { ticker, reward, targetSize, discountBasisPoints } = programme;
    const book = books?.ok === true ? books.value.get(ticker) : undefined;
    const terms = { target: targetSize ?? (0 as Centicontracts), factor: (discountBasisPoints ?? 0) / 10_000 };
    const isScored = programme.type === 'liquidity' && book !== undefined && terms.target > 0 && terms.factor > 0;
    const score = isScored
      ? scoreOf(
          book,
          own.filter((one) => one.ticker === ticker),
          terms,
        )
      : null;
    const quoted = quotedOf.get(ticker);
    const part = quoted === undefined || quoted.samples === 0 ? 1 : quoted.twoSided;
    const worth = (share: number) => (reward === undefined ? null : microdollars(Math.floor(reward * share * part)));
    return {
      ...{ id: programme.id, ticker, type: programme.type, description: programme.description },
      ...{ startsAt: programme.startsAt, endsAt: programme.endsAt, reward: reward ?? null },
      ...{ targetSize: targetSize ?? null, discountBasisPoints: discountBasisPoints ?? null },
      quoted: quoted ?? null,
      score,
      expected: score === null ? null : worth(score.share),
      marginal: score === null ? null : worth(score.marginal),
    };
  });
  const isOurs = ({ ticker }: IncentiveRow) => ours.has(ticker);
  const oursFirst = rows.toSorted((a, b) => Number(isOurs(b)) - Number(isOurs(a)) || (a.ticker < b.ticker ? -1 : 1));
  return { rows: oursFirst, isCut: listed.value.isCut };
}

function scoreOf(book: RestBook, own: OwnLevels, terms: { target: Centicontracts; factor: number }): SnapshotScore {
  const side = (name: 'bid' | 'ask'): ScoredLevel[] =>
    sorted(book, name).map(({ price, size }) => ({
      ...{ price, size },
      ours: own
        .filter((one) => one.side === name && one.price === price)
        .reduce((sum, one) => sum + one.size, 0) as Centicontracts,
    }));
  return snapshotScore(side('bid'), side('ask'), terms);
}

/** Best first: the exchange lists the best last. */
function sorted({ bids, asks }: RestBook, side: 'bid' | 'ask') {
  return side === 'bid' ? bids.toSorted((a, b) => b.price - a.price) : asks.toSorted((a, b) => a.price - b.price);
}

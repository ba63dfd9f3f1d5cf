/**
 * Recorded markets asked at fixed times before their close: what the market's own price said, what the models said, and what
 * came. A moment counts where book and spot are both fresh; how many are not is told, by reason.
 */
import type { AverageTerms } from '../../core/fair-value/average-market.ts';
import { averageToldBy, onIndex, ProxyBasis } from '../../core/fair-value/proxy-basis.ts';
import { WINDOW_PRINTS } from '../../core/fair-value/settlement-average.ts';
import { averageRivals } from '../../core/honesty/average-rivals.ts';
import type { Market } from '../../core/market.ts';
import { normalCdf } from '../../core/normal.ts';
import { type Reference, References } from '../../core/reference/references.ts';
import { epochMs } from '../../core/units.ts';
import { seriesFacts } from '../../sim/series.ts';
import { readReference } from '../backtest/read-reference.ts';
import { KmmError } from '../errors/errors.ts';
import { type MarketOutcome, readOutcomes } from '../sim/outcomes.ts';
import { fileDigest } from './file-digest.ts';
import { type MarketPrices, readTops, type TopAt } from './read-tops.ts';

export interface AskRequest {
  /** Recordings of frames, tapes, or tables of ticker rows. */
  readonly files: readonly string[];
  /** Trades of the underlying: `exchange_ts`, `price`. */
  readonly spot: string;
  readonly outcomes: string;
  /** Beginnings of tickers; empty: all. */
  readonly markets: readonly string[];
  /** Seconds before the close. */
  readonly horizons: readonly number[];
  /** An older book says nothing. */
  readonly bookAgeMsMax: number;
  readonly terms: AverageTerms;
  /** The spot is no index, but a proxy whose offset each strike tells anew; else the terms say what it is off by. */
  readonly isProxy: boolean;
}

export interface Chances extends MarketPrices {
  readonly naive: number;
  readonly average: number;
}

/** One market at one horizon. */
export interface Asked {
  readonly ticker: string;
  readonly closeAt: number;
  readonly seconds: number;
  readonly isTrue: boolean;
  readonly hasBook: boolean;
  /** Why the model priced nothing; absent: it did. */
  readonly refusal?: string;
  /** Absent: one of them is missing. */
  readonly chances?: Chances;
  /** Where the settlement came to lie in the model's forecast; absent where no value of it is known. */
  readonly share?: number;
}

export interface AskedRecordings {
  readonly series: string;
  /** With a strike and a result, in order of their close. */
  readonly markets: number;
  readonly asked: readonly Asked[];
  readonly sources: readonly { readonly file: string; readonly sha256: string; readonly records: number }[];
  readonly notes: readonly string[];
}

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD, KMM_MODEL_DATA. */
export async function askRecordings(request: AskRequest): Promise<AskedRecordings> {
  const { files, spot, outcomes: outcomesFile, horizons, terms } = request;
  const outcomes = readOutcomes(outcomesFile);
  const tops = new Map<string, TopAt[]>();
  const sources: { file: string; sha256: string; records: number }[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const read = await readTops(file);
    for (const [ticker, some] of read.byMarket) tops.set(ticker, [...(tops.get(ticker) ?? []), ...some]);
    for (const [ticker, said] of read.outcomes) outcomes.set(ticker, { ...said, ...outcomes.get(ticker) });
    notes.push(...read.notes);
    sources.push({ ...(await fileDigest(file)), records: read.records });
  }
  for (const some of tops.values()) some.sort((a, b) => a.at - b.at);
  const found = recordedMarkets(tops, outcomes, request.markets);
  const { series, index } = oneSeries(found.markets);
  const { rows, trades, notes: spotNotes } = await readReference(spot, index);
  sources.push({ ...(await fileDigest(spot)), records: trades });
  sources.push({ ...(await fileDigest(outcomesFile)), records: outcomes.size });
  const moments = found.markets
    .flatMap((one) => horizons.map((seconds) => ({ ...one, seconds, at: one.market.closeAt - seconds * 1_000 })))
    .sort((a, b) => a.at - b.at);
  const references = new References();
  const basis = new ProxyBasis();
  const strikes = strikesByOpen(found.markets);
  let heard = 0;
  const asked = moments.map(({ market, outcome, seconds, at }): Asked => {
    for (let row = rows[heard]; row !== undefined && row.at <= at; row = rows[heard]) {
      const { value, window } = row.reference ?? { value: Number.NaN };
      references.apply({
        ...{ type: 'reference_price', at: epochMs(row.at), index, value },
        ...(window !== undefined && { window }),
      });
      heard += 1;
      const strike = strikes.get(row.at);
      if (strike !== undefined && window?.endsAt === row.at && window.count === WINDOW_PRINTS) {
        basis.learn(strike - window.value, row.at);
      }
    }
    const { reference, proxySdDollars } = heardOf(references.get(index), basis, request);
    const prices = pricesBefore(tops.get(market.ticker) ?? [], at, request.bookAgeMsMax);
    const rivals = averageRivals({ market, reference, at: epochMs(at), terms: { ...terms, proxySdDollars } });
    const base = { ticker: market.ticker, closeAt: market.closeAt, seconds, isTrue: outcome.result === 'yes' };
    if (rivals.kind === 'refused') return { ...base, hasBook: prices !== undefined, refusal: rivals.code };
    const { average, naive, mean, sd } = rivals;
    const value = Number(outcome.expirationValue ?? Number.NaN);
    return {
      ...{ ...base, hasBook: prices !== undefined },
      ...(prices !== undefined && { chances: { ...prices, naive, average } }),
      ...(Number.isFinite(value) && sd > 0 && { share: normalCdf((value - mean) / sd) }),
    };
  });
  return { series, markets: found.markets.length, asked, sources, notes: [...notes, ...spotNotes, ...found.notes] };
}

function heardOf(reference: Reference | undefined, basis: ProxyBasis, { isProxy, terms }: AskRequest) {
  if (!isProxy || reference === undefined) return { reference, proxySdDollars: terms.proxySdDollars };
  return { reference: onIndex(reference, basis.value), proxySdDollars: basis.value.sd };
}

/** A strike of a quarter hour is the index's average at its open, and known from then on. */
function strikesByOpen(markets: readonly RecordedMarket[]): ReadonlyMap<number, number> {
  return new Map(
    markets.flatMap(({ market }): readonly (readonly [number, number])[] => {
      const told = averageToldBy(market);
      return told === undefined ? [] : [[told.endsAt, told.value]];
    }),
  );
}

interface RecordedMarket {
  readonly market: Market;
  readonly outcome: MarketOutcome;
}

function recordedMarkets(
  tops: ReadonlyMap<string, readonly TopAt[]>,
  outcomes: ReadonlyMap<string, MarketOutcome>,
  wanted: readonly string[],
): { readonly markets: readonly RecordedMarket[]; readonly notes: readonly string[] } {
  const isWanted = (ticker: string) => wanted.length === 0 || wanted.some((name) => ticker.startsWith(name));
  const tickers = [...tops.keys()].filter(isWanted);
  const markets = tickers.flatMap((ticker): readonly RecordedMarket[] => {
    const outcome = outcomes.get(ticker);
    if (outcome?.result === undefined || outcome.strike === undefined) return [];
    const { ticker: seriesTicker, title, grid, fees, shard, settles, isMutuallyExclusive } = seriesFacts(ticker);
    const { closeAt, strike } = outcome;
    const market: Market = {
      ...{ ticker, eventTicker: ticker, seriesTicker, title, shard, grid, fees, isMutuallyExclusive },
      ...{ status: 'active', openAt: epochMs(0), closeAt, strike, ...(settles !== undefined && { settles }) },
    };
    return [{ market, outcome }];
  });
  const without = tickers.length - markets.length;
  const notes = without > 0 ? [`${without} recorded markets have no strike or no result, and are left out`] : [];
  return { markets: markets.sort((a, b) => a.market.closeAt - b.market.closeAt), notes };
}

function oneSeries(markets: readonly RecordedMarket[]): { readonly series: string; readonly index: string } {
  const series = [...new Set(markets.map(({ market }) => market.seriesTicker))];
  const [only] = series;
  if (only === undefined) {
    throw new KmmError('KMM_MODEL_DATA', 'no market of these recordings has a strike and a result in --outcomes');
  }
  if (series.length > 1) {
    throw new KmmError('KMM_MODEL_DATA', `these files hold ${series.join(' and ')}: score one at a time`, {
      next: series.map((one) => `--market ${one}-`),
    });
  }
  const settles = markets[0]?.market.settles;
  if (settles?.kind === 'average') return { series: only, index: settles.index };
  throw new KmmError('KMM_MODEL_DATA', `${only} does not settle on an average: this scores models of the average`);
}

/** The last one by then, where it is young enough and a book with two sides. */
function pricesBefore(tops: readonly TopAt[], at: number, ageMsMax: number): MarketPrices | undefined {
  let [low, high] = [0, tops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  const last = tops[low - 1];
  return last !== undefined && at - last.at <= ageMsMax ? last.prices : undefined;
}

/**
 * What is known of a series when nobody states it: grid, fee terms, shard, category (kalshi/api.md 3.7, 4, 8.1, 9). Used
 * by the built-in markets and for recordings, whose frames carry none of it. A live market's own record always wins.
 */
import { LINEAR_CENT, type PriceGrid, TAPERED_DECI_CENT } from '../core/grid.ts';
import type { FeeTerms, Market } from '../core/market.ts';
import type { SettlementRule } from '../core/reference/settlement-rule.ts';

/** Series that a generated world runs when nobody says which. */
export const BUILT_IN_SERIES = ['KXBTC15M', 'KXBTCD', 'KXHIGHNY'] as const;
/** Series of an index, which a generated world runs when they are asked for, on the days on which New York trades. */
export const INDEX_SERIES = ['KXINXU', 'KXINX'] as const;
export type IndexSeries = (typeof INDEX_SERIES)[number];
export type BuiltInSeries = (typeof BUILT_IN_SERIES)[number] | IndexSeries;

export interface SeriesFacts {
  readonly ticker: string;
  readonly title: string;
  readonly category: string;
  readonly frequency: string;
  readonly grid: PriceGrid;
  readonly fees: FeeTerms;
  readonly shard: number;
  readonly settlementTimerSeconds: number;
  /** Its events pay exactly one of their markets. */
  readonly isMutuallyExclusive: boolean;
  /** What its markets settle on (kalshi/api.md 9.1, 9.2); absent where kmm has no formula for it. */
  readonly settles?: SettlementRule;
}

/** The series of a market, event or series ticker; one that is not in the table gets the exchange's usual terms. */
export function seriesFacts(ticker: string): SeriesFacts {
  const series = ticker.split('-', 1)[0] as string;
  const known = KNOWN.get(series) ?? (series.startsWith('KXHIGH') ? DAILY_HIGH : USUAL);
  return { ...USUAL, ...known, ticker: series, title: known.title ?? series };
}

/** What a market has from its series. */
export function termsOfSeries(
  ticker: string,
): Pick<Market, 'seriesTicker' | 'title' | 'shard' | 'grid' | 'fees' | 'isMutuallyExclusive' | 'settles'> {
  const { ticker: seriesTicker, title, shard, grid, fees, isMutuallyExclusive, settles } = seriesFacts(ticker);
  return { seriesTicker, title, shard, grid, fees, isMutuallyExclusive, ...(settles !== undefined && { settles }) };
}

const QUADRATIC: FeeTerms = { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } };

/** Shard 0 holds everything that is not assigned to another. */
const USUAL: Omit<SeriesFacts, 'ticker' | 'title'> & { readonly title?: string } = {
  category: 'Other',
  frequency: 'custom',
  grid: LINEAR_CENT,
  fees: QUADRATIC,
  shard: 0,
  settlementTimerSeconds: 60,
  isMutuallyExclusive: false,
};

type Difference = Partial<typeof USUAL>;

const QUARTER_HOUR: Difference = { frequency: 'fifteen_min', settlementTimerSeconds: 1, shard: 2 };
const BRTI: SettlementRule = { kind: 'average', index: 'BRTI', seconds: 60 };
const ETHEREUM: SettlementRule = { kind: 'average', index: 'ETHUSD_RTI', seconds: 60 };
const CRYPTO_15M: Difference = { ...QUARTER_HOUR, category: 'Crypto', grid: TAPERED_DECI_CENT };
const CRYPTO_HOURLY: Difference = { frequency: 'hourly', category: 'Crypto', shard: 2, settles: BRTI };
const INDEX: Difference = {
  ...{ category: 'Financials', frequency: 'daily', settlementTimerSeconds: 120 },
  settles: { kind: 'level', index: 'SPX' },
};
const CENTRAL_PARK: SettlementRule = {
  ...{ kind: 'reported', figure: 'highest temperature', place: 'Central Park, New York' },
  source: "National Weather Service's Climatological Report (Daily)",
};
const DAILY_HIGH: Difference = { category: 'Climate and Weather', frequency: 'daily', isMutuallyExclusive: true };

const KNOWN: ReadonlyMap<string, Difference> = new Map([
  ['KXBTC15M', { ...CRYPTO_15M, settles: BRTI, title: 'Bitcoin price up in next 15 minutes' }],
  ['KXETH15M', { ...CRYPTO_15M, settles: ETHEREUM, title: 'Ethereum price up in next 15 minutes' }],
  ['KXGOLD15M', { ...QUARTER_HOUR, category: 'Commodities', title: 'Gold price up in next 15 minutes' }],
  ['KXBTC', { ...CRYPTO_HOURLY, isMutuallyExclusive: true, title: 'Bitcoin price range' }],
  ['KXBTCD', { ...CRYPTO_HOURLY, title: 'Bitcoin price above' }],
  ['KXINX', { ...INDEX, isMutuallyExclusive: true, title: 'S&P 500 range' }],
  ['KXINXU', { ...INDEX, frequency: 'hourly', title: 'S&P 500 above' }],
  ['KXHIGHNY', { ...DAILY_HIGH, settles: CENTRAL_PARK, title: 'Highest temperature in New York City' }],
]);

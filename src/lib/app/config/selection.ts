/** The table `[selection]`: what `kmm markets rank` ranks by, and how `kmm run --auto` follows it (D-1, A-SEL). */
import { z } from 'zod';
import type { Parameters } from '../../core/parameters.ts';
import type { SeatRules } from '../../core/selection/seats.ts';
import type { EntryTerms, SelectionRules } from '../../core/selection/types.ts';
import type { Centicents, Microdollars } from '../../core/units.ts';
import { choice, decimal, real, words } from './config-leaves.ts';

export interface SelectionSettings {
  readonly rules: SelectionRules;
  /** Of `run --auto`; absent: everything that is named is quoted. */
  readonly auto?: SeatRules;
}

const dollars = (max: number) => decimal<Microdollars>({ unit: 'dollars', decimals: 6, min: 0, max });
const count = (min: number, max: number) => decimal({ unit: 'markets', decimals: 0, min, max });
const hours = (max: number) => real({ unit: 'hours', min: 0, max });

const terms = () => ({
  volume_day_dollars_min: dollars(10_000_000),
  liquidity_dollars_min: dollars(10_000_000),
  hours_min: hours(168),
  hours_max: hours(8_784),
  spread_cents_min: decimal<Centicents>({ unit: 'cents', decimals: 2, min: 0, max: 50 }),
});

export function selectionSchema(seriesName: () => z.ZodType<string, string>) {
  const { volume_day_dollars_min, liquidity_dollars_min, hours_min, hours_max, spread_cents_min } = terms();
  return z.strictObject({
    auto_markets_max: count(0, 50),
    markets_max: count(1, 50),
    series_markets_max: count(1, 50),
    rank_by: choice(['making', 'informed']),
    stay_seconds: decimal({ unit: 'seconds', decimals: 0, min: 0, max: 86_400 }),
    worse_percent: real({ unit: 'per cent', min: 0, max: 1_000 }),
    ...terms(),
    avoid_categories: words(),
    avoid_series: words(),
    avoid_words: words(),
    avoid_days_max: real({ unit: 'days', min: 0, max: 3_660 }),
    series: z.record(
      seriesName(),
      z.strictObject({
        volume_day_dollars_min: volume_day_dollars_min.optional(),
        liquidity_dollars_min: liquidity_dollars_min.optional(),
        hours_min: hours_min.optional(),
        hours_max: hours_max.optional(),
        spread_cents_min: spread_cents_min.optional(),
      }),
    ),
  });
}

type SelectionValues = z.output<ReturnType<typeof selectionSchema>>;
type TermValues = SelectionValues['series'][string];

/** Windows of minutes and hours, in which a day's volume and half an hour to the close say nothing. */
const SHORT = { liquidity_dollars_min: 100 } as const;

/** Has terms of its own in sim alone. */
const SIM_SERIES = 'KXHIGHNY';

/** D-1's numbers; the series are those with a clock of their own that kmm knows. */
export const SELECTION_PRESET = {
  auto_markets_max: 0,
  markets_max: 10,
  series_markets_max: 2,
  rank_by: 'making',
  stay_seconds: 600,
  worse_percent: 25,
  volume_day_dollars_min: 1_000,
  liquidity_dollars_min: 5_000,
  hours_min: 0.5,
  hours_max: 168,
  spread_cents_min: 2,
  avoid_categories: ['Politics', 'Elections', 'World', 'Mentions'],
  avoid_series: [],
  avoid_words: ['mention', 'mentions', 'say', 'says', 'tweet', 'tweets', 'approval', 'breaking'],
  avoid_days_max: 92,
  series: {
    KXBTC15M: SHORT,
    KXETH15M: SHORT,
    KXGOLD15M: SHORT,
    KXBTC: SHORT,
    KXBTCD: SHORT,
    KXINX: SHORT,
    KXINXU: SHORT,
    KXNASDAQ100: SHORT,
    KXNASDAQ100U: SHORT,
    // The simulated weather is as thin as its few minutes of trading; demo and prod do without this (config-layers.ts).
    [SIM_SERIES]: { hours_min: 0.5, hours_max: 48, spread_cents_min: 1 },
  },
} as const;

/** Of demo and prod: there the weather is asked for what every market is asked for. */
export function presetBesideSim() {
  const { [SIM_SERIES]: _thin, ...series } = SELECTION_PRESET.series;
  return { ...SELECTION_PRESET, series };
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const FOREVER_HOURS = 87_840;

/** `parameters`: how fast fills thin out with distance, and what a fill costs, are those that quotes are made with. */
export function selectionOf(
  values: SelectionValues,
  { strategy, quoter }: Pick<Parameters, 'strategy' | 'quoter'>,
): SelectionSettings {
  const { auto_markets_max: seats, series_markets_max: seriesMarketsMax } = values;
  const rules: SelectionRules = {
    general: termsOf(values),
    bySeries: Object.fromEntries(Object.entries(values.series).map(([series, said]) => [series, termsOf(said)])),
    avoid: {
      categories: values.avoid_categories,
      series: values.avoid_series,
      words: values.avoid_words,
      closeMsMax: values.avoid_days_max * DAY_HOURS * HOUR_MS,
    },
    ...{ marketsMax: values.markets_max, seriesMarketsMax, by: values.rank_by },
    decayPerCent: decayOf({ strategy, quoter }),
    adverseCents: quoter.cara.adverseDollars * 100,
  };
  const { stay_seconds, worse_percent } = values;
  const auto: SeatRules = {
    ...{ seats, seriesMarketsMax, stayMs: stay_seconds * 1_000, worsePart: worse_percent / 100 },
  };
  return { rules, ...(seats > 0 && { auto }) };
}

function decayOf({ strategy, quoter }: Pick<Parameters, 'strategy' | 'quoter'>): number {
  switch (strategy) {
    case 'as':
      return quoter.as.kappaPerCent;
    case 'glft':
      return quoter.glft?.kPerCent ?? quoter.cara.kPerDollar / 100;
    case 'cara':
    case 'regime':
      return quoter.cara.kPerDollar / 100;
    default:
      return strategy satisfies never;
  }
}

/** What is not said asks for nothing. */
function termsOf(said: TermValues): EntryTerms {
  return {
    volumeMin: said.volume_day_dollars_min ?? (0 as Microdollars),
    liquidityMin: said.liquidity_dollars_min ?? (0 as Microdollars),
    closeMsMin: (said.hours_min ?? 0) * HOUR_MS,
    closeMsMax: (said.hours_max ?? FOREVER_HOURS) * HOUR_MS,
    spreadMin: said.spread_cents_min ?? (0 as Centicents),
  };
}

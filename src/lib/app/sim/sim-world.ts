/**
 * Builds the world of an embedded exchange: generated from a seed, or played from recordings. Cash of its account
 * included, so that every way of running it begins the same.
 */
import { tradingDay } from '../../core/clock/trading-calendar.ts';
import { type EpochMs, epochMs, microdollars } from '../../core/units.ts';
import { type ExchangeRules, SHARDS } from '../../sim/exchange/state.ts';
import { BUILT_IN_SERIES, type BuiltInSeries, INDEX_SERIES } from '../../sim/generated-flow.ts';
import { seriesFacts } from '../../sim/series.ts';
import type { Venue } from '../../sim/venue.ts';
import { generatedWorld, recordedWorld } from '../../sim/world.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError } from '../errors/errors.ts';
import { backgroundOf } from './background.ts';

export interface SimWorldOptions {
  readonly seed: string;
  /** Recordings or tapes whose books are the background; none: generated flow. */
  readonly background: readonly string[];
  /** A CSV of strikes, closes and results for the background's markets. */
  readonly outcomes?: string;
  /** Exchange time of a generated world's start; absent: a fixed one, so that virtual runs repeat. */
  readonly startAt?: EpochMs;
  /** Where the exchange's behaviour is not settled. */
  readonly rules?: Partial<ExchangeRules>;
  /** Of a generated world; absent: the built-in series, without those of an index. */
  readonly series?: readonly BuiltInSeries[];
  /** How busy a generated world is, 1 being the usual: whole weeks are played at less. */
  readonly pace?: number;
}

export interface SimWorld {
  readonly venue: Venue;
  readonly startAt: EpochMs;
  /** Last moment of a recording. */
  readonly endAt?: EpochMs;
  /** Series of a recording's markets; absent in a generated world, which has all the built-in ones. */
  readonly series?: readonly string[];
  readonly notes: readonly string[];
}

/** Cash of a new account: $10,000 on every shard. */
export const SIM_CASH = SHARDS.map((shard) => ({ shard, cash: microdollars(10_000_000_000) }));

/** The world is so old when somebody first looks at it: its books are full by then. */
const WARM_UP_MS = 60_000;

/** A Friday morning in New York, a little after a quarter hour began. */
const FIXED_START = epochMs(Date.UTC(2026, 10, 20, 15, 1, 0));

/** Throws KMM_RECORDING_BAD, KMM_TAPE_UNREADABLE, KMM_OUTCOMES_BAD. */
export async function openSimWorld(options: SimWorldOptions): Promise<SimWorld> {
  const { seed, background, outcomes, startAt = FIXED_START, rules = {}, series, pace = 1 } = options;
  if (background.length === 0) {
    const chosen = series === undefined ? {} : { series };
    const venue = generatedWorld({ seed, startAt: epochMs(startAt - WARM_UP_MS), rules, pace, ...chosen });
    venue.advanceTo(startAt);
    venue.drain();
    return { venue, startAt, notes: [] };
  }
  const { events, markets, firstAt, lastAt, notes } = await backgroundOf(background, outcomes);
  const venue = recordedWorld({ seed, startAt: firstAt, events, markets, rules });
  const closes = markets.filter((market) => market.result !== undefined).map((market) => market.closeAt);
  const recorded = [...new Set(markets.map(({ ticker }) => ticker.split('-', 1)[0] as string))];
  return { venue, startAt: firstAt, endAt: epochMs(Math.max(lastAt, ...closes)), series: recorded, notes };
}

/** Series of an index are there when they are asked for: nobody else's world changes by them. */
export function seriesAskedFor(names: readonly string[]): Pick<SimWorldOptions, 'series'> {
  const asked = INDEX_SERIES.filter((series) => names.some((name) => seriesFacts(name).ticker === series));
  return asked.length === 0 ? {} : { series: [...BUILT_IN_SERIES, ...asked] };
}

/** What there is to say of index series that are asked for while New York does not trade; undefined: nothing. */
export function closedNote({ series = [] }: Pick<SimWorldOptions, 'series'>, at: EpochMs): string | undefined {
  const asked = INDEX_SERIES.filter((name) => series.includes(name));
  const day = tradingDay(at);
  const isTrading = day.kind === 'open' && at >= day.opensAt && at < day.closesAt;
  if (asked.length === 0 || isTrading) return undefined;
  return `New York does not trade now, and ${asked.join(', ')} has no market before it does; --from begins the world at another time`;
}

/** Those of a flag, in which nothing else may stand. Throws KMM_USAGE. */
export function seriesNamed(list: string | undefined): Pick<SimWorldOptions, 'series'> {
  const names = (list ?? '').split(',').flatMap((name) => name.trim() || []);
  const stranger = names.find((name) => !INDEX_SERIES.some((series) => series === name));
  if (stranger === undefined) return seriesAskedFor(names);
  throw new KmmError('KMM_USAGE', `--series ${stranger} is none of ${INDEX_SERIES.join(', ')}`);
}

/** What to quote when nobody said: the configured markets, or in a recording what there is. */
export function marketsIn(
  series: readonly string[] | undefined,
  { markets, entries }: Configuration,
): readonly string[] {
  const isChosen = entries.some(({ key, origin }) => key === 'markets.tickers' && origin.kind !== 'preset');
  return series === undefined || isChosen ? markets : series;
}

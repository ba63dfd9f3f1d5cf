/**
 * Builds the world of an embedded exchange: generated from a seed, or played from recordings. Cash of its account
 * included, so that every way of running it begins the same.
 */
import { type EpochMs, epochMs, microdollars } from '../../core/units.ts';
import { type ExchangeRules, SHARDS } from '../../sim/exchange/state.ts';
import type { BuiltInSeries } from '../../sim/series.ts';
import type { Venue } from '../../sim/venue.ts';
import { generatedWorld, recordedWorld } from '../../sim/world.ts';
import type { Configuration } from '../config/config.ts';
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

/** What to quote when nobody said: the configured markets, or in a recording what there is. */
export function marketsIn(
  series: readonly string[] | undefined,
  { markets, entries }: Configuration,
): readonly string[] {
  const isChosen = entries.some(({ key, origin }) => key === 'markets.tickers' && origin.kind !== 'preset');
  return series === undefined || isChosen ? markets : series;
}

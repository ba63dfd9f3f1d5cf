/** Messages about index values: the vendor's ticks with Kalshi's averages, and the same price under its Pyth name (kalshi/api.md 7.4). */
import { epochMs } from '../../core/units.ts';
import type { VenueFact } from '../../sim/venue.ts';

type Reference = Extract<VenueFact, { type: 'reference' }>;

const INDEX_DECIMALS = 2;
const AVERAGE_DECIMALS = 8;
const MINUTE_MS = 60_000;

/** What Pyth calls the thing whose index this is; undefined where it is not among its feeds here. */
export function underlyingOf(index: string): string | undefined {
  return UNDERLYINGS.get(index);
}

const UNDERLYINGS: ReadonlyMap<string, string> = new Map([
  ['BRTI', 'Crypto.BTC/USD'],
  ['ETHUSD_RTI', 'Crypto.ETH/USD'],
]);

/** The vendor's tick, once a second, with the trailing minute and, in a quarter hour's last minute, its average so far. */
export function indexMessage(fact: Reference): string {
  return JSON.stringify({
    index_id: fact.index,
    received_at: fact.at,
    data: vendorText(fact),
    avg_60s_data: averageObject(fact.average60 ?? emptyAverage(fact)),
    ...(fact.window === undefined ? {} : { last_60s_windowed_average_15min: averageObject(fact.window) }),
  });
}

export function indexTickMessage(fact: Reference): string {
  return JSON.stringify({
    index_id: fact.index,
    value_usd: fact.value.toFixed(AVERAGE_DECIMALS),
    source_ts_ms: fact.at,
    received_at: fact.at,
    data: vendorText(fact),
  });
}

export function pythMessage(fact: Reference, underlying: string): string {
  return JSON.stringify({
    underlying_ticker: underlying,
    value_usd: fact.value.toFixed(AVERAGE_DECIMALS),
    source_ts_ms: fact.at,
    received_at: fact.at,
  });
}

function vendorText(fact: Reference): string {
  return JSON.stringify({ type: 'value', id: fact.index, time: fact.at, value: fact.value.toFixed(INDEX_DECIMALS) });
}

function averageObject(average: NonNullable<Reference['average60']>) {
  return {
    value: average.value.toFixed(AVERAGE_DECIMALS),
    window_size: average.count,
    window_start_ts_ms: average.startsAt,
    window_end_ts_exclusive: average.endsAt,
  };
}

/** Without a tick before it in the minute, a tick stands for its own average. */
function emptyAverage({ value, at }: Reference): NonNullable<Reference['average60']> {
  return { value, count: 0, startsAt: epochMs(at - MINUTE_MS), endsAt: at };
}

/**
 * A span of time as callers mean it and as the exchange is asked for it. It filters by whole seconds and does not say
 * whether the ends belong to it (kalshi/openapi.yaml `min_ts`, `max_ts`), so more is asked for than is wanted.
 */
import type { EpochMs } from '../../core/units.ts';
import { present } from './present.ts';

/** since ≤ time < until, so that neighbouring periods share nothing. An end that is absent is open. */
export interface Period {
  readonly since?: EpochMs;
  readonly until?: EpochMs;
}

/** Everything of the period, and up to two seconds of its neighbours. */
export function periodFilters({ since, until }: Period): { min_ts?: number; max_ts?: number } {
  return present({
    min_ts: since === undefined ? undefined : Math.floor(since / MS) - 1,
    max_ts: until === undefined ? undefined : Math.ceil(until / MS) + 1,
  });
}

/** What carries no time cannot be ruled out. */
export function isWithin(at: EpochMs | undefined, { since, until }: Period): boolean {
  if (at === undefined) return true;
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

const MS = 1_000;

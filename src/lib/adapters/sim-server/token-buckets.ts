/**
 * The exchange's side of rate limits: per account one read bucket, one unscoped write bucket, and one per shard that
 * writes name (kalshi/api.md 5). A call that finds too few tokens takes none.
 */
import type { EpochMs } from '../../core/units.ts';
import type { Charge } from './route.ts';

/** Every account of the embedded exchange is of this tier: three seconds of refill, as seen live in October 2026. */
export const ADVANCED_TIER = { refillPerSecond: 300, capacity: 900 } as const;

const MS_PER_SECOND = 1_000;

export class TokenBuckets {
  /** Per bucket: when it would be full if nothing more were taken, in ms × tokens per second. */
  readonly #fullAt = new Map<string, number>();

  /** Whether the account could pay; `at` is exchange time and never goes back. */
  take(accountId: string, { bucket, cost, shard }: Charge, at: EpochMs): boolean {
    const name = `${accountId} ${bucket} ${shard ?? ''}`;
    const now = at * ADVANCED_TIER.refillPerSecond;
    const fullAt = Math.max(now, this.#fullAt.get(name) ?? now) + cost * MS_PER_SECOND;
    if (fullAt - now > ADVANCED_TIER.capacity * MS_PER_SECOND) return false;
    this.#fullAt.set(name, fullAt);
    return true;
  }
}

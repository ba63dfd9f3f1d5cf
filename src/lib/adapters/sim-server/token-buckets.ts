/**
 * The exchange's side of rate limits: per account one read bucket, one unscoped write bucket, and one per shard that
 * writes name (kalshi/api.md 5). A call that finds too few tokens takes none.
 */
import type { EpochMs } from '../../core/units.ts';
import type { Charge } from './route.ts';
import type { Tier } from './tiers.ts';

const MS_PER_SECOND = 1_000;

interface Bucket {
  /** Thousandths of a token, so that a refill per millisecond is exact. */
  readonly level: number;
  readonly at: EpochMs;
}

export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** Whether the account could pay; `at` is exchange time and never goes back. */
  take(accountId: string, tier: Tier, { bucket, cost, shard }: Charge, at: EpochMs): boolean {
    const name = `${accountId} ${bucket} ${shard ?? ''}`;
    const { refillPerSecond, capacity } = tier[bucket];
    const full = capacity * MS_PER_SECOND;
    const before = this.#buckets.get(name);
    const level = before === undefined ? full : Math.min(full, before.level + (at - before.at) * refillPerSecond);
    const left = level - cost * MS_PER_SECOND;
    if (left < 0) return false;
    this.#buckets.set(name, { level: left, at });
    return true;
  }
}

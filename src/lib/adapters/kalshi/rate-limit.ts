/**
 * Token buckets of one account: one for reads, one for writes on each shard. Pure: the time is an argument.
 *
 * Nothing is ever overspent, reads and writes do not share, and what increases exposure must leave the cancel reserve
 * behind; cancels may use everything. A write that names shard 1 or above is billed to that shard's bucket; shard 0,
 * batches and account-wide calls to the unscoped one, which is shard 0 here (kalshi/api.md 5).
 */
import type { EpochMs } from '../../core/units.ts';

/** Whole tokens, as `/account/limits` states them. */
export interface BucketSize {
  readonly capacity: number;
  readonly refillPerSecond: number;
}
export interface AccountLimits {
  readonly tier: string;
  readonly read: BucketSize;
  readonly write: BucketSize;
}

/** The smallest tier there is: what is counted on until the account has been asked (kalshi/api.md 5). */
export const BASIC_TIER: AccountLimits = {
  tier: 'basic',
  read: { capacity: 200, refillPerSecond: 200 },
  write: { capacity: 100, refillPerSecond: 100 },
};

/** `read`, or the shard of a write. */
export type Lane = 'read' | number;

/** Account-wide and batched writes are billed here. */
export const UNSCOPED = 0;

export class RateLimiter {
  #limits: AccountLimits;
  readonly #buckets = new Map<Lane, TokenBucket>();

  constructor(limits: AccountLimits) {
    this.#limits = limits;
  }

  /** New limits apply at once; tokens already spent stay spent. */
  resize(limits: AccountLimits, at: EpochMs): void {
    this.#limits = limits;
    for (const [lane, bucket] of this.#buckets) bucket.resize(this.#sizeOf(lane), at);
  }

  /** Takes `cost` tokens if at least `keep` remain after it. */
  take(lane: Lane, cost: number, at: EpochMs, keep = 0): boolean {
    return this.#bucket(lane, at).take(cost, keep, at);
  }

  /** Milliseconds until `cost` tokens are there; 0 now, Infinity when the bucket can never hold them. */
  waitMs(lane: Lane, cost: number, at: EpochMs): number {
    return this.#bucket(lane, at).waitMs(cost, at);
  }

  /** A 429 says that the bucket is emptier than we thought: count it as empty. */
  drain(lane: Lane, at: EpochMs): void {
    this.#bucket(lane, at).drain(at);
  }

  /** Whole tokens in the bucket now. */
  available(lane: Lane, at: EpochMs): number {
    return this.#bucket(lane, at).available(at);
  }

  /** What is left of each bucket that was used, 0…1. */
  levels(at: EpochMs): { readonly lane: Lane; readonly left: number }[] {
    return [...this.#buckets].map(([lane, bucket]) => {
      const { capacity } = this.#sizeOf(lane);
      return { lane, left: capacity > 0 ? bucket.available(at) / capacity : 0 };
    });
  }

  #bucket(lane: Lane, at: EpochMs): TokenBucket {
    let bucket = this.#buckets.get(lane);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#sizeOf(lane), at);
      this.#buckets.set(lane, bucket);
    }
    return bucket;
  }

  #sizeOf(lane: Lane): BucketSize {
    return lane === 'read' ? this.#limits.read : this.#limits.write;
  }
}

/** Counts thousandths of a token: tokens per second × milliseconds is a whole number of them. */
const UNIT = 1_000;

/** Starts full. Time that runs backwards refills nothing. */
class TokenBucket {
  #size: BucketSize;
  #level: number;
  #asOf: EpochMs;

  constructor(size: BucketSize, at: EpochMs) {
    this.#size = size;
    this.#level = size.capacity * UNIT;
    this.#asOf = at;
  }

  take(cost: number, keep: number, at: EpochMs): boolean {
    this.#refill(at);
    if (this.#level < (cost + keep) * UNIT) return false;
    this.#level -= cost * UNIT;
    return true;
  }

  waitMs(cost: number, at: EpochMs): number {
    this.#refill(at);
    const missing = cost * UNIT - this.#level;
    if (missing <= 0) return 0;
    if (cost > this.#size.capacity || this.#size.refillPerSecond <= 0) return Number.POSITIVE_INFINITY;
    return Math.ceil(missing / this.#size.refillPerSecond);
  }

  available(at: EpochMs): number {
    this.#refill(at);
    return Math.floor(this.#level / UNIT);
  }

  drain(at: EpochMs): void {
    this.#refill(at);
    this.#level = 0;
  }

  resize(size: BucketSize, at: EpochMs): void {
    this.#refill(at);
    const spent = this.#size.capacity * UNIT - this.#level;
    this.#size = size;
    this.#level = Math.max(0, size.capacity * UNIT - spent);
  }

  #refill(at: EpochMs): void {
    if (at <= this.#asOf) return;
    const refill = (at - this.#asOf) * this.#size.refillPerSecond;
    this.#level = Math.min(this.#size.capacity * UNIT, this.#level + refill);
    this.#asOf = at;
  }
}

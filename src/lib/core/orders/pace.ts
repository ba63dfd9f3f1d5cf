/**
 * How much went out in the last minute and since midnight in New York: creates and amends, the contracts they asked for,
 * and whether anything filled meanwhile. A loop that replaces a thousand times without a fill is a fault, not a strategy
 * (reliability.md F40). Held against the limits in the engine, and once more at the last hop before the wire.
 */
import { easternDay } from '../eastern.ts';
import type { HandChange } from '../hand/hand-rules.ts';
import type { Intent } from '../intents.ts';
import type { RiskLimits } from '../parameters.ts';
import type { LimitName } from '../risk/limits.ts';
import { type Centicontracts, type EpochMs, NO_SIZE } from '../units.ts';
import { type Order, remainingOf } from './order.ts';

const WINDOW_MS = 60_000;

export type SendLimits = Pick<RiskLimits, 'ordersPerMinute' | 'sentMinute' | 'sentDay'>;

export interface SendRefusal {
  readonly limit: LimitName;
  readonly reason: string;
}

export class Pace {
  readonly #sentAt: EpochMs[] = [];
  readonly #sizes: number[] = [];
  #oldest = 0;
  #filledAt = 0;
  #minute = 0;
  #day = Number.NaN;
  #today = 0;

  /** `size`: contracts that this one put up anew. */
  sent(at: EpochMs, size: Centicontracts = NO_SIZE): void {
    this.#sentAt.push(at);
    this.#sizes.push(size);
    this.#minute += size;
    this.#turnDay(at);
    this.#today += size;
  }

  filled(at: EpochMs): void {
    this.#filledAt = at;
  }

  /** What an earlier process sent on the day of `at`. */
  restore(at: EpochMs, size: Centicontracts): void {
    this.#turnDay(at);
    this.#today += size;
  }

  /** Sends in the minute that ends now. */
  count(now: EpochMs): number {
    while (this.#oldest < this.#sentAt.length && (this.#sentAt[this.#oldest] as number) <= now - WINDOW_MS) {
      this.#minute -= this.#sizes[this.#oldest] as number;
      this.#oldest += 1;
    }
    if (this.#oldest > 1_024) {
      this.#sentAt.splice(0, this.#oldest);
      this.#sizes.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    return this.#sentAt.length - this.#oldest;
  }

  /** Contracts in the minute that ends now. */
  sizeInMinute(now: EpochMs): Centicontracts {
    this.count(now);
    return this.#minute as Centicontracts;
  }

  /** Contracts since midnight ET. */
  sizeToday(now: EpochMs): Centicontracts {
    this.#turnDay(now);
    return this.#today as Centicontracts;
  }

  /** Why one more with so many contracts may not go out now. */
  refusal(size: Centicontracts, limits: SendLimits, now: EpochMs): SendRefusal | undefined {
    const { ordersPerMinute, sentMinute, sentDay } = limits;
    if (this.count(now) >= ordersPerMinute) {
      return { limit: 'orders_per_minute', reason: "the minute's orders are used up" };
    }
    if (size === 0) return undefined;
    if (this.#minute + size > sentMinute) return { limit: 'sent_minute', reason: "the minute's contracts are used up" };
    if (this.sizeToday(now) + size > sentDay) return { limit: 'sent_day', reason: "the day's contracts are used up" };
    return undefined;
  }

  /** The whole minute's allowance was sent and nothing filled. */
  isRunaway(now: EpochMs, allowed: number): boolean {
    return this.count(now) >= allowed && this.#filledAt <= now - WINDOW_MS;
  }

  #turnDay(at: EpochMs): void {
    const day = easternDay(at);
    if (day === this.#day) return;
    this.#day = day;
    this.#today = 0;
  }
}

/** Of a change that is not numbered yet. */
export function changeSizeOf(change: HandChange): Centicontracts {
  if (change.kind === 'create') return change.size;
  return change.kind === 'amend' ? sentSizeOf(change, change.order) : NO_SIZE;
}

/** A create puts up all of it; an amend what then rests, but for one that renews the lease or takes off. */
export function sentSizeOf(
  { kind, price, size }: Pick<Intent, 'kind' | 'price' | 'size'>,
  order?: Pick<Order, 'price' | 'total' | 'filledSeen' | 'filledStated'>,
): Centicontracts {
  if (kind === 'create') return size;
  if (kind !== 'amend') return NO_SIZE;
  if (order === undefined || price !== order.price) return size;
  return Math.max(0, size - remainingOf(order)) as Centicontracts;
}

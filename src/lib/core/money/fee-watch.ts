/**
 * Compares what the exchange charged for every fill with what it was to charge (math.md 13). A difference is told, makes
 * quotes dearer in the series it came from, and when it is large, or one too many in its day, it stops the market.
 *
 * A charge that a fill we have not seen would explain is doubted for a while; one that nothing can explain is not. What
 * cannot be predicted is said to be so, never passed for right.
 */
import { easternDay } from '../eastern.ts';
import type { FillSeen } from '../events.ts';
import type { Market } from '../market.ts';
import { filledOf, type Order } from '../orders/order.ts';
import type { OrderFees } from '../orders/order-fees.ts';
import { type EpochMs, formatMoney, formatSize, type Microdollars, microdollars, NO_MONEY } from '../units.ts';
import { ChargedOrders, chargedFill, momentOf } from './charged-orders.ts';
import type { FeeCheck } from './fee-check.ts';
import { surchargePerContract } from './fees.ts';
import { TermsInTime } from './terms-in-time.ts';

/** In one series and Eastern day; one more stops the market in which it is met. */
const DIFFERENCES_A_DAY_MAX = 3;
/** 1 ¢. One that is larger stops its market at once. */
const DIFFERENCE_MAX = 10_000;
/** A fill that was lost on the way is in the listing within a minute, and the listing is read every half of one. */
const DOUBT_MS = 120_000;
/** So long quotes stay dearer, and the difference is told of. */
const FEE_MEMORY_MS = 86_400_000;

/** A fill that was not charged as predicted, and whether its market is to stop. */
export interface FeeDifference {
  readonly check: FeeCheck;
  /** Why; absent: it need not. */
  readonly halt?: string;
}

interface Doubt {
  readonly fill: FillSeen;
  readonly until: EpochMs;
  isNoted: boolean;
}

interface SeriesRecord {
  day: number;
  count: number;
  surcharge: Microdollars;
  until: number;
}

export type OrderLookup = (orderId: string) => Order | undefined;

export class FeeWatch {
  readonly #terms = new TermsInTime();
  readonly #orders: ChargedOrders;
  /** Markets that are over, and are forgotten when nothing in them is doubted any more. */
  readonly #over = new Set<string>();
  readonly #doubts = new Map<string, Doubt>();
  readonly #series = new Map<string, SeriesRecord>();
  #differences: FeeCheck[] = [];
  #checks: FeeCheck[] = [];
  #drift = NO_MONEY;

  constructor(balanceStep: Microdollars) {
    this.#orders = new ChargedOrders(balanceStep, this.#terms);
  }

  /** All that was charged less all that was predicted, in this and earlier sessions of the journal. */
  get drift(): Microdollars {
    return this.#drift;
  }

  /** Charged otherwise than predicted within the last day, the oldest first. */
  get differences(): readonly FeeCheck[] {
    return this.#differences;
  }

  /** The terms of the market from now on. */
  define({ ticker, seriesTicker, fees }: Market, at: EpochMs): void {
    this.#over.delete(ticker);
    this.#terms.define(ticker, seriesTicker, fees, at);
  }

  /** A market is over: its terms and its orders go when every fill in it is judged. One that is told later is unpredictable. */
  forget(ticker: string): void {
    this.#over.add(ticker);
    this.#leaveOver();
  }

  /** Orders that are no longer known, and had no fill since the last call. */
  forgetUnknown(orderOf: OrderLookup): void {
    const doubted = new Set([...this.#doubts.values()].map(({ fill }) => fill.orderId));
    this.#orders.forgetUnknown((orderId) => doubted.has(orderId) || orderOf(orderId) !== undefined);
  }

  /** What earlier sessions saw. Their fills are not judged again; an order goes on where they left it. */
  restore(fills: readonly FillSeen[], differences: readonly FeeCheck[], drift: Microdollars, now: EpochMs): void {
    this.#orders.restore(fills);
    this.#drift = drift;
    for (const check of differences) if (check.at + FEE_MEMORY_MS > now) this.#remember(check);
  }

  /** A fill that was just booked, with its order as it is now. Each fill once; the same one again changes nothing. */
  fill(fill: FillSeen, order: Order | undefined): readonly FeeDifference[] {
    const followed = this.#orders.of(fill);
    if (followed.tradeIds.has(fill.tradeId)) return [];
    followed.tradeIds.add(fill.tradeId);
    followed.fees.add(chargedFill(fill), this.#terms.at(fill.ticker, momentOf(fill)));
    this.#doubts.set(fill.tradeId, { fill, until: (fill.at + DOUBT_MS) as EpochMs, isNoted: false });
    const doubted = [...this.#doubts.values()].filter((doubt) => doubt.fill.orderId === fill.orderId);
    return doubted.flatMap((doubt) => this.#judge(doubt, order, fill.at));
  }

  /** Once a second: what is doubted may be settled, and what is old is forgotten. */
  look(now: EpochMs, orderOf: OrderLookup): readonly FeeDifference[] {
    if (this.#differences.some(({ at }) => at + FEE_MEMORY_MS <= now)) {
      this.#differences = this.#differences.filter(({ at }) => at + FEE_MEMORY_MS > now);
    }
    if (this.#doubts.size === 0) return [];
    const found = [...this.#doubts.values()].flatMap((doubt) => this.#judge(doubt, orderOf(doubt.fill.orderId), now));
    this.#leaveOver();
    return found;
  }

  /** What to count beside the formula for each contract: the dearer of what was predicted and what was charged. */
  surcharge({ seriesTicker }: Pick<Market, 'seriesTicker'>, now: EpochMs): Microdollars {
    const record = this.#series.get(seriesTicker);
    return record === undefined || record.until <= now ? NO_MONEY : record.surcharge;
  }

  /** What was found of each fill since the last call; of one that was doubted it is found again. */
  takeChecks(): readonly FeeCheck[] {
    const checks = this.#checks;
    if (checks.length > 0) this.#checks = [];
    return checks;
  }

  #judge(doubt: Doubt, order: Order | undefined, now: EpochMs): readonly FeeDifference[] {
    const { fill } = doubt;
    const { fees, isUnexplained } = this.#orders.of(fill);
    const predicted = fees.of(fill.tradeId);
    const { fee: charged } = fill;
    if (predicted.kind === 'unpredictable') return this.#settle(fill, now, 'unpredictable', predicted.reason);
    const { chain, most } = predicted;
    const asCharged = chain.find((one) => one === charged);
    if (asCharged !== undefined) return this.#settle(fill, now, 'agreed', undefined, asCharged);
    const isBeyond = charged < 0 || charged > most;
    if (!isBeyond && isUnexplained) {
      return this.#settle(fill, now, 'unpredictable', 'fills of its order before this session were charged otherwise');
    }
    if (isBeyond || isWhole(order, fees)) return this.#settle(fill, now, 'differs', undefined, chain[0]);
    if (now < doubt.until) {
      if (!doubt.isNoted) this.#note(fill, now, 'doubted', 'an earlier fill of its order may be missing', chain[0]);
      doubt.isNoted = true;
      return [];
    }
    const missing = order === undefined ? 0 : filledOf(order) - fees.size;
    if (missing <= 0) return this.#settle(fill, now, 'differs', undefined, chain[0]);
    return this.#settle(fill, now, 'unpredictable', 'other fills of its order are not known');
  }

  #settle(
    fill: FillSeen,
    now: EpochMs,
    verdict: FeeCheck['verdict'],
    reason?: string,
    predicted?: Microdollars,
  ): readonly FeeDifference[] {
    this.#doubts.delete(fill.tradeId);
    const check = this.#note(fill, now, verdict, reason, predicted);
    if (verdict !== 'differs') return [];
    this.#drift = microdollars(this.#drift + excessOf(check));
    return [this.#remember(check)];
  }

  #note(
    { tradeId, ticker, size, fee: charged }: FillSeen,
    at: EpochMs,
    verdict: FeeCheck['verdict'],
    reason: string | undefined,
    predicted: Microdollars | undefined,
  ): FeeCheck {
    const seriesTicker = this.#terms.seriesOf(ticker);
    const check: FeeCheck = {
      ...{ tradeId, ticker, size, charged, verdict, at },
      ...(seriesTicker !== undefined && { seriesTicker }),
      ...(predicted !== undefined && { predicted }),
      ...(reason !== undefined && { reason }),
    };
    this.#checks.push(check);
    return check;
  }

  /** Counts a difference, and says whether it is one too many. */
  #remember(check: FeeCheck): FeeDifference {
    this.#differences.push(check);
    const { seriesTicker = check.ticker, size, at } = check;
    const day = easternDay(at);
    const record = this.#series.get(seriesTicker) ?? { day, count: 0, surcharge: NO_MONEY, until: 0 };
    this.#series.set(seriesTicker, record);
    if (record.day !== day) Object.assign(record, { day, count: 0 });
    if (record.until <= at) record.surcharge = NO_MONEY;
    record.count += 1;
    const excess = excessOf(check);
    record.surcharge = microdollars(Math.max(record.surcharge, surchargePerContract(excess, size)));
    record.until = at + FEE_MEMORY_MS;
    const halt =
      Math.abs(excess) > DIFFERENCE_MAX
        ? `${differenceText(check)}: more than 1 ¢ apart`
        : record.count > DIFFERENCES_A_DAY_MAX
          ? `${differenceText(check)}: the difference no. ${record.count} of the day in ${seriesTicker}`
          : undefined;
    return { check, ...(halt !== undefined && { halt }) };
  }

  #leaveOver(): void {
    if (this.#over.size === 0) return;
    const doubted = new Set([...this.#doubts.values()].map(({ fill }) => fill.ticker));
    for (const ticker of this.#over) {
      if (doubted.has(ticker)) continue;
      this.#over.delete(ticker);
      this.#terms.forget(ticker);
      this.#orders.forget(ticker);
    }
  }
}

/** Both numbers, for people. */
export function differenceText({ tradeId, size, predicted = NO_MONEY, charged }: FeeCheck): string {
  const numbers = `charged $${formatMoney(charged)}, predicted $${formatMoney(predicted)}`;
  return `${formatSize(size)} contracts ${numbers} (trade ${tradeId})`;
}

function excessOf({ predicted = NO_MONEY, charged }: FeeCheck): Microdollars {
  return microdollars(charged - predicted);
}

/** Every contract of the order has filled, and every fill of it is known. */
function isWhole(order: Order | undefined, fees: OrderFees): boolean {
  return order !== undefined && order.pending === undefined && fees.size >= order.total;
}

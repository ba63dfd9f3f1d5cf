/** Mean markout of a session's fills by horizon: what the mid did for us after each, a contract (math.md 18). */
import type { FillSeen } from '../../core/events.ts';
import type { FillMark } from '../../core/money/markouts.ts';
import { HORIZONS_MS } from '../../core/pnl/split.ts';
import { type EpochMs, signOf } from '../../core/units.ts';
import type { Sample } from './exposition.ts';

/** Fills that wait for their mids; one that finds no room is not counted. */
const WAITING_MAX = 10_000;
/** A mid that has not come a minute after its time will not: the book had none. */
const WAITING_MS_MAX = Math.max(...HORIZONS_MS) + 60_000;
/** Half centicents in a dollar: a mid is bid + ask. */
const HALF_CENTICENTS = 20_000;

interface Waiting {
  readonly at: EpochMs;
  readonly signedSize: number;
  midDoubled?: number;
}

export class MarkoutMeans {
  readonly #waiting = new Map<string, Waiting>();
  readonly #sums = new Map<number, { money: number; size: number }>(
    HORIZONS_MS.map((horizonMs) => [horizonMs, { money: 0, size: 0 }]),
  );

  filled({ tradeId, side, size, at }: Pick<FillSeen, 'tradeId' | 'side' | 'size' | 'at'>): void {
    this.#leaveLate(at);
    if (this.#waiting.size < WAITING_MAX) this.#waiting.set(tradeId, { at, signedSize: signOf(side) * size });
  }

  /** Horizon 0 comes first. One that is missing leaves its fill out of that horizon. */
  marked({ tradeId, horizonMs, midDoubled }: Pick<FillMark, 'tradeId' | 'horizonMs' | 'midDoubled'>): void {
    const fill = this.#waiting.get(tradeId);
    if (fill === undefined) return;
    if (horizonMs === 0) fill.midDoubled = midDoubled;
    const sum = this.#sums.get(horizonMs);
    if (sum === undefined || fill.midDoubled === undefined) return;
    sum.money += ((midDoubled - fill.midDoubled) / HALF_CENTICENTS) * fill.signedSize;
    sum.size += Math.abs(fill.signedSize);
    if (horizonMs === HORIZONS_MS.at(-1)) this.#waiting.delete(tradeId);
  }

  /** In the order of their fills. */
  #leaveLate(now: EpochMs): void {
    for (const [tradeId, { at }] of this.#waiting) {
      if (now - at <= WAITING_MS_MAX) return;
      this.#waiting.delete(tradeId);
    }
  }

  samples(): Sample[] {
    return [...this.#sums].map(([horizonMs, { money, size }]) => ({
      ...{ name: 'kmm_fill_markout_dollars', labels: { horizon: `${horizonMs / 1_000}s` } },
      value: size === 0 ? Number.NaN : money / size,
    }));
  }
}

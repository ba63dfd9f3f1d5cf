/**
 * Today's minutes against the model: each return over the deviation that the parameters give its minute, and what has been
 * realized since 15:45 (math.md 9). A minute of which one end was not heard has no return.
 */
import { MINUTE_MS, type MinuteClose } from '../../reference/minute-closes.ts';
import type { EpochMs } from '../../units.ts';
import type { IndexCalibration } from './calibration.ts';
import { SQUARE_MAX } from './residual-clamp.ts';
import { AUCTION_MINUTES } from './terminal.ts';

/** By minute after the open, from the second on: the first one's return begins before it. */
export type SessionReturns = ReadonlyMap<number, number>;

/** Standardized returns of the minutes that are over at `at`. */
export function sessionReturns(
  closes: readonly MinuteClose[],
  { shares, dayVariance }: Pick<IndexCalibration, 'shares' | 'dayVariance'>,
  opensAt: EpochMs,
  at: number,
): SessionReturns {
  const found = new Map<number, number>();
  for (const [index, { minute, value }] of closes.entries()) {
    const before = closes[index - 1];
    const number = minute - opensAt / MINUTE_MS + 1;
    const share = shares[number - 1];
    const isOver = (minute + 1) * MINUTE_MS <= at;
    if (before?.minute !== minute - 1 || number < 2 || share === undefined || !isOver) continue;
    found.set(number, Math.log(value / before.value) / Math.sqrt(dayVariance * share));
  }
  return found;
}

/** Variance since 15:45 (of half a day 12:45): what was seen, jumps cut as in the clamp, and the model's where nothing was seen; log². */
export function realizedSince1545(
  returns: SessionReturns,
  { shares, dayVariance }: IndexCalibration,
  from: number,
  multiplier: number,
): number {
  let sum = 0;
  for (let number = shares.length - AUCTION_MINUTES + 1; number - 1 < from; number += 1) {
    const usual = dayVariance * (shares[number - 1] ?? 0);
    const part = Math.min(1, from - (number - 1));
    const z = returns.get(number);
    sum += z === undefined ? part * multiplier * usual : Math.min(z * z, SQUARE_MAX) * usual;
  }
  return sum;
}

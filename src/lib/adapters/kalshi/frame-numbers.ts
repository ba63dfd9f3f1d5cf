/**
 * Reads the three kinds of number that a delta frame holds, from the bytes of a frame straight to integers.
 *
 * Each function starts at the first byte of the JSON value, leaves the number in `frame.value` and returns the place behind
 * the value, or -1 for a form it does not take. What it takes has the meaning that parsePrice and parseSize give it.
 */
import type { FrameBytes } from './frame-bytes.ts';

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Fifteen digits always fit a number exactly. */
const INTEGER_DIGITS_MAX = 15;
const CONTRACT_DIGITS_MAX = 13;
const POWERS = [1, 10, 100, 1_000];

/** Digits of a JSON integer, not negative: no leading zero, at most fifteen. */
export function scanInteger(start: number, frame: FrameBytes): number {
  const end = scanDigits(start, frame);
  const digits = end - start;
  const isPadded = digits > 1 && frame.bytes[start] === ZERO;
  return digits < 1 || digits > INTEGER_DIGITS_MAX || isPadded ? -1 : end;
}

/** `"0.5500"` dollars, one to four decimals, to centicents 0…10000. */
export function scanPrice(start: number, frame: FrameBytes): number {
  const { bytes } = frame;
  const whole = (bytes[start + 1] as number) - ZERO;
  if (bytes[start] !== QUOTE || (whole !== 0 && whole !== 1) || bytes[start + 2] !== POINT) return -1;
  const end = scanDigits(start + 3, frame);
  const decimals = end - start - 3;
  if (decimals < 1 || decimals > 4 || bytes[end] !== QUOTE) return -1;
  frame.value = whole * 10_000 + frame.value * (POWERS[4 - decimals] as number);
  return frame.value > 10_000 ? -1 : end + 1;
}

/** `"-54.00"` contracts, one or two decimals, to centicontracts. */
export function scanSize(start: number, frame: FrameBytes): number {
  const { bytes } = frame;
  if (bytes[start] !== QUOTE) return -1;
  const isNegative = bytes[start + 1] === MINUS;
  const first = isNegative ? start + 2 : start + 1;
  const point = scanDigits(first, frame);
  if (point === first || point - first > CONTRACT_DIGITS_MAX || bytes[point] !== POINT) return -1;
  const contracts = frame.value;
  const end = scanDigits(point + 1, frame);
  const decimals = end - point - 1;
  if (decimals < 1 || decimals > 2 || bytes[end] !== QUOTE) return -1;
  const size = contracts * 100 + frame.value * (POWERS[2 - decimals] as number);
  frame.value = isNegative && size !== 0 ? -size : size;
  return end + 1;
}

/** To the first byte that is no digit. The number is exact for up to fifteen of them. */
function scanDigits(start: number, frame: FrameBytes): number {
  const { bytes } = frame;
  let value = 0;
  let at = start;
  for (; ; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  frame.value = value;
  return at;
}

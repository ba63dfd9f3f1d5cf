/** Dates as tickers write them: `26SEP28`, US Eastern wall clock (kalshi/api.md 9). */
import { easternTime } from '../../core/eastern.ts';
import type { EpochMs } from '../../core/units.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

/** `26SEP28` */
export function tickerDate(at: EpochMs): string {
  const { year, month, day } = easternTime(at);
  return `${twoDigits(year % 100)}${MONTHS[month - 1]}${twoDigits(day)}`;
}

/** `26SEP2820` */
export function tickerHour(at: EpochMs): string {
  return tickerDate(at) + twoDigits(easternTime(at).hour);
}

/** `26SEP28H1600`, as the index series write it. */
export function tickerClock(at: EpochMs): string {
  return `${tickerDate(at)}H${twoDigits(easternTime(at).hour)}${minuteDigits(at)}`;
}

/** `26SEP282045` */
export function tickerMinute(at: EpochMs): string {
  return tickerHour(at) + minuteDigits(at);
}

/** `45` */
export function minuteDigits(at: EpochMs): string {
  return twoDigits(easternTime(at).minute);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Sizes, ages and times as the doctor says them. */
import { easternTime } from '../../core/eastern.ts';
import { type EpochMs, formatMoney, type Microdollars } from '../../core/units.ts';

export function bytesText(bytes: number): string {
  const [unit, size] = UNITS.find(([, size]) => bytes >= size) ?? ['B', 1];
  return `${(bytes / size).toFixed(size === 1 ? 0 : 1)} ${unit}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
];

/** "3 days", "2 hours", "5 minutes", "12 seconds". */
export function ageWords(ms: number): string {
  const [unit, length] = SPANS.find(([, span]) => ms >= span) ?? ['second', 1_000];
  const count = Math.max(0, Math.floor(ms / length));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const SPANS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "2026-12-03 03:00 ET". */
export function easternText(at: EpochMs): string {
  const { year, month, day, hour, minute } = easternTime(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} ET`;
}

/** "12.30", "12.3456" where that is what it is. */
export function dollars(money: Microdollars): string {
  return formatMoney(money).replace(/0{1,4}$/, '');
}

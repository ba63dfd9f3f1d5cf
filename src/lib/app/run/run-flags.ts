/** Durations and speeds as they are typed. */
import { KmmError } from '../errors/errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const SPEED_MAX = 1_000;

/** `90s`, `10m`, `2h`, `3d`, or seconds without a unit, as the value of `flag`. Throws KMM_USAGE. */
export function durationSeconds(text: string | undefined, flag = '--for'): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,7})([smhd])?$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? 's'] as number);
  if (seconds <= 0) throw new KmmError('KMM_USAGE', `${flag} ${text} is no duration: say 90s, 10m, 2h or 3d`);
  return seconds;
}

/** A factor above 0, or `max` for virtual time. Throws KMM_USAGE. */
export function speedOf(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed > 0 && speed <= SPEED_MAX)) {
    throw new KmmError('KMM_USAGE', `--speed ${text} is neither max nor a factor above 0 and up to ${SPEED_MAX}`);
  }
  return speed;
}

/** The moment that is asked about: a time of day in New York, a full time with its zone, or so long ago. */
import { easternDay, easternOffsetMs } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS };

/**
 * @param latest what "so long ago" is counted back from; a time of day is its last one by then
 * Throws KMM_USAGE.
 */
export function momentOf(text: string, latest: EpochMs): EpochMs {
  const moment = agoOf(text, latest) ?? clockOf(text, latest) ?? isoOf(text);
  if (moment !== undefined) return moment;
  throw new KmmError('KMM_USAGE', `${text} is no time: 14:03:22 (ET), 2026-11-20T14:03:22-05:00, or -5m`);
}

/** "-5m", "90s", "-1h30m". */
function agoOf(text: string, latest: EpochMs): EpochMs | undefined {
  if (!/^-?(?:\d+(?:\.\d+)?[smhd])+$/.test(text)) return undefined;
  let ago = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g))
    ago += Number(count) * (UNIT_MS[unit] ?? 0);
  return epochMs(Math.round(latest - ago));
}

/** Without a date it is the newest such time that has been, today or yesterday. A second is meant to its end. */
function clockOf(text: string, latest: EpochMs): EpochMs | undefined {
  const [, hours, minutes, seconds = '0', fraction] = /^(\d\d?):(\d\d)(?::(\d\d)(\.\d{1,3})?)?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const inDay =
    (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000 + Number(fraction ?? 0) * 1_000;
  const today = easternDay(latest);
  const [first = latest, second = latest] = [today, today - 1].map((day) => timeOf(day, Math.round(inDay)));
  return first <= latest ? first : second;
}

function isoOf(text: string): EpochMs | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : epochMs(at);
}

/** Of a wall time that comes twice, the one that the offset of its day's end gives. */
function timeOf(day: number, inDay: number): EpochMs {
  const wall = day * DAY_MS + inDay;
  const guess = epochMs(wall - easternOffsetMs(epochMs(wall)));
  return epochMs(wall - easternOffsetMs(guess));
}

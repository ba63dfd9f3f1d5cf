/** When the exchange stops next, by its own hours: New York's wall time by weekday, and the windows it announces. */
import type { ExchangeSchedule } from '../../adapters/kalshi/schedule-schema.ts';
import { easternDay, easternOffsetMs } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

export interface Stop {
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

/** The one that runs at `now`, or the next within eight days; undefined when there is none. */
export function nextStop({ weeks, maintenance }: ExchangeSchedule, now: EpochMs): Stop | undefined {
  const announced = maintenance.map(({ since, until }) => ({ startsAt: since, endsAt: until }));
  const today = easternDay(now);
  const week = weeks.find(({ since, until }) => since <= now && now < until) ?? weeks[0];
  const regular = week === undefined ? [] : joined(DAYS.flatMap((_, ahead) => gapsOf(week, today + ahead)));
  return [...regular, ...announced].filter(({ endsAt }) => endsAt > now).sort((a, b) => a.startsAt - b.startsAt)[0];
}

/** Eastern days are counted from a Thursday. */
const WEEKDAYS = ['thursday', 'friday', 'saturday', 'sunday', 'monday', 'tuesday', 'wednesday'] as const;
/** Today, and a week from then. */
const DAYS = Array.from({ length: 8 });
const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

function gapsOf({ days }: ExchangeSchedule['weeks'][number], day: number): readonly Stop[] {
  const weekday = WEEKDAYS[((day % 7) + 7) % 7] ?? 'thursday';
  const sessions = [...days[weekday]].sort((a, b) => a.opensMinutes - b.opensMinutes);
  const gaps: Stop[] = [];
  let reached = 0;
  for (const { opensMinutes, closesMinutes } of [
    ...sessions,
    { opensMinutes: DAY_MINUTES, closesMinutes: DAY_MINUTES },
  ]) {
    if (opensMinutes > reached) gaps.push({ startsAt: timeOf(day, reached), endsAt: timeOf(day, opensMinutes) });
    reached = Math.max(reached, closesMinutes);
  }
  return gaps;
}

/** A gap that goes on after midnight is one. */
function joined(gaps: readonly Stop[]): readonly Stop[] {
  const all: Stop[] = [];
  for (const gap of gaps) {
    const last = all.at(-1);
    if (last?.endsAt === gap.startsAt) all[all.length - 1] = { startsAt: last.startsAt, endsAt: gap.endsAt };
    else all.push(gap);
  }
  return all;
}

/** The offset is the one of that time: on the two days when it changes, that of the hours after the change. */
function timeOf(day: number, minutes: number): EpochMs {
  const wall = day * DAY_MINUTES * MINUTE_MS + minutes * MINUTE_MS;
  const guess = epochMs(wall - easternOffsetMs(epochMs(wall)));
  return epochMs(wall - easternOffsetMs(guess));
}

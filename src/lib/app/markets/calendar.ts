/** What is known of the next days, and where the dates of news end. */
import { type Coming, comingEvents } from '../../core/clock/coming.ts';
import { endsOn, type NewsRules } from '../../core/clock/releases.ts';
import { dayOfDate, easternDay } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

const DAY_MS = 86_400_000;

export interface Calendar {
  readonly events: readonly Coming[];
  /** News whose dates end before these days do. */
  readonly ends: readonly { readonly name: string; readonly date: string }[];
}

export function calendarOf(news: NewsRules, now: EpochMs, days: number, series: string | undefined): Calendar {
  const ends = news.releases.flatMap((release) => {
    const date = endsOn(release);
    return date !== undefined && dayOfDate(date) < easternDay(now) + days ? [{ name: release.name, date }] : [];
  });
  return { events: comingEvents(news, now, epochMs(now + days * DAY_MS), series), ends };
}

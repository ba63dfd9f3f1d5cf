/** Forecasts of consumer prices, for every release whose markets are followed: of the month before that in which they close. */
import { dateOfDay, easternDay, easternWallTime } from '../../core/eastern.ts';
import { cpiRelease } from '../../core/fair-value/cpi.ts';
import { refused } from '../../core/refused.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { ForecastSource, SourceForecast } from '../../ports.ts';
import { blsChanges } from './bls-series.ts';
import { type CpiMeasure, type Nowcast, nowcastsOf } from './cpi-nowcasts.ts';
import { eventsOf } from './events-of.ts';
import type { ReadText } from './kept-text.ts';

export interface CpiSourceOptions {
  readonly measure: CpiMeasure;
  /** Charts of the Cleveland Fed: by month for changes in a month, by year for changes in a year. */
  readonly charts: ReadText;
  /** The BLS's own series: it has a release before the charts do, and fills months that they lack. */
  readonly released?: { readonly read: ReadText; readonly seriesId: string; readonly months: 1 | 12 };
}

/** Nowcasts are out at ten in the morning, Eastern. */
const NOWCAST_MINUTES = 600;
/** The market closes five minutes before the release. */
const RELEASE_AFTER_MS = 5 * 60_000;
/** Older surprises are of another world of prices, and of another nowcast. */
const SURPRISES_MAX = 60;

export function cpiSource({ measure, charts, released }: CpiSourceOptions): ForecastSource {
  return {
    async read(now, { markets, signal }) {
      const told = nowcastsOf((await charts(now, signal)).text, measure);
      const changes =
        released === undefined
          ? undefined
          : blsChanges((await released.read(now, signal)).text, released.seriesId, released.months);
      const nowcasts = told.map((one) => withRelease(one, changes?.get(one.month)));
      return [...eventsOf(markets)].map(([event, closeAt]) => forecastOf(event, closeAt, nowcasts, now));
    },
  };
}

function forecastOf(event: string, closeAt: EpochMs, nowcasts: readonly Nowcast[], now: EpochMs): SourceForecast {
  const month = monthBefore(closeAt);
  const one = nowcasts.find((nowcast) => nowcast.month === month);
  // What is dated today is out when its hour has come.
  const last = one?.path.findLast(({ day }) => easternWallTime(day, NOWCAST_MINUTES) <= now);
  const no = (code: string, reason: string) => ({
    about: event,
    madeAt: now,
    says: refused(code, reason),
    reasons: [],
  });
  if (one === undefined || last === undefined) return no('cpi_unknown', `there is no nowcast of ${month}`);
  if (one.actual !== undefined) return no('cpi_released', `${month} has been released`);
  const surprises = nowcasts
    .filter((before) => before.month < month)
    .flatMap(({ actual, path }) => {
      const said = path.at(-1);
      return actual === undefined || said === undefined ? [] : [actual.value - said.value];
    });
  const madeAt = easternWallTime(last.day, NOWCAST_MINUTES);
  const said = cpiRelease({
    ...{ nowcast: last.value, madeAt, at: now, releaseAt: epochMs(closeAt + RELEASE_AFTER_MS) },
    surprises: surprises.slice(-SURPRISES_MAX),
  });
  return { about: event, madeAt: now, ...said };
}

/** The chart's own figure is the first release, and counts before one of today's vintage. */
function withRelease(nowcast: Nowcast, value: number | undefined): Nowcast {
  const last = nowcast.path.at(-1);
  if (nowcast.actual !== undefined || value === undefined || last === undefined) return nowcast;
  return { ...nowcast, actual: { day: last.day + 1, value } };
}

function monthBefore(closeAt: EpochMs): string {
  const [year = 0, month = 0] = dateOfDay(easternDay(closeAt)).split('-').map(Number);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}

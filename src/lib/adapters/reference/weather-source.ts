/** Forecasts of a station's daily high or low, for every day whose markets are followed. */
import { Climate, type DailyExtreme } from '../../core/fair-value/weather/climate.ts';
import { type ClimateDay, climateDayOf } from '../../core/fair-value/weather/climate-day.ts';
import { type Observed, weatherDay } from '../../core/fair-value/weather.ts';
import type { EpochMs } from '../../core/units.ts';
import type { ForecastSource } from '../../ports.ts';
import { eventsOf } from './events-of.ts';
import type { ReadText } from './kept-text.ts';
import { type Gridpoint, gridpointOf, type Spell } from './nws-gridpoint.ts';
import { type Reading, readingsOf } from './nws-observations.ts';
import { type StationQuery, stationHistory } from './station-history.ts';

export interface WeatherSourceOptions extends StationQuery {
  /** Of local standard time: −5 in New York. */
  readonly utcOffsetHours: number;
  readonly history: ReadText;
  readonly forecast?: ReadText;
  readonly observations?: ReadText;
}

export function weatherSource(options: WeatherSourceOptions): ForecastSource {
  const { extreme, utcOffsetHours, history, forecast, observations } = options;
  let known: { readonly text: string; readonly climate: Climate } | undefined;
  return {
    async read(now, { markets, signal }) {
      const record = await history(now, signal);
      if (known?.text !== record.text) {
        const days: readonly DailyExtreme[] = stationHistory(record.text, options);
        known = { text: record.text, climate: new Climate(days) };
      }
      const { climate } = known;
      const grid = forecast === undefined ? undefined : gridpointOf((await forecast(now, signal)).text);
      const readings = observations === undefined ? [] : readingsOf((await observations(now, signal)).text);
      return [...eventsOf(markets)].map(([about, closeAt]) => {
        const day = climateDayOf(closeAt, utcOffsetHours);
        const told = grid === undefined ? undefined : extremeIn(grid, day, extreme);
        const rest = grid === undefined ? undefined : restOf(grid, day, now, extreme);
        const observed = observedIn(readings, day, now, extreme);
        const said = weatherDay({
          ...{ extreme, day, at: now, climate: climate.of(day.day), forecastErrors: [] },
          ...(told !== undefined && grid !== undefined && { forecast: { value: told, madeAt: grid.madeAt } }),
          ...(observed !== undefined && { observed }),
          ...(rest !== undefined && { rest }),
        });
        return { about, madeAt: now, ...said };
      });
    },
  };
}

/** The forecast high (or low) whose spell has its middle in the day. */
function extremeIn(
  { highs, lows }: Gridpoint,
  { from, until }: ClimateDay,
  extreme: 'high' | 'low',
): number | undefined {
  const found = (extreme === 'high' ? highs : lows).filter((one) => {
    const middle = (one.from + one.until) / 2;
    return middle >= from && middle < until;
  });
  return found.length === 0 ? undefined : extremeOf(found, extreme);
}

const FORECAST_MS_MAX = 12 * 3_600_000;

/** Of the hours that are left of a day that runs; undefined unless the forecast is fresh and reaches to its end. */
function restOf(grid: Gridpoint, day: ClimateDay, now: EpochMs, extreme: 'high' | 'low'): number | undefined {
  const { from, until } = day;
  if (now < from || now >= until || now - grid.madeAt > FORECAST_MS_MAX) return undefined;
  const left = grid.hours.filter((hour) => hour.until > now && hour.from < until).sort((a, b) => a.from - b.from);
  let reached: number = now;
  for (const hour of left) {
    if (hour.from > reached) return undefined;
    reached = Math.max(reached, hour.until);
  }
  return reached >= until && left.length > 0 ? extremeOf(left, extreme) : undefined;
}

function extremeOf(spells: readonly Spell[], extreme: 'high' | 'low'): number {
  const values = spells.map(({ fahrenheit }) => fahrenheit);
  return extreme === 'high' ? Math.max(...values) : Math.min(...values);
}

function observedIn(
  readings: readonly Reading[],
  { from, until }: ClimateDay,
  now: EpochMs,
  extreme: 'high' | 'low',
): Observed | undefined {
  const inDay = readings.filter(({ at }) => at >= from && at < until);
  const last = inDay.at(-1);
  if (last === undefined || now < from) return undefined;
  const reached =
    extreme === 'high' ? Math.max(...inDay.map(({ least }) => least)) : Math.min(...inDay.map(({ most }) => most));
  return { reached, lastAt: last.at };
}

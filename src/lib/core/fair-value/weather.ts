/**
 * The high or the low of a station's climate day, whole °F as the National Weather Service publishes it (A-FR2.1): forecast
 * and climate, each by its own error, bounded by what the thermometer has shown already.
 *
 * While the day is young the bound cuts the distribution. Late in the day a bound alone would still promise a rise that the
 * sun can no longer give: then the hours that are left must be forecast, and the result is the extreme of both; without
 * them it refuses. A low is a high upside down.
 */
import type { Says } from '../events.ts';
import { normalBetween } from '../normal.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import type { ModelSays } from './model-says.ts';
import type { ModelRefusal } from './types.ts';
import type { Outlook } from './weather/climate.ts';

export interface WeatherInput {
  readonly extreme: 'high' | 'low';
  /** The climate day, in local standard time all year: from, until. */
  readonly day: { readonly from: EpochMs; readonly until: EpochMs };
  readonly at: EpochMs;
  readonly climate: Outlook | ModelRefusal;
  /** The forecast of the day's extreme, °F, and when it was made. */
  readonly forecast?: { readonly value: number; readonly madeAt: EpochMs };
  /** How wrong such forecasts were here (published − forecast, °F); few or none: an assumption stands in. */
  readonly forecastErrors: readonly number[];
  /** The extreme of the observations so far, °F: how far the true one has reached at the least. */
  readonly observed?: Observed;
  /** The extreme that is forecast for the hours that are left, °F. */
  readonly rest?: number;
}

export interface Observed {
  /** The rounding of the observation is taken off already: a high has been at least this, a low at most. */
  readonly reached: number;
  readonly lastAt: EpochMs;
}

const GRID = 1;
const HOUR_MS = 3_600_000;
/** Forecasts whose error is known before it is believed. */
const ERRORS_MIN = 30;
/** Assumed, not measured: standard deviation of a forecast of the day, and so much more for each further day. °F. */
const ASSUMED_SD = 3;
const ASSUMED_SD_PER_DAY = 0.5;
const ASSUMED_DOUBT = 1;
/** Of the hours that are left, within the same day. */
const REST_SD_SHARE = 0.6;
/** A forecast older than this, and observations in a day that runs, are stale. */
const FORECAST_MS_MAX = 12 * HOUR_MS;
const OBSERVED_MS_MAX = 2 * HOUR_MS;
/** Hours of the day after which a bound alone says too much: a high is mostly reached by then, and most lows by sunrise. */
const LATE_HOURS = { high: 13, low: 5 } as const;

export function weatherDay(input: WeatherInput): ModelSays {
  const { day, at, observed, rest } = input;
  if (at >= day.until) return no('weather_over', 'the day is over; its report decides');
  const isOn = at >= day.from;
  const problem = isOn ? observedProblem(input) : undefined;
  if (problem !== undefined) return { says: problem, reasons: [] };
  const whole = wholeDay(input);
  if (whole.kind === 'refused' && !(isOn && rest !== undefined)) return { says: whole, reasons: [] };
  if (!isOn || observed === undefined) {
    return whole.kind === 'refused' ? { says: whole, reasons: [] } : { says: spread(whole), reasons: whole.reasons };
  }
  const reached = `${input.extreme} so far ${observed.reached.toFixed(1)} °F`;
  if (rest !== undefined) {
    const { sd, doubt, text } = forecastError(input, at);
    const left = { mean: rest, sd: sd * REST_SD_SHARE, doubt };
    const reasons = [reached, `${input.extreme} of the hours left ${rest.toFixed(1)} °F ${text}`];
    return { says: extremeOfBoth(left, observed.reached, input.extreme), reasons };
  }
  const hours = (at - day.from) / HOUR_MS;
  if (whole.kind === 'refused') return { says: whole, reasons: [] };
  if (hours >= LATE_HOURS[input.extreme]) {
    return no(
      'weather_rest_unknown',
      `${Math.floor(hours)} h into the day nothing says what the hours left will bring`,
    );
  }
  const bound = publishedBound(observed.reached, input.extreme);
  const says = { ...spread(whole), ...(input.extreme === 'high' ? { least: bound } : { most: bound }) };
  return { says, reasons: [reached, ...whole.reasons] };
}

interface Expected {
  readonly kind: 'expected';
  readonly mean: number;
  readonly sd: number;
  readonly doubt: number;
  readonly reasons: readonly string[];
}

/** Forecast and climate by their precision; either alone where the other is not there. */
function wholeDay(input: WeatherInput): Expected | ModelRefusal {
  const { climate, forecast, at } = input;
  const words = climate.kind === 'refused' ? [] : [`climate ${text(climate)}, ${climate.years} years`];
  if (forecast === undefined || at - forecast.madeAt > FORECAST_MS_MAX) {
    if (climate.kind === 'refused') return climate;
    return { ...climate, kind: 'expected', reasons: [...words, 'no forecast that is fresh'] };
  }
  if (!Number.isFinite(forecast.value)) return refused('weather_forecast', `the forecast says ${forecast.value} °F`);
  const { sd, doubt, text: how } = forecastError(input, input.day.from);
  const reasons = [`forecast ${forecast.value.toFixed(1)} °F ${how}`, ...words];
  if (climate.kind === 'refused') return { kind: 'expected', mean: forecast.value, sd, doubt, reasons };
  const [fromForecast, fromClimate] = [sd ** -2, climate.sd ** -2];
  const share = fromForecast / (fromForecast + fromClimate);
  return {
    kind: 'expected',
    mean: share * forecast.value + (1 - share) * climate.mean,
    sd: Math.sqrt(1 / (fromForecast + fromClimate)),
    doubt: Math.hypot(share * doubt, (1 - share) * climate.doubt),
    reasons,
  };
}

function forecastError(
  { forecastErrors, at }: WeatherInput,
  target: EpochMs,
): { sd: number; doubt: number; text: string } {
  const count = forecastErrors.length;
  if (count >= ERRORS_MIN) {
    const sd = Math.sqrt(forecastErrors.reduce((sum, error) => sum + error * error, 0) / count);
    return { sd, doubt: sd / Math.sqrt(count), text: `± ${sd.toFixed(1)} as ${count} forecasts were` };
  }
  const days = Math.max(0, target - at) / (24 * HOUR_MS);
  const sd = ASSUMED_SD + ASSUMED_SD_PER_DAY * days;
  return { sd, doubt: ASSUMED_DOUBT, text: `± ${sd.toFixed(1)}, assumed: ${count} forecasts can be compared` };
}

function observedProblem({ observed, at, day }: WeatherInput): ModelRefusal | undefined {
  if (observed === undefined) {
    const isYoung = at - day.from < OBSERVED_MS_MAX;
    return isYoung ? undefined : refused('weather_unobserved', 'the day runs and no observation of it is known');
  }
  if (!Number.isFinite(observed.reached)) return refused('weather_observation', `${observed.reached} °F was observed`);
  if (observed.lastAt > at + HOUR_MS) return refused('weather_future', 'an observation is dated ahead of the clock');
  const age = at - observed.lastAt;
  if (age <= OBSERVED_MS_MAX) return undefined;
  return refused('weather_stale', `the last observation is ${Math.round(age / 60_000)} minutes old`);
}

/** The whole degree that it will be at the least (high) or most (low), half a degree out: where the bins begin and end. */
function publishedBound(reached: number, extreme: 'high' | 'low'): number {
  return extreme === 'high' ? Math.round(reached) - GRID / 2 : Math.round(reached) + GRID / 2;
}

function spread({ mean, sd, doubt }: Expected): Extract<Says, { kind: 'normal' }> {
  return { kind: 'normal', mean, sd, doubt, grid: GRID };
}

/** What is published is the extreme of what was reached and of what comes: all that comes short of it falls on it. */
function extremeOfBoth(
  left: { readonly mean: number; readonly sd: number; readonly doubt: number },
  reached: number,
  extreme: 'high' | 'low',
): Says {
  const sign = extreme === 'high' ? 1 : -1;
  const first = Math.round(reached) * sign;
  const mean = left.mean * sign;
  const top = Math.max(first, Math.ceil(mean + TAIL * left.sd));
  const points: (readonly [number, number])[] = [];
  for (let degree = first; degree <= top; degree += 1) {
    const from = degree === first ? -Infinity : (degree - GRID / 2 - mean) / left.sd;
    const to = degree === top ? Infinity : (degree + GRID / 2 - mean) / left.sd;
    points.push([degree * sign, normalBetween(from, to)]);
  }
  const bound = extreme === 'high' ? { least: first * sign } : { most: first * sign };
  return { kind: 'points', points, doubt: left.doubt, grid: GRID, ...bound };
}

/** Standard deviations after which nothing is left to count. */
const TAIL = 6;

function text({ mean, sd }: Outlook): string {
  return `${mean.toFixed(1)} ± ${sd.toFixed(1)} °F`;
}

function no(code: string, reason: string): ModelSays {
  return { says: refused(code, reason), reasons: [] };
}

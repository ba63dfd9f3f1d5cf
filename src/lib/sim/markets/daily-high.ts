/**
 * A weather market in the manner of KXHIGHNY: six brackets of two degrees, of which exactly one pays, on the day's high.
 * The truth is a forecast that drifts minute by minute, with less left to drift the later it is; the high is where it
 * ends, rounded. The day is that of Eastern Standard Time all year, as the weather service counts it: it closes at
 * 04:59 UTC.
 */
import type { Strike } from '../../core/market.ts';
import { normalBetween } from '../../core/normal.ts';
import { type EpochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import type { Outcome } from '../exchange/records.ts';
import { SLOW } from '../participants/profile.ts';
import { normal, type RandomStream, type SplittableStream } from '../random.ts';
import { seriesFacts } from '../series.ts';
import type { EndlessProgram, ScheduledEvent, ScheduledMarket } from './program.ts';
import { tickerDate } from './ticker-date.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CLOSE_UTC_MS = 4 * 3_600_000 + 59 * MINUTE_MS;
const MINUTES_OPEN = 24 * 60 - 1;
const LISTED_BEFORE_OPEN_MS = MINUTE_MS;
/** Standard deviations in degrees: of the first forecast over the year, and of the day's high around it. */
const CLIMATE = { mean: 62, deviation: 14 };
const FORECAST_DEVIATION = 3;
/** With nothing left to drift a forecast still is a number of finite precision. */
const DEVIATION_MIN = 0.05;

export function dailyHighProgram(stream: SplittableStream): EndlessProgram {
  const facts = seriesFacts('KXHIGHNY');
  const eventClosingAt = (closeAt: EpochMs): ScheduledEvent => {
    const eventTicker = `${facts.ticker}-${tickerDate((closeAt - DAY_MS / 2) as EpochMs)}`;
    const openAt = (closeAt - MINUTES_OPEN * MINUTE_MS) as EpochMs;
    return {
      eventTicker,
      title: facts.title,
      listAt: (openAt - LISTED_BEFORE_OPEN_MS) as EpochMs,
      openAt,
      closeAt,
      markets: () => brackets(eventTicker, new Forecast(stream.split(eventTicker), openAt)),
    };
  };
  return {
    facts,
    participants: SLOW,
    eventAt: (at) =>
      eventClosingAt(((Math.floor((at - CLOSE_UTC_MS) / DAY_MS) + 1) * DAY_MS + CLOSE_UTC_MS) as EpochMs),
    eventAfter: ({ closeAt }) => eventClosingAt((closeAt + DAY_MS) as EpochMs),
  };
}

/** The expected high, minute by minute. */
class Forecast {
  readonly #openAt: EpochMs;
  readonly #means: readonly number[];

  constructor(stream: RandomStream, openAt: EpochMs) {
    this.#openAt = openAt;
    const step = FORECAST_DEVIATION / Math.sqrt(MINUTES_OPEN);
    const means = [normal(stream, CLIMATE.mean, CLIMATE.deviation)];
    for (let minute = 1; minute <= MINUTES_OPEN; minute += 1) {
      means.push(normal(stream, means[minute - 1] as number, step));
    }
    this.#means = means;
  }

  get first(): number {
    return Math.round(this.#means[0] as number);
  }

  get high(): number {
    return Math.round(this.#means[MINUTES_OPEN] as number);
  }

  /** Chance that the high lies in [low, high], whole degrees both. */
  probabilityBetween(low: number, high: number, at: EpochMs): number {
    const minute = Math.min(MINUTES_OPEN, Math.max(0, Math.floor((at - this.#openAt) / MINUTE_MS)));
    const mean = this.#means[minute] as number;
    const deviation = Math.max(DEVIATION_MIN, FORECAST_DEVIATION * Math.sqrt(1 - minute / MINUTES_OPEN));
    return normalBetween((low - 0.5 - mean) / deviation, (high + 0.5 - mean) / deviation);
  }
}

/** Two tails and four brackets of two degrees, the first forecast in the middle. */
function brackets(eventTicker: string, forecast: Forecast): readonly ScheduledMarket[] {
  const lowest = forecast.first - 4;
  const markets = [bracket(eventTicker, forecast, { type: 'less', cap: lowest }, -Infinity, lowest - 1)];
  for (let floor = lowest; floor < lowest + 8; floor += 2) {
    markets.push(bracket(eventTicker, forecast, { type: 'between', floor, cap: floor + 1 }, floor, floor + 1));
  }
  markets.push(bracket(eventTicker, forecast, { type: 'greater', floor: lowest + 7 }, lowest + 8, Infinity));
  return markets;
}

function bracket(eventTicker: string, forecast: Forecast, strike: Strike, low: number, high: number): ScheduledMarket {
  const outcome = (): Outcome => {
    const isYes = forecast.high >= low && forecast.high <= high;
    return {
      result: isYes ? 'yes' : 'no',
      value: isYes ? PRICE_ONE : PRICE_ZERO,
      expirationValue: forecast.high.toFixed(2),
    };
  };
  return {
    ticker: `${eventTicker}-${bracketName(strike)}`,
    title: bracketTitle(low, high),
    strike,
    probability: (at) => forecast.probabilityBetween(low, high, at),
    outcome,
  };
}

/** `T89` for a tail, `B89.5` for the bracket of 89 and 90. */
function bracketName({ type, floor, cap }: Strike): string {
  return type === 'between' ? `B${(floor as number) + 0.5}` : `T${floor ?? cap}`;
}

function bracketTitle(low: number, high: number): string {
  if (low === -Infinity) return `${high}° or below`;
  return high === Infinity ? `${low}° or above` : `${low}° to ${high}°`;
}

/** How far forecasts are from what came, by market: Brier scores, skill against a simpler forecast, reliability (math.md 18). */
import { asShare, ratioOf, sum } from './clustered.ts';
import type { ReliabilityBin } from './model.ts';
import type { Span } from './types.ts';

export interface Forecast {
  readonly market: number;
  readonly predicted: number;
  readonly came: boolean;
  /** What the simpler forecast said. */
  readonly naive: number;
}

export interface ForecastError {
  readonly brier: number;
  readonly brierNaive: number;
  readonly skill: number;
  readonly skillSpan: Span | null;
  readonly reliability: readonly ReliabilityBin[];
}

const BINS = 10;

/** Undefined: of none. */
export function errorOf(forecasts: readonly Forecast[]): ForecastError | undefined {
  if (forecasts.length === 0) return undefined;
  const brier = brierOf(forecasts, (one) => one.predicted);
  const brierNaive = brierOf(forecasts, (one) => one.naive);
  const gains = ratioOf(
    byMarket(forecasts).map((some) => {
      const naive = sum(some.map((one) => squared(one.naive, one.came)));
      return { over: naive - sum(some.map((one) => squared(one.predicted, one.came))), under: naive };
    }),
  );
  const skillSpan = gains === undefined || gains.low === null ? null : { low: gains.low, high: gains.high };
  return { brier, brierNaive, skill: gains?.value ?? 0, skillSpan, reliability: reliabilityOf(forecasts) };
}

export function brierOf(forecasts: readonly Forecast[], chanceOf: (forecast: Forecast) => number): number {
  return sum(forecasts.map((one) => squared(chanceOf(one), one.came))) / forecasts.length;
}

function squared(chance: number, came: boolean): number {
  return (chance - (came ? 1 : 0)) ** 2;
}

function reliabilityOf(forecasts: readonly Forecast[]): readonly ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => bin).flatMap((bin): readonly ReliabilityBin[] => {
    const some = forecasts.filter((one) => Math.min(BINS - 1, Math.floor(one.predicted * BINS)) === bin);
    const observed = ratioOf(
      byMarket(some).map((ones) => ({ over: ones.filter((one) => one.came).length, under: ones.length })),
    );
    if (observed === undefined) return [];
    const predicted = sum(some.map((one) => one.predicted)) / some.length;
    const span = asShare(observed);
    return [
      { from: bin / BINS, to: (bin + 1) / BINS, count: some.length, predicted, observed: observed.value, ...span },
    ];
  });
}

function byMarket(forecasts: readonly Forecast[]): readonly (readonly Forecast[])[] {
  return [...Map.groupBy(forecasts, (one) => one.market).values()];
}

/** Odds of a fill: fitted on all markets, with the error of the same fit on the earlier ones over the later ones. */

import { sum } from './clustered.ts';
import { curvesOf, waited } from './curves.ts';
import { brierOf, errorOf, type Forecast } from './forecast-error.ts';
import { fillChance, fitHazard, type WaitedOrder } from './hazard.ts';
import { filledBy, kaplanMeier } from './kaplan-meier.ts';
import type { FillOdds, Hazard } from './model.ts';
import { LOTS } from './standing.ts';
import type { MarketStudy, StudiedOrder } from './study.ts';

/** Horizons at which forecasts are held against what came. */
const FORECAST_SECONDS = [5, 30, 120] as const;

export interface Split {
  readonly train: readonly MarketStudy[];
  readonly test: readonly MarketStudy[];
}

/** Undefined: the orders do not say. `prints` is what the studies hold. */
export function fitOdds({ train, test }: Split): FillOdds | undefined {
  const studies = [...train, ...test];
  const hazard = fitHazard(waitedOrders(studies));
  if (hazard === undefined) return undefined;
  const virtualOrders = sum(studies.map((study) => study.orders.length));
  const prints = sum(studies.map((study) => study.prints.count));
  return { hazard, curves: curvesOf(studies), error: errorOn(train, test), prints, virtualOrders };
}

function waitedOrders(studies: readonly MarketStudy[]): readonly WaitedOrder[] {
  return studies.flatMap(({ orders }, market) =>
    orders.flatMap((order) =>
      LOTS.map((lot, n) => {
        const { time, isFilled } = waited(order, 'calibrated', n);
        return { market, ...placed(order, lot), seconds: time, isFilled };
      }),
    ),
  );
}

function placed({ cents, ahead, close }: StudiedOrder, lot: number) {
  return { cents, ahead, size: lot / 100, close };
}

function errorOn(train: readonly MarketStudy[], test: readonly MarketStudy[]): FillOdds['error'] {
  const hazard = fitHazard(waitedOrders(train));
  const curves = curvesOf(train);
  const pooled = kaplanMeier(train.flatMap(({ orders }) => orders.map((order) => waited(order, 'calibrated', 0))));
  const tableChance = (order: StudiedOrder, seconds: number): number => {
    const exact = curves.find((curve) => curve.offset === order.offset && curve.close === order.close);
    const curve = exact ?? curves.find((one) => one.offset === order.offset && one.close === 'any');
    return curve?.points.findLast((point) => point.seconds <= seconds)?.calibrated ?? filledBy(pooled, seconds);
  };
  const forecastsOn = (studies: readonly MarketStudy[]) =>
    studies.flatMap(({ orders }, market) =>
      orders.flatMap((order) =>
        FORECAST_SECONDS.flatMap((seconds) => {
          const { time, isFilled } = waited(order, 'calibrated', 0);
          if (!isFilled && time < seconds) return [];
          const naive = filledBy(pooled, seconds);
          const forecast: Forecast = {
            market,
            predicted: hazard === undefined ? naive : chanceOf(hazard, order, seconds),
            came: isFilled && time <= seconds,
            naive,
          };
          return [{ forecast, table: tableChance(order, seconds) }];
        }),
      ),
    );
  const made = forecastsOn(test);
  const forecasts = made.map((one) => one.forecast);
  const error = errorOf(forecasts);
  const tables = new Map(made.map(({ forecast, table }) => [forecast, table]));
  const counts = { trainMarkets: train.length, testMarkets: test.length, forecasts: forecasts.length };
  if (error === undefined || hazard === undefined) return { ...counts, score: null };
  const brierCurves = brierOf(forecasts, (forecast) => tables.get(forecast) as number);
  const seen = forecastsOn(train).map((one) => one.forecast);
  const trained = {
    forecasts: seen.length,
    brier: brierOf(seen, (one) => one.predicted),
    brierNaive: brierOf(seen, (one) => one.naive),
  };
  return { ...counts, score: { ...error, brierCurves, trained } };
}

function chanceOf(hazard: Hazard, order: StudiedOrder, seconds: number): number {
  return fillChance(hazard, placed(order, LOTS[0]), seconds);
}

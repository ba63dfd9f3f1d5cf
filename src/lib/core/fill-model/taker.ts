/**
 * Does a marketable order find the quote that it was sent for? From real immediate-or-cancel orders: ln(odds) as a weighted sum
 * of what was known when each was sent, with a small pull towards zero, and the error on markets that came later.
 */

import { logistic } from '../normal.ts';
import { climb, type Slope } from './climb.ts';
import { sum } from './clustered.ts';
import { brierOf, errorOf, type Forecast } from './forecast-error.ts';
import { zeros } from './matrix.ts';
import type { TakerModel, TakerWeight } from './model.ts';
import { takerTable } from './taker-table.ts';

/** A marketable order as it was sent, by what was seen then. */
export interface TakerOrder {
  readonly market: string;
  readonly at: number;
  /** It traded, at least in part. */
  readonly found: boolean;
  /** How long ago the book it was sent by had last changed. */
  readonly bookAgeMs: number;
  /** From sending to the answer. */
  readonly submitMs: number;
  /** Of the side that was bought or sold, 0…100. */
  readonly priceCents: number;
  /** Contracts displayed at its limit or better, over its own size; ≥ 0. */
  readonly cover: number;
  /** How far its limit went beyond the best price. */
  readonly slackCents: number;
  readonly isExit: boolean;
}

/** Refused below. */
const ORDERS_MIN = 50;
const TRAIN_SHARE = 0.6;
const RIDGE = 1;

const FEATURES: readonly { readonly name: string; readonly of: (order: TakerOrder) => number }[] = [
  { name: 'ln(1 + book age / 100 ms)', of: (order) => Math.log1p(Math.max(0, order.bookAgeMs) / 100) },
  { name: 'ln(submit latency / ms)', of: (order) => Math.log(Math.max(1, order.submitMs)) },
  { name: 'distance of price from 50 c', of: (order) => Math.abs(order.priceCents - 50) },
  { name: 'ln(1 + displayed / size)', of: (order) => Math.log1p(order.cover) },
  { name: 'limit beyond the best, c (at most 5)', of: (order) => Math.min(5, order.slackCents) },
  { name: 'exit', of: (order) => (order.isExit ? 1 : 0) },
];

/** Undefined: too few orders, or all alike. */
export function fitTaker(orders: readonly TakerOrder[], leftOut: TakerModel['leftOut']): TakerModel | undefined {
  if (orders.length < ORDERS_MIN) return undefined;
  const markets = inOrder(orders);
  const cut = Math.max(1, Math.round(markets.length * TRAIN_SHARE));
  const isTrain = new Set(markets.slice(0, cut));
  const train = orders.filter((order) => isTrain.has(order.market));
  const test = orders.filter((order) => !isTrain.has(order.market));
  const [all, early] = [fitWeights(orders), fitWeights(train)];
  if (all === undefined || early === undefined) return undefined;
  const rate = share(train);
  const forecastsOf = (some: readonly TakerOrder[]) =>
    some.map((order): Forecast => {
      const market = markets.indexOf(order.market);
      return { market, predicted: chanceWith(early, order), came: order.found, naive: rate };
    });
  const error = errorOf(forecastsOf(test));
  if (error === undefined) return undefined;
  const { brier, brierNaive: brierRate, skill, skillSpan, reliability } = error;
  const found = share(test);
  return {
    orders: orders.length,
    found: orders.filter((order) => order.found).length,
    markets: markets.length,
    features: all.features,
    intercept: all.intercept,
    table: takerTable(orders, (order) => chanceWith(all, order)),
    error: {
      ...{ trainOrders: train.length, testOrders: test.length, testMarkets: markets.length - cut, found },
      brierTrained: brierOf(forecastsOf(train), (one) => one.predicted),
      ...{ brier, brierRate, brierAlways: 1 - found, skill, skillSpan, reliability },
    },
    leftOut,
  };
}

/** In (0, 1). */
export function foundChance(model: Pick<TakerModel, 'features' | 'intercept'>, order: TakerOrder): number {
  return chanceWith(model, order);
}

interface Weights {
  readonly features: readonly TakerWeight[];
  readonly intercept: number;
}

function chanceWith({ features, intercept }: Weights, order: TakerOrder): number {
  let odds = intercept;
  for (const { name, weight, mean, deviation } of features) {
    const of = FEATURES.find((feature) => feature.name === name)?.of;
    if (of !== undefined) odds += (weight * (of(order) - mean)) / deviation;
  }
  return logistic(odds);
}

function fitWeights(orders: readonly TakerOrder[]): Weights | undefined {
  const scales = FEATURES.map(({ name, of }) => {
    const values = orders.map(of);
    const mean = sum(values) / values.length;
    const deviation = Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
    return { name, of, mean, deviation: deviation > 0 ? deviation : 1 };
  });
  const rows = orders.map((order) => ({
    found: order.found,
    x: [1, ...scales.map(({ of, mean, deviation }) => (of(order) - mean) / deviation)],
  }));
  const at = climb(rows[0]?.x.map(() => 0) ?? [], (point) => slopeAt(rows, point));
  if (at === undefined) return undefined;
  return {
    intercept: at[0] as number,
    features: scales.map(({ name, mean, deviation }, n) => ({ name, weight: at[n + 1] as number, mean, deviation })),
  };
}

function slopeAt(
  rows: readonly { readonly found: boolean; readonly x: readonly number[] }[],
  at: readonly number[],
): Slope {
  const n = at.length;
  const gradient = at.map((weight, i) => (i === 0 ? 0 : -RIDGE * weight));
  const information = zeros(n);
  for (let i = 1; i < n; i += 1) (information[i] as number[])[i] = RIDGE;
  let value = -0.5 * RIDGE * sum(at.map((weight, i) => (i === 0 ? 0 : weight * weight)));
  for (const { found, x } of rows) {
    const odds = x.reduce((total, one, i) => total + one * (at[i] as number), 0);
    const chance = logistic(odds);
    value -= Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(0, found ? -odds : odds);
    for (let i = 0; i < n; i += 1) {
      const one = x[i] as number;
      gradient[i] = (gradient[i] as number) + one * ((found ? 1 : 0) - chance);
      const line = information[i] as number[];
      for (let k = 0; k < n; k += 1) line[k] = (line[k] as number) + one * (x[k] as number) * chance * (1 - chance);
    }
  }
  return { value, gradient, information };
}

/** By the time of each market's first order. */
function inOrder(orders: readonly TakerOrder[]): readonly string[] {
  return [...new Set(orders.toSorted((a, b) => a.at - b.at).map((order) => order.market))];
}

function share(orders: readonly TakerOrder[]): number {
  return orders.filter((order) => order.found).length / orders.length;
}

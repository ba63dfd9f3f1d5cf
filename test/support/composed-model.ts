/** A small fill model and a latency of made-up figures, complete in every field. */

import type { FillModel, LatencyModel } from '../../src/lib/core/fill-model/model.ts';
import type { QuoterModel } from '../../src/lib/core/fill-model/quoter-model.ts';

const SPAN = { low: 0.1, high: 0.9 };
const SHA = 'a'.repeat(64);
const BINS = [{ from: 0, to: 0.1, count: 12, predicted: 0.05, observed: 0.08, ...SPAN }];

export function composedModel(changes: Partial<FillModel> = {}): FillModel {
  return {
    ...{ schema: 'kmm-fill-model/1', series: ['KXBTC15M'], fittedAt: '2026-11-20T10:00:00.000Z', code: '0.2.0' },
    sources: [{ file: 'day.jsonl', sha256: SHA, records: 1_000 }],
    assumptions: ['the recorder was right'],
    markets: [
      {
        ...{ ticker: 'KXBTC15M-26NOV200500-00', from: '2026-11-20T09:45:00.000Z', to: '2026-11-20T10:00:00.000Z' },
        ...{ seconds: 900, prints: 400, printsAre: 'recorded', isCloseKnown: true, use: 'train' },
      },
    ],
    cancelAhead: {
      ...{ source: 'matched_cancels', coverage: 0.9, trackedOrders: 40 },
      overall: { share: 0.04, low: 0, high: 0.08, cancels: 1_200, markets: 4 },
      situations: [{ place: 'touch', close: 'over_300s', share: 0.02, low: 0, high: 0.1, cancels: 700, markets: 4 }],
      queueError: { pessimistic: 0.02, calibrated: 0.019, optimistic: 0.1 },
      queueErrorTrained: { pessimistic: 0.03, calibrated: 0.02, optimistic: 0.1 },
      falseFills: { pessimistic: 0, calibrated: 0, optimistic: 0.02 },
    },
    fills: {
      hazard: {
        ...{ shape: 1.1, frailty: 2, intercept: 1, perCent: -0.3, perLog: -0.4 },
        close: { over_300s: 0, '60_to_300s': -0.1, under_60s: 0.2 },
        errors: { intercept: 0.2, perCent: 0.05, perLog: null },
      },
      curves: [
        {
          ...{ offset: 'touch', close: 'any', orders: 100, markets: 4, fills: 60 },
          points: [{ seconds: 30, pessimistic: 0.5, calibrated: 0.51, optimistic: 0.6, ...SPAN }],
        },
      ],
      error: {
        ...{ trainMarkets: 3, testMarkets: 1, forecasts: 200 },
        score: {
          ...{ brier: 0.18, brierCurves: 0.19, brierNaive: 0.22, skill: 0.18, skillSpan: SPAN, reliability: BINS },
          trained: { forecasts: 500, brier: 0.17, brierNaive: 0.22 },
        },
      },
      ...{ prints: 400, virtualOrders: 100 },
    },
    adverse: {
      fills: 60,
      rows: [
        {
          ...{ offset: 'touch', close: 'any', seconds: 10, fills: 60, markets: 4, bias: 0.8, ...SPAN },
          ...{ unconditional: 0, left: -0.3 },
        },
      ],
    },
    intensity: {
      ...{ perHour: 500, perHourError: 40, perCent: 1.2, perCentError: 0.1, sweeps: 90, markets: 4, hours: 1 },
      ...{ prints: { perHour: 400, meanContracts: 20, meanSquare: 900 }, fromCents: 1, toCents: 9 },
      check: [{ cents: 2, observed: 40, fitted: 45 }],
    },
    quoteLife: [{ ms: 100, share: 0.95, low: 0.9, high: 0.99, quotes: 180, markets: 4 }],
    taker: {
      ...{ orders: 200, found: 110, markets: 40, intercept: 0.1 },
      features: [{ name: 'exit', weight: -0.2, mean: 0.3, deviation: 0.4 }],
      table: [{ bookAgeMs: [0, null], submitMs: [40, 60], orders: 80, found: 42, said: 0.53, ...SPAN }],
      error: {
        brierTrained: 0.2,
        ...{ trainOrders: 120, testOrders: 80, testMarkets: 16, found: 0.55, brier: 0.22, brierRate: 0.25 },
        ...{ brierAlways: 0.45, skill: 0.1, skillSpan: null, reliability: BINS },
      },
      leftOut: [{ why: 'refused by the exchange', orders: 3, found: 0 }],
    },
    notLearned: [{ what: 'own queue', why: 'no tape of a session' }],
    ...changes,
  };
}

export function composedLatency(): LatencyModel {
  const ms = Array.from({ length: 101 }, (_, n) => n);
  return {
    ...{ schema: 'kmm-latency/1', fittedAt: '2026-11-20T10:00:00.000Z', code: '0.2.0', count: 101 },
    ...{ sources: [{ file: 'orders.csv', sha256: SHA }], assumption: 'half each way' },
    ...{ feed: { ms }, entry: { ms }, response: { ms } },
  };
}

/** Of a quoter, as `kmm model fit quoter` writes it. */
export function composedQuoterModel(over: Partial<QuoterModel> = {}): QuoterModel {
  return {
    ...{
      schema: 'kmm-quoter/1',
      series: ['KXBTC15M'],
      fittedAt: '2026-11-01T00:00:00.000Z',
      code: 'test',
      sources: [],
    },
    ...{ markets: 6, hours: 1.2, limitContracts: 20, horizonHours: 0.25, volatilitySeconds: 4_000 },
    intensity: { perHour: 2_536, perHourError: 878, perCent: 1.084, perCentError: 0.26, sweeps: 2_178 },
    fitted: {
      sigmaCentsPerRootHour: 87.5,
      as: { gammaPerCent: 0.00002, kappaPerCent: 1.084 },
      cara: { gammaPerDollar: 0.0018, kPerDollar: 108.4 },
      glft: { gammaPerCent: 0.0006, kPerCent: 1.084, fillsPerHour: 2_536, fittedFills: 2_178 },
    },
    ...over,
  };
}

/** What a model's file must hold. Every number is finite, every share lies in [0, 1]: JSON has no NaN, but a hand may write null. */
import * as z from 'zod';
import { areQuantiles } from '../../core/fill-model/latency.ts';
import { FILL_MODEL_SCHEMA, LATENCY_SCHEMA } from '../../core/fill-model/model.ts';
import { QUOTER_SCHEMA } from '../../core/fill-model/quoter-model.ts';
import { CLOSE_BUCKETS, OFFSETS, PLACES } from '../../core/fill-model/situations.ts';
import { BLEND_SCHEMA } from '../../core/honesty/blend-model.ts';

const number = z.number();
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const negative = z.number().max(0);
const end = z.number().nullable();
const span = { low: end, high: end };
const close = z.enum(CLOSE_BUCKETS as [string, ...string[]]);
const offset = z.enum(OFFSETS.map(({ bucket }) => bucket) as [string, ...string[]]);
const orAny = <T extends z.ZodType>(type: T) => z.union([type, z.literal('any')]);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

const cancelShare = { ...span, share, cancels: count, markets: count };
const bands = z.object({ pessimistic: number.min(0), calibrated: number.min(0), optimistic: number.min(0) });
const reliability = z.array(z.object({ from: share, to: share, count, predicted: share, observed: share, ...span }));
const spanOrNull = z.object(span).nullable();

const hazard = z.object({
  shape: z.number().positive(),
  frailty: z.number().min(0),
  intercept: number,
  perCent: negative,
  perLog: negative,
  close: z.object({ over_300s: number, '60_to_300s': number, under_60s: number }),
  errors: z.object({ perCent: end, perLog: end, intercept: end }),
});

const point = z.object({
  ...{ seconds: z.number().positive(), pessimistic: share, calibrated: share, optimistic: share },
  ...span,
});

const fills = z.object({
  hazard,
  curves: z.array(
    z.object({ offset, close: orAny(close), orders: count, markets: count, fills: count, points: z.array(point) }),
  ),
  error: z.object({
    trainMarkets: count,
    testMarkets: count,
    forecasts: count,
    score: z
      .object({
        brier: share,
        brierCurves: share,
        brierNaive: share,
        skill: number,
        skillSpan: spanOrNull,
        reliability,
        trained: z.object({ forecasts: count, brier: share, brierNaive: share }),
      })
      .nullable(),
  }),
  prints: count,
  virtualOrders: count,
});

const adverse = z.object({
  fills: count,
  rows: z.array(
    z.object({
      ...{ offset: orAny(offset), close: orAny(close), seconds: z.number().positive(), fills: count, markets: count },
      ...{ bias: number, unconditional: number, left: number },
      ...span,
    }),
  ),
});

const intensity = z.object({
  ...{ perHour: z.number().positive(), perHourError: number, perCent: z.number().positive(), perCentError: number },
  ...{ sweeps: count, markets: count, hours: z.number().positive(), fromCents: number, toCents: number },
  prints: z.object({ perHour: number, meanContracts: number, meanSquare: number }),
  check: z.array(z.object({ cents: number, observed: number, fitted: number })),
});

const range = z.tuple([z.number().min(0), z.number().positive().nullable()]);

const taker = z.object({
  ...{ orders: count, found: count, markets: count, intercept: number },
  features: z.array(z.object({ name: z.string(), weight: number, mean: number, deviation: z.number().positive() })),
  table: z.array(z.object({ bookAgeMs: range, submitMs: range, orders: count, found: count, said: share, ...span })),
  error: z.object({
    ...{ trainOrders: count, testOrders: count, testMarkets: count, found: share },
    ...{
      brierTrained: share,
      brier: share,
      brierRate: share,
      brierAlways: share,
      skill: number,
      skillSpan: spanOrNull,
      reliability,
    },
  }),
  leftOut: z.array(z.object({ why: z.string(), orders: count, found: count })),
});

export const fillModelSchema = z.object({
  schema: z.literal(FILL_MODEL_SCHEMA),
  series: z.array(z.string().min(1)).min(1),
  fittedAt: time,
  code: z.string(),
  sources: z.array(z.object({ file: z.string(), sha256: digest, records: count })),
  assumptions: z.array(z.string()),
  markets: z.array(
    z.object({
      ...{ ticker: z.string(), from: time, to: time, seconds: count, prints: count, isCloseKnown: z.boolean() },
      printsAre: z.enum(['recorded', 'inferred', 'none']),
      use: z.enum(['train', 'test']),
    }),
  ),
  cancelAhead: z.object({
    source: z.enum(['own_queue', 'matched_cancels', 'band']),
    overall: z.object(cancelShare),
    situations: z.array(z.object({ ...cancelShare, place: z.enum(PLACES as [string, ...string[]]), close })),
    coverage: share,
    queueError: bands.nullable(),
    queueErrorTrained: bands.nullable(),
    falseFills: bands.nullable(),
    trackedOrders: count,
  }),
  fills: fills.nullable(),
  adverse: adverse.nullable(),
  intensity: intensity.nullable(),
  quoteLife: z.array(z.object({ ms: z.number().positive(), share, quotes: count, markets: count, ...span })),
  taker: taker.nullable(),
  notLearned: z.array(z.object({ what: z.string(), why: z.string() })),
});

const quantiles = z.object({
  ms: z.array(z.number()).refine(areQuantiles, '101 whole ms, none below the one before'),
});

export const latencyModelSchema = z.object({
  schema: z.literal(LATENCY_SCHEMA),
  fittedAt: time,
  code: z.string(),
  sources: z.array(z.object({ file: z.string(), sha256: digest })),
  count,
  assumption: z.string(),
  feed: quantiles,
  entry: quantiles,
  response: quantiles,
});

const estimate = z.object({ mean: number, error: end, low: end, high: end });
const rival = z.object({
  ...{ name: z.string(), questions: count, groups: count, isVerdict: z.boolean() },
  ...{ brier: estimate, logLoss: estimate, brierBeyond: estimate.nullable(), logLossBeyond: estimate.nullable() },
});
const part = { markets: count, from: time.nullable(), to: time.nullable() };

export const blendModelSchema = z.object({
  schema: z.literal(BLEND_SCHEMA),
  series: z.array(z.string().min(1)).min(1),
  fittedAt: time,
  code: z.string(),
  model: z.literal('average'),
  ...{ weight: share, unshrunk: share, error: number.min(0) },
  horizons: z.array(count),
  sources: z.array(z.object({ file: z.string(), sha256: digest, records: count })),
  assumptions: z.array(z.string()),
  train: z.object(part),
  test: z.object({ ...part, rivals: z.array(rival) }),
});

const positive = z.number().positive();

export const quoterModelSchema = z.object({
  schema: z.literal(QUOTER_SCHEMA),
  series: z.array(z.string().min(1)).min(1),
  fittedAt: time,
  code: z.string(),
  sources: z.array(z.object({ file: z.string(), sha256: digest, records: count })),
  ...{ markets: count, hours: positive, limitContracts: positive, horizonHours: positive, volatilitySeconds: count },
  intensity: z.object({
    ...{ perHour: positive, perHourError: number, perCent: positive, perCentError: number, sweeps: count },
  }),
  fitted: z.object({
    sigmaCentsPerRootHour: positive,
    as: z.object({ gammaPerCent: positive, kappaPerCent: positive }),
    cara: z.object({ gammaPerDollar: positive, kPerDollar: positive }),
    glft: z.object({ gammaPerCent: positive, kPerCent: positive, fillsPerHour: positive, fittedFills: count }),
  }),
});

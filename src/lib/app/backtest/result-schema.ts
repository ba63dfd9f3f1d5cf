/**
 * What a kept result must look like to be reported: every number that a figure is made of is there and is one. NaN is
 * written as null by JSON, and is refused where nothing may be missing.
 */
import { z } from 'zod';
import { FILL_MODES } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import { HORIZONS_MS } from '../../core/pnl/split.ts';
import { DATA_KINDS } from '../../core/promotion/data-age.ts';

const whole = z.int();
const text = z.string();
const share = z.number().min(0).max(1);
const side = z.enum(['bid', 'ask']);
const moment = z.int().min(0);

const split = z.looseObject({
  ...{ gross: whole, spread: whole, unknownFills: whole },
  horizons: z
    .array(z.looseObject({ markout: whole, residual: whole, unknown: whole, unknownFills: whole }))
    .length(HORIZONS_MS.length),
});

const latency = z.union([
  z.looseObject({ kind: z.literal('fixed'), ms: z.number() }),
  z.looseObject({ kind: z.literal('samples'), ms: z.array(z.number()) }),
]);

const job = z.looseObject({
  data: z.looseObject({ files: z.array(text) }),
  parameters: z.looseObject({ strategy: text }),
  fill: z.looseObject({ mode: z.enum(FILL_MODES), source: text.optional() }),
  latency: z.looseObject({ feed: latency, order: latency, response: latency }),
  ...{ turnMs: z.number(), seed: z.number(), sampleMs: z.number().min(1) },
});

const counts = z.looseObject({
  ...{ decisions: whole, creates: whole, amends: whole, decreases: whole, cancels: whole, requotes: whole },
  ...{ expired: whole, rejects: z.record(text, whole) },
});

const market = z.looseObject({
  ...{ ticker: text, eventTicker: text, closeAt: moment, firstAt: moment, lastAt: moment, endPrice: whole },
  result: z.enum(['yes', 'no']).nullable(),
  counts,
  pnl: z.looseObject({ split, fees: whole, net: whole, fills: whole, contracts: whole, largestPosition: whole }),
  quoted: z.looseObject({ openMs: z.number(), bidMs: z.number(), askMs: z.number(), bothMs: z.number() }),
  inventory: z.array(z.looseObject({ at: z.number(), position: whole })),
});

const fill = z.looseObject({
  ...{ tradeId: text, ticker: text, eventTicker: text, at: z.number(), side, price: whole, size: whole, fee: whole },
  ...{ isTaker: z.boolean(), by: z.enum(['print', 'through', 'touch', 'taken']), endPrice: whole },
  ...{ midDoubled: whole.nullable(), laterMids: z.array(whole.nullable()), fair: share.nullable() },
});

const sample = z.looseObject({
  ...{ ticker: text, eventTicker: text, at: z.number(), fair: share, midDoubled: whole.nullable(), position: whole },
  outcome: z.union([z.literal(0), z.literal(1)]).nullable(),
});

const offer = z.looseObject({
  ...{ offsetCents: whole, closeMsMax: z.number().nullable(), offers: whole, touched: whole, size: whole },
  ...{ filled: whole, restingMs: z.number() },
});

const resultSchema = z.looseObject({
  ...{ runId: text, code: text, configHash: text, isPartial: z.boolean(), job },
  failure: z.looseObject({ at: z.number(), turn: whole, message: text, ticker: text.optional() }).optional(),
  data: z.array(z.looseObject({ path: text, role: text, sha256: text, bytes: z.number(), records: z.number() })),
  ...{ markets: z.array(market), fills: z.array(fill), samples: z.array(sample), offers: z.array(offer) },
  unquoted: z
    .looseObject({ moments: whole, reasons: z.array(z.looseObject({ name: text, moments: whole, reason: text })) })
    .optional(),
  ages: z
    .array(z.looseObject({ kind: z.enum(['any', ...DATA_KINDS]), looks: whole, old: whole, ageMsMax: z.number() }))
    .optional(),
  equity: z.array(z.looseObject({ at: z.number(), equity: whole, cash: whole })),
  totals: z.looseObject({
    ...{ split, fees: whole, net: whole, fills: whole, frames: whole, turns: whole, drawdown: whole },
    ...{ intentsHash: text, halts: z.array(text) },
  }),
  gaps: z.array(z.looseObject({ ticker: text, from: z.number(), to: z.number().optional(), reason: text })),
  ...{ assumptions: z.array(text), notes: z.array(text) },
});

/** The result, or the first thing that is wrong with it, in words. */
export function readResultJson(value: unknown): { readonly result: BacktestResult } | { readonly problem: string } {
  const read = resultSchema.safeParse(value);
  if (read.success) return { result: value as BacktestResult };
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  return { problem: `${where === '' ? 'it' : where}: ${issue?.message ?? 'is not as it should be'}` };
}

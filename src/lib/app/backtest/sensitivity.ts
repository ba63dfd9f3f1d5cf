/**
 * The same run with one thing changed at a time: quotes a tick wider or narrower, other fees, other delays. A profit that is
 * gone with one tick or fifty milliseconds was none.
 */
import { compared } from '../../core/backtest/comparison.ts';
import type { BacktestJob, FillMode, Latencies, Latency } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { ClusteredTotal } from '../../core/honesty/clustered.ts';
import type { FeeTerms } from '../../core/market.ts';
import type { Microdollars } from '../../core/units.ts';

export interface Variation {
  readonly id: string;
  /** What was changed, in words. */
  readonly what: string;
  readonly job?: (job: BacktestJob) => BacktestJob;
  readonly fees?: (fees: FeeTerms) => FeeTerms;
}

export interface SensitivityCell {
  readonly mode: FillMode;
  readonly net: Microdollars;
  readonly fills: number;
  /** Net of the varied run less that of the run, by event, in dollars. */
  readonly change: ClusteredTotal;
}

export interface SensitivityRow {
  readonly id: string;
  readonly what: string;
  /** As the results of the run; null: it ended early. */
  readonly cells: readonly (SensitivityCell | null)[];
}

export interface Sensitivity {
  readonly rows: readonly SensitivityRow[];
}

const latency = (id: string, what: string, of: (way: Latency) => Latency): Variation => ({
  ...{ id, what },
  job: (job) => ({ ...job, latency: everyWay(job.latency, of) }),
});

const ticks = (id: string, what: string, ticksAway: number): Variation => ({
  ...{ id, what },
  job: ({ parameters, ...job }) => ({
    ...job,
    parameters: { ...parameters, quoting: { ...parameters.quoting, ticksAway } },
  }),
});

const fees = (id: string, what: string, of: (terms: FeeTerms) => FeeTerms): Variation => ({ id, what, fees: of });

function times(factor: number, { multiplier, ...terms }: FeeTerms): FeeTerms {
  return { ...terms, multiplier: { ...multiplier, numerator: multiplier.numerator * factor } };
}

const VARIATIONS: readonly Variation[] = [
  ticks('tick_wider', 'quotes a tick wider', 1),
  ticks('tick_nearer', 'quotes a tick nearer', -1),
  fees('fees_none', 'no fees', (terms) => times(0, terms)),
  fees('fees_makers', 'makers pay a quarter', (terms) => ({
    ...terms,
    type: 'quadratic_with_maker_fees',
  })),
  fees('fees_double', 'fees doubled', (terms) => times(2, terms)),
  latency('latency_none', 'no delays', () => ({ kind: 'fixed', ms: 0 })),
  latency('latency_more', 'each delay +50 ms', (way) => longer(way, 50)),
  latency('latency_much', 'each delay +250 ms', (way) => longer(way, 250)),
];

function everyWay({ feed, order, response }: Latencies, of: (way: Latency) => Latency): Latencies {
  return { feed: of(feed), order: of(order), response: of(response) };
}

function longer(way: Latency, more: number): Latency {
  return way.kind === 'fixed' ? { ...way, ms: way.ms + more } : { ...way, ms: way.ms.map((ms) => ms + more) };
}

/**
 * @param run one job over the same data, with the fees of its markets changed
 * @param told before each run, and at the end: how many are done, of how many
 */
export async function sensitivityOf(
  results: readonly BacktestResult[],
  run: (job: BacktestJob, fees: (terms: FeeTerms) => FeeTerms) => BacktestResult | Promise<BacktestResult>,
  told: (done: number, all: number) => void = () => {},
): Promise<Sensitivity> {
  const all = VARIATIONS.length * results.length;
  let done = 0;
  const rows: SensitivityRow[] = [];
  for (const { id, what, job = same, fees: terms = same } of VARIATIONS) {
    const cells: (SensitivityCell | null)[] = [];
    for (const base of results) {
      told(done, all);
      const varied = await run(job(base.job), terms);
      cells.push(varied.isPartial ? null : cellOf(base, varied));
      done += 1;
    }
    rows.push({ id, what, cells });
  }
  told(done, all);
  return { rows };
}

function same<Value>(value: Value): Value {
  return value;
}

function cellOf(base: BacktestResult, varied: BacktestResult): SensitivityCell {
  const { net, fills } = varied.totals;
  return { mode: base.job.fill.mode, net, fills, change: compared(varied, base).total };
}

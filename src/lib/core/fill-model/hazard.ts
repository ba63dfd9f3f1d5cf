/**
 * Odds of a fill as one formula of few numbers, so that they fall in distance, queue and size and rise in time whatever the
 * data: a Weibull hazard whose time scale is moved by what is known when the order is placed, with a gamma frailty for what is
 * not (some moments are busier than others). Fitted by maximum likelihood to orders that filled and orders that were only
 * watched so long (right-censored).
 */

import { climb, type Slope } from './climb.ts';
import { sum } from './clustered.ts';
import { zeros } from './matrix.ts';
import type { Hazard } from './model.ts';
import { sandwich } from './sandwich.ts';
import { CLOSE_BUCKETS, type CloseBucket } from './situations.ts';

/** What is known of an order when it is placed. */
export interface Placed {
  /** From the mid, > 0. */
  readonly cents: number;
  /** Contracts at its price and at better ones. */
  readonly ahead: number;
  /** Contracts of ours, of which the last is asked for; > 0. */
  readonly size: number;
  readonly close: CloseBucket;
}

/** P(filled whole within `seconds`) = 1 − (1 + frailty·H)^(−1/frailty), H = (seconds·e^η)^shape, in [0, 1]; 0 at 0 seconds. */
export function fillChance(hazard: Hazard, { cents, ahead, size, close }: Placed, seconds: number): number {
  if (!(seconds > 0)) return 0;
  const { shape, frailty, intercept, perCent, perLog } = hazard;
  const scale = intercept + perCent * cents + perLog * Math.log(ahead + size) + hazard.close[close];
  const risk = Math.exp(shape * (Math.log(seconds) + scale));
  return -Math.expm1(frailty === 0 ? -risk : -Math.log1p(frailty * risk) / frailty);
}

export interface WaitedOrder extends Placed {
  readonly market: number;
  readonly seconds: number;
  readonly isFilled: boolean;
}

/** Two orders that were filled within a millisecond are alike. */
const SECONDS_MIN = 0.001;

/** Undefined: the orders do not say (none filled, or all alike). */
export function fitHazard(orders: readonly WaitedOrder[]): Hazard | undefined {
  if (!orders.some((order) => order.isFilled)) return undefined;
  const free = new Set<Term>(TERMS);
  for (const { bucket, term } of CLOSE_TERMS) {
    if (!orders.some((order) => order.close === bucket && order.isFilled)) free.delete(term);
  }
  let best: Fitted | undefined;
  for (const frailty of FRAILTIES) {
    const fitted = fitSigned(orders, free, frailty);
    if (fitted !== undefined && (best === undefined || fitted.value > best.value)) best = fitted;
  }
  return best?.hazard;
}

/** Tried in turn; 0 is none, 1 is the log-logistic law. */
const FRAILTIES = [0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8] as const;

interface Fitted {
  readonly hazard: Hazard;
  /** Of the likelihood. */
  readonly value: number;
  at(term: Term): number | undefined;
}

/** What would make a fill likelier from further back, or behind more, is noise: it counts as nothing. */
function fitSigned(orders: readonly WaitedOrder[], terms: ReadonlySet<Term>, frailty: number): Fitted | undefined {
  const free = new Set(terms);
  for (;;) {
    const fitted = fitTerms(orders, [...free], frailty);
    if (fitted === undefined) return undefined;
    const wrong = (['perCent', 'perLog'] as const).filter((term) => (fitted.at(term) ?? 0) > 0);
    if (wrong.length === 0) return fitted;
    for (const term of wrong) free.delete(term);
  }
}

type Term = 'perCent' | 'perLog' | 'near' | 'last';
const TERMS: readonly Term[] = ['perCent', 'perLog', 'near', 'last'];
const CLOSE_TERMS: readonly { readonly bucket: CloseBucket; readonly term: Term }[] = [
  { bucket: '60_to_300s', term: 'near' },
  { bucket: 'under_60s', term: 'last' },
];

function termOf(term: Term, { cents, ahead, size, close }: Placed): number {
  if (term === 'perCent') return cents;
  if (term === 'perLog') return Math.log(ahead + size);
  return close === CLOSE_TERMS.find((one) => one.term === term)?.bucket ? 1 : 0;
}

interface Row {
  readonly market: number;
  readonly isFilled: boolean;
  readonly logSeconds: number;
  /** 1, then a value a term. */
  readonly x: readonly number[];
}

function fitTerms(orders: readonly WaitedOrder[], terms: readonly Term[], frailty: number): Fitted | undefined {
  const rows = orders.map((order): Row => {
    const logSeconds = Math.log(Math.max(SECONDS_MIN, order.seconds));
    const { market, isFilled } = order;
    return { market, isFilled, logSeconds, x: [1, ...terms.map((term) => termOf(term, order))] };
  });
  const fills = sum(rows.map((row) => (row.isFilled ? 1 : 0)));
  const waited = sum(rows.map((row) => Math.exp(row.logSeconds)));
  const start = [0, Math.log(fills / waited), ...terms.map(() => 0)];
  const at = climb(start, (point) => slopeAt(rows, point, frailty));
  if (at === undefined) return undefined;
  const errors = errorsOf(rows, at, frailty);
  const of = <T>(values: readonly T[], term: Term): T | undefined => {
    const place = terms.indexOf(term);
    return place === -1 ? undefined : values[place + 2];
  };
  const close = Object.fromEntries(
    CLOSE_BUCKETS.map((bucket) => [
      bucket,
      of(at, CLOSE_TERMS.find((one) => one.bucket === bucket)?.term as Term) ?? 0,
    ]),
  ) as Record<CloseBucket, number>;
  const hazard: Hazard = {
    shape: Math.exp(at[0] as number),
    frailty,
    intercept: at[1] as number,
    perCent: of(at, 'perCent') ?? 0,
    perLog: of(at, 'perLog') ?? 0,
    close,
    errors: {
      intercept: errors[1] ?? null,
      perCent: of(errors, 'perCent') ?? null,
      perLog: of(errors, 'perLog') ?? null,
    },
  };
  return { hazard, value: slopeAt(rows, at, frailty).value, at: (term) => of(at, term) };
}

/** Parameters: ln shape, then the weights of `x`. */
function slopeAt(rows: readonly Row[], at: readonly number[], frailty: number): Slope {
  const n = at.length;
  const gradient = new Array<number>(n).fill(0);
  const information = zeros(n);
  let value = 0;
  for (const row of rows) {
    const { log, score, bend } = rowAt(row, at, frailty);
    value += log;
    for (let i = 0; i < n; i += 1) {
      gradient[i] = (gradient[i] as number) + (score[i] as number);
      const line = information[i] as number[];
      for (let k = 0; k < n; k += 1) line[k] = (line[k] as number) + bend(i, k);
    }
  }
  return { value: Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY, gradient, information };
}

function rowAt({ isFilled, logSeconds, x }: Row, at: readonly number[], frailty: number) {
  const shape = Math.exp(at[0] as number);
  let scale = logSeconds;
  for (const [n, value] of x.entries()) scale += value * (at[n + 1] as number);
  const u = shape * scale;
  const risk = Math.exp(u);
  const filled = isFilled ? 1 : 0;
  const thinned = 1 + frailty * risk;
  const survived = frailty === 0 ? -risk : -Math.log(thinned) / frailty;
  const surplus = (filled - risk) / thinned;
  const bent = (risk * (1 + frailty * filled)) / thinned ** 2;
  return {
    log: filled * ((at[0] as number) + u - logSeconds - Math.log(thinned)) + survived,
    score: [filled + u * surplus, ...x.map((value) => value * shape * surplus)],
    bend: (i: number, k: number) => {
      if (i === 0 && k === 0) return u * u * bent - u * surplus;
      const [a, b] = [i === 0 ? 1 : (x[i - 1] as number), k === 0 ? 1 : (x[k - 1] as number)];
      return i === 0 || k === 0 ? a * b * shape * (u * bent - surplus) : a * b * shape * shape * bent;
    },
  };
}

/** Of scores summed by market, so that orders of one market do not count as many. */
function errorsOf(rows: readonly Row[], at: readonly number[], frailty: number): readonly (number | null)[] {
  const n = at.length;
  const scores = new Map<number, number[]>();
  for (const row of rows) {
    const total = scores.get(row.market) ?? new Array<number>(n).fill(0);
    scores.set(row.market, total);
    for (const [i, value] of rowAt(row, at, frailty).score.entries()) total[i] = (total[i] as number) + value;
  }
  return sandwich(slopeAt(rows, at, frailty).information, [...scores.values()]);
}

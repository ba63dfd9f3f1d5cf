/**
 * The lots that were closed in a year, first in first out, as a tax return asks for them; their months; and a line beside what
 * the exchange itself says of the year. Dates are New York's. What a return makes of them is for its reader: no tax advice.
 */
import { easternTime } from '../../core/eastern.ts';
import type { ClosedLot } from '../../core/money/lots.ts';
import { type EpochMs, type Microdollars, microdollars, moneyOf, signOf } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import { rebuildLedger } from '../money/rebuild-ledger.ts';
import { assertBegun, type Period } from './period.ts';
import { type Proof, proofOf } from './proof.ts';
import { readPeriod } from './read-period.ts';
import { accountOf, type ReportSources } from './report-account.ts';

export interface TaxSums {
  readonly lots: number;
  readonly proceeds: Microdollars;
  readonly basis: Microdollars;
  readonly fees: Microdollars;
  /** proceeds − basis − fees. */
  readonly net: Microdollars;
}

export interface TaxMonth extends TaxSums {
  /** 2026-11. */
  readonly month: string;
}

/** What came and went for trades of the year: the exchange's figures can be laid beside these without any lot. */
export interface YearFlows {
  readonly fills: number;
  /** Σ −s·p·q of the fills: paid (below zero) or received for contracts. */
  readonly traded: Microdollars;
  readonly fees: Microdollars;
  readonly settlements: number;
}

export interface TaxReport {
  readonly env: EnvironmentName;
  readonly account: string;
  readonly year: Period;
  readonly isOver: boolean;
  readonly proof: Proof;
  readonly lots: readonly ClosedLot[];
  /** Empty, and null, unless the money reconciles. */
  readonly months: readonly TaxMonth[];
  readonly total: TaxSums | null;
  /** Beside lots: incentives that were paid in the year. */
  readonly incentives: Microdollars | null;
  readonly flows: YearFlows;
  /** Of the exchange's own listing, read now; null: it was not asked. */
  readonly stated: YearFlows | null;
}

/** Throws KMM_USAGE (it lies ahead), KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED. */
export function taxReport(
  sources: ReportSources,
  { account: name, year, now, stated }: { account?: string; year: Period; now: EpochMs; stated?: YearFlows },
): TaxReport {
  const { from, to } = year;
  assertBegun(year, now);
  const account = accountOf(sources.rows.sessions(), { name, from, to });
  const money = readPeriod(sources, { account, from, to, cuts: [], provenFrom: to, isMarked: false });
  const proof = proofOf(money, year);
  const lots: ClosedLot[] = [];
  rebuildLedger(sources.money, account, {
    onLotClosed: (lot) => {
      if (lot.closedAt >= from && lot.closedAt < to) lots.push(lot);
    },
  });
  lots.sort((a, b) => a.closedAt - b.closedAt);
  const isProven = proof.kind === 'equal';
  const incentives = money.facts.cash.filter(({ kind, at }) => kind === 'incentive' && at >= from && at < to);
  const settlements = money.facts.settlements.filter(({ settledAt }) => settledAt >= from && settledAt < to);
  return {
    ...{ env: sources.home.env, account, year, isOver: now >= to, proof, lots },
    months: isProven ? monthsOf(lots) : [],
    total: isProven ? sumsOf(lots) : null,
    incentives: isProven ? microdollars(incentives.reduce((sum, { amount }) => sum + amount, 0)) : null,
    flows: flowsOf(
      money.facts.fills.map((fill) => ({ ...fill, executedAt: fill.exchangeAt ?? fill.at })),
      settlements.length,
      year,
    ),
    stated: stated ?? null,
  };
}

/** Of fills in a year, wherever they were read. */
export function flowsOf(
  fills: Iterable<{
    readonly executedAt: EpochMs;
    readonly side: 'bid' | 'ask';
    readonly price: Parameters<typeof moneyOf>[0];
    readonly size: Parameters<typeof moneyOf>[1];
    readonly fee: Microdollars;
  }>,
  settlements: number,
  { from, to }: Pick<Period, 'from' | 'to'>,
): YearFlows {
  let [count, traded, fees] = [0, 0, 0];
  for (const { executedAt, side, price, size, fee } of fills) {
    if (executedAt < from || executedAt >= to) continue;
    count += 1;
    traded -= signOf(side) * moneyOf(price, size);
    fees += fee;
  }
  return { fills: count, traded: microdollars(traded), fees: microdollars(fees), settlements };
}

export function feesOf({ openFee, closeFee }: ClosedLot): Microdollars {
  return microdollars(openFee + closeFee);
}

export function netOf(lot: ClosedLot): Microdollars {
  return microdollars(lot.gain - lot.openFee - lot.closeFee);
}

function sumsOf(lots: readonly ClosedLot[]): TaxSums {
  const sum = (of: (lot: ClosedLot) => number) => microdollars(lots.reduce((total, lot) => total + of(lot), 0));
  return {
    lots: lots.length,
    proceeds: sum(({ proceeds }) => proceeds),
    basis: sum(({ basis }) => basis),
    fees: sum(feesOf),
    net: sum(netOf),
  };
}

function monthsOf(lots: readonly ClosedLot[]): readonly TaxMonth[] {
  const byMonth = Map.groupBy(lots, ({ closedAt }) => {
    const { year, month } = easternTime(closedAt);
    return `${year}-${String(month).padStart(2, '0')}`;
  });
  return [...byMonth].sort(([a], [b]) => (a < b ? -1 : 1)).map(([month, some]) => ({ month, ...sumsOf(some) }));
}

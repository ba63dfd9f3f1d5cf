/**
 * The report of a day, a week or a month: one object, from the journal alone, that every format is printed from. The same
 * period gives the same report, whenever it is asked for once the period is over: nothing in it depends on now.
 */
import type { AccountSampleRow } from '../../adapters/store/money-rows.ts';
import type { FeeDifferenceRow, FeeDriftRow, SessionRow } from '../../adapters/store/report-rows.ts';
import { type PnlRow, pnlOf } from '../../core/pnl/account-pnl.ts';
import { executedAt, strategyOfFill } from '../../core/pnl/facts.ts';
import { cutsOf } from '../../core/pnl/periods.ts';
import type { EquityPoint } from '../../core/pnl/statistics.ts';
import type { Pnl } from '../../core/pnl/sums.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
  microdollars,
  type Side,
  signOf,
} from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import type { Money } from '../money/read-money.ts';
import { exitsOf } from './exits.ts';
import { type Incident, incidentsOf } from './incidents.ts';
import { assertBegun, type Period } from './period.ts';
import { type Proof, proofOf } from './proof.ts';
import { type Quoting, quotingOf } from './quoting.ts';
import { readPeriod } from './read-period.ts';
import { forecastsOfFills, type Reliability, reliabilityOf } from './reliability.ts';
import { accountOf, type ReportSources } from './report-account.ts';
import { type TermFigures, termFiguresOf } from './term-figures.ts';
import { type UpTime, upTimeOf } from './up-time.ts';

export interface MoneyReport {
  readonly env: EnvironmentName;
  readonly account: string;
  readonly period: Period;
  /** The period's end, or the present where it is not over. */
  readonly until: EpochMs;
  readonly isOver: boolean;
  readonly proof: Proof;
  /** Null unless the money reconciles: then nothing is added up. */
  readonly total: Pnl | null;
  readonly markets: readonly PnlRow[];
  /** Of a week or a month: its days. */
  readonly days: readonly PnlRow[];
  /** Of a week or a month, and only where the money reconciles. */
  readonly term: TermFigures | null;
  readonly use: LimitUse;
  readonly incidents: readonly Incident[];
  /** What operators did: flattens, kills, pauses, … */
  readonly operations: readonly {
    readonly at: EpochMs;
    readonly by: string;
    readonly verb: string;
    readonly detail: string;
  }[];
  readonly upTime: UpTime;
  readonly quoting: Quoting;
  readonly adverse: Adverse;
  /** What the fills of the period were expected to bring by the fair value at each, after fees, by market. */
  readonly expected: ReadonlyMap<string, ExpectedValue>;
  readonly fees: FeesReported;
  /** Of what was filled. */
  readonly reliability: Reliability;
  /** What was gained since the period began, sample by sample. */
  readonly equity: readonly EquityPoint[];
  readonly fills: readonly ReportFill[];
}

/** What was found of the fees that were judged in the period. */
export interface FeesReported extends FeeDriftRow {
  readonly differences: readonly FeeDifferenceRow[];
}

export interface ExpectedValue {
  /** Fills whose fair value is known. */
  readonly fills: number;
  readonly net: Microdollars;
}

export interface ReportFill {
  readonly ticker: string;
  readonly at: EpochMs;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** As in its client order id; `hand`, or `elsewhere`. */
  readonly strategy: string;
}

/** The most that was used of what limits allow, by the samples. */
export interface LimitUse {
  readonly samples: number;
  /** Worst outcome of everything held and on order. */
  readonly worstLoss: Microdollars;
  /** Largest fall below where the period (of a day: the day) began; zero or above. */
  readonly loss: Microdollars;
  readonly unknown: number;
  readonly resting: number;
}

/** Fills after which the mid went against us within a minute, of those whose mids are known. */
export interface Adverse {
  readonly known: number;
  readonly adverse: number;
}

export interface MoneyReportRequest {
  readonly account?: string;
  readonly period: Period;
  readonly now: EpochMs;
}

/** Alerts are told again while they hold, at the latest after so long. */
const ALERTS_BEFORE_MS = 31 * 86_400_000;

/** Throws KMM_USAGE (it lies ahead), KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED. */
export function moneyReport(sources: ReportSources, { account: name, period, now }: MoneyReportRequest): MoneyReport {
  const { rows, home } = sources;
  assertBegun(period, now);
  const sessions = rows.sessions();
  const account = accountOf(sessions, { name, from: period.from, to: period.to });
  const isOver = now >= period.to;
  const span = { from: period.from, to: isOver ? period.to : now };
  const own = sessions.filter((one) => one.account === account && one.startedAt < span.to);
  const money = readPeriod(sources, {
    ...{ account, ...span, provenFrom: period.to, isMarked: true },
    cuts: period.days === 1 ? [] : cutsOf(span, 'day'),
    ...(own[0] !== undefined && { beganAt: own[0].startedAt }),
  });
  const proof = proofOf(money, span);
  const byMarket = pnlOf(money.facts, span, 'market');
  const byDay = period.days === 1 ? undefined : pnlOf(money.facts, span, 'day');
  const equity = equityOf(money.samples);
  const before = { from: epochMs(Math.max(0, period.from - ALERTS_BEFORE_MS)), to: span.to };
  return {
    ...{ env: home.env, account, period, until: span.to, isOver, proof, equity },
    total: proof.kind === 'equal' ? byMarket.total : null,
    markets: byMarket.rows,
    days: byDay?.rows ?? [],
    term:
      byDay === undefined || proof.kind !== 'equal'
        ? null
        : termFiguresOf(byDay, byMarket, period, money, span.to, exitsOf(sources.money, money, span)),
    use: useOf(money.samples, equity),
    incidents: incidentsOf(rows.alerts(before), span),
    operations: rows.operations(span),
    upTime: upTimeOf(own, money.samples, span),
    quoting: quotingOf(rows, account, idsOf(own, span.from), span),
    adverse: adverseOf(money, span),
    expected: expectedOf(money, span),
    fees: { ...rows.feeDrift(account, span), differences: rows.feeDifferences(account, span) },
    reliability: reliabilityOf(forecastsOfFills(money.facts.fills, money.facts.marks, money.facts.settlements, span)),
    fills: money.facts.fills
      .filter((fill) => isWithin(executedAt(fill), span))
      .map((fill) => ({ ...fill, at: executedAt(fill), strategy: strategyOfFill(fill) })),
  };
}

type Span = Pick<Period, 'from' | 'to'>;

function isWithin(at: EpochMs, { from, to }: Span): boolean {
  return at >= from && at < to;
}

/** Sessions that may have sent something in the period. */
function idsOf(sessions: readonly SessionRow[], from: EpochMs): readonly number[] {
  return sessions.filter(({ endedAt }) => (endedAt ?? Infinity) >= from).map(({ session }) => session);
}

function equityOf(samples: readonly AccountSampleRow[]): readonly EquityPoint[] {
  const gain = ({ realized, unrealized, fees }: AccountSampleRow) => realized + unrealized - fees;
  const first = samples[0];
  if (first === undefined) return [];
  return samples.map((sample) => ({ at: sample.at, equity: microdollars(gain(sample) - gain(first)) }));
}

function useOf(samples: readonly AccountSampleRow[], equity: readonly EquityPoint[]): LimitUse {
  const most = (of: (sample: AccountSampleRow) => number) => samples.reduce((top, one) => Math.max(top, of(one)), 0);
  return {
    samples: samples.length,
    worstLoss: microdollars(most(({ worstLoss }) => worstLoss)),
    loss: microdollars(equity.reduce((top, { equity: gained }) => Math.max(top, -gained), 0)),
    unknown: most(({ unknown }) => unknown),
    resting: most(({ resting }) => resting),
  };
}

function expectedOf({ facts }: Pick<Money, 'facts'>, span: Span): MoneyReport['expected'] {
  const fairAt = new Map<string, number>();
  for (const { tradeId, horizonMs, fair } of facts.marks)
    if (horizonMs === 0 && fair !== null) fairAt.set(tradeId, fair);
  const sums = new Map<string, ExpectedValue>();
  for (const fill of facts.fills) {
    const fair = fairAt.get(fill.tradeId);
    if (fair === undefined || !isWithin(executedAt(fill), span)) continue;
    const { fills, net } = sums.get(fill.ticker) ?? { fills: 0, net: 0 };
    const value = Math.round(signOf(fill.side) * fill.size * (fair - fill.price)) - fill.fee;
    sums.set(fill.ticker, { fills: fills + 1, net: microdollars(net + value) });
  }
  return sums;
}

const ADVERSE_MS = 60_000;

function adverseOf({ facts }: Pick<Money, 'facts'>, span: Span): Adverse {
  const moves = new Map<string, { first?: number; later?: number }>();
  const own = facts.fills.filter((fill) => isWithin(executedAt(fill), span));
  for (const { tradeId } of own) moves.set(tradeId, {});
  for (const { tradeId, horizonMs, midDoubled } of facts.marks) {
    const move = moves.get(tradeId);
    if (move === undefined) continue;
    if (horizonMs === 0) move.first = midDoubled;
    if (horizonMs === ADVERSE_MS) move.later = midDoubled;
  }
  let [known, adverse] = [0, 0];
  for (const { tradeId, side } of own) {
    const { first, later } = moves.get(tradeId) ?? {};
    if (first === undefined || later === undefined) continue;
    known += 1;
    if (side === 'bid' ? later < first : later > first) adverse += 1;
  }
  return { known, adverse };
}

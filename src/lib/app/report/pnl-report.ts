/**
 * `kmm report pnl`: profit and loss of the account by market, event, series, strategy, hour or day, from the journal alone.
 * Where the account does not reconcile with the exchange to the last digit there is no total, nor anything that follows from
 * one.
 */
import { easternTime } from '../../core/eastern.ts';
import { type AccountPnl, type Grouping, type PnlRow, pnlOf } from '../../core/pnl/account-pnl.ts';
import { executedAt, type Period } from '../../core/pnl/facts.ts';
import { cutsOf, dayOf } from '../../core/pnl/periods.ts';
import type { EquityPoint } from '../../core/pnl/statistics.ts';
import type { Pnl } from '../../core/pnl/sums.ts';
import { type EpochMs, epochMs, type Microdollars, microdollars } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { type Money, moneyOf } from '../money/read-money.ts';
import { spanOf } from './period.ts';
import { type Compared, comparedBy } from './proof.ts';
import { accountOf, type ReportSources } from './report-account.ts';
import { figuresOf, type TermFigures } from './term-figures.ts';

export interface PnlQuestion {
  readonly by: Grouping;
  /** Eastern days as 2026-11-20, both included; absent: from the first that is known, to the last. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly account?: string | undefined;
  readonly daysPerYear: number;
  readonly now: EpochMs;
}

/** What the ratios are worked out from and what they are. */
export interface PnlFigures extends Omit<TermFigures, 'exits'> {
  readonly daysPerYear: number;
}

export interface PnlReport {
  readonly account: string;
  readonly by: Grouping;
  readonly period: Period;
  /** Whether the total may be printed. */
  readonly proof: Compared;
  readonly rows: readonly PnlRow[];
  /** Only where the money reconciles. */
  readonly proved?: { readonly total: Pnl; readonly figures: PnlFigures };
}

/** Throws KMM_USAGE, KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED, KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function pnlReport({ money: rows, rows: journal }: ReportSources, question: PnlQuestion): PnlReport {
  const { by, daysPerYear } = question;
  const account = accountOf(journal.sessions(), { name: question.account });
  const period = periodOf(rows.extent(account), question);
  const days = cutsOf(period, 'day');
  const cuts = by === 'hour' ? [...days, ...cutsOf(period, 'hour')] : days;
  const money = moneyOf(rows, { account, period, cuts });
  const pnl = pnlOf(money.facts, period, by);
  const proof = comparedBy({ ...money, laterFills: laterFillsOf(money, period) }, period);
  const report = { account, by, period, proof, rows: pnl.rows };
  if (proof.kind !== 'equal') return report;
  return { ...report, proved: { total: pnl.total, figures: pnlFiguresOf(money, pnl, days, daysPerYear) } };
}

/** From before the end of the period, and told after the comparison. */
function laterFillsOf({ reconciled, facts }: Money, { to }: Period): number {
  if (reconciled.kind !== 'equal') return 0;
  return facts.fills.filter((fill) => fill.at > reconciled.at && executedAt(fill) < to).length;
}

function pnlFiguresOf(money: Money, pnl: AccountPnl, days: readonly EpochMs[], daysPerYear: number): PnlFigures {
  const { facts } = money;
  const { period, total, events } = pnl;
  const before = pnlOf(facts, { from: epochMs(0), to: period.from }, 'market').total.net;
  const capital = microdollars(money.capitalAt(period.from) + before);
  const byDay = new Map(pnlOf(facts, period, 'day').rows.map(({ key, net }) => [key, net]));
  const nets = days.slice(0, -1).flatMap((day) => {
    const net = byDay.get(String(day));
    // An index is not traded at weekends: those days are none, unless something was.
    return net === undefined && daysPerYear < 365 && isWeekend(day) ? [] : [net ?? microdollars(0)];
  });
  const equity = equityOf(money, period, capital, total.net);
  return { capital, daysPerYear, ...figuresOf({ nets, daysPerYear }, equity, events) };
}

/** As the session noted it each minute, between the two ends that follow from the fills. What was paid in or out is no profit. */
function equityOf(money: Money, { from, to }: Period, capital: Microdollars, net: Microdollars): EquityPoint[] {
  const paidIn = money.capitalAt(from);
  const others = money.facts.cash.filter(({ kind }) => kind === 'incentive' || kind === 'adjustment');
  const noted = money.samples.map(({ at, realized, unrealized, fees }) => {
    const beside = others.reduce((sum, entry) => sum + (entry.at < at ? entry.amount : 0), 0);
    return { at, equity: microdollars(paidIn + realized + unrealized - fees + beside) };
  });
  return [{ at: from, equity: capital }, ...noted, { at: to, equity: microdollars(capital + net) }];
}

function isWeekend(day: EpochMs): boolean {
  const { year, month, day: date } = easternTime(day);
  return [0, 6].includes(new Date(Date.UTC(year, month - 1, date)).getUTCDay());
}

function periodOf(extent: { first: EpochMs; last: EpochMs } | undefined, { from, to, now }: PnlQuestion): Period {
  const asked = spanOf(from, to, now);
  // Days on which nobody looked are no days without profit.
  const last = epochMs((extent?.last ?? now) + 1);
  const span = {
    from: asked === undefined || from === undefined ? dayOf(extent?.first ?? now).from : asked.from,
    to: epochMs(Math.min(asked?.to ?? last, last)),
  };
  if (span.from < span.to) return span;
  throw new KmmError(
    'KMM_USAGE',
    `nothing is known of ${from ?? 'the beginning'} to ${to ?? 'the last that is known'}`,
  );
}

/**
 * `kmm report pnl`: profit and loss of the account by market, event, series, strategy, hour or day, from the journal alone.
 * Where the account does not reconcile with the exchange to the last digit there is no total, nor anything that follows from
 * one.
 */
import type { MoneyRows } from '../../adapters/store/money-rows.ts';
import { easternTime, nextEasternDay } from '../../core/eastern.ts';
import { type AccountPnl, type Grouping, type PnlRow, pnlOf } from '../../core/pnl/account-pnl.ts';
import { executedAt, type Period } from '../../core/pnl/facts.ts';
import { cutsOf, dayOf } from '../../core/pnl/periods.ts';
import {
  type Drawdown,
  drawdownOf,
  type EquityPoint,
  profitFactorOf,
  type Ratio,
  sharpeOf,
  sortinoOf,
  type WinRate,
  winRateOf,
} from '../../core/pnl/statistics.ts';
import type { Pnl } from '../../core/pnl/sums.ts';
import { type EpochMs, epochMs, type Microdollars, microdollars } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { type Money, moneyOf, openMoney } from './read-money.ts';

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
export interface PnlFigures {
  /** Cash and positions when the period began. */
  readonly capital: Microdollars;
  readonly days: number;
  readonly daysPerYear: number;
  readonly sharpe?: Ratio;
  readonly sortino?: Ratio;
  readonly profitFactor?: number;
  readonly drawdown?: Drawdown;
  /** Of events that are over; `openEvents` are not. */
  readonly wins: WinRate;
  readonly openEvents: number;
}

/** Whether the total may be printed. `behind`: something of the period was told after the last comparison. */
export type PnlProof =
  | Money['reconciled']
  | { readonly kind: 'behind'; readonly at: EpochMs; readonly entries: number };

export interface PnlReport {
  readonly account: string;
  readonly by: Grouping;
  readonly period: Period;
  readonly proof: PnlProof;
  readonly rows: readonly PnlRow[];
  /** Only where the money reconciles. */
  readonly proved?: { readonly total: Pnl; readonly figures: PnlFigures };
}

/** Undefined: no session was ever here. Throws KMM_USAGE, KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function reportPnl(home: Home, question: PnlQuestion): PnlReport | undefined {
  const rows = openMoney(home);
  try {
    return reportOf(rows, question);
  } finally {
    rows.close();
  }
}

function reportOf(rows: MoneyRows, question: PnlQuestion): PnlReport | undefined {
  const { by, daysPerYear } = question;
  const account = accountOf(rows.accounts(), question.account);
  if (account === undefined) return undefined;
  const period = periodOf(rows.extent(account), question);
  const days = cutsOf(period, 'day');
  const cuts = by === 'hour' ? [...days, ...cutsOf(period, 'hour')] : days;
  const money = moneyOf(rows, { account, period, cuts });
  if (money === undefined) return undefined;
  const pnl = pnlOf(money.facts, period, by);
  const proof = proofOf(money, period);
  const report = { account, by, period, proof, rows: pnl.rows };
  if (proof.kind !== 'equal') return report;
  return { ...report, proved: { total: pnl.total, figures: figuresOf(money, pnl, days, daysPerYear) } };
}

function accountOf(known: readonly string[], asked: string | undefined): string | undefined {
  if (asked === undefined || known.includes(asked)) return asked ?? known[0];
  throw new KmmError('KMM_USAGE', `${asked} has no session here; those that have: ${known.join(', ') || 'none'}`);
}

/** What was told after the last comparison, of the period alone, is not proved. */
function proofOf({ reconciled, facts }: Money, { to }: Period): PnlProof {
  if (reconciled.kind !== 'equal' || reconciled.since === 0) return reconciled;
  const { at } = reconciled;
  const told = [
    ...facts.fills.map((fill) => ({ told: fill.at, of: executedAt(fill) })),
    ...facts.settlements.map((one) => ({ told: one.at, of: one.settledAt })),
    ...facts.cash.map((entry) => ({ told: entry.at, of: entry.at })),
  ];
  const entries = told.filter((one) => one.told > at && one.of < to).length;
  return entries === 0 ? reconciled : { kind: 'behind', at, entries };
}

function figuresOf(money: Money, pnl: AccountPnl, days: readonly EpochMs[], daysPerYear: number): PnlFigures {
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
  const over = events.filter(({ isOver }) => isOver);
  const sharpe = sharpeOf({ nets, daysPerYear });
  const sortino = sortinoOf({ nets, daysPerYear });
  const profitFactor = profitFactorOf(nets);
  const drawdown = drawdownOf(equityOf(money, period, capital, total.net));
  return {
    ...{ capital, days: nets.length, daysPerYear },
    ...(sharpe !== undefined && { sharpe }),
    ...(sortino !== undefined && { sortino }),
    ...(profitFactor !== undefined && { profitFactor }),
    ...(drawdown !== undefined && { drawdown }),
    wins: winRateOf(over.map(({ net }) => net)),
    openEvents: events.length - over.length,
  };
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
  const first = extent?.first ?? now;
  // Days on which nobody looked are no days without profit.
  const last = epochMs((extent?.last ?? now) + 1);
  const span = {
    from: from === undefined ? dayOf(first).from : dayNamed(from).from,
    to: to === undefined ? last : epochMs(Math.min(dayNamed(to).to, last)),
  };
  if (span.from < span.to) return span;
  throw new KmmError(
    'KMM_USAGE',
    `nothing is known of ${from ?? 'the beginning'} to ${to ?? 'the last that is known'}`,
  );
}

/** An Eastern day. Throws KMM_USAGE. */
function dayNamed(text: string): Period {
  const noon = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T17:00:00Z`) : Number.NaN;
  if (Number.isNaN(noon) || new Date(noon).toISOString().slice(0, 10) !== text || text < '2008') {
    throw new KmmError('KMM_USAGE', `${text} is no day: say it as 2026-11-20`);
  }
  const day = dayOf(epochMs(noon));
  return { from: day.from, to: nextEasternDay(day.from) };
}

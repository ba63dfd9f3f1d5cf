/** What only a week or a month can say, each figure with the number it is of and how far it may be off (math.md section 19). */
import type { AccountPnl } from '../../core/pnl/account-pnl.ts';
import type { ExitWins } from '../../core/pnl/exit-wins.ts';
import { dayOf } from '../../core/pnl/periods.ts';
import {
  type DailyProfits,
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
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { microdollars } from '../../core/units.ts';
import { type Period, startOfDay } from './period.ts';
import type { PeriodMoney } from './read-period.ts';

export interface TermFigures {
  /** Days that are over or under way, those without a trade included. */
  readonly days: number;
  /** Cash and positions when the term began. */
  readonly capital: Microdollars;
  readonly sharpe: Ratio | null;
  readonly sortino: Ratio | null;
  readonly profitFactor: number | null;
  readonly drawdown: Drawdown | null;
  /** Of events that are over. */
  readonly wins: WinRate;
  readonly openEvents: number;
  /** Of lots that were closed in the term, by how. */
  readonly exits: readonly ExitWins[];
}

/** Whatever days and moments they are taken over. */
export function figuresOf(
  { nets, daysPerYear }: DailyProfits,
  equity: readonly EquityPoint[],
  events: AccountPnl['events'],
): Omit<TermFigures, 'capital' | 'exits'> {
  const over = events.filter(({ isOver }) => isOver);
  return {
    days: nets.length,
    sharpe: sharpeOf({ nets, daysPerYear }) ?? null,
    sortino: sortinoOf({ nets, daysPerYear }) ?? null,
    profitFactor: profitFactorOf(nets) ?? null,
    drawdown: drawdownOf(equity) ?? null,
    wins: winRateOf(over.map(({ net }) => net)),
    openEvents: events.length - over.length,
  };
}

/** Crypto trades every day. */
const DAYS_PER_YEAR = 365;

export function termFiguresOf(
  byDay: AccountPnl,
  byMarket: AccountPnl,
  { firstDay, days, from }: Period,
  money: Pick<PeriodMoney, 'capitalAt' | 'beganAt'>,
  until: EpochMs,
  exits: readonly ExitWins[],
): TermFigures {
  const netOf = new Map(byDay.rows.map(({ key, net }) => [Number(key), net]));
  const starts = Array.from({ length: days }, (_, index) => startOfDay(firstDay + index));
  const begun = starts.filter((day) => day < until && day >= firstOf(money, from));
  const nets = begun.map((day) => netOf.get(day) ?? microdollars(0));
  const capital = money.capitalAt(from);
  let equity: number = capital;
  const atEnds = [{ at: from, equity: capital }].concat(
    nets.map((net, index) => {
      equity += net;
      return { at: begun[index + 1] ?? until, equity: microdollars(equity) };
    }),
  );
  return { capital, exits, ...figuresOf({ nets, daysPerYear: DAYS_PER_YEAR }, atEnds, byMarket.events) };
}

/** Days before the account began are none of its days. */
function firstOf({ beganAt }: Pick<PeriodMoney, 'beganAt'>, from: EpochMs): EpochMs {
  return beganAt === undefined || beganAt <= from ? from : dayOf(beganAt).from;
}

/** Values of an index as sessions of minutes, 9:30 to 16:00 Eastern: what parameters are fitted on (math.md 9, σ_tod). */
import { tradingDay } from '../../clock/trading-calendar.ts';
import { easternDay } from '../../eastern.ts';
import { MINUTE_MS } from '../../reference/minute-closes.ts';
import type { EpochMs } from '../../units.ts';
import { HALF_SESSION_MINUTES, SESSION_MINUTES } from './calibration.ts';
import { bridge } from './terminal.ts';

export interface IndexRow {
  readonly at: EpochMs;
  readonly value: number;
}

export interface IndexSession {
  /** As `easternDay` counts. */
  readonly day: number;
  readonly opensAt: EpochMs;
  /** The last value of each minute, by its end: 0 is the open, the last one the close; NaN where none was seen. */
  readonly levels: readonly number[];
}

export interface Sessions {
  readonly sessions: readonly IndexSession[];
  /** Those that end at 13:00. */
  readonly halfDays: readonly IndexSession[];
  /** Values outside sessions, and on days that the calendar does not know. */
  readonly leftOut: { readonly outside: number; readonly unknownDays: number };
}

/** Rows in the order of their time. */
export function sessionsOf(rows: readonly IndexRow[]): Sessions {
  const levelsOf = new Map<number, { opensAt: EpochMs; isHalf: boolean; levels: number[] }>();
  const leftOut = { outside: 0, unknownDays: 0 };
  for (const { at, value } of rows) {
    const day = easternDay(at);
    const trading = tradingDay(at);
    if (trading.kind === 'unknown') leftOut.unknownDays += 1;
    else if (trading.kind === 'closed' || at <= trading.opensAt - MINUTE_MS || at > trading.closesAt)
      leftOut.outside += 1;
    else {
      const { opensAt, isEarly: isHalf } = trading;
      const known = levelsOf.get(day) ?? { opensAt, isHalf, levels: emptyLevels(isHalf) };
      levelsOf.set(day, known);
      const minute = Math.ceil((at - trading.opensAt) / MINUTE_MS);
      known.levels[Math.max(0, minute)] = value;
      // The night's change belongs to no minute of the session.
      if (minute === 1 && Number.isNaN(known.levels[0])) known.levels[0] = value;
    }
  }
  const of = (isHalf: boolean) =>
    [...levelsOf].flatMap(([day, { levels, opensAt, ...known }]) =>
      known.isHalf === isHalf ? [{ day, opensAt, levels }] : [],
    );
  return { sessions: of(false), halfDays: of(true), leftOut };
}

function emptyLevels(isHalf: boolean): number[] {
  return Array.from({ length: (isHalf ? HALF_SESSION_MINUTES : SESSION_MINUTES) + 1 }, () => Number.NaN);
}

/** A session with more holes than this is no whole one. */
const FILLED_MAX = 5;

/** Logarithmic returns of all minutes; undefined where too much is missing, or an end. */
export function wholeReturns({ levels }: IndexSession): readonly number[] | undefined {
  const missing = levels.filter(Number.isNaN).length;
  if (missing > FILLED_MAX || Number.isNaN(levels[0]) || Number.isNaN(levels.at(-1))) return undefined;
  const logs = filled(levels);
  return logs.slice(1).map((log, index) => log - (logs[index] as number));
}

/** In logarithms; a hole is bridged, each of its minutes weighing the same. */
function filled(levels: readonly number[]): readonly number[] {
  const logs = levels.map(Math.log);
  for (let minute = 1; minute < logs.length; minute += 1) {
    if (!Number.isNaN(logs[minute])) continue;
    const after = levels.findIndex((level, index) => index > minute && !Number.isNaN(level));
    const before = Math.exp(logs[minute - 1] as number);
    logs[minute] = bridge(before, levels[after] as number, 1, after - minute).mean;
  }
  return logs;
}

export interface SeenVariance {
  /** Of the whole session, log²: what was seen over the share of the day that it was seen in. */
  readonly variance: number;
  /** Returns behind it. */
  readonly returns: number;
}

/** Between all minutes whose level is known, holes spanned, jumps counted. */
export function seenVariance({ levels }: IndexSession, shares: readonly number[]): SeenVariance {
  let [sum, share, returns] = [0, 0, 0];
  let before: number | undefined;
  let sinceShare = 0;
  for (const [minute, level] of levels.entries()) {
    sinceShare += minute === 0 ? 0 : (shares[minute - 1] ?? 0);
    if (Number.isNaN(level)) continue;
    if (before !== undefined) {
      sum += Math.log(level / before) ** 2;
      share += sinceShare;
      returns += 1;
    }
    before = level;
    sinceShare = 0;
  }
  return { variance: returns === 0 ? Number.NaN : sum / share, returns };
}

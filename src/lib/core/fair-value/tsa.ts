/**
 * The average of a week's passengers at the checkpoints of the TSA, Monday to Sunday (A-FR2.1): the days that are published
 * as they are, the others by season, weekday and holidays, and as wide as the same forecast was wrong in past weeks, each made with
 * what was known then.
 *
 * Refuses a history that is short or has holes, one that is late, and weeks too far away. No figure is invented for a hole.
 */
import { dateOfDay, easternDay, easternTime, weekdayOfDay } from '../eastern.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import type { ModelSays } from './model-says.ts';
import { TravelCalendar } from './tsa/calendar.ts';
import { type DayCount, Throughput } from './tsa/throughput.ts';
import type { ModelRefusal } from './types.ts';

export interface TsaInput {
  /** Published days, in rising order. */
  readonly days: readonly DayCount[];
  /** The Sunday that ends the week, as `easternDay` counts. */
  readonly sunday: number;
  readonly at: EpochMs;
}

/** Two years of regression before the first forecast is made, and half a year of forecasts to judge it by. */
const WARM_DAYS = 730;
const WEEKS_MIN = 26;
/** Before March 2022 the pandemic, not the calendar, said how many travel. */
const FIRST_DAY = 19_052;
/** Of past weeks of the other kind (holiday or not), this many stand in for those that are missing. */
const POOLED_WEEKS = 10;
/** Friday's to Sunday's figures come on Monday morning. Later than this after what is due is late: a holiday, and a day. */
const LATE_DAYS_MAX = 2;
const AHEAD_DAYS_MAX = 14;
const PUBLISHED_HOUR = 10;
const GRID = 1;

/** @yields between weeks of the past: whoever has a loop to keep running may give way there */
export function* tsaWeek({ days, sunday, at }: TsaInput): Generator<void, ModelSays> {
  const problem = problemOf(days, sunday, at);
  if (problem !== undefined) return { says: problem, reasons: [] };
  const used = days.filter(({ day }) => day >= FIRST_DAY && day <= sunday);
  const last = (used.at(-1) as DayCount).day;
  const ahead = sunday - last;
  const known = new Map(used.map(({ day, count }) => [day, count]));
  const walk = yield* walkOf(used, known, ahead, sunday);
  if (walk.kind === 'refused') return { says: walk, reasons: [] };
  const { mean, sd, weeks } = walk;
  const seen = Math.max(0, 7 - ahead);
  return {
    says: { kind: 'normal', mean, sd, doubt: sd / Math.sqrt(weeks), grid: GRID },
    reasons: [
      `${seen} of 7 days are published, the last of ${dateOfDay(last)}; average ${millions(mean)} ± ${millions(sd)}`,
      `so wide it was in ${weeks} past weeks`,
    ],
  };
}

/** The last day whose figure should be out: yesterday's on the morning of a working day, at the weekend Thursday's. */
export function dueDay(at: EpochMs): number {
  let day = easternDay(at);
  if (easternTime(at).hour < PUBLISHED_HOUR) day -= 1;
  const [SUNDAY, SATURDAY] = [0, 6];
  while (weekdayOfDay(day) === SUNDAY || weekdayOfDay(day) === SATURDAY) day -= 1;
  return day - 1;
}

function problemOf(days: readonly DayCount[], sunday: number, at: EpochMs): ModelRefusal | undefined {
  if (weekdayOfDay(sunday) !== 0)
    return refused('tsa_week_unknown', `the week would end on ${dateOfDay(sunday)}, no Sunday`);
  const used = days.filter(({ day }) => day >= FIRST_DAY && day <= sunday);
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined || used.length < WARM_DAYS + 7 * WEEKS_MIN) {
    return refused(
      'tsa_history_short',
      `${used.length} days of throughput are known; ${WARM_DAYS + 7 * WEEKS_MIN} are needed`,
    );
  }
  const bad = used.find(({ count }) => !(count > 0 && Number.isFinite(count)));
  if (bad !== undefined) return refused('tsa_figure', `${bad.count} passengers on ${dateOfDay(bad.day)}`);
  const hole = used.findIndex(({ day }, index) => day !== first.day + index);
  if (hole >= 0)
    return refused('tsa_gap', `the figures break off after ${dateOfDay((used[hole - 1] as DayCount).day)}`);
  if (last.day > easternDay(at))
    return refused('tsa_future', `the figures reach ${dateOfDay(last.day)}, which is to come`);
  const late = Math.min(dueDay(at), sunday) - last.day;
  if (late > LATE_DAYS_MAX)
    return refused('tsa_late', `the last figure is of ${dateOfDay(last.day)}, ${late} days behind`);
  if (sunday - last.day > AHEAD_DAYS_MAX)
    return refused('tsa_far', `the week ends ${sunday - last.day} days after the last figure`);
  return undefined;
}

interface Walk {
  readonly kind: 'walk';
  readonly mean: number;
  readonly sd: number;
  readonly weeks: number;
}

/** Goes through the past, forecasts each week from as far away as this one, and then this one. */
function* walkOf(
  used: readonly DayCount[],
  known: ReadonlyMap<number, number>,
  ahead: number,
  sunday: number,
): Generator<void, Walk | ModelRefusal> {
  const first = used[0] as DayCount;
  const calendar = new TravelCalendar();
  const model = new Throughput(first, calendar);
  const errors: Record<'holiday' | 'plain', number[]> = { holiday: [], plain: [] };
  const kindOf = (end: number) => (daysTo(end, ahead).some((day) => calendar.hasHoliday(day)) ? 'holiday' : 'plain');
  let mean: number | undefined;
  for (const one of used) {
    model.take(one);
    const end = one.day + ahead;
    const isJudged = weekdayOfDay(end) === 0 && one.day - first.day >= WARM_DAYS;
    if (!isJudged && end !== sunday) continue;
    yield;
    const expected = averageOf(model, known, end, ahead);
    if (end === sunday) mean = expected;
    const came = weekAverage(known, end);
    if (expected !== undefined && came !== undefined && end < sunday) errors[kindOf(end)].push(came / expected - 1);
  }
  const weeks = errors.holiday.length + errors.plain.length;
  if (mean === undefined || weeks < WEEKS_MIN) {
    return refused('tsa_history_short', `${weeks} past weeks tell how wrong the forecast is; ${WEEKS_MIN} are needed`);
  }
  const pooled = squares([...errors.holiday, ...errors.plain]) / weeks;
  const alike = errors[kindOf(sunday)];
  const variance = (squares(alike) + POOLED_WEEKS * pooled) / (alike.length + POOLED_WEEKS);
  return { kind: 'walk', mean, sd: mean * Math.sqrt(variance), weeks };
}

function averageOf(
  model: Throughput,
  known: ReadonlyMap<number, number>,
  end: number,
  ahead: number,
): number | undefined {
  const expected = model.expect(daysTo(end, Math.min(7, ahead)));
  if (expected === undefined) return undefined;
  let sum = expected.reduce((total, count) => total + count, 0);
  for (let day = end - 6; day <= end - ahead; day += 1) sum += known.get(day) ?? Number.NaN;
  return sum / 7;
}

function weekAverage(known: ReadonlyMap<number, number>, end: number): number | undefined {
  const counts = daysTo(end, 7).map((day) => known.get(day));
  return counts.every((count) => count !== undefined) ? counts.reduce((sum, count) => sum + count, 0) / 7 : undefined;
}

/** The last `count` days up to `end`. */
function daysTo(end: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => end - count + 1 + index);
}

function squares(errors: readonly number[]): number {
  return errors.reduce((sum, error) => sum + error * error, 0);
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(3)} M`;
}

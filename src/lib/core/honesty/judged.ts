/**
 * Every model in every series, judged by what counts of it now: the newest events within the history that is looked back on, so
 * that a verdict is of what the model is and not of what it once was, and costs the same after a year as after a month.
 */
import { errorByChance } from './calibration-error.ts';
import { scoresOf } from './scores.ts';
import { type EstimateRow, type FilledRow, type Standing, type StandingRules, standingsOf } from './standing.ts';

export interface JudgedModel {
  readonly standing: Standing;
  /** The calibration error that chance alone exceeds in one case of twenty; null: nothing to score. */
  readonly errorByChance: number | null;
  /** Of all that was said; null: nothing to score. */
  readonly brier: number | null;
}

export interface ModelRows {
  readonly estimates: readonly EstimateRow[];
  readonly filled: readonly FilledRow[];
}

/** Whole events leave, the oldest first; those that a verdict needs stay, however many rows they have. */
const EVENTS_KEPT = 2_000;
const ROWS_KEPT = 16_000;
const EVENTS_KEPT_MIN = 60;
/** An edge of a cent takes thousands of events to be shown: fills are looked back on further than what was said. */
const FILLS_KEPT = 20_000;

export function keyOf({ model, series }: Pick<EstimateRow, 'model' | 'series'>): string {
  return `${model}\n${series}`;
}

/** All rows are of one model in one series. Undefined: none of them counts. */
export function judged(rows: ModelRows, rules: StandingRules): JudgedModel | undefined {
  const { estimates, filled } = counted(rows, rules);
  const [standing] = standingsOf(estimates, filled, rules);
  if (standing === undefined) return undefined;
  const said = estimates.map(({ p, yes, ticker }) => ({ probability: p, isTrue: yes === 1, group: ticker }));
  const { parts, bins } = scoresOf(said);
  return { standing, errorByChance: errorByChance(bins), brier: parts?.brier ?? null };
}

/** By model and series. */
export function judgedModels({ estimates, filled }: ModelRows, rules: StandingRules): readonly JudgedModel[] {
  const [said, bets] = [Map.groupBy(estimates, keyOf), Map.groupBy(filled, keyOf)];
  const keys = [...new Set([...said.keys(), ...bets.keys()])].sort();
  return keys.flatMap((key) => judged({ estimates: said.get(key) ?? [], filled: bets.get(key) ?? [] }, rules) ?? []);
}

/** What counts of one model in one series; of rows in the order of time. */
export function counted({ estimates, filled }: ModelRows, { from, since = {} }: StandingRules): ModelRows {
  const { model = '' } = estimates[0] ?? filled[0] ?? {};
  const first = Math.max(from, since[model] ?? from);
  return { estimates: newestEvents(estimates, first), filled: newestFills(filled, first) };
}

function newestEvents(estimates: readonly EstimateRow[], first: number): readonly EstimateRow[] {
  const events = new Map<string, { last: number; rows: number }>();
  for (const { event, at } of estimates) {
    const known = events.get(event) ?? { last: 0, rows: 0 };
    events.set(event, { last: Math.max(known.last, at), rows: known.rows + 1 });
  }
  const kept = new Set<string>();
  let rows = 0;
  for (const [event, { last, rows: some }] of [...events].sort(([, a], [, b]) => b.last - a.last)) {
    rows += some;
    const isEnough = kept.size >= EVENTS_KEPT || (rows > ROWS_KEPT && kept.size >= EVENTS_KEPT_MIN);
    if (last < first || isEnough) break;
    kept.add(event);
  }
  return kept.size === events.size ? estimates : estimates.filter(({ event }) => kept.has(event));
}

function newestFills(filled: readonly FilledRow[], first: number): readonly FilledRow[] {
  const young = filled.filter(({ settledAt }) => settledAt >= first);
  if (young.length <= FILLS_KEPT) return young;
  const left = new Set(young.slice(0, -FILLS_KEPT).map(({ event }) => event));
  return young.slice(-FILLS_KEPT).filter(({ event }) => !left.has(event));
}

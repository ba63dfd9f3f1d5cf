/** A model's standing in one word, and since when it has been that word. */
import { type EpochMs, epochMs } from '../units.ts';
import type { JudgedModel, ModelRows } from './judged.ts';
import { judged } from './judged.ts';
import type { Standing, StandingRules } from './standing.ts';

/** `untold`: too few events. `clamped`: less than the usual size somewhere, or nothing at some probabilities. `benched`: nothing. */
export type Verdict = 'untold' | 'believed' | 'clamped' | 'benched';

export interface ToldModel extends JudgedModel {
  readonly verdict: Verdict;
  /** The close or payment of the event with which it came to be that, by what counts now; null while it is untold. */
  readonly since: EpochMs | null;
  /** What it said at times fixed beforehand, as far as it counts. */
  readonly decisions: number;
  readonly fills: number;
}

export function verdictOf({ benched, bins }: Pick<Standing, 'benched' | 'bins'>): Verdict {
  if (benched !== null) return 'benched';
  if (bins.length === 0) return 'untold';
  return bins.some(({ isOff, why }) => isOff || why !== null) ? 'clamped' : 'believed';
}

/** Of rows that all count, of one model in one series. */
export function toldModel(rows: ModelRows, rules: StandingRules): ToldModel | undefined {
  const now = judged(rows, rules);
  if (now === undefined) return undefined;
  const verdict = verdictOf(now.standing);
  const since = verdict === 'untold' ? null : sinceOf(rows, rules, verdict);
  return { ...now, verdict, since, decisions: rows.estimates.length, fills: rows.filled.length };
}

/**
 * Looks back over 1, 2, 4 … events for one after which the word was another, then between. So a day on which it was another
 * for a moment, long before, may be passed over; the moment that is found is one at which it changed.
 */
function sinceOf(rows: ModelRows, rules: StandingRules, verdict: Verdict): EpochMs {
  const ends = eventEnds(rows);
  const isSoAfter = (count: number) => {
    const within = new Set(ends.slice(0, count).map(([event]) => event));
    const standing = judged(only(rows, within), rules)?.standing;
    return standing !== undefined && verdictOf(standing) === verdict;
  };
  let [step, so, other] = [1, ends.length, 0];
  while (so - step > 0) {
    if (!isSoAfter(so - step)) {
      other = so - step;
      break;
    }
    so -= step;
    step *= 2;
  }
  while (so - other > 1) {
    const middle = Math.floor((so + other) / 2);
    if (isSoAfter(middle)) so = middle;
    else other = middle;
  }
  return epochMs(ends[so - 1]?.[1] ?? 0);
}

/** Each event with when it was over, one after the other. */
function eventEnds({ estimates, filled }: ModelRows): readonly (readonly [event: string, at: number])[] {
  const ends = new Map<string, number>();
  const end = (event: string, at: number) => ends.set(event, Math.max(ends.get(event) ?? 0, at));
  for (const { event, at, horizonS } of estimates) end(event, at + horizonS * 1_000);
  for (const { event, settledAt } of filled) end(event, settledAt);
  return [...ends].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

function only({ estimates, filled }: ModelRows, events: ReadonlySet<string>): ModelRows {
  const isIn = ({ event }: { readonly event: string }) => events.has(event);
  return { estimates: estimates.filter(isIn), filled: filled.filter(isIn) };
}

/**
 * How far a model is believed in a series, from what it said beforehand and what came (E-4, A-FR2.5; math.md section 18).
 *
 * A bin of its probabilities is off when its fills brought less than half of what they promised even at best, or when what
 * came true lies further from what it said than is allowed even at best; below that its size is what is shown to be earned.
 * The whole model is benched when it has begun to drift, or when every bin is off. Below 30 events there is no verdict.
 */
import { wilson } from '../pnl/wilson.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';
import { calibrationErrorOf } from './calibration-error.ts';
import { type Drift, driftStepOf, isDrifting, NO_DRIFT } from './drift.ts';
import { evHonesty } from './ev-honesty.ts';
import { evByEvent, type FilledBet } from './filled.ts';

/** What a model said of a market at a time to close that was fixed beforehand, and what came of it. Chances in [0, 1]. */
export interface EstimateRow {
  /** As `modelName` has it. */
  readonly model: string;
  readonly series: string;
  readonly ticker: string;
  readonly event: string;
  /** Seconds before the close. */
  readonly horizonS: number;
  /** EpochMs. */
  readonly at: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
  /** Null: the book had none. */
  readonly mid: number | null;
  readonly yes: 0 | 1;
}

/** A fill, by the model whose fair value was behind it. */
export interface FilledRow extends FilledBet {
  readonly model: string;
}

export interface StandingRules {
  /** A bin whose frequency is shown to be further than this from what was said is off; in (0, 1). */
  readonly calibrationErrorMax: number;
  /** EpochMs: what was said or filled before is not counted, … */
  readonly from: number;
  /** … nor what a model said before a time of its own. By its name. */
  readonly since?: Readonly<Record<string, number>>;
}

export type DriftSide = 'none' | 'up' | 'down';

export interface Standing {
  readonly model: string;
  readonly series: string;
  /** Settled events of which it said something that is counted. */
  readonly events: number;
  /** `up`: more comes true than was said. Stays until its sum has come back to nothing. */
  readonly drift: DriftSide;
  /** Mean distance of bins from what came, weighted by their markets; null: nothing to score. */
  readonly calibrationError: number | null;
  /** Those with anything in them, by rising probability. */
  readonly bins: readonly StandingBin[];
  /** Why it may not add to any position; null: it may. */
  readonly benched: string | null;
}

export interface StandingBin {
  /** Of the probability: `from` is in it, `to` is not, but in the last. */
  readonly from: number;
  readonly to: number;
  /** Of the usual size, 0…1000. */
  readonly sizePermille: number;
  /** Nothing that adds to a position is shown at such a probability. */
  readonly isOff: boolean;
  /** Why less than the usual size is shown; null: it is not less. */
  readonly why: string | null;
}

/** Bins of equal width. */
export const STANDING_BINS = 10;
const WHOLE = 1_000;

/** One for each model and series, sorted by both. Rows in any order. */
export function standingsOf(
  estimates: readonly EstimateRow[],
  filled: readonly FilledRow[],
  rules: StandingRules,
): readonly Standing[] {
  const said = Map.groupBy(
    counted(estimates, ({ at }) => at, rules),
    keyOf,
  );
  const bets = Map.groupBy(
    counted(filled, ({ settledAt }) => settledAt, rules),
    keyOf,
  );
  const keys = [...new Set([...said.keys(), ...bets.keys()])].sort();
  return keys.map((key) => standingOf(said.get(key) ?? [], bets.get(key) ?? [], rules));
}

function counted<Row extends { readonly model: string }>(
  rows: readonly Row[],
  timeOf: (row: Row) => number,
  { from, since = {} }: StandingRules,
): readonly Row[] {
  return rows.filter((row) => timeOf(row) >= Math.max(from, since[row.model] ?? from));
}

function keyOf({ model, series }: { readonly model: string; readonly series: string }): string {
  return `${model}\n${series}`;
}

/** All rows are of one model in one series. */
function standingOf(estimates: readonly EstimateRow[], filled: readonly FilledRow[], rules: StandingRules): Standing {
  const { model = '', series = '' } = estimates[0] ?? filled[0] ?? {};
  const events = new Set<string>();
  for (const { event } of estimates) events.add(event);
  for (const { event } of filled) events.add(event);
  const isVerdict = events.size >= EVENTS_MIN;
  const said = saidByBin(estimates);
  const drift = isVerdict ? driftOf(estimates) : 'none';
  const bins = isVerdict ? binsOf(said, filled, rules) : [];
  return {
    ...{ model, series, events: events.size, drift },
    calibrationError: calibrationErrorOf([...said.values()].map(binOf)),
    bins,
    benched: benchedBy(drift, bins, events.size),
  };
}

function benchedBy(drift: DriftSide, bins: readonly StandingBin[], events: number): string | null {
  if (drift !== 'none') {
    const what = drift === 'up' ? 'more comes true than it says' : 'less comes true than it says';
    return `it has begun to drift: ${what} (${events} events)`;
  }
  const areAllOff = bins.length > 0 && bins.every(({ isOff }) => isOff);
  return areAllOff ? `every bin of its probabilities is off (${events} events)` : null;
}

/** Event after event in the order in which they closed; an alarm holds until its sum has come back to nothing. */
function driftOf(estimates: readonly EstimateRow[]): DriftSide {
  const events = [...Map.groupBy(estimates, ({ event }) => event)]
    .map(([event, rows]) => ({
      event,
      closeAt: rows.reduce((last, { at, horizonS }) => Math.max(last, at + horizonS * 1_000), 0),
      said: rows.map(({ p, yes }) => ({ probability: p, isTrue: yes === 1 })),
    }))
    .sort((a, b) => a.closeAt - b.closeAt || (a.event < b.event ? -1 : 1));
  let sums: Drift = NO_DRIFT;
  let side: DriftSide = 'none';
  for (const { said } of events) {
    sums = driftStepOf(sums, said);
    if (isDrifting(sums)) side = sums.up > sums.down ? 'up' : 'down';
    else if (side !== 'none' && sums[side] === 0) side = 'none';
  }
  return side;
}

/** What was said in a bin, and what came. */
interface Said {
  rows: number;
  sum: number;
  /** Market and whether it came true: it counts once, however often it was asked about. */
  readonly markets: Map<string, 0 | 1>;
  readonly events: Set<string>;
}

/** As the scores have it. */
function binOf(said: Said) {
  return { probability: said.sum / said.rows, count: said.markets.size, hits: hitsOf(said) };
}

function saidByBin(estimates: readonly EstimateRow[]): ReadonlyMap<number, Said> {
  const byBin = new Map<number, Said>();
  for (const { p, ticker, event, yes } of estimates) {
    const bin = standingBinOf(p);
    let said = byBin.get(bin);
    if (said === undefined) {
      said = { rows: 0, sum: 0, markets: new Map(), events: new Set() };
      byBin.set(bin, said);
    }
    said.rows += 1;
    said.sum += p;
    said.markets.set(ticker, yes);
    said.events.add(event);
  }
  return byBin;
}

function hitsOf({ markets }: Said): number {
  let hits = 0;
  for (const yes of markets.values()) hits += yes;
  return hits;
}

function binsOf(
  said: ReadonlyMap<number, Said>,
  filled: readonly FilledRow[],
  rules: StandingRules,
): readonly StandingBin[] {
  const bets = Map.groupBy(filled, ({ fair }) => standingBinOf(fair));
  return [...new Set([...said.keys(), ...bets.keys()])]
    .sort((a, b) => a - b)
    .map((bin) => {
      const [from, to] = [bin / STANDING_BINS, (bin + 1) / STANDING_BINS];
      const wrong = offBy(said.get(bin), rules);
      if (wrong !== undefined) return { from, to, sizePermille: 0, isOff: true, why: wrong };
      return { from, to, ...earned(bets.get(bin) ?? []) };
    });
}

/** Which of the bins a probability falls into: 0…9. */
export function standingBinOf(probability: number): number {
  return Math.min(STANDING_BINS - 1, Math.max(0, Math.floor(probability * STANDING_BINS)));
}

/**
 * A 95 % interval alone would in time turn every bin off: with thousands of markets any model is provably off by something.
 * The interval must lie further from what was said than the error that is allowed.
 */
function offBy(said: Said | undefined, { calibrationErrorMax }: StandingRules): string | undefined {
  if (said === undefined || said.events.size < EVENTS_MIN) return undefined;
  const [count, hits, mean] = [said.markets.size, hitsOf(said), said.sum / said.rows];
  const interval = wilson(hits, count);
  if (interval === undefined) return undefined;
  const distance = Math.max(interval.low - mean, mean - interval.high);
  if (distance <= calibrationErrorMax) return undefined;
  return `${percent(mean)} was said and ${percent(hits / count)} of ${count} came true`;
}

function earned(bets: readonly FilledRow[]): Pick<StandingBin, 'sizePermille' | 'isOff' | 'why'> {
  const ev = evHonesty(evByEvent(bets));
  if (ev === undefined || !ev.isVerdict) return { sizePermille: WHOLE, isOff: false, why: null };
  const sizePermille = ev.isOff ? 0 : Math.floor(ev.sizeFactor * WHOLE);
  if (sizePermille === WHOLE) return { sizePermille, isOff: false, why: null };
  const what = `fills earned ${ev.ratio.toFixed(2)} ± ${ev.error.toFixed(2)} of what they promised`;
  return { sizePermille, isOff: ev.isOff, why: `${what} (${ev.count} events)` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

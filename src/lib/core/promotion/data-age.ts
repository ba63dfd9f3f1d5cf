/**
 * How old what a quote stands on is: the book it was decided from, the index or forecast behind its fair value, and the fit
 * of its parameters. Bounds stand here beside the gates, whatever the configuration allows (E-1, E-3, E-13).
 */
import type { Market } from '../market.ts';
import type { FairSource, Parameters } from '../parameters.ts';
import type { Decision } from '../quoting/decide.ts';
import type { EpochMs } from '../units.ts';

export const DATA_KINDS = ['book', 'reference', 'forecast', 'parameters'] as const;
export type DataKind = (typeof DATA_KINDS)[number];

export interface DataAge {
  readonly kind: DataKind;
  /** Milliseconds, ≥ 0. */
  readonly ageMs: number;
  readonly isOld: boolean;
}

/** Between two looks at everything that is quoted. */
export const LOOK_MS = 15_000;

const DAY_MS = 86_400_000;
/** Every market is decided once a second; a link that has been silent for so long is stale. */
const BOOK_MS_MAX = 5_000;
const REFERENCE_MS_MAX = 3_000;
/** E-1, in the last minute of a level that one moment fixes. */
const STRICT_REFERENCE_MS_MAX = 700;
const STRICT_MS = 60_000;
/** A forecast may state a shorter life; none lives longer. */
const FORECAST_MS_MAX = 7 * DAY_MS;
/** E-3. */
const PARAMETERS_MS_MAX = 7 * DAY_MS;

export interface Quoted {
  readonly market: Pick<Market, 'closeAt'>;
  readonly decision: Pick<Decision, 'at' | 'fair' | 'posture'> | undefined;
  /** Of the last book message when it came. */
  readonly messageAgeMs?: number | undefined;
  /** What prices the market. */
  readonly source: FairSource;
  readonly parameters: Pick<Parameters, 'fittedAt'>;
}

/**
 * Of a market with a quote, as of `now`. A quote that stands although it was decided to pull it, or that nobody decided, stands
 * on a book of no known age: Infinity. Without `parameters` among them: nothing that was fitted is in use.
 */
export function agesOf({ market, decision, messageAgeMs = 0, source, parameters }: Quoted, now: EpochMs): DataAge[] {
  const fair = decision?.fair;
  const ages: DataAge[] = [];
  const add = (kind: DataKind, ageMs: number, most: number) => {
    if (Number.isNaN(ageMs)) return;
    const age = Math.max(0, ageMs);
    ages.push({ kind, ageMs: age, isOld: age > most });
  };
  // A moment in which nothing may be changed has no fair value, and has been looked at all the same.
  const isDecided = fair !== undefined || decision?.posture === 'hold';
  add('book', decision !== undefined && isDecided ? now - decision.at + messageAgeMs : Infinity, BOOK_MS_MAX);
  const { referenceAgeMs, forecastAgeMs, parametersAgeMs } = fair?.inputs ?? {};
  const model = source.kind === 'blend' ? source.model : source;
  if (referenceAgeMs !== undefined) {
    const isStrict =
      model.kind === 'index-ladder' && decision !== undefined && market.closeAt - decision.at <= STRICT_MS;
    add('reference', referenceAgeMs, isStrict ? STRICT_REFERENCE_MS_MAX : REFERENCE_MS_MAX);
  }
  if (forecastAgeMs !== undefined) {
    add(
      'forecast',
      forecastAgeMs,
      model.kind === 'forecast' ? Math.min(model.ageMsMax, FORECAST_MS_MAX) : FORECAST_MS_MAX,
    );
  }
  const { fittedAt } = parameters;
  const fits = [
    ...(parametersAgeMs === undefined ? [] : [parametersAgeMs]),
    ...(fittedAt === undefined ? [] : [now - fittedAt]),
  ];
  if (fits.length > 0) add('parameters', Math.max(...fits), PARAMETERS_MS_MAX);
  return ages;
}

/** Looks at what is quoted, counted: by kind, and whether anything but parameters was old. */
export interface AgeTally {
  readonly kind: DataKind | 'any';
  readonly looks: number;
  readonly old: number;
  /** The oldest, ms. */
  readonly ageMsMax: number;
}

/** One look at all markets with quotes at once: however many there are, it is one observation of each kind. */
export function lookOf(ages: readonly (readonly DataAge[])[]): readonly AgeTally[] {
  if (ages.length === 0) return [];
  const all = ages.flat();
  const tally = (kind: AgeTally['kind'], of: readonly DataAge[]): AgeTally => ({
    ...{ kind, looks: 1, old: of.some(({ isOld }) => isOld) ? 1 : 0 },
    ageMsMax: Math.max(0, ...of.map(({ ageMs }) => Math.min(ageMs, Number.MAX_SAFE_INTEGER))),
  });
  const kinds = DATA_KINDS.flatMap((kind) => {
    const of = all.filter((age) => age.kind === kind);
    return of.length === 0 ? [] : [tally(kind, of)];
  });
  return [
    tally(
      'any',
      all.filter(({ kind }) => kind !== 'parameters'),
    ),
    ...kinds,
  ];
}

export function addedTallies(tallies: Iterable<AgeTally>): readonly AgeTally[] {
  const sums = new Map<AgeTally['kind'], AgeTally>();
  for (const one of tallies) {
    const known = sums.get(one.kind);
    sums.set(
      one.kind,
      known === undefined
        ? one
        : {
            ...{ kind: one.kind, looks: known.looks + one.looks, old: known.old + one.old },
            ageMsMax: Math.max(known.ageMsMax, one.ageMsMax),
          },
    );
  }
  return [...sums.values()];
}

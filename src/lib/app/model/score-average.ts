/**
 * `kmm model score` of the crypto series: market mid, naive formula, settlement average and blend at each horizon. The weight
 * of the blend is one that is named, else it is learned as it goes: for each market from those that had closed before it was
 * asked about, so that nothing is scored on what it was fitted on.
 */
import { blendWeight, pooled } from '../../core/honesty/blend-weight.ts';
import { type Pit, pitOf } from '../../core/honesty/pit.ts';
import { compareForecasts, type Question, type RivalScore } from '../../core/honesty/rivals.ts';
import type { Asked, AskedRecordings } from './ask-recordings.ts';

export const SCORED = ['mid', 'micro', 'naive', 'average', 'blend'] as const;
export const SCORE_BASELINE = 'mid';

export interface HorizonScore {
  /** Null: all horizons together. */
  readonly seconds: number | null;
  /** Markets with strike and result. */
  readonly markets: number;
  readonly withBook: number;
  readonly withSpot: number;
  /** With both. */
  readonly scored: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Empty: nothing to score. */
  readonly rivals: readonly RivalScore[];
  /** Where settlements came to lie in the model's forecasts. */
  readonly pit: Pit | null;
}

export interface AverageScore {
  readonly series: string;
  readonly markets: number;
  readonly horizons: readonly HorizonScore[];
  readonly blend: {
    readonly how: 'named' | 'walk_forward';
    /** Of a walk forward the one that was learned last, from all markets but the last. */
    readonly weight: number;
  };
}

/** @param named weight of a fitted model; absent: a walk forward */
export function scoreAverage(recordings: AskedRecordings, horizons: readonly number[], named?: number): AverageScore {
  const { asked, markets, series } = recordings;
  const weights = named === undefined ? walkForward(asked) : undefined;
  const weightOf = ({ closeAt }: Asked) => named ?? weights?.get(closeAt) ?? 0;
  const scoreOf = (some: readonly Asked[], seconds: number | null): HorizonScore => {
    const questions = some.flatMap((one) => questionOf(one, weightOf(one)));
    const count = (test: (one: Asked) => boolean) => new Set(some.filter(test).map(({ ticker }) => ticker)).size;
    const shares = some.flatMap(({ share }) => (share === undefined ? [] : [share]));
    return {
      ...{ seconds, markets },
      withBook: count(({ hasBook }) => hasBook),
      withSpot: count(({ refusal }) => refusal === undefined),
      scored: count(({ chances }) => chances !== undefined),
      refusals: tally(some.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]))),
      rivals: compareForecasts(questions, SCORED, SCORE_BASELINE),
      // Of one market all horizons ask about one settlement: together they are no sample.
      pit: seconds === null || shares.length === 0 ? null : pitOf(shares),
    };
  };
  return {
    ...{ series, markets },
    horizons: [
      ...horizons.map((seconds) =>
        scoreOf(
          asked.filter((one) => one.seconds === seconds),
          seconds,
        ),
      ),
      scoreOf(asked, null),
    ],
    blend: {
      how: named === undefined ? 'walk_forward' : 'named',
      weight: named ?? [...(weights ?? [])].at(-1)?.[1] ?? 0,
    },
  };
}

export function questionOf({ ticker, isTrue, chances }: Asked, weight: number): readonly Question[] {
  if (chances === undefined) return [];
  return [{ group: ticker, isTrue, said: { ...chances, blend: pooled(chances.micro, chances.average, weight) } }];
}

/** By close: the weight that was known before the market was first asked about. */
function walkForward(asked: readonly Asked[]): ReadonlyMap<number, number> {
  const firstAsked = new Map<number, number>();
  for (const { closeAt, seconds } of asked) {
    firstAsked.set(closeAt, Math.min(firstAsked.get(closeAt) ?? Infinity, closeAt - seconds * 1_000));
  }
  return new Map(
    [...firstAsked].map(([closeAt, at]): [number, number] => [
      closeAt,
      weightFrom(asked.filter((one) => one.closeAt <= at)).weight,
    ]),
  );
}

/** What answered questions say of the weight of the model beside the microprice. */
export function weightFrom(asked: readonly Asked[]) {
  return blendWeight(
    asked.flatMap(({ ticker, isTrue, chances }) =>
      chances === undefined ? [] : [{ group: ticker, isTrue, market: chances.micro, model: chances.average }],
    ),
  );
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

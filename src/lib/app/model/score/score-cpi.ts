/**
 * `kmm model score cpi`: the nowcast with its surprises, the mean that the market implied, and the last figure, each as wide
 * as it was wrong before that release. They are asked the same ladder before every release; what comes later is not looked at.
 */
import { type CpiRelease, cpiReleases } from '../../../adapters/reference/cpi-nowcasts.ts';
import { dateOfDay, easternWallTime } from '../../../core/eastern.ts';
import { cpiRelease } from '../../../core/fair-value/cpi.ts';
import { chanceOf } from '../../../core/fair-value/forecast.ts';
import { compareForecasts, type Question } from '../../../core/honesty/rivals.ts';
import { KmmError } from '../../errors/errors.ts';
import { fileDigest } from '../file-digest.ts';
import { type ModelScore, type ScoreTable, Tally } from './model-score.ts';
import { parsedFile } from './read-text.ts';

const MEANS = {
  market: ({ marketMean }: CpiRelease) => marketMean,
  cpi: ({ nowcast }: CpiRelease) => nowcast,
  'last figure': ({ last }: CpiRelease) => last,
} as const;
const NAMES = Object.keys(MEANS) as readonly (keyof typeof MEANS)[];
/** Per cent: YES above. The same for every release, chosen without looking at any. */
const STRIKES = Array.from({ length: 13 }, (_, index) => index / 10 - 0.2);
const RELEASE_MINUTES = 510;
const NOON_MINUTES = 720;

/** @param data releases with what was forecast of them; throws KMM_MODEL_DATA */
export async function scoreCpi(data: string): Promise<ModelScore> {
  const releases = parsedFile(data, cpiReleases);
  const left = new Tally();
  const horizons = [...new Set(releases.map(({ horizonDays }) => horizonDays))].sort((a, b) => a - b);
  const tables = horizons.flatMap((days) => tableOf(days, releases, left));
  if (tables.length === 0) throw new KmmError('KMM_MODEL_DATA', `${data}: too few releases to learn from any`);
  return { model: 'cpi', tables, leftOut: left.all(), sources: [await fileDigest(data)] };
}

function tableOf(days: number, all: readonly CpiRelease[], left: Tally): readonly ScoreTable[] {
  const some = all.filter(({ horizonDays }) => horizonDays === days).toSorted((a, b) => a.releaseDay - b.releaseDay);
  const squares = Object.fromEntries(NAMES.map((name) => [name, [] as number[]]));
  const questions = some.flatMap((release): Question[] => {
    const says = NAMES.map((name) => saysOf(name, release, some));
    const refusal = says.find(({ kind }) => kind === 'refused');
    if (refusal !== undefined) {
      left.add(refusal.kind === 'refused' ? refusal.code : '');
      return [];
    }
    for (const name of NAMES) squares[name]?.push((MEANS[name](release) - release.actual) ** 2);
    return STRIKES.map((floor) => ({
      group: dateOfDay(release.releaseDay),
      isTrue: release.actual > floor + HALF_DIGIT,
      said: Object.fromEntries(NAMES.map((name, index) => [name, above(floor, says[index])])),
    }));
  });
  if (questions.length === 0) return [];
  const rms = Object.fromEntries(NAMES.map((name) => [name, rootMean(squares[name] ?? [])]));
  const day = days === 1 ? 'day' : 'days';
  return [{ name: `${days} ${day} before`, rivals: compareForecasts(questions, NAMES, 'market'), rms }];
}

/** Figures are whole tenths, written in binary. */
const HALF_DIGIT = 0.05;

function saysOf(name: (typeof NAMES)[number], release: CpiRelease, all: readonly CpiRelease[]) {
  const mean = MEANS[name];
  const madeAt = easternWallTime(release.snapshotDay, NOON_MINUTES);
  return cpiRelease({
    nowcast: mean(release),
    ...{ madeAt, at: madeAt, releaseAt: easternWallTime(release.releaseDay, RELEASE_MINUTES) },
    surprises: all
      .filter(({ releaseDay }) => releaseDay <= release.snapshotDay)
      .map((before) => before.actual - mean(before)),
  }).says;
}

function above(floor: number, says: ReturnType<typeof saysOf> | undefined): number {
  if (says?.kind !== 'normal') return Number.NaN;
  const estimate = chanceOf(says, { strike: { type: 'greater', floor } });
  return estimate.kind === 'estimate' ? estimate.probability : Number.NaN;
}

function rootMean(squares: readonly number[]): number {
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/**
 * `kmm model fit blend`: the weight of the settlement average beside the market, fitted on the earlier markets and scored on
 * the later ones. What is written is the weight that was scored. One that did significantly worse than the market's own mid
 * on markets it had not seen is not written.
 */
import { trainCount } from '../../core/fill-model/fit.ts';
import { BLEND_SCHEMA, type BlendModel, type BlendPart } from '../../core/honesty/blend-model.ts';
import { compareForecasts, type RivalScore } from '../../core/honesty/rivals.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { type Asked, type AskRequest, askRecordings } from './ask-recordings.ts';
import { questionOf, SCORE_BASELINE, SCORED, weightFrom } from './score-average.ts';

/** Fewer markets with book and spot say nothing, not even little. */
const MARKETS_MIN = 5;

/** Throws KMM_MODEL_DATA, KMM_MODEL_WORSE, KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD. */
export async function fitBlend(
  request: AskRequest,
  now: Date,
): Promise<{ readonly model: BlendModel; readonly notes: readonly string[] }> {
  const { series, asked, sources, notes } = await askRecordings(request);
  const known = asked.filter(({ chances }) => chances !== undefined);
  const closes = [...new Set(known.map(({ closeAt }) => closeAt))].sort((a, b) => a - b);
  if (closes.length < MARKETS_MIN) {
    throw new KmmError(
      'KMM_MODEL_DATA',
      `${closes.length} markets of ${series} have a fresh book and a fresh spot at any of these times; ${MARKETS_MIN} are the least`,
    );
  }
  const lastTrained = closes[trainCount(closes.length) - 1] ?? 0;
  const train = known.filter(({ closeAt }) => closeAt <= lastTrained);
  const test = known.filter(({ closeAt }) => closeAt > lastTrained);
  const { weight, unshrunk, error } = weightFrom(train);
  const questions = test.flatMap((one) => questionOf(one, weight));
  const rivals = compareForecasts(questions, SCORED, SCORE_BASELINE);
  refuseWorse(rivals, weight);
  const model: BlendModel = {
    schema: BLEND_SCHEMA,
    ...{ series: [series], fittedAt: now.toISOString(), code: codeVersion(), model: 'average' },
    ...{ weight, unshrunk, error, horizons: request.horizons, sources },
    assumptions: [
      ...(request.isProxy
        ? ['the spot is a proxy of the index; its offset was learned from each strike as it became known']
        : []),
    ],
    train: partOf(train),
    test: { ...partOf(test), rivals },
  };
  return { model, notes };
}

function refuseWorse(rivals: readonly RivalScore[], weight: number): void {
  const beyond = rivals.find(({ name }) => name === 'blend')?.logLossBeyond;
  if (beyond?.low == null || beyond.low <= 0) return;
  throw new KmmError(
    'KMM_MODEL_WORSE',
    `a weight of ${weight.toFixed(3)} has ${beyond.mean.toFixed(4)} more log-loss than the mid, [${beyond.low.toFixed(4)}, ${(beyond.high ?? 0).toFixed(4)}]`,
  );
}

function partOf(some: readonly Asked[]): BlendPart {
  const closes = some.map(({ closeAt }) => closeAt).sort((a, b) => a - b);
  const isoOf = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return { markets: new Set(closes).size, from: isoOf(closes[0]), to: isoOf(closes.at(-1)) };
}

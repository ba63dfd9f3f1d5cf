/**
 * What goes into a model in ONNX form and what comes out, `kmm-onnx/1`: the file itself says neither which figure stands
 * where nor how it was scaled, and a model fed in another order answers without a word.
 */
import { z } from 'zod';
import { FEATURES, type FeatureName } from '../../core/fair-value/market-features.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

const MANIFEST_SCHEMA = 'kmm-onnx/1';
export const MANIFEST_BYTES_MAX = 64 * 1_024;
const FEATURES_MAX = 64;
const DAYS_MAX = 30;
const DAY_MS = 86_400_000;

export interface OnnxManifest {
  readonly model: string;
  readonly version: string;
  readonly trainedAt: EpochMs;
  /** Older than so many days it prices nothing. */
  readonly daysMax: number;
  readonly input: string;
  readonly output: string;
  readonly outputIs: 'probability' | 'log_odds';
  /** Of the probability. */
  readonly standardError: number;
  readonly features: readonly {
    readonly name: FeatureName;
    /** The model takes (value − mean)/sd. */
    readonly mean: number;
    readonly sd: number;
  }[];
}

const names = Object.keys(FEATURES) as [FeatureName, ...FeatureName[]];
const word = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be a word of at most 64 characters');

const manifest = z.strictObject({
  schema: z.literal(MANIFEST_SCHEMA),
  ...{ model: word, version: word },
  trained_at: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-29T09:00:00Z' }),
  days_max: z.number().int().min(1).max(365).default(DAYS_MAX),
  ...{ input: word, output: word },
  output_is: z.enum(['probability', 'log_odds']),
  standard_error: z.number().min(0).max(0.5),
  features: z
    .array(
      z.strictObject({
        name: z.enum(names, { error: `must be one of ${names.join(', ')}` }),
        mean: z.number().default(0),
        sd: z.number().positive('must be above 0').default(1),
      }),
    )
    .min(1)
    .max(FEATURES_MAX),
});

/** Throws SourceProblem. */
export function manifestFrom(text: string, now: EpochMs): OnnxManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SourceProblem('source_not_json', 'its manifest is not JSON');
  }
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema !== MANIFEST_SCHEMA) {
    const said = typeof schema === 'string' ? JSON.stringify(schema.slice(0, 40)) : 'none';
    throw new SourceProblem(
      'source_version',
      `the schema of its manifest is ${said}, and this kmm reads ${MANIFEST_SCHEMA}`,
    );
  }
  const parsed = manifest.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = issue?.code === 'unrecognized_keys' ? 'a key that is not known' : (issue?.message ?? 'wrong');
    throw new SourceProblem('source_invalid', `its manifest: ${issue?.path.join('.') || 'the file'}: ${what}`);
  }
  const { model, version, input, output, features } = parsed.data;
  const { trained_at, days_max: daysMax, output_is: outputIs, standard_error: standardError } = parsed.data;
  const trainedAt = epochMs(Math.floor(Date.parse(trained_at)));
  if (now - trainedAt > daysMax * DAY_MS) {
    throw new SourceProblem(
      'source_stale',
      `the model was trained more than ${daysMax} days ago, on ${trained_at.slice(0, 10)}`,
    );
  }
  if (trainedAt - now > DAY_MS)
    throw new SourceProblem('source_future', 'the model says that it is trained in the future');
  return { model, version, trainedAt, daysMax, input, output, outputIs, standardError, features };
}

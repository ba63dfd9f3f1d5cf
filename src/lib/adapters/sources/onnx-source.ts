/**
 * A model of the user's own in ONNX form, asked about every market that is followed: what it takes in is declared in a
 * manifest beside it, and what it answers is a chance of YES.
 *
 * A market that lacks a figure is refused by itself; a model that does not fit its manifest answers for none.
 */

import { featuresOf } from '../../core/fair-value/market-features.ts';
import { plainFigure } from '../../core/plain-figure.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { ForecastSource, MarketLook, SourceForecast } from '../../ports.ts';
import { MANIFEST_BYTES_MAX, manifestFrom, type OnnxManifest } from './onnx-manifest.ts';
import { loadOnnx, type OnnxRuntime, type OnnxSession, type OnnxTensor } from './onnx-runtime.ts';
import type { FileReader } from './read-file.ts';

export interface OnnxSourceOptions {
  readonly modelFile: string;
  readonly manifestFile: string;
  readonly files: FileReader;
  readonly load?: () => Promise<OnnxRuntime | undefined>;
}

const MODEL_BYTES_MAX = 256 * 1_024 * 1_024;
/** One thread: the others are the trader's. */
const SESSION = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

interface Loaded {
  readonly stamp: string;
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
}

export function onnxSource({ modelFile, manifestFile, files, load = loadOnnx }: OnnxSourceOptions): ForecastSource {
  let loaded: Loaded | undefined;
  const stamp = async () => `${await files.stamp(modelFile)}, ${await files.stamp(manifestFile)}`;

  async function open(manifest: OnnxManifest): Promise<Loaded> {
    const now = await stamp();
    if (loaded?.stamp === now) return loaded;
    await loaded?.session.release();
    loaded = undefined;
    const runtime = await load();
    if (runtime === undefined)
      throw new SourceProblem(
        'source_package',
        'onnxruntime-node is not installed: npm install onnxruntime-node@1.30.0',
      );
    const session = await opened(runtime, await files.read(modelFile, MODEL_BYTES_MAX), modelFile);
    refuseOther(session, manifest);
    loaded = { stamp: now, runtime, session };
    return loaded;
  }

  return {
    stamp,
    async read(now, { markets }) {
      const manifest = manifestFrom((await files.read(manifestFile, MANIFEST_BYTES_MAX)).toString('utf8'), now);
      const model = await open(manifest);
      const answers: SourceForecast[] = [];
      for (const look of markets) answers.push(await forecastOf(look, manifest, model, now));
      return answers;
    },
  };
}

async function opened(runtime: OnnxRuntime, bytes: Uint8Array, path: string): Promise<OnnxSession> {
  try {
    return await runtime.InferenceSession.create(bytes, SESSION);
  } catch (error) {
    throw new SourceProblem('source_invalid', `${path} is no model that can be run: ${shortOf(error)}`);
  }
}

/** Throws SourceProblem where the names or the shape are not those of the manifest. */
function refuseOther({ inputNames, outputNames, inputMetadata }: OnnxSession, manifest: OnnxManifest): void {
  const { input, output, features } = manifest;
  if (inputNames.length !== 1 || inputNames[0] !== input) {
    throw shape(`the model takes ${inputNames.join(', ')}, and the manifest gives it ${input}`);
  }
  if (!outputNames.includes(output)) {
    throw shape(`the model gives ${outputNames.join(', ')}, and the manifest wants ${output}`);
  }
  const wide = inputMetadata?.find(({ name }) => name === input)?.shape?.at(-1);
  if (typeof wide === 'number' && wide > 0 && wide !== features.length) {
    throw shape(`the model takes ${wide} figures, and the manifest names ${features.length}`);
  }
}

async function forecastOf(
  look: MarketLook,
  manifest: OnnxManifest,
  model: Loaded,
  now: EpochMs,
): Promise<SourceForecast> {
  const { features, standardError, version } = manifest;
  const about = look.market.ticker;
  const found = featuresOf(
    features.map(({ name }) => name),
    look,
    now,
  );
  if (found.kind === 'refused') return { about, madeAt: now, says: found, reasons: [] };
  const scaled = features.map(({ mean, sd }, index) => ((found.values[index] ?? Number.NaN) - mean) / sd);
  const probability = await answerTo(scaled, manifest, model);
  if (!(probability > 0 && probability < 1)) {
    const reason = `${manifest.model} answers ${probability} for ${about}, which is no probability`;
    return { about, madeAt: now, says: { kind: 'refused', code: 'source_invalid', reason }, reasons: [] };
  }
  const figures = features.map(({ name }, index) => `${name} ${plainFigure(found.values[index] ?? Number.NaN, 5)}`);
  return {
    ...{ about, madeAt: now, says: { kind: 'probability', probability, standardError } },
    reasons: [`${manifest.model} ${version}`, figures.join(', ')],
  };
}

async function answerTo(
  scaled: readonly number[],
  manifest: OnnxManifest,
  { runtime, session }: Loaded,
): Promise<number> {
  const { input, output, outputIs } = manifest;
  const tensor = new runtime.Tensor('float32', Float32Array.from(scaled), [1, scaled.length]);
  let answer: OnnxTensor | undefined;
  try {
    answer = (await session.run({ [input]: tensor }))[output];
  } catch (error) {
    throw shape(`the model does not take what the manifest gives it: ${shortOf(error)}`);
  }
  if (answer === undefined || answer.data.length !== 1) {
    throw shape(`the model gives ${answer?.data.length ?? 0} figures for a market, where one is a chance`);
  }
  const value = Number(answer.data[0]);
  return outputIs === 'probability' ? value : 1 / (1 + Math.exp(-value));
}

function shape(reason: string): SourceProblem {
  return new SourceProblem('source_shape', reason);
}

function shortOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\p{C}+/gu, ' ').slice(0, 160);
}

/** A model of the user's own: what its manifest may say, what it is fed, and that a wrong one answers for no market. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOnnxInstalled, type OnnxRuntime, type OnnxSession } from '../../../src/lib/adapters/sources/onnx-runtime.ts';
import { onnxSource } from '../../../src/lib/adapters/sources/onnx-source.ts';
import { VIRTUAL_FILES } from '../../../src/lib/adapters/sources/read-file.ts';
import type { Level } from '../../../src/lib/core/events.ts';
import { FEATURES, featuresOf } from '../../../src/lib/core/fair-value/market-features.ts';
import { SourceProblem } from '../../../src/lib/core/reference/source-problem.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import type { MarketLook } from '../../../src/lib/ports.ts';
import { MARKET } from '../../support/engine.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { linearModel } from '../../support/tiny-onnx.ts';

const NOW = epochMs(MARKET.closeAt - 3_600_000);
const level = (price: number, size: number): Level => ({ price: centicents(price), size: centicontracts(size) });
/** 41 ¢ × 30 against 45 ¢ × 10. */
const LOOK: MarketLook = { market: MARKET, levels: { bids: [level(4_100, 3_000)], asks: [level(4_500, 1_000)] } };
const MANIFEST = {
  ...{ schema: 'kmm-onnx/1', model: 'net', version: '3', trained_at: new Date(NOW - 86_400_000).toISOString() },
  ...{ input: 'x', output: 'p', output_is: 'probability', standard_error: 0.04 },
  features: [{ name: 'mid', mean: 0.5, sd: 0.25 }, { name: 'imbalance' }, { name: 'hours_to_close', mean: 1 }],
};
/** What the layer makes of (0.43 − 0.5)/0.25, 0.5 and 0. */
const EXPECTED = 1 / (1 + Math.exp(-(2 * -0.28 + 0.5 + 0.1)));

/** Stands for the package: one figure out of what it was fed. */
function runtime(of: (fed: readonly number[]) => readonly number[], more: Partial<OnnxSession> = {}): OnnxRuntime {
  const session = {
    ...{ inputNames: ['x'], outputNames: ['p'], release: async () => {} },
    run: async ({ x }: Parameters<OnnxSession['run']>[0]) => ({
      p: { data: of(Array.from(x?.data ?? [], Number)), dims: [1] },
    }),
    ...more,
  };
  const Tensor = class {
    readonly data: Float32Array;
    readonly dims: readonly number[];
    constructor(_: 'float32', data: Float32Array, dims: readonly number[]) {
      this.data = data;
      this.dims = dims;
    }
  };
  return { InferenceSession: { create: async () => session }, Tensor };
}

function source(
  manifest: object,
  load?: () => Promise<OnnxRuntime | undefined>,
  model = linearModel([2, 1, 0.5], 0.1),
) {
  const directory = tempDir();
  const [modelFile, manifestFile] = [join(directory, 'net.onnx'), join(directory, 'net.json')];
  writeFileSync(modelFile, model);
  writeFileSync(manifestFile, JSON.stringify(manifest));
  return onnxSource({ modelFile, manifestFile, files: VIRTUAL_FILES, ...(load !== undefined && { load }) });
}

async function said(manifest: object, load?: () => Promise<OnnxRuntime | undefined>, look = LOOK, model?: Uint8Array) {
  try {
    const [one] = await source(manifest, load, model).read(NOW, {
      markets: [look],
      signal: new AbortController().signal,
    });
    return one?.says.kind === 'refused' ? `${one.says.code}: ${one.says.reason}` : one;
  } catch (error) {
    if (error instanceof SourceProblem) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('a model in ONNX form', () => {
  it('is fed the figures of its manifest, in order and scaled, and says what it was fed', async () => {
    const fed: (readonly number[])[] = [];
    const load = async () =>
      runtime((values) => {
        fed.push(values);
        return [0.37];
      });
    expect(await said(MANIFEST, load)).toEqual({
      ...{ about: MARKET.ticker, madeAt: NOW },
      says: { kind: 'probability', probability: 0.37, standardError: 0.04 },
      reasons: ['net 3', 'mid 0.43, imbalance 0.5, hours_to_close 1'],
    });
    expect(fed[0]?.map((value) => Number(value.toFixed(6)))).toEqual([-0.28, 0.5, 0]);
  });

  it('may answer in log-odds', async () => {
    const answer = await said({ ...MANIFEST, output_is: 'log_odds' }, async () => runtime(() => [Math.log(3)]));
    expect(answer).toMatchObject({ says: { probability: expect.closeTo(0.75, 12) } });
  });

  it.each([
    ['another version', { schema: 'kmm-onnx/2' }, 'source_version: the schema of its manifest is "kmm-onnx/2"'],
    [
      'a figure that there is not',
      { features: [{ name: 'luck' }] },
      'source_invalid: its manifest: features.0.name: must be one of mid,',
    ],
    ['a scale of 0', { features: [{ name: 'mid', sd: 0 }] }, 'features.0.sd: must be above 0'],
    ['no figures', { features: [] }, 'source_invalid: its manifest: features'],
    ['a key that is not known', { scale: 1 }, 'a key that is not known'],
    [
      'a training that is long ago',
      { trained_at: '2026-01-01T00:00:00Z' },
      'source_stale: the model was trained more than 30 days ago, on 2026-01-01',
    ],
    ['another input', { input: 'features' }, 'source_shape: the model takes x, and the manifest gives it features'],
    ['another output', { output: 'q' }, 'source_shape: the model gives p, and the manifest wants q'],
  ])('is refused for a manifest with %s', async (_, wrong, answer) => {
    expect(await said({ ...MANIFEST, ...wrong }, async () => runtime(() => [0.5]))).toContain(answer);
  });

  it.each([
    [
      'takes another count of figures',
      { inputMetadata: [{ name: 'x', shape: ['batch', 5] }] },
      [0.5],
      'source_shape: the model takes 5 figures, and the manifest names 3',
    ],
    ['gives two figures', {}, [0.5, 0.5], 'source_shape: the model gives 2 figures'],
    ['gives no number', {}, [Number.NaN], 'source_invalid: net answers NaN'],
    ['gives what is no chance', {}, [1.5], 'source_invalid: net answers 1.5'],
    [
      'breaks',
      { run: () => Promise.reject(new Error('bad\ndims')) },
      [],
      'source_shape: the model does not take what the manifest gives it: bad dims',
    ],
  ])('is refused when it %s', async (_, more, out, answer) => {
    expect(await said(MANIFEST, async () => runtime(() => out, more))).toContain(answer);
  });

  it('needs its package, and says how that comes', async () => {
    const answer = await said(MANIFEST, async () => undefined);
    expect(answer).toBe('source_package: onnxruntime-node is not installed: npm install onnxruntime-node@1.30.0');
  });

  it('refuses a market by itself that lacks a figure', async () => {
    const bare = { market: MARKET };
    expect(await said(MANIFEST, async () => runtime(() => [0.5]), bare)).toBe(
      `feature_unknown: mid of ${MARKET.ticker} is not known now`,
    );
  });

  it.skipIf(!isOnnxInstalled())('really runs (skipped where onnxruntime-node is not installed)', async () => {
    expect(await said(MANIFEST)).toMatchObject({ says: { probability: expect.closeTo(EXPECTED, 5) } });
    const wrong = linearModel([2, 1], 0.1);
    expect(await said(MANIFEST, undefined, LOOK, wrong)).toContain('source_shape: the model takes 2 figures');
    expect(await said(MANIFEST, undefined, LOOK, Buffer.from('<html>'))).toContain('is no model that can be run');
  });
});

describe('the figures of a market', () => {
  const reference = { index: 'BRTI', value: 101_000, valueAt: epochMs(NOW - 500), receivedAt: NOW, variance: 4e-8 };
  const known = { ...reference, weight: 60, window: undefined, minutes: [], doubt: undefined };
  const full: MarketLook = {
    ...LOOK,
    market: { ...MARKET, strike: { type: 'greater', floor: 100_000 } },
    reference: known,
  };

  it('are these, each by its name', () => {
    const names = Object.keys(FEATURES) as (keyof typeof FEATURES)[];
    const found = featuresOf(names, full, NOW);
    const values = found.kind === 'features' ? found.values.map((value) => Number(value.toPrecision(5))) : found;
    expect(Object.fromEntries(names.map((name, index) => [name, (values as number[])[index]]))).toEqual({
      ...{
        mid: 0.43,
        weighted_mid: 0.44,
        best_bid: 0.41,
        best_ask: 0.45,
        spread: 0.04,
        imbalance: 0.5,
        bid_share: 0.75,
      },
      ...{ top_contracts: 40, hours_to_close: 1, root_hours_to_close: 1, reference_over_strike: 0.01 },
      ...{ log_reference_over_strike: 0.0099503, reference_volatility: 0.0002, reference_age_seconds: 0.5 },
    });
  });

  it('have no stand-in: a one-sided book has no mid, a bracket no distance to its strike', () => {
    const oneSided = { ...full, levels: { bids: [level(4_100, 3_000)], asks: [] } };
    expect(featuresOf(['mid'], oneSided, NOW)).toMatchObject({ kind: 'refused' });
    const bracket: MarketLook = { ...full, market: { ...MARKET, strike: { type: 'between', floor: 1, cap: 2 } } };
    expect(featuresOf(['reference_over_strike'], bracket, NOW)).toMatchObject({ kind: 'refused' });
    expect(featuresOf(['hours_to_close'], { market: MARKET }, NOW)).toEqual({ kind: 'features', values: [1] });
  });
});

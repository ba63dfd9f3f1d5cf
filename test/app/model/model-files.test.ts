import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../../src/lib/app/backtest/fill-rules.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { fittedFillFor } from '../../../src/lib/app/model/fitted-fill.ts';
import { freshFill } from '../../../src/lib/app/model/model-age.ts';
import {
  listModels,
  modelPath,
  newestFillModel,
  readFillModel,
  readLatencyModel,
  readModel,
  writeModel,
} from '../../../src/lib/app/model/model-files.ts';
import { composedLatency, composedModel } from '../../support/composed-model.ts';
import { tempDir } from '../../support/temp-dir.ts';

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KmmError) return `${error.code} ${error.what}`;
    throw error;
  }
  return 'nothing was wrong';
}

function written(content: unknown): string {
  const path = join(tempDir(), 'model.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a model on disk', () => {
  it('is read back whole, field by field', () => {
    const calib = join(tempDir(), 'calib');
    for (const fitted of [
      { kind: 'fills', model: composedModel() } as const,
      { kind: 'latency', model: composedLatency() } as const,
    ]) {
      const path = modelPath(calib, fitted);
      writeModel(path, fitted);
      expect(readModel(path)).toEqual(fitted);
    }
    expect(listModels(calib).map(({ kind, name }) => [kind, name])).toEqual([
      ['fills', 'KXBTC15M'],
      ['latency', 'orders'],
    ]);
  });

  it.each([
    ['is not JSON', '{"schema":'],
    ['does not say kmm-fill-model/1 or kmm-latency/1 or kmm-blend/1', { schema: 'other/1' }],
    ['does not say', null],
    ['is not JSON', JSON.stringify(composedModel()).replace('"share":0.04', '"share":NaN')],
    ['cancelAhead.overall.share', JSON.stringify(composedModel()).replace('"share":0.04', '"share":null')],
    ['cancelAhead.overall.share', JSON.stringify(composedModel()).replace('"share":0.04', '"share":1.5')],
    ['fills.hazard.perCent', JSON.stringify(composedModel()).replace('"perCent":-0.3', '"perCent":0.3')],
    ['fills.hazard.shape', JSON.stringify(composedModel()).replace('"shape":1.1', '"shape":1e999')],
    ['sources.0.sha256', JSON.stringify(composedModel()).replace('aaaa', 'zzzz')],
    ['entry.ms', { ...composedLatency(), entry: { ms: [3, 2, 1] } }],
  ])('is refused and told where: %s', (where, content) => {
    const said = code(() => readModel(written(content)));
    expect(said).toMatch(/^KMM_MODEL_FILE /);
    expect(said).toContain(where);
  });

  it('of a newer kmm is refused as that, and one of another series or kind as that', () => {
    expect(code(() => readModel(written({ ...composedModel(), schema: 'kmm-fill-model/2' })))).toMatch(
      /^KMM_MODEL_NEWER /,
    );
    const path = written(composedModel());
    expect(readFillModel(path, 'KXBTC15M').series).toEqual(['KXBTC15M']);
    expect(code(() => readFillModel(path, 'KXGOLD15M'))).toMatch(
      /^KMM_MODEL_SERIES .*fitted on KXBTC15M, not on KXGOLD15M/,
    );
    expect(code(() => readLatencyModel(path))).toMatch(/^KMM_MODEL_FILE /);
    expect(code(() => readFillModel(written(composedLatency())))).toMatch(/^KMM_MODEL_FILE /);
    expect(code(() => readModel(join(tempDir(), 'none.json')))).toMatch(/^KMM_MODEL_FILE .*cannot be read/);
  });

  it('is listed with its reason when it cannot be read, and the one before it is used', () => {
    const calib = tempDir();
    const fitted = { kind: 'fills', model: composedModel() } as const;
    writeModel(modelPath(calib, fitted), fitted);
    writeFileSync(join(calib, 'fills', 'KXBTC15M', '20261121T000000Z.json'), '{}');
    expect(listModels(calib).map((one) => one.problem?.code)).toEqual(['KMM_MODEL_FILE', undefined]);
    expect(newestFillModel(calib, 'KXBTC15M')?.model).toEqual(fitted.model);
    mkdirSync(join(calib, 'fills', 'EMPTY'));
    expect(newestFillModel(calib, 'EMPTY')).toBeUndefined();
  });
});

describe('what calibrated fills use', () => {
  const calib = (...models: readonly ReturnType<typeof composedModel>[]) => {
    const folder = tempDir();
    for (const model of models) writeModel(modelPath(folder, { kind: 'fills', model }), { kind: 'fills', model });
    return folder;
  };

  it('is the newest model of the series, else what kmm brings along, with its source', () => {
    const { cancelAhead } = composedModel();
    const later = composedModel({
      fittedAt: '2026-11-21T10:00:00.000Z',
      cancelAhead: { ...cancelAhead, overall: { ...cancelAhead.overall, share: 0.09 } },
    });
    const folder = calib(composedModel(), later);
    expect(fittedFillFor(['KXBTC15M'], folder)).toMatchObject({
      ahead: 0.09,
      source: expect.stringContaining('2026-11-21'),
    });
    expect(fittedFillFor(['KXBTC15M'], tempDir())).toMatchObject({
      ahead: 0.01,
      source: expect.stringContaining('built in'),
    });
    expect(fittedFillFor(['KXHIGHNY'], tempDir()).source).toContain('nothing of this series was seen');
  });

  it('is the least of several series, and nothing that was not learned', () => {
    expect(fittedFillFor(['KXGOLD15M', 'KXBTC15M'], calib(composedModel())).ahead).toBe(0.03);
    const { cancelAhead } = composedModel();
    const unlearned = composedModel({ cancelAhead: { ...cancelAhead, source: 'band' } });
    expect(fittedFillFor(['KXBTC15M'], calib(unlearned)).source).toContain('built in');
  });

  it('is refused when it is older than a week, or from a day to come, unless another age is named', () => {
    const fill = fittedFillFor(['KXBTC15M'], calib(composedModel()));
    const after = (days: number) => Date.parse('2026-11-20T10:00:00.000Z') + days * 24 * 3_600_000;
    expect(freshFill(fill, after(7))).toBe(fill);
    expect(code(() => freshFill(fill, after(7) + 1))).toMatch(
      /^KMM_MODEL_OLD .*fitted 2026-11-20.*more than 7 days ago/,
    );
    expect(freshFill(fill, after(30), 30)).toBe(fill);
    expect(code(() => freshFill(fill, after(-2)))).toMatch(/^KMM_MODEL_FILE .*still to come/);
    const builtIn = fittedFillFor(['KXBTC15M'], tempDir());
    expect(freshFill(builtIn, after(10_000))).toBe(builtIn);
  });

  it('says so when it was learned from the recordings that are tested', () => {
    const fill = fittedFillFor(['KXBTC15M'], calib(composedModel()));
    const tested = [{ sha256: 'a'.repeat(64) }, { sha256: 'b'.repeat(64) }];
    expect(saidOf(fill, tested).source).toBe(`${fill.source}, on 1 of the 2 files that are tested here`);
    expect(saidOf(fill, tested.slice(1))).toBe(fill);
  });

  it('is what kmm brings along where the named file has learned nothing of cancels', () => {
    const { cancelAhead } = composedModel();
    const path = written(composedModel({ cancelAhead: { ...cancelAhead, source: 'band' } }));
    expect(fittedFillFor(['KXBTC15M'], tempDir(), path)).toMatchObject({
      ahead: 0.01,
      source: expect.stringContaining('has learned nothing of cancels'),
    });
  });

  it('is the file that is named, which must be of the series', () => {
    const path = written(composedModel());
    expect(fittedFillFor(['KXBTC15M'], tempDir(), path)).toMatchObject({ ahead: 0.04 });
    expect(code(() => fittedFillFor(['KXBTC15M', 'KXGOLD15M'], tempDir(), path))).toMatch(/^KMM_MODEL_SERIES /);
  });
});

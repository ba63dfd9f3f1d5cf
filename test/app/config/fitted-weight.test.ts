import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfiguration, parametersFrom } from '../../../src/lib/app/config/config.ts';
import { quotable } from '../../../src/lib/app/config/fitted-weight.ts';
import type { BlendModel } from '../../../src/lib/core/honesty/blend-model.ts';
import { tempDir } from '../../support/temp-dir.ts';

function blend(series: string, weight: number, fittedAt = new Date().toISOString()): BlendModel {
  const part = { markets: 20, from: null, to: null };
  return {
    ...{ schema: 'kmm-blend/1', series: [series], fittedAt, code: 'test', model: 'average' },
    ...{ weight, unshrunk: 0.8, error: 0.1, horizons: [60], sources: [], assumptions: [] },
    ...{ train: part, test: { ...part, rivals: [] } },
  };
}

function configured(toml: string, models: readonly BlendModel[]) {
  const directory = tempDir(afterAll);
  for (const model of models) {
    const folder = join(directory, 'data', 'sim', 'calib', 'blend', model.series.join('+'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '20260101T000000Z.json'), JSON.stringify(model));
  }
  const file = join(directory, 'config.toml');
  writeFileSync(file, `schema = "kmm/1"\n${toml}`);
  const variables = { KMM_HOME: join(directory, 'data') };
  const host = { directory, variables, userHome: directory, systemFile: join(directory, 'none.toml') };
  return loadConfiguration({ environment: 'sim', file, host });
}

const BTC = '[markets]\ntickers = ["KXBTC15M"]\n';

describe('blend:fitted:average', () => {
  it('takes the weight that was fitted, says from where, and keeps the number for the journal', () => {
    const read = configured(`${BTC}[fair]\nsource = "blend:fitted:average"\n`, [blend('KXBTC15M', 0.1234)]);
    expect(quotable(read).parameters.fair).toMatchObject({ kind: 'blend', weight: 0.1234 });
    expect(read.notes.join()).toContain('KXBTC15M weighs 0.1234');
    expect(Date.now() - (read.parameters.fittedAt ?? 0)).toBeLessThan(60_000);
    expect(read.entries.find(({ key }) => key === 'fair.source')?.value).toBe('blend:0.1234:average');
    expect(parametersFrom(read.entries).fair).toEqual(read.parameters.fair);
  });

  it('is of the series it stands for, and of several series the one nearest to the market', () => {
    const models = [blend('KXBTC15M', 0.3), blend('KXBTCD', 0.2)];
    const read = configured(
      '[markets]\ntickers = ["KXBTC15M", "KXBTCD"]\n[fair]\nsource = "blend:fitted:average"\n',
      models,
    );
    expect(read.parameters.fair).toMatchObject({ weight: 0.2 });
    const own = configured(`${BTC}[fair.series]\nKXBTCD = "blend:fitted:average"\n`, models);
    expect(own.parameters.fairBySeries).toMatchObject({ KXBTCD: { kind: 'blend', weight: 0.2 } });
    expect(own.parameters.fair).toMatchObject({ kind: 'micro' });
  });

  it.each([
    ['none was fitted', []],
    ['the newest is too old', [blend('KXBTC15M', 0.3, '2026-01-01T00:00:00.000Z')]],
    ['it is of another series', [blend('KXETH15M', 0.3)]],
  ])('nobody quotes where %s, and whoever only looks or leaves still can', (_, models) => {
    const read = configured(`${BTC}[fair]\nsource = "blend:fitted:average"\n`, models);
    expect(() => quotable(read)).toThrow(expect.objectContaining({ code: 'KMM_MODEL_MISSING' }));
    expect(read.parameters.fair).toMatchObject({ kind: 'blend', weight: 0 });
  });

  it('refuses a model that no weight is fitted of', () => {
    const read = configured(`${BTC}[fair]\nsource = "blend:fitted:fixed:0.4"\n`, [blend('KXBTC15M', 0.3)]);
    expect(() => quotable(read)).toThrow(/average alone/);
  });
});

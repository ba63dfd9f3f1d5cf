import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { type FitIndexRequest, fitIndexModels } from '../../../src/lib/app/model/fit-index.ts';
import { findCalibrations, readCalibration } from '../../../src/lib/app/model/index-calibrations.ts';
import { weekOf } from '../../../src/lib/app/model/index-model.ts';
import { listModels, modelPath, writeModel } from '../../../src/lib/app/model/model-files.ts';
import { CalibrationWatch } from '../../../src/lib/app/session/markets/calibration-watch.ts';
import { easternWallTime } from '../../../src/lib/core/eastern.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { normal, seededStream } from '../../../src/lib/sim/random.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = new Date('2026-05-01T12:00:00Z');

function file(text: string): string {
  const path = join(tempDir(), 'index.csv');
  writeFileSync(path, text);
  return path;
}

/** Weekdays from 2 February 2026, an hour of each: enough for a level, not for a shape. */
function hours(sessions: number, column = 'spx'): string {
  const random = seededStream('hours');
  const rows = [`ts,${column}`];
  for (let n = 0, day = 20_486; n < sessions; day += 1) {
    const weekday = (day + 4) % 7;
    if (weekday === 0 || weekday === 6 || day === 20_500) continue;
    n += 1;
    let level = 6_900;
    for (let minute = 0; minute <= 90; minute += 1) {
      level *= Math.exp(0.0005 * normal(random, 0, 1));
      rows.push(`${new Date(easternWallTime(day, 570 + minute)).toISOString()},${level.toFixed(2)}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

async function faultOf(text: string, more: Partial<FitIndexRequest> = {}): Promise<string> {
  try {
    await fitIndexModels({ files: [file(text)], shape: 'assumed', now: NOW, ...more });
  } catch (error) {
    if (error instanceof KmmError) return `${error.code} ${error.what}`;
    throw error;
  }
  return 'nothing was wrong';
}

describe('parameters of an index, fitted', () => {
  it('are a file of each product, named by its week, and what the engine is told', async () => {
    const { models } = await fitIndexModels({ files: [file(hours(15))], shape: 'assumed', now: NOW });
    const calib = join(tempDir(), 'calib');
    const paths = models.map((model) => {
      const path = modelPath(calib, { kind: 'index', model });
      writeModel(path, { kind: 'index', model });
      return path.slice(calib.length);
    });
    expect(paths).toEqual(['/INX/hourly/2026-18.json', '/INX/close/2026-18.json']);
    expect(listModels(calib).map(({ name, problem }) => [name, problem])).toEqual([
      ['INX/hourly', undefined],
      ['INX/close', undefined],
    ]);
    const [hourly, close, nasdaq] = findCalibrations(calib).map(readCalibration);
    expect(hourly).toMatchObject({ kind: 'calibration', profile: 'assumed', auctionBeta: 0 });
    expect(close).toMatchObject({ dayVariance: models[1]?.dayVariance });
    // As old as its newest data, whenever it was fitted.
    expect(hourly).toMatchObject({ madeAt: Date.parse(models[0]?.madeAt ?? '') });
    expect(nasdaq).toMatchObject({ kind: 'refused', code: 'parameters_unknown' });
  });

  it('name what was taken for granted', async () => {
    const { models } = await fitIndexModels({ files: [file(hours(15))], shape: 'assumed', now: NOW });
    expect(models[0]?.assumptions).toHaveLength(1);
    expect(models[0]?.assumptions[0]).toContain('fitted on nothing');
    expect(models[1]?.assumptions[1]).toContain('no official closes');
  });

  it.each([
    ['too few sessions for a shape', hours(15), { shape: 'fitted' as const }, '0 of 15 sessions are whole'],
    ['too few for a level', hours(4), {}, '10 are the least'],
    ['a level that is none', 'ts,spx\n2026-02-02T15:00:00Z,NaN\n', {}, 'csv:2: "NaN" is no level'],
    ['a negative level', 'ts,spx\n2026-02-02T15:00:00Z,-1\n', {}, 'is no level'],
    ['a time without its offset', 'ts,spx\n2026-02-02T15:00:00,6900\n', {}, 'is no time with its offset'],
    ['rows out of order', 'ts,spx\n2026-02-02T15:00:00Z,1\n2026-02-02T14:00:00Z,1\n', {}, 'csv:3'],
    ['a page of HTML', '<!doctype html>\n<html></html>\n', {}, 'needs a column ts'],
    ['nothing', 'ts,spx\n', {}, 'there is no value in it'],
    ['a column of no name', hours(15, 'value'), {}, 'name it with --index'],
    ['another index', hours(15, 'ndx'), { index: 'SPX' as const }, 'not of SPX'],
    ['data of tomorrow', hours(15), { now: new Date('2026-02-03T00:00:00Z') }, 'still to come'],
  ])('are refused on %s', async (_, text, more, reason) => {
    const fault = await faultOf(text, more);
    expect(fault).toContain('KMM_MODEL_DATA');
    expect(fault).toContain(reason);
  });

  it('refuse the January of the recordings, which has no whole session, and take its level alone', async (context) => {
    const data = sharedPath('data/spx_vix_at_trades.csv.gz');
    if (data === undefined) return context.skip();
    const request = { files: [data], now: NOW };
    await expect(fitIndexModels({ ...request, shape: 'fitted' })).rejects.toThrow('0 of 20 sessions are whole');
    const { models } = await fitIndexModels({ ...request, shape: 'assumed' });
    expect(models[0]?.sessions).toMatchObject({ seen: 20, whole: 0, first: '2026-01-02', last: '2026-01-30' });
    expect(100 * Math.sqrt(models[0]?.dayVariance ?? 0)).toBeCloseTo(0.602, 2);
  });

  it('have weeks as ISO counts them', () => {
    expect(weekOf(new Date('2027-01-01T00:00:00Z'))).toBe('2026-53');
    expect(weekOf(new Date('2026-01-01T00:00:00Z'))).toBe('2026-01');
    expect(weekOf(new Date('2024-12-30T00:00:00Z'))).toBe('2025-01');
  });
});

describe('a session that prices an index', () => {
  const fair = (kind: string) =>
    ({ config: { parameters: { fair: { kind: 'micro' }, fairBySeries: { KXINXU: { kind } } } } }) as never;

  async function setUp(kind: string) {
    const calib = join(tempDir(), 'calib');
    const { models } = await fitIndexModels({ files: [file(hours(15))], shape: 'assumed', now: NOW });
    const said: EngineEvent[] = [];
    const warned: string[] = [];
    const log = { say: (level: string, text: string) => void (level === 'warn' && warned.push(text)) };
    const watch = new CalibrationWatch({ calib, engine: fair(kind), log, emit: (event) => said.push(event) });
    const write = () =>
      models.map((model) => {
        const path = modelPath(calib, { kind: 'index', model });
        writeModel(path, { kind: 'index', model });
        return path;
      });
    return { said, warned, watch, write };
  }
  const minute = (n: number) => epochMs(NOW.getTime() + n * 60_000);

  it('tells the engine what there is, once, and anew when it changes', async () => {
    const { said, watch, write } = await setUp('index-ladder');
    watch.tick(minute(0));
    expect(said.map((event) => event.type === 'index_calibrated' && event.says.kind)).toEqual(
      Array.from({ length: 4 }, () => 'refused'),
    );
    const [path = ''] = write();
    watch.tick(minute(0.5));
    expect(said).toHaveLength(4);
    watch.tick(minute(1));
    watch.tick(minute(2));
    expect(said.slice(4)).toMatchObject([
      { index: 'SPX', product: 'hourly', says: { kind: 'calibration' } },
      { index: 'SPX', product: 'close', says: { kind: 'calibration' } },
    ]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('kmm-index/1', 'kmm-index/2'));
    watch.tick(minute(3));
    expect(said.at(-1)).toMatchObject({ product: 'hourly', says: { kind: 'refused', code: 'parameters_bad' } });
  });

  it('says that a file of another version or a damaged one prices nothing', async () => {
    const { said, warned, watch, write } = await setUp('index-ladder');
    const [hourly = '', close = ''] = write();
    writeFileSync(hourly, readFileSync(hourly, 'utf8').replace('kmm-index/1', 'kmm-index/2'));
    writeFileSync(close, readFileSync(close, 'utf8').slice(0, 400));
    watch.tick(minute(0));
    expect(said.filter((event) => event.type === 'index_calibrated' && event.says.kind === 'calibration')).toEqual([]);
    expect(warned[0]).toContain('kmm-index/2');
    expect(warned[1]).toContain('is not JSON');
  });

  it('reads nothing where no market is priced with it', async () => {
    const { said, watch, write } = await setUp('micro');
    write();
    watch.tick(minute(0));
    expect(said).toEqual([]);
  });
});

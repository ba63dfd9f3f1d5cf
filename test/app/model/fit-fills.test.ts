import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitFills } from '../../../src/lib/app/model/fit-fills.ts';
import { readToldPlaces } from '../../../src/lib/app/model/told-places.ts';
import type { FillModel } from '../../../src/lib/core/fill-model/model.ts';
import { composedRecording, RECORDED_FROM, RECORDED_TICKER } from '../../support/composed-recording.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { Scene } from '../../support/virtual-session.ts';

const WINDOWS = ['KXGOLD15M-26AUG050000-00', 'KXGOLD15M-26AUG050800-00'];
const REST = { markets: [], prints: 'auto', now: new Date(Date.UTC(2026, 10, 20)) } as const;

function file(name: string, content: string | Buffer): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content);
  return path;
}

const recording = (change: (text: string) => string = (text) => text) =>
  file('day.jsonl', change(`${composedRecording().join('\n')}\n`));

describe('a fit of little', () => {
  it('of one market says what one market cannot say, and lets the rest stand', async () => {
    const { model } = await fitFills({ ...REST, files: [recording()], markets: [RECORDED_TICKER] });
    expect(model.markets).toMatchObject([
      { ticker: RECORDED_TICKER, isCloseKnown: true, use: 'train', printsAre: 'inferred' },
    ]);
    expect(model.cancelAhead.source).toBe('band');
    expect(model.fills?.error.score ?? null).toBeNull();
    const missing = model.notLearned.map(({ what }) => what);
    for (const what of ['cancelAhead', 'intervals', 'own queue', 'taker']) expect(missing).toContain(what);
    expect(model.adverse?.rows.every(({ low }) => low === null) ?? true).toBe(true);
  });

  it('gives the same model again, and one that JSON keeps', async () => {
    const fitted = async () => (await fitFills({ ...REST, files: [day], markets: [RECORDED_TICKER] })).model;
    const day = recording();
    const model = await fitted();
    expect(await fitted()).toEqual(model);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  it('that teaches nothing at all is refused, and why is said part by part', async () => {
    const fit = fitFills({ ...REST, files: [recording()], markets: [RECORDED_TICKER], prints: 'none' });
    await expect(fit).rejects.toMatchObject({
      code: 'KMM_MODEL_DATA',
      what: expect.stringMatching(
        /too little of KXBTC15M.*cancelAhead: fewer than 30.*fills: a rate needs 30 prints, and 0/,
      ),
    });
  });

  it('needs a book: one that is crossed throughout says nothing', async () => {
    // Both sides bid 60 ¢, so that YES would be bid at 60 ¢ and offered at 40 ¢.
    const crossed = recording((text) => text.replaceAll('"0.4000"', '"0.6000"'));
    await expect(fitFills({ ...REST, files: [crossed], markets: [RECORDED_TICKER] })).rejects.toMatchObject({
      code: 'KMM_MODEL_DATA',
      what: expect.stringContaining('no market of KXBTC15M has a book with two sides'),
    });
  });

  it('refuses files of two series, and says how to take one', async () => {
    const other = recording((text) => text.replaceAll('KXBTC15M', 'KXGOLD15M'));
    await expect(fitFills({ ...REST, files: [recording(), other] })).rejects.toMatchObject({
      code: 'KMM_MODEL_DATA',
      next: ['--market KXBTC15M', '--market KXGOLD15M'],
    });
    const { model } = await fitFills({ ...REST, files: [recording(), other], markets: ['KXGOLD15M'] });
    expect(model.series).toEqual(['KXGOLD15M']);
  });

  it('takes of a file that is cut off what can be read, and says so', async () => {
    const packed = gzipSync(composedRecording().join('\n'));
    const cut = file('cut.jsonl.gz', packed.subarray(0, Math.floor(packed.length * 0.7)));
    const { model, notes } = await fitFills({ ...REST, files: [cut], markets: [RECORDED_TICKER] });
    expect(notes.join()).toMatch(/cut\.jsonl\.gz: \d+ lines could not be read/);
    expect(Date.parse(model.markets[0]?.to ?? '')).toBeLessThan(RECORDED_FROM + 295_000);
  });

  it.each([
    ['is not there', () => 'nowhere.jsonl', 'KMM_RECORDING_BAD'],
    ['holds no market', () => file('empty.jsonl', '{"type":"ok"}\n'), 'KMM_RECORDING_BAD'],
  ])('refuses a file that %s', async (_, path, code) => {
    await expect(fitFills({ ...REST, files: [path()] })).rejects.toMatchObject({ code });
  });
});

it('the tape of a session says where its own orders stood, order by order', async () => {
  const scene = new Scene('KXBTC15M');
  const { tape } = await scene.open();
  await scene.run(130);
  await scene.end();
  const told = readToldPlaces([tape.path]);
  const places = [...told.values()].flat();
  expect(places.length).toBeGreaterThan(0);
  for (const { price, ahead, side } of places) {
    expect(price > 0 && price < 10_000 && ahead >= 0).toBe(true);
    expect(['bid', 'ask']).toContain(side);
  }
  const own = scene.orders().map((order) => order.order_id);
  expect(places.every(({ orderId }) => own.includes(orderId))).toBe(true);
});

const paths = WINDOWS.map((window) => sharedPath(`data/kxgold15m_l2/${window}.ndjson.gz`));
const outcomes = sharedPath('data/kxgold15m_markets.csv');
describe.skipIf(paths.includes(undefined) || outcomes === undefined)('two recorded windows of gold', () => {
  let model: FillModel;
  beforeAll(async () => {
    ({ model } = await fitFills({ ...REST, files: paths as string[], outcomes: outcomes as string }));
  });

  it('tell whose size was cancelled: hardly ever that of those before us', () => {
    const { source, overall, coverage, queueError, falseFills } = model.cancelAhead;
    expect(source).toBe('matched_cancels');
    expect(overall.share).toBeLessThan(0.2);
    expect(coverage).toBeGreaterThan(0.8);
    expect(queueError?.calibrated).toBeLessThan(queueError?.optimistic as number);
    expect(falseFills?.pessimistic).toBe(0);
  });

  it('give odds that beat one number per horizon on the window that was not fitted on', () => {
    const { error, curves } = model.fills as NonNullable<FillModel['fills']>;
    expect([error.trainMarkets, error.testMarkets]).toEqual([1, 1]);
    expect(error.score?.brier).toBeLessThan(error.score?.brierNaive as number);
    const at = (offset: string) =>
      curves.find((one) => one.offset === offset && one.close === 'any')?.points.find((one) => one.seconds === 30);
    const chances = ['inside', 'touch', '1c', '2c', '3c', '5c'].map((offset) => at(offset)?.calibrated as number);
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    for (const { points } of curves) {
      for (const { pessimistic, calibrated, optimistic } of points) {
        expect(pessimistic).toBeLessThanOrEqual(calibrated + 0.02);
        expect(calibrated).toBeLessThanOrEqual(optimistic + 0.02);
      }
    }
  });

  it('say that a fill is bad news', () => {
    const row = model.adverse?.rows.find((one) => one.offset === 'touch' && one.close === 'any' && one.seconds === 10);
    expect(row?.bias).toBeGreaterThan(0);
    expect(Math.abs(row?.unconditional as number)).toBeLessThan(row?.bias as number);
  });

  it('are told apart by time to close, which the file of outcomes knows', () => {
    expect(model.markets.every(({ isCloseKnown, printsAre }) => isCloseKnown && printsAre === 'recorded')).toBe(true);
    expect(model.fills?.curves.some(({ close }) => close === '60_to_300s')).toBe(true);
  });
});

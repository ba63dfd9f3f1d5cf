/** One recording as a file, a tape and a part of the archive; and what a run is told of data, or a strategy, that is bad. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { COMPOSED_OUTCOMES, composedRecording, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const require = createRequire(import.meta.url);
/** The commands' own: Node loads them, not the test runner. */
const { Engine } = require('../../src/lib/core/engine.ts') as typeof import('../../src/lib/core/engine.ts');
const hasDuckDb = ((): boolean => {
  try {
    return require.resolve('@duckdb/node-api') !== '';
  } catch {
    return false;
  }
})();

function here(lines = composedRecording()) {
  const directory = tempDir();
  writeFileSync(`${directory}/day.jsonl`, `${lines.join('\n')}\n`);
  writeFileSync(`${directory}/ended.csv`, COMPOSED_OUTCOMES);
  return { directory, variables: {} };
}

const words = (data: string) => [
  ...['backtest', 'run', '--data', data, '--outcomes', 'ended.csv', '--market', RECORDED_TICKER],
  ...['--fill', 'calibrated', '--out', 'kept'],
];

interface Told {
  readonly setId: string;
  readonly folders: readonly string[];
  readonly results: readonly {
    readonly totals: { readonly fills: number; readonly net: number; readonly intentsHash: string };
    readonly isPartial: boolean;
    readonly notes: readonly string[];
  }[];
}

async function run(place: ReturnType<typeof here>, data: string): Promise<Told> {
  const { records, exit, stderr } = await jsonHere(place, words(data));
  expect([exit, exit === 0 ? '' : stderr]).toEqual([0, '']);
  return records[0] as unknown as Told;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('one recording', () => {
  it.skipIf(!hasDuckDb)('gives the same run as a file, as a tape and out of the archive', async () => {
    const place = here();
    const file = await run(place, 'day.jsonl');
    expect(file.results[0]?.totals.fills).toBeGreaterThan(0);
    expect((await kmmHere(place, ['record', 'import', 'day.jsonl', '--out', 'day.tape'])).exit).toBe(0);
    const tape = await run(place, 'day.tape');
    expect((await kmmHere(place, ['record', 'archive', 'day.tape'])).exit).toBe(0);
    const archive = await run(place, 'archive:KXBTC15M@2026-05-13');
    for (const { results } of [tape, archive]) expect(results[0]?.totals).toEqual(file.results[0]?.totals);
    expect(new Set([file.setId, tape.setId, archive.setId]).size).toBe(3);
    expect(await run(place, 'archive:KXBTC15M@2026-05-13')).toEqual(archive);
    const explained = await kmmHere(place, [
      ...['backtest', 'explain', archive.setId, RECORDED_TICKER, '2026-05-13T13:02:00Z', '--in', 'kept'],
    ]);
    expect([explained.exit, explained.stderr]).toEqual([0, '']);
    expect(explained.stdout).toContain(RECORDED_TICKER);
  });

  it.skipIf(!hasDuckDb).each([
    ['archive:KXNONE', 'KMM_ARCHIVE_NOTHING'],
    ['archive:KXBTC15M@yesterday', 'KMM_USAGE'],
  ])('that no archive has is refused: %s is %s', async (data, code) => {
    const place = here();
    const { exit, stderr } = await kmmHere(place, words(data));
    expect(exit).not.toBe(0);
    expect(stderr).toContain(code);
    expect(existsSync(`${place.directory}/kept`)).toBe(false);
  });

  it('takes its results from a packed file as well', async () => {
    const place = here();
    const plain = await run(place, 'day.jsonl');
    writeFileSync(`${place.directory}/ended.csv`, gzipSync(COMPOSED_OUTCOMES));
    const packed = await run(place, 'day.jsonl');
    expect(packed.results[0]?.totals).toEqual(plain.results[0]?.totals);
  });
});

describe('bad data', () => {
  it('on a tape of a later form is refused by name, and nothing is kept', async () => {
    const place = here();
    expect((await kmmHere(place, ['record', 'import', 'day.jsonl', '--out', 'day.tape'])).exit).toBe(0);
    const database = new Database(`${place.directory}/day.tape`);
    database.pragma('user_version = 99');
    database.close();
    const { exit, stderr } = await kmmHere(place, words('day.tape'));
    expect(exit).not.toBe(0);
    expect(stderr).toContain('KMM_TAPE_NEWER');
    expect(existsSync(`${place.directory}/kept`)).toBe(false);
  });

  it('of a packed file that is cut off is used up to there, and the run says so', async () => {
    const place = here();
    const whole = gzipSync(`${composedRecording().join('\n')}\n`);
    writeFileSync(`${place.directory}/day.jsonl.gz`, whole.subarray(0, Math.floor(whole.length * 0.7)));
    const { results } = await run(place, 'day.jsonl.gz');
    expect(results[0]?.notes.join()).toContain('could not be read');
    expect(results[0]?.totals.fills).toBeGreaterThan(0);
  });

  it('of a market whose book was never told changes nothing of the others', async () => {
    const lines = composedRecording();
    const strange = lines
      .filter((line) => line.includes('orderbook_delta'))
      .slice(3, 5)
      .map((line) => line.replace(RECORDED_TICKER, 'KXSTRANGE-26MAY13-X').replace('"sid":2', '"sid":9'));
    const at = lines.findIndex((line) => line.includes('orderbook_delta')) + 7;
    const place = here([...lines.slice(0, at), ...strange, ...lines.slice(at)]);
    const { results } = await run(place, 'day.jsonl');
    expect(results[0]?.totals).toEqual((await run(here(), 'day.jsonl')).results[0]?.totals);
    const alone = words('day.jsonl').map((word) => (word === RECORDED_TICKER ? 'KXSTRANGE' : word));
    const { exit, stderr } = await kmmHere(place, alone);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('KMM_RECORDING_BAD')]);
  });
});

describe('a strategy that throws', () => {
  it('ends the run there with its name, and what came before is kept', async () => {
    const place = here();
    const whole = (await run(place, 'day.jsonl')).results[0]?.totals.fills ?? 0;
    const apply = Engine.prototype.apply;
    vi.spyOn(Engine.prototype, 'apply').mockImplementation(function (this: InstanceType<typeof Engine>, event) {
      if (event.type === 'turn' && event.turn === 250) throw new RangeError('a quote of no price');
      return apply.call(this, event);
    });
    const { exit, records } = await jsonHere(place, words('day.jsonl'));
    expect(exit).toBe(10);
    const message = expect.stringContaining('turn 250: a quote of no price');
    expect(records[1]).toMatchObject({ type: 'error', error: { code: 'KMM_BACKTEST_FAILED', message } });
    const { folders, results } = records[0] as unknown as Told;
    expect(results[0]?.isPartial).toBe(true);
    const kept = JSON.parse(readFileSync(`${place.directory}/${folders[0]}/result.json`, 'utf8'));
    expect(kept.failure).toMatchObject({ turn: 250, message: 'a quote of no price' });
    expect(kept.fills.length).toBeGreaterThan(0);
    expect(kept.fills.length).toBeLessThan(whole);
  });
});

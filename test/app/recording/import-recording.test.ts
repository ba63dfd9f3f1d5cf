import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ErrorCode } from '../../../src/lib/app/errors/errors.ts';
import { importRecording } from '../../../src/lib/app/recording/import-recording.ts';
import { lockFor } from '../../../src/lib/app/recording/own-tape.ts';
import { referenceOf } from '../../../src/lib/app/recording/reference-record.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { startChild } from '../../support/child.ts';
import { sharedPath } from '../../support/shared.ts';
import { tapeAt } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

const T0 = 1_778_477_863_278;

function delta(seq: number): string {
  return `{"type":"orderbook_delta","sid":2,"seq":${seq},"msg":{"market_ticker":"KX-1","price_dollars":"0.5","delta_fp":"1.00","side":"yes"}}`;
}

function wrapped(seq: number, conn = 1): string {
  return `{"recv_ms":${T0 + seq},"conn":${conn},"event":${delta(seq)}}`;
}

const NOTE = `{"recv_ms":${T0},"conn":1,"note":"ws_connected","info":{}}`;

function recording(path: string, ...lines: string[]): string {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

function textsOf(path: string, kind: string): string[] {
  return [...tapeAt(path).records()].filter((record) => record.kind === kind).map(({ data }) => data.toString());
}

function refusal(code: ErrorCode) {
  return expect.objectContaining({ code });
}

describe('importing a recording', () => {
  test('makes a tape of its frames, byte for byte, with their times, connections and notes', async () => {
    const directory = tempDir();
    const file = recording(join(directory, 'a.jsonl'), NOTE, wrapped(1), wrapped(2), wrapped(3, 2));
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report).toEqual({
      tape: out,
      frames: 3,
      references: 0,
      notes: 1,
      bad: 0,
      badLines: [],
      startedAt: '2026-05-11T05:37:43.278Z',
      endedAt: '2026-05-11T05:37:43.281Z',
      byteSize: readFileSync(out).length,
    });
    const records = [...tapeAt(out).records()];
    expect(records.map(({ kind, at, data }) => [kind, at, data.toString()])).toEqual([
      ['note', T0, NOTE],
      ['frame', T0 + 1, delta(1)],
      ['frame', T0 + 2, delta(2)],
      ['frame', T0 + 3, delta(3)],
      ['end', T0 + 3, '{"markets":["KX-1"],"frames":3,"by":"the end of the recording"}'],
    ]);
    expect(records[3]!.conn).toBeGreaterThan(records[2]!.conn);
  });

  test.each([true, false])('keeps with the tape whether prices are YES prices: %s', async (yesPrice) => {
    const directory = tempDir();
    const file = recording(join(directory, 'a.jsonl'), wrapped(1));
    const out = join(directory, 'out.tape');
    await importRecording({ files: [file], out, yesPrice });
    expect(tapeAt(out).header).toMatchObject({ source: 'recording', yesPrice, startedAt: T0 + 1, files: [file] });
    expect([...tapeAt(out).records()].map((record) => record.yesPrice)).toEqual([yesPrice, yesPrice]);
  });

  test('takes a time beyond the year 9999 for its last moment', async () => {
    const directory = tempDir();
    const file = recording(
      join(directory, 'a.jsonl'),
      wrapped(1),
      wrapped(2).replace(`${T0 + 2}`, '9007199254740991'),
      wrapped(3),
    );
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report).toMatchObject({ frames: 3, bad: 0 });
    expect([...tapeAt(out).records()].map(({ at }) => at)).toEqual([T0 + 1, 253_402_300_799_999, T0 + 3, T0 + 3]);
  });

  test('joins files in the order given', async () => {
    const directory = tempDir();
    const files = [
      recording(join(directory, 'a.jsonl'), wrapped(1)),
      recording(join(directory, 'b.jsonl'), wrapped(2), wrapped(3)),
    ];
    const out = join(directory, 'out.tape');
    await importRecording({ files, out, yesPrice: false });
    expect(textsOf(out, 'frame')).toEqual([delta(1), delta(2), delta(3)]);
  });

  test('names the tape after the first file, in the current directory', async () => {
    const directory = tempDir();
    const before = process.cwd();
    onTestFinished(() => process.chdir(before));
    process.chdir(directory);
    writeFileSync('btc.day-1.jsonl.gz', gzipSync(`${wrapped(1)}\n`));
    const { tape } = await importRecording({ files: [join(directory, 'btc.day-1.jsonl.gz')], yesPrice: false });
    expect(tape).toBe('btc.day-1.tape');
    expect(readdirSync(directory).sort()).toEqual(['btc.day-1.jsonl.gz', 'btc.day-1.tape']);
  });
});

describe('prices recorded beside the frames', () => {
  const HEAD = 'exchange_ts,recv_ns,price,trade_id';
  const row = (at: number, price: string, id = 7) => `${new Date(at - 90).toISOString()},${at}000000,${price},${id}`;

  test('stand among the frames where they were received, and reach the engine as what they are', async () => {
    const directory = tempDir();
    const frames = recording(join(directory, 'a.jsonl'), wrapped(1), wrapped(4), wrapped(5));
    const prices = recording(
      join(directory, 'spot.csv'),
      HEAD,
      row(T0, '81120.01'),
      row(T0 + 4, '81121'),
      row(T0 + 9, '81122', 8),
    );
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [frames, prices], out, yesPrice: false, index: 'COINBASE:BTC-USD' });
    expect(report).toMatchObject({ frames: 3, references: 3, bad: 0 });
    const records = [...tapeAt(out).records()];
    expect(records.map(({ kind, at }) => `${kind} ${at - T0}`)).toEqual([
      ...['reference 0', 'frame 1', 'frame 4', 'reference 4', 'frame 5', 'reference 9', 'end 9'],
    ]);
    expect(referenceOf(records[0]!)).toEqual({
      ...{ type: 'reference_price', at: T0, index: 'COINBASE:BTC-USD', value: 81_120.01, exchangeAt: T0 - 90 },
    });
  });

  test('alone make a tape as well; rows without sense are counted and named', async () => {
    const directory = tempDir();
    const file = recording(
      join(directory, 'spot.csv'),
      HEAD,
      row(T0, '1.5'),
      'x,y,z',
      row(T0 + 1, ''),
      row(T0 + 2, '2'),
      '2026-05-11T12:0',
    );
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report).toMatchObject({ frames: 0, references: 2, bad: 3 });
    expect(report.badLines.map(({ line }) => line)).toEqual([3, 4, 6]);
    expect(textsOf(out, 'reference').map((text) => JSON.parse(text).index)).toEqual(['spot', 'spot']);
  });
});

test('a tape that another process writes is refused', async () => {
  const directory = tempDir();
  const file = recording(join(directory, 'a.jsonl'), wrapped(1));
  const out = join(directory, 'out.tape');
  const lock = lockFor(out, 'sim', epochMs(T0));
  await expect(importRecording({ files: [file], out, yesPrice: false })).rejects.toEqual(refusal('KMM_TAPE_BUSY'));
  lock.release();
  expect(existsSync(out)).toBe(false);
});

describe('what cannot be read', () => {
  test('is counted, named up to twenty times, and kept as notes; the frames around it are on the tape', async () => {
    const directory = tempDir();
    const rubbish = Array.from({ length: 25 }, (_, index) => `rubbish ${index}`);
    const file = recording(join(directory, 'a.jsonl'), wrapped(1), ...rubbish, wrapped(2));
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report).toMatchObject({ frames: 2, notes: 0, bad: 25 });
    expect(report.badLines.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
    expect(report.badLines[0]).toMatchObject({ file, line: 2, reason: expect.any(String) });
    expect(textsOf(out, 'frame')).toEqual([delta(1), delta(2)]);
    expect(textsOf(out, 'note').map((text) => JSON.parse(text).text)).toEqual(rubbish);
  });

  test('at the end of a gzip file that was cut off costs only the end', async () => {
    const directory = tempDir();
    const file = join(directory, 'a.jsonl.gz');
    const whole = gzipSync(Array.from({ length: 3_000 }, (_, index) => `${wrapped(index + 1)}\n`).join(''));
    writeFileSync(file, whole.subarray(0, whole.length - 2_000));
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report.bad).toBeGreaterThan(0);
    expect(report.frames).toBeGreaterThan(100);
    const frames = textsOf(out, 'frame');
    expect(frames).toEqual(Array.from({ length: report.frames }, (_, index) => delta(index + 1)));
  });

  test('a line too long for a tape is counted as bad, and said to be lost', async () => {
    const directory = tempDir();
    const long = wrapped(2).replace('KX-1', 'K'.repeat(9_000_000));
    const file = recording(join(directory, 'a.jsonl'), wrapped(1), long, wrapped(3));
    const out = join(directory, 'out.tape');
    const report = await importRecording({ files: [file], out, yesPrice: false });
    expect(report).toMatchObject({ frames: 2, bad: 1, badLines: [{ line: 2 }] });
    expect([...tapeAt(out).records()].map(({ kind }) => kind)).toEqual(['frame', 'lost', 'frame', 'end']);
  });
});

describe('what is refused', () => {
  test('an existing tape, which stays as it is', async () => {
    const directory = tempDir();
    const file = recording(join(directory, 'a.jsonl'), wrapped(1));
    const out = recording(join(directory, 'out.tape'), 'mine');
    await expect(importRecording({ files: [file], out, yesPrice: false })).rejects.toEqual(refusal('KMM_TAPE_EXISTS'));
    expect(readFileSync(out, 'utf8')).toBe('mine\n');
  });

  test('files without a frame, an empty file, a file that is not there: no tape is made', async () => {
    const directory = tempDir();
    const out = join(directory, 'out.tape');
    const good = recording(join(directory, 'good'), wrapped(1));
    const cases = [
      [recording(join(directory, 'notes'), NOTE)],
      [recording(join(directory, 'csv'), 'ts,price', '1,2')],
      [recording(join(directory, 'empty'))],
      [join(directory, 'nothing')],
      [good, join(directory, 'nothing')],
    ];
    for (const files of cases) {
      await expect(importRecording({ files, out, yesPrice: false })).rejects.toEqual(refusal('KMM_RECORDING_BAD'));
      expect(existsSync(out), files.join()).toBe(false);
    }
  });

  test('a folder that is not there', async () => {
    const directory = tempDir();
    const file = recording(join(directory, 'a.jsonl'), wrapped(1));
    const out = join(directory, 'no', 'out.tape');
    await expect(importRecording({ files: [file], out, yesPrice: false })).rejects.toEqual(
      refusal('KMM_TAPE_UNWRITABLE'),
    );
  });

  test('a disk that fills up: what was written stays and reads', async () => {
    const directory = tempDir();
    const lines = Array.from({ length: 60_000 }, (_, index) => wrapped(index).replace('KX-1', `KX-${Math.sin(index)}`));
    const file = recording(join(directory, 'a.jsonl'), ...lines);
    const out = join(directory, 'out.tape');
    const child = startChild(
      `import { importRecording } from 'src/lib/app/recording/import-recording.ts';
      const options = { files: [${JSON.stringify(file)}], out: ${JSON.stringify(out)}, yesPrice: false };
      await importRecording(options).catch((error) => console.log(error.code));`,
      500,
    );
    expect(await child.line()).toBe('KMM_TAPE_UNWRITABLE');
    await child.kill();
    const frames = textsOf(out, 'frame');
    expect(frames.length).toBeGreaterThan(1_000);
    expect(frames.length).toBeLessThan(60_000);
  });
});

const RECORDED = 'data/kxbtc15m_l2/kxbtc15m_l2_20260511T121731Z.jsonl.gz';
const recorded = sharedPath(RECORDED);

describe.skipIf(recorded === undefined)('a real recording', () => {
  test('is on the tape line by line', async () => {
    const out = join(tempDir(), 'out.tape');
    const report = await importRecording({ files: [recorded!], out, yesPrice: false });
    const lines = gunzipSync(readFileSync(recorded!)).toString().trim().split('\n');
    expect(report.frames + report.notes).toBe(lines.length);
    expect(report.bad).toBe(0);
    const written = lines.flatMap((line) => /"event":(\{.*\})\}$/.exec(line)?.[1] ?? []);
    expect(textsOf(out, 'frame')).toEqual(written);
    expect(report.byteSize / report.frames).toBeLessThan(26);
  });
});

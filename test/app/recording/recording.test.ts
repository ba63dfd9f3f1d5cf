import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { readRecordedLine } from '../../../src/lib/app/recording/recorded-line.ts';
import { type RecordingRecord, readRecordings } from '../../../src/lib/app/recording/recording.ts';
import { sharedPath } from '../../support/shared.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FRAME = '{"type":"trade","sid":2,"msg":{"n":"a \\"quoted\\" } brace","ts_ms":1785901540722}}';
const UNTIMED = '{"type":"subscribed","id":1,"msg":{"channel":"trade","sid":2}}';

async function readAll(...contents: (string | Buffer)[]): Promise<RecordingRecord[]> {
  const directory = tempDir();
  const files = contents.map((content, index) => {
    const file = join(directory, `recording-${index}`);
    writeFileSync(file, content);
    return file;
  });
  return collect(readRecordings(files));
}

async function collect(records: AsyncIterable<RecordingRecord>): Promise<RecordingRecord[]> {
  const all: RecordingRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

function texts(records: readonly RecordingRecord[]): string[] {
  return records.map(({ kind, data }) => `${kind} ${data}`);
}

function lines(...list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

describe('a recording', () => {
  it.each([
    ['raw', FRAME],
    ['as event, in nanoseconds', `{"recv_ns":1785901540730123456,"conn":1,"event":${FRAME}}`],
    ['as frame, in nanoseconds', `{"recv_ts_ns": 1785901540730123456, "frame": ${FRAME}}`],
    ['as event, in milliseconds', `{"recv_ms":1785901540730,"event":${FRAME}}`],
    ['as text', JSON.stringify({ recv_ts_ns: 1, raw: `${FRAME}\n` }).replace(':1,', ':1785901540730000000,')],
    ['before its time', `{ "event" : ${FRAME} , "recv_ms" : 1785901540730 }`],
  ])('has the bytes of the frame as they stand in the line: %s', async (_, line) => {
    const [record] = await readAll(lines(line));
    expect(record).toMatchObject({ kind: 'frame', conn: 1, line: 1 });
    expect(String(record?.data)).toBe(FRAME);
    expect(record?.at).toBe(line === FRAME ? 1_785_901_540_722 : 1_785_901_540_730);
  });

  it('keeps times to the nanosecond, which are too large for a number', async () => {
    const at = async (text: string) => {
      const [record] = await readAll(`{"recv_ns":${text},"event":${FRAME}}`);
      return [record?.at, record?.nanos];
    };
    expect(await at('1778477863999999999')).toEqual([1_778_477_863_999, 999_999]);
    expect(await at('1778477864000000001')).toEqual([1_778_477_864_000, 1]);
    expect(await at('"1778477864000000001"')).toEqual([1_778_477_864_000, 1]);
  });

  it('keeps the notes of the recorder', async () => {
    const note = '{"recv_ns":1778477863278419968,"conn":0,"note":"watch_market","info":{"strike":80938.41}}';
    const records = await readAll(lines(note, `{"recv_ns":1778477863409608960,"conn":1,"event":${FRAME}}`));
    expect(texts(records)).toEqual([`note ${note}`, `frame ${FRAME}`]);
    expect(records.map(({ conn, at }) => [conn, at])).toEqual([
      [0, 1_778_477_863_278],
      [1, 1_778_477_863_409],
    ]);
  });

  it('reports every line that makes no sense, with its number, and goes on', async () => {
    const bad = [
      '{"recv_ms":1,"event":{"type"',
      'hello',
      '[1]',
      '{"a":1}',
      '{"event":5}',
      '{"recv_ms":"soon","event":{}}',
    ];
    const records = await readAll(lines(FRAME, '', ...bad, '{"conn":"one","event":{}}', FRAME));
    expect(records.map(({ kind, line }) => [kind, line])).toEqual([
      ['frame', 1],
      ...[3, 4, 5, 6, 7, 8, 9].map((line) => ['bad', line]),
      ['frame', 10],
    ]);
    const reasons = records.map((record) => (record.kind === 'bad' ? record.reason : ''));
    expect(reasons).toEqual([
      '',
      'not JSON, or cut off',
      'not JSON, or cut off',
      'not a JSON object',
      'neither a frame nor a wrapped frame',
      'neither a frame nor a wrapped frame',
      'its time is not a whole number of nanoseconds or milliseconds since 1970',
      'conn is not a whole number',
      '',
    ]);
    expect(String(records[1]?.data)).toBe(bad[0]);
  });

  it('takes a last line without an end, and line ends of either kind', async () => {
    expect(texts(await readAll(`${FRAME}\r\n${UNTIMED}`))).toEqual([`frame ${FRAME}`, `frame ${UNTIMED}`]);
    expect(await readAll('')).toEqual([]);
    expect(await readAll('\n')).toEqual([]);
  });
});

describe('a raw frame without a time', () => {
  const stamped = (ms: number) => `{"type":"ticker","msg":{"ts_ms":${ms}}}`;

  it('has its own, or the one before it, or the first one behind it', async () => {
    const records = await readAll(lines(UNTIMED, UNTIMED, stamped(5_000), UNTIMED, stamped(6_000)));
    expect(records.map(({ at }) => at)).toEqual([5_000, 5_000, 5_000, 5_000, 6_000]);
  });

  it('never steps back behind the frame before it', async () => {
    const records = await readAll(lines(stamped(5_000), stamped(4_990), stamped(5_001)));
    expect(records.map(({ at }) => at)).toEqual([5_000, 5_000, 5_001]);
  });

  it('is put into 1970 when no line says a time', async () => {
    expect((await readAll(lines(UNTIMED, 'x'))).map(({ at }) => at)).toEqual([0, 0]);
  });
});

describe('several recordings', () => {
  it('have connections of their own', async () => {
    const wrapped = (conn: number) => `{"recv_ms":1,"conn":${conn},"event":${FRAME}}`;
    const records = await readAll(lines(wrapped(1), wrapped(2)), lines(FRAME), lines(wrapped(1)));
    expect(records.map(({ conn }) => conn)).toEqual([1, 2, 3, 4]);
    expect(records.map(({ file }) => file.at(-1))).toEqual(['0', '0', '1', '2']);
  });
});

describe('a packed recording', () => {
  const list = Array.from(
    { length: 5_000 },
    (_, index) => `{"recv_ms":${index + 1},"event":{"type":"t","n":${index}}}`,
  );
  const whole = gzipSync(lines(...list));

  it('is told by its first bytes', async () => {
    const records = await readAll(whole);
    expect(records).toHaveLength(5_000);
    expect(String(records.at(-1)?.data)).toBe('{"type":"t","n":4999}');
  });

  it('gives what stands before the place where it is cut off, and says so', async () => {
    const records = await readAll(whole.subarray(0, whole.length / 2));
    const frames = records.filter(({ kind }) => kind === 'frame');
    expect(frames.length).toBeGreaterThan(1_000);
    expect(texts(frames)).toEqual(
      list.slice(0, frames.length).map((line) => `frame ${line.slice(line.indexOf('{', 1), -1)}`),
    );
    expect(records.at(-1)).toMatchObject({ kind: 'bad', reason: expect.stringContaining('unexpected end of file') });
  });

  it('gives what stands before the place where it is damaged, and ends', async () => {
    const damaged = Buffer.concat([
      whole.subarray(0, whole.length - 9_000),
      Buffer.alloc(2_000, 7),
      whole.subarray(-7_000),
    ]);
    const records = await readAll(damaged);
    expect(records.at(-1)).toMatchObject({ kind: 'bad', reason: expect.stringContaining('gzip') });
  });
});

describe('a recording that cannot be opened', () => {
  it.each(['nowhere.ndjson', '.'])('is an error with a code: %s', async (name) => {
    const path = join(tempDir(), name);
    const reading = collect(readRecordings([path]));
    await expect(reading).rejects.toThrow(KmmError);
    await expect(reading).rejects.toMatchObject({ code: 'KMM_RECORDING_BAD', what: expect.stringContaining(path) });
  });
});

describe('a wrapped line', () => {
  const space = fc.constantFrom('', ' ', '  ', '\t');
  const other = fc
    .tuple(fc.constantFrom('a', 'eve', '{"', '}:,'), fc.jsonValue())
    .map(([key, value]) => [key, JSON.stringify(value)] as const);
  const frame = fc.dictionary(fc.string(), fc.jsonValue()).map((object) => JSON.stringify({ ...object, type: 't' }));

  it('gives up exactly the bytes of its frame, wherever they stand', () => {
    fc.assert(
      fc.property(frame, fc.array(other), fc.nat(), space, (text, others, place, gap) => {
        const members: (readonly [string, string])[] = [...others];
        members.splice(place % (members.length + 1), 0, ['event', text]);
        const line = `{${members.map(([key, value]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${value}${gap}`).join(',')}}`;
        const read = readRecordedLine(Buffer.from(line));
        expect(read.kind === 'bad' ? read.reason : String(read.data)).toBe(text);
      }),
    );
  });

  it('never throws, whatever it holds', () => {
    const damaged = fc.tuple(frame, fc.nat(), fc.string()).map(([text, at, junk]) => {
      const line = `{"recv_ns":1,"event":${text}}`;
      return Buffer.from(line.slice(0, at % line.length) + junk + line.slice((at + 1) % line.length));
    });
    const anything = fc.oneof(
      damaged,
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(['frame', 'note', 'bad']).toContain(readRecordedLine(bytes).kind);
      }),
    );
  });
});

describe('the recorded frames of others', () => {
  const path = sharedPath('data/kalshi_ws_raw_frames.jsonl.gz');

  it.skipIf(path === undefined)('are read whole from text in a wrapper', async () => {
    const records = await collect(readRecordings([path as string]));
    expect(records.map(({ kind }) => kind)).toEqual(Array(74).fill('frame'));
    expect(records[0]).toMatchObject({ conn: 1, at: 1_776_490_453_460 });
    expect(JSON.parse(String(records.at(-1)?.data))).toMatchObject({ type: 'error', msg: { code: 8 } });
  });
});

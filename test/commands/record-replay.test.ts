/** `kmm record import` and `kmm replay --books`: the formats that scripts rely on. */
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Place, place } from '../support/cli.ts';
import { composedRecording, NEXT_TICKER, RECORDED_TICKER } from '../support/composed-recording.ts';

let here: Place;

beforeAll(async () => {
  here = place({}, afterAll);
  const lines = composedRecording();
  file('whole.jsonl', lines);
  writeFileSync(join(here.directory, 'packed.jsonl.gz'), gzipSync(lines.join('\n')));
  file(
    'holed.jsonl',
    lines.filter((line) => !line.includes('"seq":11,')),
  );
  expect((await here.kmm('record', 'import', 'whole.jsonl')).exit).toBe(0);
  file('bad.jsonl', [...lines.slice(0, 20), '{"recv_ns":1778677', 'not JSON at all', ...lines.slice(20)]);
});

function file(name: string, lines: readonly string[]): void {
  writeFileSync(join(here.directory, name), lines.map((line) => `${line}\n`).join(''));
}

/** What the composed recording's tops are, by its own script. */
function digest(): string {
  const lines = ['1,4000,50000,6000,50000'];
  let seq = 1;
  for (let second = 5; second < 290; second += 5) {
    lines.push(`${++seq},${second % 10 === 5 ? '4000,50000,4400,2000' : '5600,2000,6000,50000'}`);
    lines.push(`${++seq},4000,50000,6000,50000`);
  }
  lines.push(`${++seq},-,-,6000,50000`, `${++seq},-,-,-,-`, `${++seq},-,-,-,-`);
  return createHash('sha256')
    .update(lines.map((line) => `${RECORDED_TICKER},${line}\n`).join(''))
    .digest('hex');
}

const WHOLE = [
  {
    ...{ type: 'books', schemaVersion: 1, ticker: RECORDED_TICKER, snapshots: 2, deltas: 116, gaps: 0, crossed: 0 },
    ...{ lastSeq: 118, levels: 0, bid: null, ask: null, topDigest: digest() },
  },
  {
    ...{ type: 'books', schemaVersion: 1, ticker: NEXT_TICKER, snapshots: 1, deltas: 0, gaps: 0, crossed: 0 },
    ...{ lastSeq: 119, levels: 2, bid: '0.4900', ask: '0.5100', topDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  },
];

describe.concurrent('record import', () => {
  it('tells what it made, and makes it beside us under the name of the recording', async () => {
    const { exit, stdout, stderr } = await here.kmm('record', 'import', 'packed.jsonl.gz', '--env', 'sim');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^packed\.tape: \d+ frames, 2 notes, 0 lines that could not be read\n$/);
    expect(existsSync(join(here.directory, 'packed.tape'))).toBe(true);
    expect((await here.json('replay', 'packed.tape', '--books')).records).toEqual(WHOLE);
    const again = await here.json('record', 'import', 'packed.jsonl.gz');
    expect([again.exit, again.records[0].error.code]).toEqual([2, 'KMM_TAPE_EXISTS']);
  });

  it('joins several files, names bad lines, and keeps what is good', async () => {
    const { exit, records, stderr } = await here.json(
      'record',
      'import',
      'bad.jsonl',
      'whole.jsonl',
      '--out',
      'joined.tape',
    );
    expect(exit).toBe(0);
    expect(stderr).toBe('bad.jsonl:21: not JSON, or cut off\nbad.jsonl:22: not JSON, or cut off\n');
    const [report] = records;
    expect(report).toMatchObject({
      ...{ type: 'import', schemaVersion: 1, tape: 'joined.tape', notes: 4, bad: 2 },
      ...{ startedAt: '2026-05-13T13:00:00.000Z', endedAt: '2026-05-13T13:05:02.000Z', byteSize: expect.any(Number) },
    });
    expect(report.badLines).toEqual([21, 22].map((line) => ({ file: 'bad.jsonl', line, reason: expect.any(String) })));
  });

  it.each([
    [['whole.jsonl', 'nowhere.jsonl'], 'KMM_RECORDING_BAD'],
    [['whole.jsonl', '--oot', 'x.tape'], 'KMM_USAGE'],
  ])('of %j is refused: %s', async (words, code) => {
    const { exit, records } = await here.json('record', 'import', ...words);
    expect([exit, records[0].error.code]).toEqual([2, code]);
  });
});

describe.concurrent('replay --books', () => {
  it('prints one line per market', async () => {
    const { exit, stderr, records } = await here.json('replay', 'whole.tape', '--books');
    expect([exit, stderr]).toEqual([0, '']);
    expect(records).toEqual(WHOLE);
  });

  it('applies nothing after a hole until the next snapshot, and everything with --allow-gaps', async () => {
    await here.kmm('record', 'import', 'holed.jsonl');
    const strict = await here.json('replay', 'holed.tape', '--books');
    expect(strict.records[0]).toMatchObject({ snapshots: 2, deltas: 9, gaps: 1, lastSeq: 118 });
    const allowed = await here.json('replay', 'holed.tape', '--books', '--allow-gaps');
    expect(allowed.records[0]).toMatchObject({ snapshots: 2, deltas: 115, gaps: 1, lastSeq: 118 });
  });

  it('tells people the same in words', async () => {
    const { stdout } = await here.kmm('replay', 'whole.tape', '--books');
    expect(stdout).toBe(
      `${RECORDED_TICKER}  2 snapshots, 116 deltas, 0 gaps, 0 crossed; ends — / —, 0 levels\n` +
        `${NEXT_TICKER}  1 snapshots, 0 deltas, 0 gaps, 0 crossed; ends 0.4900 / 0.5100, 2 levels\n`,
    );
  });
});

describe.concurrent('replay', () => {
  it('plays an imported recording with the full engine, and compares it with nothing', async () => {
    const { exit, records } = await here.json('replay', 'whole.tape');
    expect(exit).toBe(0);
    expect(records[0]).toMatchObject({ type: 'replay', matches: null, firstDifference: null, lost: 0 });
    expect(records[0].intents).toBeGreaterThan(0);
  });

  it.each([[['whole.jsonl']], [['nowhere.tape', '--books']]])('of %j, which is no tape, is refused', async (words) => {
    const { exit, records } = await here.json('replay', ...words);
    expect([exit, records[0].error.code]).toEqual([2, 'KMM_TAPE_UNREADABLE']);
  });
});
